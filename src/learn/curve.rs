//! How probable it is that a quantity lies above each value, and above what else once much is
//! ruled out.

use std::sync::Arc;

use super::calibration::Platt;
use super::waited::{Others, Seen};

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
    /// How much of either tail an interval leaves out at most, where that was measured on cases of which
    /// as much had come to pass.
    most_left_out: Option<f64>,
}

/// Widths of the range beyond the thresholds, and beyond what is ruled out, at which a curve has points of
/// its own: it falls less and less steeply there.
const FURTHER: [f64; 10] = [
    0.015_625, 0.031_25, 0.0625, 0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0,
];
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
            most_left_out: None,
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
    /// the less, the more weight has what became of the cases fitted on that came so far. Beyond the last
    /// threshold they alone tell. Where those are few or none, it is as likely as not to lie within the width of
    /// the range from there on, and nothing is certain.
    #[must_use]
    pub fn given_above(&self, value: f64) -> Self {
        let left = self.above(value);
        let later = self.points.iter().filter(|(at, _)| *at > value);
        let mut points = vec![(value, 1.0)];
        match &self.seen {
            Some(seen) if left < 1.0 => points.extend(self.leaning_on(seen, value, left)),
            // Beyond all that was seen: nothing is known but that it is later.
            _ if left <= f64::EPSILON => points.push((value + self.width(), 0.0)),
            _ => points.extend(later.map(|(at, above)| (*at, above / left))),
        }
        let said = self.seen.as_ref();
        let said = said.and_then(|seen| seen.waited.of(value, left));
        let cut = Self {
            points,
            whole: self.whole,
            seen: None,
            together: Arc::clone(&self.together),
            most_left_out: said.map(|(_, most)| most),
        };
        match said {
            Some((calibration, _)) => cut.calibrated(calibration),
            None => cut,
        }
    }

    /// Points beyond a value, above which so much is left, of what the curve says and of what became of
    /// others.
    fn leaning_on(&self, seen: &Seen, value: f64, left: f64) -> Vec<(f64, f64)> {
        let others = Others::along(&self.points, seen);
        let (end, width) = (others.end(), self.width());
        let own = left / (left + seen.doubt * (1.0 - left));
        let told = |at: f64| {
            if value >= end {
                others.later(value, at)
            } else if left <= 0.0 {
                0.0
            } else if at <= end {
                self.above(at) / left
            } else {
                self.above(end) / left * others.later(end, at)
            }
        };
        let thresholds = self.points.iter().map(|(at, _)| *at);
        let thresholds = thresholds.filter(|at| *at > value && *at <= end);
        let from = value.max(end);
        let further = FURTHER.map(|widths| from + widths * width);
        let mut points: Vec<(f64, f64)> = thresholds
            .chain(further)
            .map(|at| (at, own * told(at) + (1.0 - own) * others.later(value, at)))
            .collect();
        let highest = self.points.last().map_or(value, |(at, _)| *at);
        points.push((value.max(highest) + FURTHEST * width, 0.0));
        points
    }

    /// The same with its log odds calibrated; what is certain stays so.
    #[must_use]
    pub fn calibrated(mut self, calibration: Platt) -> Self {
        let between = self.points.iter_mut();
        for (_, above) in between.filter(|(_, above)| *above > 0.0 && *above < 1.0) {
            *above = calibration.probability((*above / (1.0 - *above)).ln());
        }
        self
    }

    /// How much of either tail an interval of it leaves out at most; none where that was not measured for what
    /// had come to pass.
    pub(super) const fn most_left_out(&self) -> Option<f64> {
        self.most_left_out
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
    use crate::learn::waited::{Passed, Waited};

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

    #[test]
    fn the_longer_an_old_debt_stays_open_the_longer_it_still_does_and_nothing_collapses() {
        let places = [10.0, 20.0, 40.0, 60.0].into_iter();
        let inner = places.zip([0.5, 0.3, 0.1, 0.05]);
        let ends = ([(0.0, 1.0)], [(120.0, 0.0)]);
        let points = ends.0.into_iter().chain(inner).chain(ends.1).collect();
        let of_others = [0.5, 0.3, 0.1, 0.05].map(|share| (share, 100.0 * share));
        let curve = Curve::new(points, true, seen(0.001, of_others.into()));
        let mut before = 0.3;
        for passed in (46..200).step_by(2).map(f64::from) {
            let left = curve.given_above(passed);
            let month_more = left.above(passed + 30.0);
            assert!(
                month_more > before - 1e-9,
                "{passed}: {month_more} {before}"
            );
            let (low, high) = left.between(0.1, 0.9);
            assert!(
                low > passed && high > passed + 60.0,
                "{passed}: {low} {high}"
            );
            assert!(left.points.is_sorted_by(|a, b| a.0 < b.0 && a.1 >= b.1));
            before = month_more;
        }
        // Longer than all: as likely as not within the width of the range.
        assert!(
            (before - 1.0 / (1.0 + 30.0 / 120.0)).abs() < 0.01,
            "{before}"
        );
    }

    #[test]
    fn what_is_asked_before_it_is_due_is_said_as_it_was_calibrated_for_then() {
        let platt = Platt::new(0.5, -0.4).unwrap();
        let passed = vec![Passed {
            from: -3.0,
            below: 1.0,
            calibration: platt,
            left_out: 0.05,
        }];
        let waited = Waited {
            passed,
            ..Waited::default()
        };
        let plain = Curve::new(
            vec![(-9.0, 1.0), (-2.0, 0.9), (0.0, 0.8), (5.0, 0.0)],
            false,
            seen(0.001, vec![(0.9, 90.0), (0.8, 80.0)]),
        );
        let told = Curve {
            seen: plain.seen.as_deref().map(|seen| {
                Arc::new(Seen {
                    waited,
                    ..seen.clone()
                })
            }),
            ..plain.clone()
        };
        let (left, said) = (plain.given_above(-2.0), told.given_above(-2.0));
        let p = left.above(0.0);
        assert!(p > 0.85 && left.most_left_out().is_none());
        let log_odds = (p / (1.0 - p)).ln();
        assert!((said.above(0.0) - platt.probability(log_odds)).abs() < 1e-12);
        assert_eq!((said.above(-2.0), said.most_left_out()), (1.0, Some(0.05)));
        // Of what was not asked about again so early nothing is said anew.
        assert_eq!(
            told.given_above(-5.0).above(0.0),
            plain.given_above(-5.0).above(0.0)
        );
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
