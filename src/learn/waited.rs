//! What is left of a curve once much is ruled out: what others tell of it, and how it is made to mean what
//! it says.
//!
//! A row's curve was fitted to how long all take. Of those that have already taken longer than it
//! held probable it knows little: the few that come so far are another kind. So what it says of
//! them is calibrated on held-back cases that were asked again while they were still open, the
//! less probable it held what came to pass, the more by what is left of it. Those not due yet, and those of
//! which no more came to pass than was probable, are asked about on another day than the one fitted on all the
//! same, and are calibrated by what they have passed.

use serde::{Deserialize, Serialize};

use super::calibration::Platt;

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

/// The cases seen, along the range of a quantity.
#[derive(Debug)]
pub(super) struct Others {
    /// The lowest value and the thresholds.
    places: Vec<Place>,
    highest: f64,
    width: f64,
    /// How much further it took, at the end of the thresholds, until half of those left were over.
    halving: f64,
}

/// A value, with the share of cases above it and how many are known to lie there.
#[derive(Debug, Clone, Copy)]
struct Place {
    at: f64,
    share: f64,
    open: f64,
}

impl Others {
    /// Along the points of a curve: the lowest value, the thresholds and the highest value.
    pub(super) fn along(points: &[(f64, f64)], seen: &Seen) -> Self {
        let shares = std::iter::once((1.0, seen.cases)).chain(seen.above.iter().copied());
        let places = points.iter().zip(shares);
        let places = places.map(|((at, _), (share, open))| Place {
            at: *at,
            share,
            open,
        });
        let places: Vec<Place> = places.collect();
        let ends = points.first().zip(points.last());
        let (lowest, highest) = ends.map_or((0.0, 0.0), |(first, last)| (first.0, last.0));
        let width = highest - lowest;
        Self {
            halving: halving(&places).unwrap_or(width),
            places,
            highest,
            width,
        }
    }

    /// The last threshold: beyond it no row's own curve knows anything.
    pub(super) fn end(&self) -> f64 {
        self.places.last().map_or(self.highest, |last| last.at)
    }

    /// How probable it is that one that came above a value comes above a later one, too. Where few others
    /// came so far or none, it is as likely as not to lie within the width of the range.
    pub(super) fn later(&self, value: f64, at: f64) -> f64 {
        let ((share, open), (then, _)) = (self.above(value), self.above(at));
        let known = if share > 0.0 { then / share } else { 0.0 };
        let unknown = 1.0 / (1.0 + (at - value) / self.width);
        (open * known + UNKNOWN * unknown) / (open + UNKNOWN)
    }

    /// Share of the cases that came above a value, and how many did: straight between thresholds. Beyond the
    /// last, where a straight line would have the rest end together, half are over after as long as it
    /// took for half before, and the longer one takes, the longer it still takes (Lomax, 1954); those who came so
    /// far are fewer until the highest value.
    fn above(&self, value: f64) -> (f64, f64) {
        let after = self.places.partition_point(|place| place.at <= value);
        let before = after.checked_sub(1).and_then(|at| self.places.get(at));
        match (before, self.places.get(after)) {
            (Some(one), Some(next)) => {
                let part = (value - one.at) / (next.at - one.at);
                let straight = |from: f64, to: f64| from + (to - from) * part;
                (
                    straight(one.share, next.share),
                    straight(one.open, next.open),
                )
            }
            (None, first) => first.map_or((1.0, 0.0), |first| (first.share, first.open)),
            (Some(last), None) => {
                let beyond = value - last.at;
                let seen = (1.0 - beyond / (self.highest - last.at)).max(0.0);
                (last.share / (1.0 + beyond / self.halving), last.open * seen)
            }
        }
    }
}

/// How long it took at the end of the thresholds until half of those left were over, no less than the last
/// stretch between two; none where most came beyond all of them.
fn halving(places: &[Place]) -> Option<f64> {
    let last = places.last()?;
    let twice = 2.0 * last.share;
    let mut pairs = places.windows(2).rev().filter_map(|pair| match pair {
        [one, next] => Some((*one, *next)),
        _ => None,
    });
    let stretch = pairs.clone().next().map(|(one, next)| next.at - one.at)?;
    let (one, next) = pairs.find(|(one, next)| one.share >= twice && one.share > next.share)?;
    let from = one.at + (next.at - one.at) * (one.share - twice) / (one.share - next.share);
    Some((last.at - from).max(stretch))
}

/// Calibrations of what a curve says of cases that are not over yet.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waited {
    /// From the most probable on, below which probability of what came to pass each holds.
    pub below: Vec<f64>,
    /// As many calibrations of log odds.
    pub calibrations: Vec<Platt>,
    /// As many shares that an interval leaves out on either side at most; in files of before none, as half
    /// of what it may miss.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<f64>,
    /// Calibrations by what was passed, and then by how probable it was; none in files of before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed: Vec<Passed>,
}

/// A calibration of what is said of cases that were asked again when they had passed so much.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passed {
    /// It holds for what is known to lie above this, until the next: before 0 it is not due yet.
    pub from: f64,
    /// Below which probability of that it holds; 1 of all.
    pub below: f64,
    /// Of log odds.
    pub calibration: Platt,
    /// An interval leaves out so much on either side at most.
    pub left_out: f64,
}

impl Waited {
    pub(super) fn is_sound(&self) -> bool {
        let within = self.below.iter().all(|bound| (0.0..=1.0).contains(bound));
        let falls = self.below.is_sorted_by(|a, b| a > b);
        let as_many = self.below.len() == self.calibrations.len()
            && [0, self.below.len()].contains(&self.left_out.len());
        let rises = |one: &Passed, next: &Passed| (one.from, one.below) < (next.from, next.below);
        let in_order = self.passed.is_sorted_by(rises);
        let mut places = self.passed.iter();
        let placed = places.all(|one| one.from.is_finite() && (0.0..=1.0).contains(&one.below));
        let of_passed = self.passed.iter().map(|one| one.left_out);
        let mut shares = self.left_out.iter().copied().chain(of_passed);
        let shares = shares.all(|share| (0.0..0.5).contains(&share));
        within && falls && as_many && in_order && placed && shares
    }

    /// The same, with what intervals leave out where a file of before does not say.
    pub(super) fn leaving_out(self, at_most: f64) -> Self {
        if self.left_out.is_empty() {
            Self {
                left_out: vec![at_most; self.calibrations.len()],
                ..self
            }
        } else {
            self
        }
    }

    /// The calibration of a case that has passed a value, which was so probable, and what an interval of
    /// it leaves out at most; none of one that was not asked about again so early.
    pub(super) fn of(&self, passed: f64, came_to_pass: f64) -> Option<(Platt, f64)> {
        let by_passed = self.by_passed(passed, came_to_pass);
        if passed < 0.0 && by_passed.is_some() {
            return by_passed;
        }
        let place = self.below.partition_point(|bound| *bound > came_to_pass);
        match place.checked_sub(1) {
            Some(at) => Some((*self.calibrations.get(at)?, *self.left_out.get(at)?)),
            None => by_passed,
        }
    }

    fn by_passed(&self, passed: f64, came_to_pass: f64) -> Option<(Platt, f64)> {
        let after = self.passed.partition_point(|one| one.from <= passed);
        let from = self.passed.get(after.checked_sub(1)?)?.from;
        let alike = self.passed.iter();
        let mut alike = alike.filter(|one| one.from.total_cmp(&from).is_eq());
        let found = alike.find(|one| one.below >= 1.0 || one.below > came_to_pass)?;
        Some((found.calibration, found.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scaled(scale: f64) -> Platt {
        Platt::new(scale, 0.0).unwrap()
    }

    fn waited() -> Waited {
        let of = [(-8.0, 0.3, 0.7), (-8.0, 1.0, 0.8), (0.0, 1.0, 0.9)];
        let passed = of.map(|(from, below, scale)| Passed {
            from,
            below,
            calibration: scaled(scale),
            left_out: 0.2,
        });
        Waited {
            below: vec![0.3, 0.1],
            calibrations: vec![scaled(0.5), scaled(2.0)],
            left_out: vec![0.1, 0.02],
            passed: passed.into(),
        }
    }

    #[test]
    fn the_less_probable_the_further_down_and_the_probable_by_what_they_passed() {
        let waited = waited();
        assert!(waited.is_sound() && Waited::default().is_sound());
        let of = |passed: f64, came: f64| {
            let found = waited.of(passed, came);
            found.map(|(platt, left_out)| (platt.scale(), left_out))
        };
        // Overdue: by how improbable it was, and what was probable together.
        assert_eq!(of(5.0, 0.2), Some((0.5, 0.1)));
        assert_eq!(of(5.0, 0.1), Some((0.5, 0.1)));
        assert_eq!(of(5.0, 0.0), Some((2.0, 0.02)));
        assert_eq!(of(0.0, 0.9), Some((0.9, 0.2)));
        // Not due yet: by what was passed first.
        assert_eq!(of(-8.0, 1.0), Some((0.8, 0.2)));
        assert_eq!(of(-1.0, 0.3), Some((0.8, 0.2)));
        assert_eq!(of(-1.0, 0.05), Some((0.7, 0.2)));
        // Earlier than was asked.
        assert_eq!(of(-9.0, 0.9), None);
        assert_eq!(of(-9.0, 0.05), Some((2.0, 0.02)));
        assert_eq!(Waited::default().of(0.0, 0.01), None);
    }

    #[test]
    fn a_file_of_before_leaves_out_as_much_as_it_is_told_and_stays_as_it_was() {
        let text = r#"{"below":[0.3],"calibrations":[[0.5,0.0]]}"#;
        let before: Waited = serde_json::from_str(text).unwrap();
        assert!(before.is_sound() && before.of(0.0, 0.9).is_none());
        assert_eq!(serde_json::to_string(&before).unwrap(), text);
        let told = before.leaving_out(0.1);
        assert_eq!(told.of(0.0, 0.2), Some((scaled(0.5), 0.1)));
        assert_eq!(waited().leaving_out(0.4), waited());
    }

    #[test]
    fn what_does_not_go_together_is_refused() {
        let unsound = |change: fn(&mut Waited)| {
            let mut waited = waited();
            change(&mut waited);
            !waited.is_sound()
        };
        assert!(unsound(|one| one.below.reverse()));
        assert!(unsound(|one| one.below.truncate(1)));
        assert!(unsound(|one| one.left_out.truncate(1)));
        assert!(unsound(|one| one.left_out[0] = 0.5));
        assert!(unsound(|one| one.passed.reverse()));
        assert!(unsound(|one| one.passed[2].from = f64::INFINITY));
        assert!(unsound(|one| one.passed[2].below = 1.5));
        assert!(unsound(|one| one.passed[0].left_out = -0.1));
    }

    /// Along 0 to 120 with thresholds at 10, 20, 40 and 60.
    fn others(shares: [f64; 4]) -> Others {
        let points = [0.0, 10.0, 20.0, 40.0, 60.0, 120.0].map(|at| (at, 0.5));
        let above = shares.map(|share| (share, 100.0 * share));
        let seen = Seen {
            doubt: 0.001,
            cases: 100.0,
            above: above.into(),
            waited: Waited::default(),
        };
        assert!(seen.is_sound());
        Others::along(&points, &seen)
    }

    #[test]
    fn beyond_the_thresholds_half_are_over_after_as_long_as_half_took_before() {
        let falling = others([0.5, 0.3, 0.1, 0.05]);
        // From 40 to 60 half of those left were over, and so from 60 to 80 and from 80 to 120.
        let share = |value: f64| falling.above(value).0;
        assert!((share(80.0) - 0.025).abs() < 1e-12 && (share(120.0) - 0.0125).abs() < 1e-12);
        assert_eq!(
            [60.0, 90.0, 200.0].map(|at| falling.above(at).1),
            [5.0, 2.5, 0.0]
        );
        // No sooner than the last stretch between thresholds is long.
        assert_eq!(others([0.5, 0.3, 0.1, 0.01]).halving, 20.0);
        // All that were left after 40 came so far: it took longer.
        let flat = others([0.5, 0.3, 0.05, 0.05]).halving;
        assert!((flat - 24.0).abs() < 1e-9, "{flat}");
        // Most came beyond, or none did.
        assert_eq!(others([0.9, 0.8, 0.7, 0.6]).halving, 120.0);
        let none = others([0.5, 0.3, 0.1, 0.0]);
        assert_eq!(none.later(60.0, 180.0), 0.5);
    }

    #[test]
    fn where_none_came_so_far_nothing_is_known_but_the_width() {
        let falling = others([0.5, 0.3, 0.1, 0.05]);
        assert_eq!(falling.later(120.0, 240.0), 0.5);
        assert_eq!(falling.later(300.0, 300.0), 1.0);
        assert_eq!(falling.end(), 60.0);
    }
}
