//! How often a wrong key may be tried.

use std::num::NonZeroU32;

use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Tries a minute with the same beginning.
const PER_BEGINNING: NonZeroU32 = at_least_one(10);
/// Tries a minute altogether.
const ALTOGETHER: NonZeroU32 = at_least_one(60);
/// Characters of a token that say which key is meant: `scr_` and the public part.
const BEGINNING: usize = 16;
/// Beginnings remembered before old ones are forgotten.
const REMEMBERED: usize = 10_000;

/// Counts tries at signing in. A key has 256 random bits and cannot be guessed;
/// this keeps the log and the store quiet.
pub(crate) struct Attempts {
    by_beginning: DefaultKeyedRateLimiter<String>,
    altogether: DefaultDirectRateLimiter,
}

impl Attempts {
    /// Nothing tried yet.
    pub(crate) fn new() -> Self {
        Self {
            by_beginning: RateLimiter::keyed(Quota::per_minute(PER_BEGINNING)),
            altogether: RateLimiter::direct(Quota::per_minute(ALTOGETHER)),
        }
    }

    /// Counts one try; false if there were too many of late.
    pub(crate) fn allow(&self, token: &str) -> bool {
        if self.by_beginning.len() > REMEMBERED {
            self.by_beginning.retain_recent();
        }
        let beginning: String = token.chars().take(BEGINNING).collect();
        self.by_beginning.check_key(&beginning).is_ok() && self.altogether.check().is_ok()
    }
}

const fn at_least_one(number: u32) -> NonZeroU32 {
    match NonZeroU32::new(number) {
        Some(number) => number,
        None => NonZeroU32::MIN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_beginning_is_stopped_and_another_is_not() {
        let attempts = Attempts::new();
        for _ in 0..PER_BEGINNING.get() {
            assert!(attempts.allow("scr_0123456789ab_wrong"));
        }
        assert!(!attempts.allow("scr_0123456789ab_other"));
        assert!(attempts.allow("scr_ba9876543210_wrong"));
    }
}
