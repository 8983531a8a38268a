//! How far a value lies above what is usual among its peers, however few they are.
//!
//! A group's median and spread are shrunk towards those of the wider group it belongs to, as
//! the posterior of a normal with unknown mean and variance under a normal-gamma prior: the
//! wider group counts as a few values of its own. What is compared is the predictive
//! distribution, a Student t whose degrees of freedom grow with the group. Murphy (2007),
//! "Conjugate Bayesian analysis of the Gaussian distribution".

use super::sample::Robust;

/// What the wider group counts for in the location, in values. Small, since medians of few
/// values are already steady.
const PRIOR_OF_LOCATION: f64 = 1.0;
/// What it counts for in the spread, in values.
const PRIOR_OF_SPREAD: f64 = 4.0;
/// No group is tighter than this: amounts within a fifth of each other are alike.
const LEAST_SPREAD: f64 = 0.2;
/// Degrees of freedom of a group without a wider one.
const MOST_FREEDOM: f64 = 1000.0;

/// What is usual in a group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Usual {
    /// Values of the group itself.
    pub count: usize,
    /// Where its values lie.
    pub location: f64,
    /// How far they spread.
    pub spread: f64,
    /// How sure the spread is: degrees of freedom.
    pub freedom: f64,
}

impl Usual {
    /// Of a group that belongs to no other.
    #[must_use]
    pub fn of(group: Robust) -> Self {
        Self {
            count: group.count,
            location: group.median,
            spread: group.spread.max(LEAST_SPREAD),
            freedom: (group.count as f64).min(MOST_FREEDOM),
        }
    }

    /// Of a group within this one; this one itself where the group is empty.
    #[must_use]
    pub fn within(&self, group: Option<Robust>) -> Self {
        let Some(group) = group else {
            return Self { count: 0, ..*self };
        };
        let own = group.count as f64;
        let all = PRIOR_OF_LOCATION + own;
        let apart = group.median - self.location;
        let squares = own * group.spread.powi(2)
            + PRIOR_OF_SPREAD * self.spread.powi(2)
            + own * PRIOR_OF_LOCATION / all * apart.powi(2);
        Self {
            count: group.count,
            location: self.location + own / all * apart,
            spread: (squares / (PRIOR_OF_SPREAD + own)).sqrt().max(LEAST_SPREAD),
            freedom: PRIOR_OF_SPREAD + own,
        }
    }

    /// Of what belongs to two groups at once, neither within the other: their shifts from the
    /// wider group add up, and the tighter spread of the surer group counts for more.
    #[must_use]
    pub fn crossed(&self, first: &Self, second: &Self) -> Self {
        let weight = |usual: &Self| usual.count as f64 + 1.0;
        let (one, other) = (weight(first), weight(second));
        let precision =
            (one / first.spread.powi(2) + other / second.spread.powi(2)) / (one + other);
        Self {
            count: first.count.min(second.count),
            location: first.location + second.location - self.location,
            spread: (1.0 / precision).sqrt(),
            freedom: first.freedom.min(second.freedom),
        }
    }

    /// How many standard deviations a value lies above what is usual (below: negative), were
    /// the predictive distribution normal. Finite for every finite value; NaN for NaN.
    #[must_use]
    pub fn above(&self, value: f64) -> f64 {
        let known = self.count as f64 + PRIOR_OF_LOCATION;
        let t = (value - self.location) / (self.spread * (1.0 + 1.0 / known).sqrt());
        // Wallace's (1959) approximation of the normal deviate with the same tail.
        let deviate = (self.freedom * (t.powi(2) / self.freedom).ln_1p()).sqrt();
        deviate.copysign(t)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(count: usize, median: f64, spread: f64) -> Robust {
        Robust {
            count,
            median,
            spread,
        }
    }

    #[test]
    fn a_small_group_leans_on_the_wider_one_and_a_large_one_does_not() {
        let firm = Usual::of(group(10_000, 4.0, 1.5));
        let none = firm.within(None);
        assert_eq!((none.location, none.spread), (4.0, 1.5));
        let one = firm.within(Some(group(1, 8.0, 0.0)));
        assert!(
            one.location > 5.0 && one.location < 7.0 && one.spread > 1.5,
            "{one:?}"
        );
        let many = firm.within(Some(group(1_000, 8.0, 0.5)));
        assert!(
            (many.location - 8.0).abs() < 0.01 && (many.spread - 0.5).abs() < 0.05,
            "{many:?}"
        );
        assert!(many.above(10.0) > 3.0 && one.above(10.0) < 2.0);
    }

    #[test]
    fn a_value_is_odder_the_further_it_lies_above_and_never_infinitely() {
        let firm = Usual::of(group(3, 4.0, 0.0));
        let mut last = f64::NEG_INFINITY;
        for step in 0..200 {
            let above = firm.above(f64::from(step));
            assert!(above.is_finite() && above > last);
            last = above;
        }
        assert!(firm.above(f64::MAX.ln()).is_finite() && firm.above(4.0) == 0.0);
        assert!(firm.above(f64::NAN).is_nan());
    }

    #[test]
    fn shifts_of_two_groups_add_up() {
        let firm = Usual::of(group(10_000, 4.0, 1.5));
        let dear = firm.within(Some(group(1_000, 6.0, 0.4)));
        let cheap = firm.within(Some(group(1_000, 3.0, 1.0)));
        let both = firm.crossed(&dear, &cheap);
        assert!((both.location - 5.0).abs() < 0.01, "{both:?}");
        assert!(both.spread > dear.spread && both.spread < cheap.spread);
    }
}
