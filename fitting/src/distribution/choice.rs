//! Which learner and which calibration tell held-back cases best.
//!
//! Every candidate is calibrated on one half of the held-back cases and judged by its log loss
//! on the other, both ways, so that none is judged on what it was calibrated by. Trees and
//! Platt's calibration serve unless a linear score or beta calibration is better by more than one
//! standard error. The other way round, with the linear score as the plainer one taken within
//! one standard error, was tried: on histories of 300 and 1,000 invoices out of the time that
//! the HighRadius backtest fits on, it ranked and was calibrated worse than the trees it replaced.

use scrutineer::learn::calibrated::{Beta, Calibration};
use scrutineer::learn::calibration::Platt;
use scrutineer::learn::learner::Learner;
use scrutineer::learn::trees::Trees;

use super::learners::{Learners, Recipe};
use super::{DistributionPlan, Example};

/// Numbers of trees compared, as shares of the most.
const TREE_STEPS: usize = 12;
/// Ridges compared; inputs are of deviation 1.
const RIDGES: [f64; 4] = [1.0, 10.0, 100.0, 1000.0];
/// Thresholds at which candidates are compared, at most.
const COMPARED: usize = 8;

/// What serves, fitted without the held-back cases.
pub(super) struct Chosen {
    pub(super) recipe: Recipe,
    pub(super) learners: Vec<Learner>,
    kind: Kind,
}

impl Chosen {
    /// One calibration a threshold, fitted on those of the held-back cases.
    pub(super) fn calibrations(&self, thresholds: &[f64], cases: &[Example]) -> Vec<Calibration> {
        let both = self.learners.iter().zip(thresholds);
        both.map(|(learner, threshold)| self.kind.fit(&told(learner, *threshold, cases)))
            .collect()
    }
}

/// The kinds of calibration, the plainer first.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Platt,
    Beta,
}

/// A candidate with its kind of calibration and what each held-back case loses by it.
struct Judged {
    kind: Kind,
    losses: Vec<f64>,
}

impl DistributionPlan {
    /// Chooses on held-back cases.
    pub(super) fn choose(
        &self,
        early: &[Example],
        late: &[Example],
        thresholds: &[f64],
    ) -> anyhow::Result<Chosen> {
        let some = spread(thresholds);
        let linear = match self.learners {
            Learners::Trees => None,
            Learners::Either | Learners::Linear => {
                let (ridge, learners) = self.best_ridge(early, late, &some)?;
                Some((ridge, judged(&learners, &some, late)))
            }
        };
        let trees = match self.learners {
            Learners::Linear => None,
            Learners::Either | Learners::Trees => {
                let fits = self.trees(early, thresholds, self.boost)?;
                let share = best_share(&fits, thresholds, late);
                let count = ((self.boost.trees() as f64 * share) as usize).max(1);
                let cut = fits.iter().map(|trees| Learner::Trees(trees.first(count)));
                Some((count, cut.collect::<Vec<Learner>>()))
            }
        };
        let (recipe, learners, kind) = match (trees, linear) {
            (Some((count, learners)), linear) => {
                let of_trees = judged(&at(&learners, thresholds, &some), &some, late);
                match linear {
                    Some((ridge, of_linear)) if is_worse(&of_trees.losses, &of_linear.losses) => {
                        let learners = self.linear(early, thresholds, ridge)?;
                        (Recipe::Linear(ridge), learners, of_linear.kind)
                    }
                    _ => (Recipe::Trees(count), learners, of_trees.kind),
                }
            }
            (None, Some((ridge, of_linear))) => {
                let learners = self.linear(early, thresholds, ridge)?;
                (Recipe::Linear(ridge), learners, of_linear.kind)
            }
            (None, None) => anyhow::bail!("there is no learner to choose from"),
        };
        Ok(Chosen {
            recipe,
            learners,
            kind,
        })
    }

    /// The ridge by which a linear score tells held-back cases best, and its scores.
    fn best_ridge(
        &self,
        early: &[Example],
        late: &[Example],
        thresholds: &[f64],
    ) -> anyhow::Result<(f64, Vec<Learner>)> {
        let mut best: Option<(f64, f64, Vec<Learner>)> = None;
        for ridge in RIDGES {
            let learners = self.linear(early, thresholds, ridge)?;
            let both = learners.iter().zip(thresholds);
            let loss: f64 = both
                .flat_map(|(learner, threshold)| told(learner, *threshold, late))
                .map(|(raw, above)| loss(raw, above))
                .sum();
            if best.as_ref().is_none_or(|(least, _, _)| loss < *least) {
                best = Some((loss, ridge, learners));
            }
        }
        let (_, ridge, learners) = best.ok_or_else(|| anyhow::anyhow!("no ridge was tried"))?;
        Ok((ridge, learners))
    }
}

impl Kind {
    fn fit(self, cases: &[(f64, bool)]) -> Calibration {
        match self {
            Self::Platt => Calibration::Platt(Platt::fit(cases)),
            Self::Beta => Calibration::Beta(Beta::fit(cases)),
        }
    }
}

/// Thresholds evenly spread over all, both ends among them.
fn spread(thresholds: &[f64]) -> Vec<f64> {
    if thresholds.len() <= COMPARED {
        return thresholds.to_vec();
    }
    let place = |step: usize| step * (thresholds.len() - 1) / (COMPARED - 1);
    (0..COMPARED).map(|step| thresholds[place(step)]).collect()
}

/// Learners of those thresholds.
fn at(learners: &[Learner], thresholds: &[f64], some: &[f64]) -> Vec<Learner> {
    let both = learners.iter().zip(thresholds);
    both.filter(|(_, threshold)| some.contains(threshold))
        .map(|(learner, _)| learner.clone())
        .collect()
}

/// Raw score and truth of the cases whose truth is known.
fn told(learner: &Learner, threshold: f64, late: &[Example]) -> Vec<(f64, bool)> {
    late.iter()
        .filter_map(|example| {
            let above = example.outcome.above(threshold)?;
            Some((learner.raw(&example.row), above))
        })
        .collect()
}

/// A candidate with the kind of calibration that serves it.
fn judged(learners: &[Learner], thresholds: &[f64], late: &[Example]) -> Judged {
    let [platt, beta] =
        [Kind::Platt, Kind::Beta].map(|kind| losses(learners, thresholds, late, kind));
    if is_worse(&platt, &beta) {
        Judged {
            kind: Kind::Beta,
            losses: beta,
        }
    } else {
        Judged {
            kind: Kind::Platt,
            losses: platt,
        }
    }
}

/// Log loss of each held-back case over all thresholds, calibrated on the half that it is not
/// in.
fn losses(learners: &[Learner], thresholds: &[f64], late: &[Example], kind: Kind) -> Vec<f64> {
    let (first, second) = late.split_at(late.len() / 2);
    let of_half = |half: &[Example], other: &[Example]| {
        let mut sums = vec![0.0; half.len()];
        for (learner, threshold) in learners.iter().zip(thresholds) {
            let calibration = kind.fit(&told(learner, *threshold, other));
            for (sum, example) in sums.iter_mut().zip(half) {
                if let Some(above) = example.outcome.above(*threshold) {
                    let odds = calibration.log_odds(learner.raw(&example.row));
                    *sum += example.weight * loss(odds, above);
                }
            }
        }
        sums
    };
    [of_half(first, second), of_half(second, first)].concat()
}

/// Whether the first loses more on the same cases, by more than one standard error.
fn is_worse(first: &[f64], second: &[f64]) -> bool {
    let count = first.len() as f64;
    let differences: Vec<f64> = first.iter().zip(second).map(|(a, b)| a - b).collect();
    let mean = differences.iter().sum::<f64>() / count;
    let squares: f64 = differences.iter().map(|d| (d - mean).powi(2)).sum();
    mean > (squares / (count - 1.0).max(1.0) / count).sqrt()
}

/// Log loss of log odds: `ln(1 + exp(-x))` without overflow.
fn loss(odds: f64, above: bool) -> f64 {
    let signed = if above { odds } else { -odds };
    (-signed.abs()).exp().ln_1p() + (-signed).max(0.0)
}

/// The share of the trees at which the held-back cases are told best, over all thresholds.
fn best_share(fits: &[Trees], thresholds: &[f64], late: &[Example]) -> f64 {
    let lost = |step: usize| -> f64 {
        let share = step as f64 / TREE_STEPS as f64;
        let losses = fits.iter().zip(thresholds).map(|(trees, threshold)| {
            let part = trees.first(((trees.len() as f64 * share) as usize).max(1));
            late.iter()
                .filter_map(|example| {
                    let above = example.outcome.above(*threshold)?;
                    Some(example.weight * loss(part.raw(&example.row), above))
                })
                .sum::<f64>()
        });
        losses.sum()
    };
    let steps = (1..=TREE_STEPS).map(|step| (lost(step), step));
    let best = steps.min_by(|a, b| a.0.total_cmp(&b.0));
    best.map_or(1.0, |(_, step)| step as f64 / TREE_STEPS as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worse_is_more_than_one_standard_error() {
        let noisy: Vec<f64> = (0..100).map(|i| f64::from(i % 10)).collect();
        let same = |add: f64| noisy.iter().map(|loss| loss + add).collect::<Vec<f64>>();
        assert!(is_worse(&same(0.01), &noisy));
        assert!(!is_worse(&noisy, &noisy) && !is_worse(&noisy, &same(0.01)));
        // By 0.1 on average, but by up to 9 on a case.
        let turned: Vec<f64> = (0..100).map(|i| f64::from(9 - i % 10) + 0.1).collect();
        assert!(!is_worse(&turned, &noisy));
    }

    #[test]
    fn few_thresholds_are_all_compared_and_many_at_even_places() {
        assert_eq!(spread(&[1.0, 2.0]), [1.0, 2.0]);
        let many: Vec<f64> = (0..36).map(f64::from).collect();
        assert_eq!(
            spread(&many),
            [0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 35.0]
        );
    }
}
