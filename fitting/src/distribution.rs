//! Fits a distribution: one classifier a threshold, calibrated on the latest cases.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, anyhow, ensure};
use scrutineer::learn::calibration::Platt;
use scrutineer::learn::distribution::{Distribution, Level, Range, Tails};
use scrutineer::learn::trees::Trees;

use crate::boost::{CheckedBoost, Table};

/// Finished examples needed to say anything.
pub const LEAST_EXAMPLES: usize = 50;
/// Examples of either outcome needed to tell them apart.
pub const LEAST_OF_A_SIDE: usize = 15;
/// Share of cases on either side that thresholds spread by distance leave out.
const TAIL: f64 = 0.002;
/// Share of the cases, the latest, that calibrate and choose the number of trees.
const HELD_BACK: f64 = 0.2;
/// Numbers of trees compared, as shares of the most.
const TREE_STEPS: usize = 12;
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
    /// Parameters of each classifier.
    pub boost: CheckedBoost,
}

impl DistributionPlan {
    /// Fits on examples in order of time. A first fit without the latest cases is
    /// calibrated on them and says how many trees serve; a second fit uses all.
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
        let fits = self.fit_levels(early, &thresholds, self.boost)?;
        let share = best_share(&fits, &thresholds, late);
        let count = ((self.boost.trees() as f64 * share) as usize).max(1);
        let cut: Vec<Trees> = fits.iter().map(|trees| trees.first(count)).collect();
        let calibrations = calibrate(&cut, &thresholds, late);
        let trial = self.join(range, &thresholds, cut, &calibrations, self.no_tails())?;
        let tails = self.tails(&trial, late);
        let all = self.fit_levels(examples, &thresholds, self.boost.with_trees(count))?;
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
        let fits = self.fit_levels(early, &at, self.boost)?;
        let count = ((self.boost.trees() as f64 * best_share(&fits, &at, late)) as usize).max(1);
        let cut: Vec<Trees> = fits.iter().map(|trees| trees.first(count)).collect();
        let calibration = calibrate(&cut, &at, late).first().copied();
        let all = self.fit_levels(examples, &at, self.boost.with_trees(count))?;
        Ok(Level {
            threshold,
            trees: all.into_iter().next().context("nothing was fitted")?,
            calibration: calibration.unwrap_or(Platt::identity()),
        })
    }

    /// The range of the quantity and the thresholds, spread evenly over its finished cases.
    /// A case that is not over may have passed all of those: the range reaches beyond it.
    fn grid(&self, quantities: &[f64], passed: f64) -> anyhow::Result<(Range, Vec<f64>)> {
        let mut sorted = quantities.to_vec();
        sorted.sort_by(f64::total_cmp);
        ensure!(
            sorted.first() != sorted.last(),
            "the quantity is always the same"
        );
        let at = |share: f64| {
            let index = (share * (sorted.len() - 1) as f64).round() as usize;
            sorted.get(index).copied().unwrap_or_default()
        };
        let step = if self.whole { 1.0 } else { 0.0 };
        let (lowest, highest) = (at(0.0005) - step, at(0.9995).max(passed) + step);
        // Half of them where the cases are, half where the distances are: a median needs the
        // first, and an error in days the second.
        let half = self.thresholds.div_ceil(2);
        let share = |i: usize| (i as f64 + 0.5) / half as f64;
        let by_cases = (0..half).map(|i| at(share(i)));
        let middle = at(0.5);
        let bent = |value: f64| (value - middle).signum() * (value - middle).abs().sqrt();
        let (low, high) = (bent(at(TAIL)), bent(at(1.0 - TAIL)));
        let by_distance = (0..half).map(|i| {
            let bent = low + (high - low) * share(i);
            let value = middle + bent.signum() * bent.powi(2);
            if self.whole {
                value.round() + 0.0
            } else {
                value
            }
        });
        let mut thresholds: Vec<f64> = by_cases
            .chain(by_distance)
            .chain(self.required.iter().copied())
            .collect();
        thresholds.sort_by(f64::total_cmp);
        thresholds.dedup();
        thresholds.retain(|threshold| *threshold > lowest && *threshold < highest);
        ensure!(!thresholds.is_empty(), "no threshold lies within the range");
        let range = Range {
            lowest,
            highest,
            whole: self.whole,
        };
        Ok((range, thresholds))
    }

    /// One classifier a threshold, on as many threads as there are processors.
    fn fit_levels(
        &self,
        examples: &[Example],
        thresholds: &[f64],
        boost: CheckedBoost,
    ) -> anyhow::Result<Vec<Trees>> {
        let rows: Vec<&[f64]> = examples.iter().map(|e| e.row.as_slice()).collect();
        let table = Table::of_rows(&rows)?;
        ensure!(
            table.columns() == self.features.len(),
            "rows of {} features where there are {} names",
            table.columns(),
            self.features.len()
        );
        let next = AtomicUsize::new(0);
        let fits: Mutex<Vec<Option<anyhow::Result<Trees>>>> =
            Mutex::new(thresholds.iter().map(|_| None).collect());
        let work = || {
            while let Some((at, threshold)) = {
                let at = next.fetch_add(1, Ordering::Relaxed);
                thresholds.get(at).map(|threshold| (at, threshold))
            } {
                let known = examples.iter().map(|e| e.outcome.above(*threshold));
                let (truth, weights): (Vec<bool>, Vec<f64>) = known
                    .zip(examples)
                    // What is not known counts nothing.
                    .map(|(above, e)| above.map_or((false, 0.0), |above| (above, e.weight)))
                    .unzip();
                let fit = boost.fit(&table, &truth, &weights);
                if let Ok(mut fits) = fits.lock() {
                    fits[at] = Some(fit);
                }
            }
        };
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(work);
            }
        });
        let fits = fits.into_inner().map_err(|_| anyhow!("a fit was lost"))?;
        fits.into_iter()
            .map(|fit| fit.context("a threshold was not fitted")?)
            .collect()
    }

    fn join(
        &self,
        range: Range,
        thresholds: &[f64],
        trees: Vec<Trees>,
        calibrations: &[Platt],
        tails: Tails,
    ) -> anyhow::Result<Distribution> {
        let levels = thresholds
            .iter()
            .zip(trees)
            .zip(calibrations)
            .map(|((threshold, trees), calibration)| Level {
                threshold: *threshold,
                trees,
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

    /// For each group the narrowest interval that holds the coverage on held-back cases;
    /// a group of too few cases gets that of all.
    fn tails(&self, trial: &Distribution, late: &[Example]) -> Tails {
        let mut tails = self.no_tails();
        let everyone: Vec<&Example> = late.iter().collect();
        let overall = self.left_out(trial, &everyone);
        for group in 0..tails.left_out.len() {
            let members: Vec<&Example> = everyone
                .iter()
                .copied()
                .filter(|example| tails.group(&example.row) == group)
                .collect();
            tails.left_out[group] = if members.len() < LEAST_GROUP {
                overall
            } else {
                self.left_out(trial, &members)
            };
        }
        tails
    }

    fn left_out(&self, trial: &Distribution, cases: &[&Example]) -> f64 {
        let finished: Vec<_> = cases
            .iter()
            .filter_map(|case| Some((case.outcome.quantity?, trial.curve(&case.row))))
            .collect();
        // With few cases the promise is kept by the rank of conformal prediction.
        let needed = ((finished.len() + 1) as f64 * self.coverage).ceil();
        (1..=TAIL_STEPS)
            .rev()
            .map(|step| f64::from(step) / 1000.0)
            .find(|left_out| {
                let held = finished.iter().filter(|(quantity, curve)| {
                    let (low, high) = (curve.quantile(*left_out), curve.quantile(1.0 - left_out));
                    (low..=high).contains(quantity)
                });
                held.count() as f64 >= needed
            })
            .unwrap_or(0.0)
    }
}

/// The cases in order of time, the latest apart.
fn early_and_late(examples: &[Example]) -> (&[Example], &[Example]) {
    let held_back = ((examples.len() as f64 * HELD_BACK) as usize).max(10);
    examples.split_at(examples.len().saturating_sub(held_back))
}

/// The share of the trees at which the held-back cases are told best, over all thresholds.
fn best_share(fits: &[Trees], thresholds: &[f64], late: &[Example]) -> f64 {
    let loss = |step: usize| -> f64 {
        let share = step as f64 / TREE_STEPS as f64;
        let losses = fits.iter().zip(thresholds).map(|(trees, threshold)| {
            let part = trees.first(((trees.len() as f64 * share) as usize).max(1));
            late.iter()
                .filter_map(|example| {
                    let raw = part.raw(&example.row);
                    let above = example.outcome.above(*threshold)?;
                    let signed = if above { raw } else { -raw };
                    // ln(1 + exp(-x)) without overflow.
                    Some(example.weight * ((-signed.abs()).exp().ln_1p() + (-signed).max(0.0)))
                })
                .sum::<f64>()
        });
        losses.sum()
    };
    let steps = (1..=TREE_STEPS).map(|step| (loss(step), step));
    let best = steps.min_by(|a, b| a.0.total_cmp(&b.0));
    best.map_or(1.0, |(_, step)| step as f64 / TREE_STEPS as f64)
}

fn calibrate(fits: &[Trees], thresholds: &[f64], late: &[Example]) -> Vec<Platt> {
    fits.iter()
        .zip(thresholds)
        .map(|(trees, threshold)| {
            let cases: Vec<(f64, bool)> = late
                .iter()
                .filter_map(|example| {
                    Some((trees.raw(&example.row), example.outcome.above(*threshold)?))
                })
                .collect();
            Platt::fit(&cases)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boost::BoostParams;

    fn plan() -> DistributionPlan {
        let boost = BoostParams {
            trees: 60,
            depth: 3,
            leaves: 8,
            learning_rate: 0.1,
            l2: 2.0,
            least_cover: 3.0,
            bins: 64,
            row_share: 0.8,
            column_share: 1.0,
            seed: 3,
        };
        DistributionPlan {
            features: vec!["x".to_owned(), "noise".to_owned()],
            whole: false,
            thresholds: 12,
            required: vec![0.0],
            coverage: 0.8,
            groups: (0, vec![0.5]),
            boost: boost.check().unwrap(),
        }
    }

    /// The quantity spreads ten times as wide where `x` is above one half.
    fn examples(count: u64, salt: u64) -> Vec<Example> {
        let u = |i: u64, k: u64| {
            let mut z = (i + salt * 1_000_003).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (k << 32);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
        };
        (0..count)
            .map(|i| {
                let x = u(i, 1);
                let width = if x > 0.5 { 10.0 } else { 1.0 };
                Example {
                    row: vec![x, u(i, 2)],
                    outcome: Outcome::known(4.0 * x + width * (u(i, 3) - 0.5)),
                    weight: 1.0,
                }
            })
            .collect()
    }

    #[test]
    fn intervals_hold_what_they_promise_in_each_group_on_new_cases() {
        let model = plan().fit(&examples(3000, 1)).unwrap();
        let new = examples(3000, 2);
        for upper in [false, true] {
            let cases: Vec<&Example> = new.iter().filter(|e| (e.row[0] > 0.5) == upper).collect();
            let held = cases.iter().filter(|case| {
                let (low, high) = model.interval(&case.row, &model.curve(&case.row));
                (low..=high).contains(&case.outcome.number())
            });
            let share = held.count() as f64 / cases.len() as f64;
            assert!((0.74..=0.88).contains(&share), "{upper}: {share}");
        }
        let median = model.curve(&[0.75, 0.5]).quantile(0.5);
        assert!((median - 3.0).abs() < 1.0, "{median}");
    }

    #[test]
    fn what_is_not_over_yet_still_says_that_it_is_long() {
        let mut examples = examples(2000, 1);
        let plan = plan();
        let whole = plan.fit(&examples).unwrap();
        // Looked at after very different times; what is not over then is cut off there.
        for (i, example) in examples.iter_mut().enumerate() {
            let watched = (i * 7919 % 2003) as f64 / 2003.0 * 9.0 - 2.0;
            let quantity = example.outcome.number();
            let over = (quantity <= watched).then_some(quantity);
            example.outcome = Outcome::watched(over, watched);
        }
        let censored = plan.fit(&examples).unwrap();
        examples.retain(|example| example.outcome.quantity.is_some());
        for example in &mut examples {
            example.outcome = Outcome::known(example.outcome.number());
        }
        let left_out = plan.fit(&examples).unwrap();
        let above = |model: &Distribution| model.curve(&[0.75, 0.5]).above(4.0);
        let (whole, censored, left_out) = (above(&whole), above(&censored), above(&left_out));
        assert!((whole - censored).abs() < 0.1, "{whole} {censored}");
        assert!(left_out < censored - 0.1, "{left_out} {censored}");
    }

    #[test]
    fn the_same_examples_give_the_same_model() {
        let fitted = || serde_json::to_string(&plan().fit(&examples(300, 1)).unwrap()).unwrap();
        assert_eq!(fitted(), fitted());
    }

    #[test]
    fn too_few_or_equal_quantities_are_refused() {
        let mut equal = examples(100, 1);
        equal
            .iter_mut()
            .for_each(|example| example.outcome = Outcome::known(1.0));
        assert!(
            plan()
                .fit(&equal)
                .unwrap_err()
                .to_string()
                .contains("the same")
        );
        assert!(plan().fit(&examples(5, 1)).is_err());
        let mut bad = examples(100, 1);
        bad[7].outcome = Outcome::known(f64::NAN);
        assert!(plan().fit(&bad).is_err());
    }
}
