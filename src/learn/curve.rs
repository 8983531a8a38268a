//! How probable it is that a quantity lies above each value, and above what else once much is
//! ruled out.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::waited::Waited;

/// How probable it is that a quantity lies above each value.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Values and probabilities of lying above, values rising, probabilities falling from 1 to 0.
    points: Vec<(f64, f64)>,
    /// Whether the quantity is counted.
    whole: bool,
    /// What became of the cases fitted on, one for each point but the two ends.
    seen: Option<Arc<Seen>>,
    /// From where to where values come together, as in runs; they lie apart and rise.
    together: Arc<[(f64, f64)]>,
    /// Whether what is left of it was calibrated for what had come to pass.
    calibrated_again: bool,
}

/// What became of the cases that a distribution was fitted on, whatever their features.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// How soon a row's own curve gives way to this once much is ruled out: both count the same
    /// for what it held this probable, about.
    pub doubt: f64,
    /// How many cases there were.
    pub cases: f64,
    /// At each threshold the share above it (Kaplan and Meier, 1958), and the number of cases
    /// known to lie above it.
    pub above: Vec<(f64, f64)>,
    /// How what is left of a curve is calibrated; not at all in files of before.
    #[serde(default)]
    pub waited: Waited,
}

impl Seen {
    pub(super) fn is_sound(&self) -> bool {
        let whole = [(1.0, self.cases)];
        let all: Vec<&(f64, f64)> = whole.iter().chain(&self.above).collect();
        let falls = all.is_sorted_by(|a, b| a.0 >= b.0 && a.1 >= b.1);
        let sound = all
            .iter()
            .all(|(share, open)| *share >= 0.0 && *open >= 0.0);
        let known = falls && sound && self.waited.is_sound();
        known && self.cases.is_finite() && self.doubt.is_finite() && self.doubt > 0.0
    }
}

/// What the cases seen are held against, in cases, where they say what follows.
const UNKNOWN: f64 = 1.0;
/// Widths of the range beyond what is ruled out at which a curve has points of its own.
const FURTHER: [f64; 4] = [1.0, 2.0, 4.0, 8.0];
/// The same beyond the last value seen, where it ends.
const FURTHEST: f64 = 16.0;
/// How far before a value that it can be a curve of single values begins to fall.
const NEAR: f64 = 1e-9;

impl Curve {
    /// Through points of rising values and probabilities falling from 1 to 0.
    pub(super) fn new(points: Vec<(f64, f64)>, whole: bool, seen: Option<Arc<Seen>>) -> Self {
        Self {
            points,
            whole,
            seen,
            together: Arc::default(),
            calibrated_again: false,
        }
    }

    /// Of a measured quantity, through values that rise and probabilities of lying above that fall from
    /// 1 to 0.
    /// Values come together from where to where `together` says.
    pub(crate) fn measured(points: Vec<(f64, f64)>, together: Vec<(f64, f64)>) -> Self {
        Self {
            together: together.into(),
            ..Self::new(points, false, None)
        }
    }

    /// An interval from one quantile to another. What comes together is in it as a whole or not at
    /// all.
    #[must_use]
    pub fn between(&self, low: f64, high: f64) -> (f64, f64) {
        let around = |value: f64| {
            let at = self.together.partition_point(|(_, until)| *until < value);
            let found = self.together.get(at).filter(|(from, _)| *from <= value);
            found.copied().unwrap_or((value, value))
        };
        let (low, _) = around(self.quantile(low));
        let (_, high) = around(self.quantile(high));
        (low, high)
    }

    /// Probability of lying above a value.
    #[must_use]
    pub fn above(&self, value: f64) -> f64 {
        let after = self.points.partition_point(|(at, _)| *at <= value);
        match (
            after
                .checked_sub(1)
                .and_then(|before| self.points.get(before)),
            self.points.get(after),
        ) {
            (Some((x0, p0)), Some((x1, p1))) => p0 + (p1 - p0) * (value - x0) / (x1 - x0),
            (None, _) => 1.0,
            (Some(_), None) => 0.0,
        }
    }

    /// The value that is exceeded with probability `1 - share`; of a counted quantity, the
    /// least whole number that is exceeded with no more.
    #[must_use]
    pub fn quantile(&self, share: f64) -> f64 {
        let value = self.crossing(share);
        // A curve through a whole number must not end one above it by rounding, and nothing is no
        // negative number.
        if self.whole {
            (value - 1e-9).ceil() + 0.0
        } else {
            value
        }
    }

    fn crossing(&self, share: f64) -> f64 {
        let target = 1.0 - share;
        let after = self.points.partition_point(|(_, above)| *above > target);
        match (
            after
                .checked_sub(1)
                .and_then(|before| self.points.get(before)),
            self.points.get(after),
        ) {
            (Some((x0, p0)), Some((x1, p1))) => x0 + (x1 - x0) * (p0 - target) / (p0 - p1),
            (None, Some((x, _))) | (Some((x, _)), None) => *x,
            (None, None) => f64::NAN,
        }
    }

    /// How far the quantity lies above a value on average, counting nothing where it lies
    /// below: the area under the curve from there on; of a counted quantity and a whole value, the sum of
    /// the probabilities of lying above each whole number from there on.
    #[must_use]
    pub fn mean_above(&self, value: f64) -> f64 {
        let from = (value, self.above(value));
        let later = self.points.iter().copied().filter(|(at, _)| *at > value);
        let points: Vec<(f64, f64)> = std::iter::once(from).chain(later).collect();
        let areas = points.windows(2).map(|pair| match pair {
            [(x0, p0), (x1, p1)] => (x1 - x0) * (p0 + p1) / 2.0,
            _ => 0.0,
        });
        // A straight line is summed at whole numbers, and not its area: they differ by half an end.
        let end = if self.whole { from.1 / 2.0 } else { 0.0 };
        areas.sum::<f64>() + end
    }

    /// The curve of what is known to lie above a value already: an invoice still open
    /// today is paid today or later.
    ///
    /// What is left of a row's own curve is trusted by how probable it held what has come to pass:
    /// the less, the more weight has what became of the cases fitted on that came so far. Where
    /// those are few or none, it is as likely as not to lie within the width of the range from
    /// there on, and nothing is certain.
    #[must_use]
    pub fn given_above(&self, value: f64) -> Self {
        let left = self.above(value);
        let later = self.points.iter().filter(|(at, _)| *at > value);
        let mut points = vec![(value, 1.0)];
        match &self.seen {
            Some(seen) if left < 1.0 => {
                let own = left / (left + seen.doubt * (1.0 - left));
                let (share, open) = self.seen_above(seen, value);
                let others = |at: f64| {
                    let (later, _) = self.seen_above(seen, at);
                    let unknown = 1.0 / (1.0 + (at - value) / self.width());
                    let known = if share > 0.0 { later / share } else { 0.0 };
                    (open * known + UNKNOWN * unknown) / (open + UNKNOWN)
                };
                points.extend(later.map(|(at, above)| {
                    let told = if left > 0.0 { above / left } else { 0.0 };
                    (*at, own * told + (1.0 - own) * others(*at))
                }));
                let last = points.last().map_or(value, |(at, _)| *at);
                let beyond = FURTHER.map(|widths| value + widths * self.width());
                let beyond = beyond.into_iter().filter(|at| *at > last);
                points.extend(beyond.map(|at| (at, (1.0 - own) * others(at))));
                points.push((last + FURTHEST * self.width(), 0.0));
            }
            // Beyond all that was seen: nothing is known but that it is later.
            _ if left <= f64::EPSILON => points.push((value + self.width(), 0.0)),
            _ => points.extend(later.map(|(at, above)| (*at, above / left))),
        }
        let calibration = self.seen.as_ref().and_then(|seen| seen.waited.of(left));
        if let Some(calibration) = calibration {
            // The first is certain, and the last is.
            let between = points
                .iter_mut()
                .filter(|(_, above)| *above > 0.0 && *above < 1.0);
            for (_, above) in between {
                *above = calibration.probability((*above / (1.0 - *above)).ln());
            }
        }
        Self {
            points,
            whole: self.whole,
            seen: None,
            together: Arc::clone(&self.together),
            calibrated_again: calibration.is_some(),
        }
    }

    /// Whether it is what is left of another, calibrated for what had come to pass.
    pub(super) const fn is_calibrated_again(&self) -> bool {
        self.calibrated_again
    }

    /// The curve of what is known to lie above one value and not above another.
    #[must_use]
    pub fn given_within(&self, above: f64, most: f64) -> Self {
        let (whole, beyond) = (self.above(above), self.above(most));
        let left = whole - beyond;
        let within = self
            .points
            .iter()
            .filter(|(at, _)| *at > above && *at < most);
        // What was never seen is as probable everywhere between.
        let within = within.filter(|_| left > f64::EPSILON);
        let points = std::iter::once((above, 1.0))
            .chain(within.map(|(at, p)| (*at, ((p - beyond) / left).clamp(0.0, 1.0))))
            .chain([(most, 0.0)])
            .collect();
        Self {
            together: Arc::clone(&self.together),
            ..Self::new(points, self.whole, None)
        }
    }

    /// The curve of a quantity that can only be one of some rising values: above each but the last it is
    /// what this one says in the middle between it and the next.
    #[must_use]
    pub fn of_values(&self, values: &[f64]) -> Self {
        let mut points = vec![(values.first().map_or(0.0, |first| first - NEAR), 1.0)];
        let mut before = 1.0;
        let above = values.windows(2).filter_map(|pair| match pair {
            [at, next] => Some((*at, self.above(f64::midpoint(*at, *next)))),
            _ => None,
        });
        let last = values.last().map(|last| (*last, 0.0));
        let mut together = Vec::with_capacity(values.len());
        for (at, left) in above.chain(last) {
            if points.last().is_some_and(|(last, _)| *last < at - NEAR) {
                points.push((at - NEAR, before));
            }
            points.push((at, left));
            together.push((at - NEAR, at));
            before = left;
        }
        Self::measured(points, together)
    }

    /// Share of the cases fitted on that came above a value, and how many did, straight between
    /// thresholds.
    fn seen_above(&self, seen: &Seen, value: f64) -> (f64, f64) {
        let at = |place: usize| {
            let (x, _) = self.points.get(place)?;
            let ends = if place == 0 {
                (1.0, seen.cases)
            } else {
                (0.0, 0.0)
            };
            let inner = place.checked_sub(1).and_then(|place| seen.above.get(place));
            Some((*x, inner.copied().unwrap_or(ends)))
        };
        let after = self.points.partition_point(|(x, _)| *x <= value);
        match (after.checked_sub(1).and_then(at), at(after)) {
            (Some((x0, (s0, n0))), Some((x1, (s1, n1)))) => {
                let part = (value - x0) / (x1 - x0);
                (s0 + (s1 - s0) * part, n0 + (n1 - n0) * part)
            }
            (None, _) => (1.0, seen.cases),
            (Some(_), None) => (0.0, 0.0),
        }
    }

    fn width(&self) -> f64 {
        match (self.points.first(), self.points.last()) {
            (Some((first, _)), Some((last, _))) => last - first,
            _ => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn curve(probabilities: &[f64]) -> Curve {
        let inner = probabilities
            .iter()
            .zip(1..)
            .map(|(p, at)| (f64::from(at), *p));
        let mut points = vec![(0.0, 1.0)];
        points.extend(inner);
        points.push(((probabilities.len() + 1) as f64, 0.0));
        Curve::new(points, false, None)
    }

    #[test]
    fn straight_between_points() {
        let curve = curve(&[0.8, 0.3]);
        assert!((curve.above(1.5) - 0.55).abs() < 1e-12);
        assert!((curve.quantile(0.5) - 1.6).abs() < 1e-12);
        let counted = Curve {
            whole: true,
            ..curve.clone()
        };
        assert_eq!((counted.quantile(0.5), counted.quantile(0.2)), (2.0, 1.0));
        assert_eq!((curve.above(-1.0), curve.above(9.0)), (1.0, 0.0));
        assert!((curve.mean_above(0.0) - (0.9 + 0.55 + 0.15)).abs() < 1e-12);
        assert!((curve.mean_above(1.5) - (0.5 * 0.425 + 0.15)).abs() < 1e-12);
    }

    #[test]
    fn what_has_passed_is_left_behind() {
        let later = curve(&[0.8, 0.4]).given_above(1.0);
        assert!((later.above(2.0) - 0.5).abs() < 1e-12);
        assert_eq!(later.above(0.5), 1.0);
        let beyond = curve(&[0.8, 0.4]).given_above(7.0);
        assert_eq!((beyond.above(7.0), beyond.quantile(1.0)), (1.0, 10.0));
    }

    #[test]
    fn what_is_known_on_both_sides_is_left_out() {
        let within = curve(&[0.8, 0.5, 0.2]).given_within(1.0, 3.0);
        assert_eq!((within.above(1.0), within.above(3.0)), (1.0, 0.0));
        assert!((within.above(2.0) - 0.5).abs() < 1e-12);
        let unseen = curve(&[0.8, 0.5, 0.2]).given_within(7.0, 9.0);
        assert!((unseen.above(8.0) - 0.5).abs() < 1e-12);
        // Of none of them, no less: not a negative nought.
        let counted = Curve::new(vec![(-1.0, 1.0), (0.0, 0.4), (3.0, 0.0)], true, None);
        assert!(counted.crossing(0.1) < 0.0 && counted.quantile(0.1).is_sign_positive());
    }

    fn seen(doubt: f64, above: Vec<(f64, f64)>) -> Option<Arc<Seen>> {
        let seen = Seen {
            doubt,
            cases: 100.0,
            above,
            waited: Waited::default(),
        };
        assert!(seen.is_sound());
        Some(Arc::new(seen))
    }

    #[test]
    fn what_is_ruled_out_leans_on_what_became_of_others_and_is_never_certain() {
        // Flat from 1 to 2, as where the least so far is taken: by itself certain.
        let flat = |seen| Curve {
            seen,
            ..curve(&[0.1, 0.1])
        };
        assert_eq!(flat(None).given_above(1.0).above(2.0), 1.0);
        let others = vec![(0.4, 40.0), (0.1, 10.0)];
        let later = flat(seen(0.1, others)).given_above(1.0);
        let own = 0.1 / (0.1 + 0.1 * 0.9);
        // A quarter of forty, and one of whom nothing is known: as likely as not within 1 to 4.
        let of_others = (40.0 * 0.25 + 0.75) / 41.0;
        assert!((later.above(2.0) - (own + (1.0 - own) * of_others)).abs() < 1e-12);
        assert_eq!((later.above(1.0), later.above(51.0)), (1.0, 0.0));
        // None of the others came so far: as likely as not within the width of the range.
        let alone = flat(seen(0.1, vec![(0.0, 0.0), (0.0, 0.0)])).given_above(2.5);
        let (told, end) = (alone.above(2.9), alone.above(5.6));
        assert!(told < 1.0 && end > 0.0 && end < told, "{told} {end}");
        // What is sure to be so far says nothing new.
        let before = flat(seen(0.1, vec![(0.4, 40.0), (0.1, 10.0)]));
        assert_eq!(before.given_above(-1.0).above(1.5), before.above(1.5));
    }

    #[test]
    fn beyond_all_that_was_seen_half_lies_as_far_as_the_range_is_wide() {
        let curve = Curve {
            seen: seen(0.1, vec![(0.4, 40.0), (0.1, 10.0)]),
            ..curve(&[0.8, 0.4])
        };
        let beyond = curve.given_above(7.0);
        assert_eq!((beyond.above(7.0), beyond.above(10.0)), (1.0, 0.5));
        assert!(beyond.above(60.0) < 0.05 && beyond.above(25.0) > 0.0);
    }

    proptest! {
        #[test]
        fn quantiles_invert_the_curve(
            mut falling in prop::collection::vec(0.01..0.99f64, 1..9),
            share in 0.001..0.999f64,
        ) {
            falling.sort_by(|a, b| b.total_cmp(a));
            falling.dedup();
            let curve = curve(&falling);
            prop_assert!((curve.above(curve.quantile(share)) - (1.0 - share)).abs() < 1e-9);
        }
    }
}
