//! A quantity yet to come, such as days until payment, as a whole distribution.
//!
//! One classifier a threshold, boosted trees, a linear score or the mean of both, says how probable it is that
//! the quantity lies above it; together they are a survival curve (Frank and Hall, "A simple approach to
//! ordinal classification", 2001), made to fall by taking the least value so far. One
//! model thus gives the probability of any lateness, the median and an interval, and
//! they never contradict one another. Between thresholds the curve is straight.
//!
//! Intervals are made to hold what they promise on held-back cases by choosing how much
//! of each tail to leave out: Chernozhukov, Wüthrich and Zhu, "Distributional conformal
//! prediction" (2021), with one choice a group of cases where groups differ.

use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

pub use super::curve::Curve;
use super::learner::Learner;
pub use super::level::Level;
use super::trees::Forest;
pub use super::waited::{Passed, Seen, Waited};

/// How much of each tail an interval leaves out, by group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tails {
    /// Share of cases whose quantity lies within the interval, 0..1.
    pub coverage: f64,
    /// Feature that tells the groups apart.
    pub feature: usize,
    /// Group `i` has a feature below the `i`-th bound, the last group the rest; a missing
    /// value is in the first.
    pub bounds: Vec<f64>,
    /// Probability left out on each side, one a group.
    pub left_out: Vec<f64>,
}

/// A fitted distribution.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Distribution {
    features: Vec<String>,
    range: Range,
    levels: Vec<Level>,
    tails: Tails,
    /// What became of the cases fitted on; files of before have none.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "written")]
    seen: Option<Arc<Seen>>,
    /// The trees of all levels that have them.
    #[serde(skip)]
    forest: Forest,
}

/// As files hold what is shared while it is used.
fn written<S: Serializer>(seen: &Option<Arc<Seen>>, serializer: S) -> Result<S::Ok, S::Error> {
    seen.as_deref().serialize(serializer)
}

impl PartialEq for Distribution {
    fn eq(&self, other: &Self) -> bool {
        // All else is derived.
        (
            &self.features,
            &self.range,
            &self.levels,
            &self.tails,
            &self.seen,
        ) == (
            &other.features,
            &other.range,
            &other.levels,
            &other.tails,
            &other.seen,
        )
    }
}

/// The values that a quantity can have.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Range {
    /// The lowest.
    pub lowest: f64,
    /// The highest.
    pub highest: f64,
    /// Whether it is counted, as days are, rather than measured.
    pub whole: bool,
}

/// Why the parts of a distribution do not fit together.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DistributionError {
    /// There is no threshold, or they do not rise from the lowest to the highest value.
    #[error("thresholds must be finite and rise from the lowest to the highest value")]
    Thresholds,
    /// A learner of another number of features.
    #[error("a learner of {found} features where there are {expected}")]
    Features {
        /// Features of the learner.
        found: usize,
        /// Names of features.
        expected: usize,
    },
    /// Bounds and shares of the interval do not go together.
    #[error("tails: one share below one half is needed for each group, and rising bounds")]
    Tails,
    /// What was seen is not of these thresholds, or is no falling share.
    #[error("seen: a falling share and count is needed for each threshold, and a positive doubt")]
    Seen,
}

#[derive(Deserialize)]
struct Unchecked {
    features: Vec<String>,
    range: Range,
    levels: Vec<Level>,
    tails: Tails,
    #[serde(default)]
    seen: Option<Seen>,
}

impl TryFrom<Unchecked> for Distribution {
    type Error = DistributionError;

    fn try_from(raw: Unchecked) -> Result<Self, DistributionError> {
        let alone = Self::new(raw.features, raw.range, raw.levels, raw.tails)?;
        match raw.seen {
            Some(seen) => alone.with_seen(seen),
            None => Ok(alone),
        }
    }
}

impl Distribution {
    /// Checks and joins the parts.
    ///
    /// # Errors
    /// [`DistributionError`].
    pub fn new(
        features: Vec<String>,
        range: Range,
        levels: Vec<Level>,
        tails: Tails,
    ) -> Result<Self, DistributionError> {
        let thresholds = levels.iter().map(|level| level.threshold);
        let whole: Vec<f64> = std::iter::once(range.lowest)
            .chain(thresholds)
            .chain([range.highest])
            .collect();
        let rising = whole.windows(2).all(|pair| pair.first() < pair.last());
        if levels.is_empty() || !rising || !whole.iter().all(|value| value.is_finite()) {
            return Err(DistributionError::Thresholds);
        }
        let other = levels
            .iter()
            .map(|level| level.learner.features())
            .find(|found| *found != features.len());
        if let Some(found) = other {
            return Err(DistributionError::Features {
                found,
                expected: features.len(),
            });
        }
        let shares = tails
            .left_out
            .iter()
            .all(|share| (0.0..0.5).contains(share));
        let rising = tails.bounds.is_sorted_by(|a, b| a < b);
        if !shares || !rising || tails.left_out.len() != tails.bounds.len() + 1 {
            return Err(DistributionError::Tails);
        }
        let forest = Forest::of(levels.iter().filter_map(|level| match &level.learner {
            Learner::Trees(trees) => Some(trees),
            Learner::Both(both) => Some(&both.0),
            Learner::Linear(_) => None,
        }));
        Ok(Self {
            features,
            range,
            levels,
            tails,
            seen: None,
            forest,
        })
    }

    /// The values that the quantity can have.
    #[must_use]
    pub const fn range(&self) -> Range {
        self.range
    }

    /// The same, with what became of the cases fitted on: what curves lean on where much is
    /// ruled out already.
    ///
    /// # Errors
    /// [`DistributionError::Seen`].
    pub fn with_seen(self, seen: Seen) -> Result<Self, DistributionError> {
        if seen.above.len() != self.levels.len() || !seen.is_sound() {
            return Err(DistributionError::Seen);
        }
        let waited = seen.waited.leaving_out((1.0 - self.tails.coverage) / 2.0);
        Ok(Self {
            seen: Some(Arc::new(Seen { waited, ..seen })),
            ..self
        })
    }

    /// Names of the features, in the order of a row.
    #[must_use]
    pub fn features(&self) -> &[String] {
        &self.features
    }

    /// The classifiers, by rising threshold.
    #[must_use]
    pub fn levels(&self) -> &[Level] {
        &self.levels
    }

    /// The level whose threshold is nearest: what reasons are given for.
    #[must_use]
    pub fn level_at(&self, threshold: f64) -> Option<&Level> {
        let distance = |level: &&Level| (level.threshold - threshold).abs();
        self.levels
            .iter()
            .min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }

    /// The curve of one row.
    #[must_use]
    pub fn curve(&self, row: &[f64]) -> Curve {
        let mut points = Vec::with_capacity(self.levels.len() + 2);
        points.push((self.range.lowest, 1.0));
        let mut least: f64 = 1.0;
        let mut raws = self.forest.raws(row).into_iter();
        for level in &self.levels {
            let raw = match &level.learner {
                Learner::Trees(_) => raws.next().unwrap_or_default(),
                Learner::Linear(score) => score.raw(row),
                Learner::Both(both) => {
                    f64::midpoint(raws.next().unwrap_or_default(), both.1.raw(row))
                }
            };
            least = least.min(level.calibration.probability(raw));
            points.push((level.threshold, least));
        }
        points.push((self.range.highest, 0.0));
        Curve::new(points, self.range.whole, self.seen.clone())
    }

    /// The interval of a row's curve at the stated coverage.
    #[must_use]
    pub fn interval(&self, row: &[f64], curve: &Curve) -> (f64, f64) {
        let left_out = self.left_out(row, curve);
        curve.between(left_out, 1.0 - left_out)
    }

    /// The interval of a row's curve at another coverage than the stated one, 0..1: what is
    /// left out is straight between nothing at 1, what held-back cases chose at the stated
    /// coverage, and everything at 0.
    #[must_use]
    pub fn interval_at(&self, coverage: f64, row: &[f64], curve: &Curve) -> (f64, f64) {
        let (chosen, stated) = (self.left_out(row, curve), self.tails.coverage);
        let left_out = if coverage >= stated {
            chosen * ((1.0 - coverage) / (1.0 - stated))
        } else {
            0.5 + (chosen - 0.5) * coverage / stated
        };
        curve.between(left_out, 1.0 - left_out)
    }

    /// What held-back cases chose; of what is left of a curve no more than those chose of which as much had
    /// come to pass. Where they are few they chose less for all, which stays.
    fn left_out(&self, row: &[f64], curve: &Curve) -> f64 {
        let chosen = self.tails.left_out(row);
        let most = curve.most_left_out();
        most.map_or(chosen, |most| chosen.min(most))
    }

    /// How much intervals leave out, and which groups have one of their own.
    #[must_use]
    pub const fn tails(&self) -> &Tails {
        &self.tails
    }

    /// Share of cases whose quantity lies within [`Self::interval`].
    #[must_use]
    pub const fn coverage(&self) -> f64 {
        self.tails.coverage
    }
}

impl Tails {
    /// Index of a row's group.
    #[must_use]
    pub fn group(&self, row: &[f64]) -> usize {
        let value = row.get(self.feature).copied().unwrap_or(f64::NAN);
        self.bounds.iter().filter(|bound| value >= **bound).count()
    }

    fn left_out(&self, row: &[f64]) -> f64 {
        self.left_out
            .get(self.group(row))
            .copied()
            .unwrap_or((1.0 - self.coverage) / 2.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::learn::calibration::Platt;
    use crate::learn::linear_score::LinearScore;
    use crate::learn::trees::Trees;

    fn level(threshold: f64, raw: f64) -> Level {
        Level {
            threshold,
            learner: Learner::Trees(Trees::new(raw, 1, Vec::new()).unwrap()),
            calibration: Platt::identity().into(),
        }
    }

    fn range(lowest: f64, highest: f64) -> Range {
        Range {
            lowest,
            highest,
            whole: false,
        }
    }

    fn tails() -> Tails {
        Tails {
            coverage: 0.8,
            feature: 0,
            bounds: vec![5.0],
            left_out: vec![0.05, 0.1],
        }
    }

    #[test]
    fn levels_that_cross_are_made_to_fall() {
        let levels = vec![level(0.0, -1.0), level(1.0, 1.0)];
        let model =
            Distribution::new(vec!["x".to_owned()], range(-5.0, 5.0), levels, tails()).unwrap();
        let curve = model.curve(&[1.0]);
        assert_eq!(curve.above(0.0), curve.above(1.0));
        let (narrow, wide) = (
            model.interval(&[9.0], &curve),
            model.interval(&[1.0], &curve),
        );
        assert!(wide.0 < narrow.0 && wide.1 > narrow.1);
        assert_eq!(model.tails.group(&[f64::NAN]), 0);
        let width = |coverage| {
            let (low, high) = model.interval_at(coverage, &[1.0], &curve);
            high - low
        };
        assert_eq!(width(0.8), wide.1 - wide.0);
        assert!(width(0.3) < width(0.79) && width(0.79) < width(0.8) && width(0.8) < width(0.95));
        assert_eq!(width(1.0), 10.0);
    }

    #[test]
    fn a_curve_says_what_each_learner_says_whatever_its_kind() {
        let tree = |threshold: f64, step: f32| {
            let text = format!("[[0,{threshold},1,2,1,9.0],[{step},4.0],[-{step},5.0]]");
            Trees::new(0.25, 1, vec![serde_json::from_str(&text).unwrap()]).unwrap()
        };
        let line = |weight: f64| -> LinearScore {
            let text = format!("{{\"base\":-0.5,\"terms\":[[2.0,0.0,9.0,{weight},0.1,0.3]]}}");
            serde_json::from_str(&text).unwrap()
        };
        let learners = [
            Learner::Both(Box::new((tree(1.0, 1.5), line(0.2)))),
            Learner::Linear(line(0.1)),
            Learner::Trees(tree(3.0, 0.7)),
            Learner::Both(Box::new((tree(2.0, 0.9), line(-0.3)))),
        ];
        let levels = learners.into_iter().zip(0..).map(|(learner, at)| Level {
            threshold: f64::from(at),
            learner,
            calibration: Platt::identity().into(),
        });
        let levels: Vec<Level> = levels.collect();
        let name = vec!["x".to_owned()];
        let model = Distribution::new(name, range(-5.0, 9.0), levels.clone(), tails()).unwrap();
        for x in [f64::NAN, 0.0, 1.0, 1.5, 2.5, 8.0] {
            let curve = model.curve(&[x]);
            let mut least: f64 = 1.0;
            for level in &levels {
                least = least.min(level.probability(&[x]));
                let told = curve.above(level.threshold);
                assert_eq!(told.to_bits(), least.to_bits(), "{x} {}", level.threshold);
            }
        }
    }

    #[test]
    fn what_is_calibrated_again_leaves_out_no_more_than_was_chosen_for_it_and_for_all() {
        let with = |left_out: f64, of_waiting: Vec<f64>| {
            let tails = Tails {
                left_out: vec![left_out; 2],
                ..tails()
            };
            let levels = vec![level(0.0, 0.0), level(1.0, -2.0), level(3.0, -4.0)];
            let seen = Seen {
                doubt: 0.001,
                cases: 100.0,
                above: vec![(0.5, 50.0), (0.1, 10.0), (0.02, 2.0)],
                waited: Waited {
                    below: vec![0.3],
                    calibrations: vec![Platt::identity()],
                    left_out: of_waiting,
                    passed: Vec::new(),
                },
            };
            let name = vec!["x".to_owned()];
            let model = Distribution::new(name, range(-5.0, 5.0), levels, tails).unwrap();
            model.with_seen(seen).unwrap()
        };
        let interval = |left_out: f64, of_waiting: &[f64], passed: f64| {
            let model = with(left_out, of_waiting.into());
            let left = model.curve(&[1.0]).given_above(passed);
            (model.interval(&[1.0], &left), left)
        };
        // Little came to pass: it is as chosen.
        let (found, left) = interval(0.17, &[], 0.0);
        assert_eq!(found, left.between(0.17, 0.83));
        // Much did: as much as it says where a file of before does not tell, else as told.
        let (found, left) = interval(0.17, &[], 1.0);
        assert_eq!(found, left.between(0.1, 0.9));
        let (found, left) = interval(0.17, &[0.04], 1.0);
        assert_eq!(found, left.between(0.04, 0.96));
        let (found, left) = interval(0.02, &[0.04], 1.0);
        assert_eq!(found, left.between(0.02, 0.98));
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        let name = || vec!["x".to_owned()];
        let new = |range, levels, tails| Distribution::new(name(), range, levels, tails);
        let thresholds = Err(DistributionError::Thresholds);
        assert_eq!(new(range(0.0, 1.0), vec![], tails()), thresholds);
        assert_eq!(
            new(range(0.0, 1.0), vec![level(1.0, 0.0)], tails()),
            thresholds
        );
        let mut short = tails();
        short.left_out.pop();
        assert_eq!(
            new(range(0.0, 2.0), vec![level(1.0, 0.0)], short),
            Err(DistributionError::Tails)
        );
    }
}
