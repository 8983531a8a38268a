//! Values and pairs of values that are rare, in nats of surprise.

/// How often a value was seen, the asked record not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seen {
    /// Records with the value.
    pub with: u32,
    /// Records.
    pub of: u32,
    /// Different values among them.
    pub kinds: u32,
}

impl Seen {
    /// Share, a value never seen counted as one that would be the next.
    #[must_use]
    pub fn share(self) -> f64 {
        (f64::from(self.with) + 1.0) / (f64::from(self.of) + 2.0)
    }

    /// Surprise at the value: minus the logarithm of its share.
    #[must_use]
    pub fn surprise(self) -> f64 {
        -self.share().ln()
    }

    /// How much rarer a value is within a group than over all: the logarithm of its share over
    /// all by its share within the group. Negative where the pair is usual.
    ///
    /// The share within is shrunk towards the share over all by as many records as the group has
    /// seen different values (Witten and Bell, 1991): where new values come all the time, as
    /// merchants do to a traveller, one more is no surprise; where one value goes with the group
    /// always, as a city with a shop, another is a great one.
    #[must_use]
    pub fn rarer_in(self, group: Self) -> f64 {
        let share = self.share();
        let new = f64::from(group.kinds.max(1));
        let within = (f64::from(group.with) + new * share) / (f64::from(group.of) + new);
        (share / within).ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(with: u32, of: u32, kinds: u32) -> Seen {
        Seen { with, of, kinds }
    }

    #[test]
    fn a_new_value_surprises_where_values_repeat_and_not_where_they_always_change() {
        let city = seen(5_000, 100_000, 300);
        let shop_of_one_city = city.rarer_in(seen(0, 500, 1));
        let traveller = city.rarer_in(seen(0, 500, 300));
        assert!(shop_of_one_city > 6.0 && traveller < 1.0);
        assert!(
            city.rarer_in(seen(450, 500, 5)) < 0.0,
            "what is usual counts against"
        );
    }

    #[test]
    fn nothing_seen_is_no_surprise_within_and_finite_over_all() {
        let nothing = Seen::default();
        assert_eq!(nothing.rarer_in(nothing), 0.0);
        assert!((nothing.surprise() - 2.0_f64.ln()).abs() < 1e-12);
    }
}
