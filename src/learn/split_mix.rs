//! Numbers as if drawn at random, the same in every run.

/// Steele, Lea and Flood (2014), "Fast splittable pseudorandom number generators".
#[derive(Debug)]
pub(crate) struct SplitMix(u64);

impl SplitMix {
    /// The numbers of a seed.
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next of 2^64 numbers.
    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number in 0..1.
    pub(crate) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A whole number below `bound`; 0 below nothing.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        ((self.share() * bound as f64) as usize).min(bound.saturating_sub(1))
    }

    /// `count` different places below `bound`. Floyd's algorithm.
    pub(crate) fn distinct(&mut self, bound: usize, count: usize) -> Vec<usize> {
        let mut taken = std::collections::BTreeSet::new();
        for last in bound.saturating_sub(count)..bound {
            let tried = self.below(last + 1);
            if !taken.insert(tried) {
                taken.insert(last);
            }
        }
        taken.into_iter().collect()
    }
}
