//! Fits a distribution: one classifier a threshold, chosen and calibrated on the latest cases.

mod choice;
mod grid;
mod learners;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use anyhow::{Context as _, ensure};
use scrutineer::learn::calibrated::Calibration;
use scrutineer::learn::distribution::{Curve, Distribution, Level, Range, Tails};
use scrutineer::learn::learner::Learner;

use crate::boost::CheckedBoost;
use choice::Chosen;
pub use learners::Learners;

/// Finished examples needed to say anything.
pub const LEAST_EXAMPLES: usize = 50;
/// Examples of either outcome needed to tell them apart.
pub const LEAST_OF_A_SIDE: usize = 15;
/// Share of the cases, the latest, that calibrate, and choose the learner and its size.
const HELD_BACK: f64 = 0.2;
/// Cases that a group needs for an interval of its own.
const LEAST_GROUP: usize = 150;
/// Steps in which the share left out of an interval is looked for.
const TAIL_STEPS: u32 = 490;

/// One case with what is known of its outcome.
#[derive(Debug, Clone)]
pub struct Example {
    /// Features; what is not a number is missing.
    pub row: Vec<f64>,
    /// What became of it.
    pub outcome: Outcome,
    /// How much it counts.
    pub weight: f64,
    /// Which of several that belong together, as the steps of one request do; none of one that
    /// stands alone.
    pub group: Option<usize>,
}

/// What is known of a quantity, and how far it was watched.
///
/// Whether it lies above a threshold is known only if it was watched beyond that, whatever came
/// of it: of cases looked at early, the short ones alone are over, and to count those
/// would make every case look short.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    quantity: Option<f64>,
    watched: f64,
}

impl Outcome {
    /// It came to this, and nothing longer would have been missed.
    #[must_use]
    pub const fn known(quantity: f64) -> Self {
        Self {
            quantity: Some(quantity),
            watched: f64::INFINITY,
        }
    }

    /// It came to this within the time it was watched, or was not over then.
    #[must_use]
    pub const fn watched(quantity: Option<f64>, watched: f64) -> Self {
        Self { quantity, watched }
    }

    /// The same in another measure, which rises with it.
    #[must_use]
    pub fn told_in(self, measure: impl Fn(f64) -> f64) -> Self {
        Self {
            quantity: self.quantity.map(&measure),
            watched: if self.watched.is_finite() {
                measure(self.watched)
            } else {
                self.watched
            },
        }
    }

    /// Whether it lies above a threshold, where that is known.
    #[must_use]
    pub fn above(self, threshold: f64) -> Option<bool> {
        let known = self.watched >= threshold;
        known.then(|| self.quantity.is_none_or(|quantity| quantity > threshold))
    }

    /// What it came to, or has passed.
    fn number(self) -> f64 {
        self.quantity.unwrap_or(self.watched)
    }
}

/// What is fitted, and how.
#[derive(Debug, Clone)]
pub struct DistributionPlan {
    /// Names of the features.
    pub features: Vec<String>,
    /// Whether the quantity is counted rather than measured.
    pub whole: bool,
    /// Thresholds, at most, beside `required`.
    pub thresholds: usize,
    /// Thresholds that must be there, such as 0 for being late at all.
    pub required: Vec<f64>,
    /// Share of cases that the interval holds.
    pub coverage: f64,
    /// Feature that tells groups of intervals apart, and the bounds between them.
    pub groups: (usize, Vec<f64>),
    /// Parameters of boosted trees.
    pub boost: CheckedBoost,
    /// Kinds of learner that held-back cases choose from.
    pub learners: Learners,
}

impl DistributionPlan {
    /// Fits on examples in order of time. First fits without the latest cases are calibrated
    /// on them and say which learner serves, and of what size; a second fit of that one
    /// uses all.
    ///
    /// # Errors
    /// Too few examples, rows of another length than the features, a quantity that is not
    /// finite or always the same, or what the booster refuses.
    pub fn fit(&self, examples: &[Example]) -> anyhow::Result<Distribution> {
        ensure!(
            examples
                .iter()
                .all(|example| example.outcome.number().is_finite()),
            "a quantity is not finite"
        );
        let quantities: Vec<f64> = examples.iter().filter_map(|e| e.outcome.quantity).collect();
        ensure!(
            quantities.len() >= LEAST_EXAMPLES,
            "{} finished examples are too few; {LEAST_EXAMPLES} are needed",
            quantities.len()
        );
        let passed = examples.iter().map(|e| e.outcome.number());
        let (range, thresholds) = self.grid(&quantities, passed.fold(f64::MIN, f64::max))?;
        let (early, late) = early_and_late(examples);
        let chosen = self.choose(early, late, &thresholds)?;
        let tails = self.tails(&self.held_back(&chosen, range, &thresholds, late)?);
        let calibrations = chosen.calibrations(&thresholds, late);
        let all = self.learners(examples, &thresholds, chosen.recipe)?;
        self.join(range, &thresholds, all, &calibrations, tails)
    }

    /// Fits one question alone, whether the quantity lies above a threshold, with all that the
    /// question itself can give: calibrated and sized as [`Self::fit`] does it.
    ///
    /// # Errors
    /// Too few examples on either side, or what the booster refuses.
    pub fn fit_level(&self, examples: &[Example], threshold: f64) -> anyhow::Result<Level> {
        for side in [true, false] {
            let told = |e: &&Example| e.outcome.above(threshold) == Some(side);
            let count = examples.iter().filter(told).count();
            ensure!(
                count >= LEAST_OF_A_SIDE,
                "{count} examples {} {threshold} are too few; {LEAST_OF_A_SIDE} are needed",
                if side { "above" } else { "not above" }
            );
        }
        let at = [threshold];
        let (early, late) = early_and_late(examples);
        let chosen = self.choose(early, late, &at)?;
        let calibrations = chosen.calibrations(&at, late);
        let all = self.learners(examples, &at, chosen.recipe)?;
        let both = all.into_iter().zip(calibrations);
        let mut levels = both.map(|(learner, calibration)| Level {
            threshold,
            learner,
            calibration,
        });
        levels.next().context("nothing was fitted")
    }

    fn join(
        &self,
        range: Range,
        thresholds: &[f64],
        learners: Vec<Learner>,
        calibrations: &[Calibration],
        tails: Tails,
    ) -> anyhow::Result<Distribution> {
        let levels = thresholds
            .iter()
            .zip(learners)
            .zip(calibrations)
            .map(|((threshold, learner), calibration)| Level {
                threshold: *threshold,
                learner,
                calibration: *calibration,
            })
            .collect();
        Ok(Distribution::new(
            self.features.clone(),
            range,
            levels,
            tails,
        )?)
    }

    fn no_tails(&self) -> Tails {
        let (feature, bounds) = self.groups.clone();
        Tails {
            coverage: self.coverage,
            left_out: vec![(1.0 - self.coverage) / 2.0; bounds.len() + 1],
            feature,
            bounds,
        }
    }

    /// The finished ones among the held-back cases, each foretold by what the others of them
    /// did not see: fitted on the early cases and calibrated on the other half. An interval
    /// measured on the cases that calibrated it would be too narrow, the more so the
    /// fewer they are.
    fn held_back(
        &self,
        chosen: &Chosen,
        range: Range,
        thresholds: &[f64],
        late: &[Example],
    ) -> anyhow::Result<Vec<Foretold>> {
        let (first, second) = late.split_at(late.len() / 2);
        let no_tails = self.no_tails();
        let mut foretold = Vec::with_capacity(late.len());
        for (half, other) in [(first, second), (second, first)] {
            let calibrations = chosen.calibrations(thresholds, other);
            let learners = chosen.learners.clone();
            let trial = self.join(range, thresholds, learners, &calibrations, no_tails.clone())?;
            foretold.extend(half.iter().filter_map(|example| {
                Some(Foretold {
                    quantity: example.outcome.quantity?,
                    of: example.group,
                    group: no_tails.group(&example.row),
                    curve: trial.curve(&example.row),
                })
            }));
        }
        Ok(foretold)
    }

    /// For each group the narrowest interval that holds the coverage on held-back cases;
    /// a group of too few cases gets that of all.
    fn tails(&self, cases: &[Foretold]) -> Tails {
        let mut tails = self.no_tails();
        let overall = self.left_out(&cases.iter().collect::<Vec<_>>());
        for (group, left_out) in tails.left_out.iter_mut().enumerate() {
            let members: Vec<&Foretold> = cases.iter().filter(|case| case.group == group).collect();
            *left_out = if members.len() < LEAST_GROUP {
                overall
            } else {
                self.left_out(&members)
            };
        }
        tails
    }

    /// With few cases the promise is kept by the rank of conformal prediction. Those of one group
    /// are held or missed together, so as many count as there are groups: Dunn, Wasserman and
    /// Ramdas, "Distribution-free prediction sets for two-layer hierarchical data" (2022).
    fn left_out(&self, cases: &[&Foretold]) -> f64 {
        let alone = cases.iter().filter(|case| case.of.is_none()).count();
        let groups: BTreeSet<usize> = cases.iter().filter_map(|case| case.of).collect();
        let count = (alone + groups.len()) as f64;
        let level = ((count + 1.0) * self.coverage / count).min(1.0);
        let needed = level * cases.len() as f64 * (1.0 - 1e-12);
        (1..=TAIL_STEPS)
            .rev()
            .map(|step| f64::from(step) / 1000.0)
            .find(|left_out| {
                cases.iter().filter(|case| case.holds(*left_out)).count() as f64 >= needed
            })
            .unwrap_or(0.0)
    }
}

/// A finished case, and what was said of it.
struct Foretold {
    quantity: f64,
    /// Which of several that belong together.
    of: Option<usize>,
    group: usize,
    curve: Curve,
}

impl Foretold {
    fn holds(&self, left_out: f64) -> bool {
        let (low, high) = (
            self.curve.quantile(left_out),
            self.curve.quantile(1.0 - left_out),
        );
        (low..=high).contains(&self.quantity)
    }
}

/// The cases in order of time, the latest apart.
fn early_and_late(examples: &[Example]) -> (&[Example], &[Example]) {
    let held_back = ((examples.len() as f64 * HELD_BACK) as usize).max(10);
    examples.split_at(examples.len().saturating_sub(held_back))
}
