//! How often a wrong key may be tried.

use std::hash::{BuildHasher as _, Hash, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;

use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Tries a minute from the same address: an office behind one may sign in together.
const PER_ADDRESS: NonZeroU32 = at_least_one(30);
/// Tries a minute with the same beginning.
const PER_BEGINNING: NonZeroU32 = at_least_one(10);
/// Tries a minute altogether.
const ALTOGETHER: NonZeroU32 = at_least_one(600);
/// Characters of a token that say which key is meant: `scr_` and the public part.
const BEGINNING: usize = 16;
/// What one subscriber of IPv6 has to choose addresses from: the last 64 bits.
const HOST_BITS: u32 = 64;

/// Counts tries at signing in. A key has 256 random bits and cannot be guessed;
/// this keeps the log and the store quiet.
///
/// Addresses and beginnings are counted by 16 bits of a hash under a secret of this process:
/// memory is bounded whoever tries, and nobody can choose whose place to share.
pub(crate) struct Attempts {
    by_address: DefaultKeyedRateLimiter<u16>,
    by_beginning: DefaultKeyedRateLimiter<u16>,
    altogether: DefaultDirectRateLimiter,
    places: RandomState,
}

impl Attempts {
    /// Nothing tried yet.
    pub(crate) fn new() -> Self {
        Self {
            by_address: RateLimiter::keyed(Quota::per_minute(PER_ADDRESS)),
            by_beginning: RateLimiter::keyed(Quota::per_minute(PER_BEGINNING)),
            altogether: RateLimiter::direct(Quota::per_minute(ALTOGETHER)),
            places: RandomState::new(),
        }
    }

    /// Counts one try; false if there were too many of late. What is refused by its address
    /// takes nothing from the others.
    pub(crate) fn allow(&self, token: &str, from: Option<IpAddr>) -> bool {
        let from = from.map(subscriber);
        let beginning: String = token.chars().take(BEGINNING).collect();
        from.is_none_or(|from| self.by_address.check_key(&self.place(from)).is_ok())
            && self.by_beginning.check_key(&self.place(beginning)).is_ok()
            && self.altogether.check().is_ok()
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "any 16 bits of a hash will do"
    )]
    fn place(&self, of: impl Hash) -> u16 {
        self.places.hash_one(of) as u16
    }
}

/// The address, or all that an IPv6 subscriber has.
fn subscriber(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            Ipv6Addr::from_bits(address.to_bits() >> HOST_BITS << HOST_BITS).into()
        }
        v4 @ IpAddr::V4(_) => v4,
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
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_same_beginning_is_stopped_and_another_is_not() {
        let attempts = Attempts::new();
        for _ in 0..PER_BEGINNING.get() {
            assert!(attempts.allow("scr_0123456789ab_wrong", None));
        }
        assert!(!attempts.allow("scr_0123456789ab_other", None));
        assert!(attempts.allow("scr_ba9876543210_wrong", None));
    }

    #[test]
    fn an_address_is_stopped_whatever_it_tries_and_a_neighbour_is_not() {
        let at = |text: &str| Some(text.parse().unwrap());
        for (one, same, neighbour) in [
            ("203.0.113.9", "203.0.113.9", "203.0.113.10"),
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1"),
            ("203.0.113.9", "::ffff:203.0.113.9", "2001:db8::1"),
        ] {
            let attempts = Attempts::new();
            for number in 0..PER_ADDRESS.get() {
                assert!(attempts.allow(&format!("scr_{number:012}_"), at(one)));
            }
            assert!(!attempts.allow("scr_aaaaaaaaaaaa_", at(same)), "{same}");
            assert!(
                attempts.allow("scr_bbbbbbbbbbbb_", at(neighbour)),
                "{neighbour}"
            );
        }
    }

    #[test]
    fn memory_is_bounded_whoever_tries() {
        let attempts = Attempts::new();
        for number in 0..200_000_u32 {
            attempts.allow(
                &format!("scr_{number:012}_"),
                Some(number.to_be_bytes().into()),
            );
        }
        assert!(attempts.by_address.len() <= 1 << 16);
        assert!(attempts.by_beginning.len() <= 1 << 16);
    }
}
