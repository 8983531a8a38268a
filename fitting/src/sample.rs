//! A part of many cases, spread over all of them.

/// The golden ratio less one: its multiples, without their whole parts, fall evenly, are as far from those before
/// as can be, and keep no step with anything.
pub(crate) const GOLDEN: f64 = 0.618_033_988_749_895;

/// Places of at most `most` of so many cases, in order, one out of each of equally long stretches.
///
/// Cases in order of time repeat: teams week after week, the days on which one bill is looked at. Every third
/// of them could be the same third of the teams, so the place within its stretch differs from one to the next.
pub(crate) fn spread(count: usize, most: usize) -> impl Iterator<Item = usize> + Clone {
    let every = count.div_ceil(most.max(1)).max(1);
    (0..count)
        .step_by(every)
        .enumerate()
        .map(move |(stretch, from)| {
            let long = every.min(count - from);
            from + ((stretch as f64 * GOLDEN).fract() * long as f64) as usize
        })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn few_are_all_taken_and_of_many_one_in_each_stretch() {
        assert_eq!(spread(4, 10).collect::<Vec<_>>(), [0, 1, 2, 3]);
        assert_eq!(spread(0, 10).count(), 0);
        let taken: Vec<usize> = spread(25, 10).collect();
        assert_eq!(taken.len(), 9);
        let stretches: Vec<usize> = taken.iter().map(|at| at / 3).collect();
        assert_eq!(stretches, (0..9).collect::<Vec<_>>());
    }

    #[test]
    fn what_repeats_is_taken_at_each_of_its_places() {
        for period in [3, 60] {
            let taken = spread(30_000, 10_000).map(|at| at % period);
            assert_eq!(taken.collect::<BTreeSet<_>>().len(), period);
        }
    }
}
