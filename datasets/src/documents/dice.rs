//! Seeded choices. Every draw goes through here so that the same seed gives the
//! same document on every machine.

use chrono::{Days, NaiveDate};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rust_decimal::Decimal;

/// A stream of choices.
#[derive(Debug)]
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream `stream` of `seed`: streams of one seed are independent.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self(rng)
    }

    /// A number of `0..limit`; 0 where `limit` is 0.
    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        if limit == 0 {
            return 0;
        }
        self.0.random_range(0..limit)
    }

    /// A number of `low..=high`.
    pub(crate) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// True in `percent` of 100 draws.
    pub(crate) fn percent(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One of `options`; the default where there are none.
    pub(crate) fn pick<T: Clone + Default>(&mut self, options: &[T]) -> T {
        let limit = u32::try_from(options.len()).unwrap_or(u32::MAX);
        let index = self.below(limit);
        options.get(index as usize).cloned().unwrap_or_default()
    }

    /// An index drawn in proportion to `weights`.
    pub(crate) fn weighted(&mut self, weights: &[u32]) -> usize {
        let mut at = self.below(weights.iter().sum());
        for (index, weight) in weights.iter().enumerate() {
            if at < *weight {
                return index;
            }
            at -= weight;
        }
        0
    }

    /// `count` digits, the first never zero.
    pub(crate) fn digits(&mut self, count: usize) -> String {
        (0..count)
            .map(|place| {
                let digit = if place == 0 {
                    self.between(1, 9)
                } else {
                    self.below(10)
                };
                char::from_digit(digit, 10).unwrap_or('0')
            })
            .collect()
    }

    /// `pattern` with `#` for a digit and `@` for a capital letter.
    pub(crate) fn fill(&mut self, pattern: &str) -> String {
        pattern
            .chars()
            .map(|sign| match sign {
                '#' => char::from_digit(self.below(10), 10).unwrap_or('0'),
                '@' => char::from(b'A' + u8::try_from(self.below(26)).unwrap_or(0)),
                other => other,
            })
            .collect()
    }

    /// An amount in hundredths between `low` and `high` whole units.
    pub(crate) fn amount(&mut self, low: u32, high: u32) -> Decimal {
        let hundredths = i64::from(self.between(low * 100, high * 100));
        Decimal::new(hundredths, 2)
    }

    /// A day at most `spread` days after `start`.
    pub(crate) fn day(&mut self, start: NaiveDate, spread: u32) -> NaiveDate {
        let days = u64::from(self.below(spread + 1));
        start.checked_add_days(Days::new(days)).unwrap_or(start)
    }

    /// A raw number, to seed something else.
    pub(crate) fn salt(&mut self) -> u64 {
        self.0.random()
    }
}

/// Mixes a salt with a name: choices that must stay the same all through one
/// document (FNV-1a, 64 bit).
pub(crate) fn mix(salt: u64, name: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325 ^ salt;
    for byte in name.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash ^ (hash >> 29)
}
