//! Which learner and which calibration tell held-back cases best.
//!
//! Every candidate is calibrated on some parts of the held-back cases and judged by its log loss
//! on another, in turn, so that none is judged on what it was calibrated by. Trees and
//! Platt's calibration serve unless a linear score, or the mean of both (a logarithmic pool of two
//! opinions: Genest and Zidek, "Combining probability distributions", 1986), or beta calibration is
//! better by more than one standard error. The other way round, with the linear score as the plainer
//! one taken within one standard error, was tried: on histories of 300 and 1,000 invoices out of the
//! time that the HighRadius backtest fits on, it ranked and was calibrated worse than the trees it
//! replaced.
//!
//! Of a short history the subject's own past alone, the share of its cases that came late, serves unless
//! what many features say, or the plain share of all, is better by more than one standard error: there is little to weigh them by, and of histories of 130 invoices drawn from a real firm's the customer's
//! plain share told more than what was chosen without. Of a long one it is not tried.
//!
//! Whichever serves must tell held-back cases better than the plain share of all does, calibrated on the
//! same cases, by more than one standard error: else that share is said, by a linear score whose
//! weights are held next to nothing.

use std::collections::BTreeMap;

use anyhow::Context as _;
use scrutineer::learn::calibrated::{Beta, Calibration};
use scrutineer::learn::calibration::Platt;
use scrutineer::learn::learner::Learner;
use scrutineer::learn::linear_score::LinearScore;
use scrutineer::learn::trees::Trees;

use super::DistributionPlan;
use super::held_back::{HeldBack, Part};
use super::learners::{Learners, Recipe, both};
use super::persistence::shift;

/// Numbers of trees compared, as shares of the most.
const TREE_STEPS: usize = 12;
/// Ridges compared; inputs are of deviation 1.
const RIDGES: [f64; 4] = [1.0, 10.0, 100.0, 1000.0];
/// The ridge that leaves next to nothing of the weights: the plain share.
const PLAIN: f64 = 100_000.0;
/// Weight of the identity in a calibration by few cases, as a precision: that of forty cases of
/// even odds.
const HOLD_OF_FEW: f64 = 10.0;
/// Thresholds at which candidates are compared, at most.
const COMPARED: usize = 8;

/// What serves, fitted without the held-back cases.
pub(super) struct Chosen {
    pub(super) recipe: Recipe,
    /// Learners of each fit.
    pub(super) fits: Vec<Vec<Learner>>,
    kind: Kind,
    /// The part of their shifts that calibrations keep.
    pub(super) keeps: f64,
}

impl Chosen {
    /// One calibration a threshold, fitted on some held-back cases.
    pub(super) fn calibrations(&self, thresholds: &[f64], parts: &[Part<'_>]) -> Vec<Calibration> {
        let places = thresholds.iter().enumerate();
        places
            .map(|(at, threshold)| {
                let cases = told(&self.fits, (at, *threshold), parts);
                let lost = (1.0 - self.keeps) * shift(&cases);
                self.kind.fit(&cases).moved(-lost)
            })
            .collect()
    }
}

/// The kinds of calibration, the plainer first.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Platt,
    /// Platt's, by few cases.
    Held,
    Beta,
}

/// A candidate with its kind of calibration and what each held-back case loses by it.
struct Judged {
    kind: Kind,
    losses: Vec<f64>,
}

impl DistributionPlan {
    /// Chooses on held-back cases.
    pub(super) fn choose(&self, held: &HeldBack<'_>, thresholds: &[f64]) -> anyhow::Result<Chosen> {
        let some = spread(thresholds);
        let trees = match self.learners {
            Learners::Linear => None,
            Learners::Either | Learners::Trees => Some(self.best_trees(held, thresholds)?),
        };
        let linear = match self.learners {
            Learners::Trees => None,
            Learners::Either | Learners::Linear => Some(self.best_ridge(held, &some)?),
        };
        // The first serves unless one behind it is better.
        let mut candidates = Vec::new();
        let mut add = |recipe, fits: &[Vec<Learner>]| {
            candidates.push((recipe, judged(fits, &some, held)));
        };
        let few_trees = trees.as_ref().map(|(_, fits)| at(fits, thresholds, &some));
        if let (Some((count, _)), Some(fits)) = (&trees, &few_trees) {
            add(
                Recipe::Trees(*count),
                &of_fits(fits.clone(), Learner::Trees),
            );
        }
        if let Some((ridge, fits)) = &linear {
            add(
                Recipe::Linear(*ridge),
                &of_fits(fits.clone(), Learner::Linear),
            );
        }
        if let (Some((count, _)), Some(of_trees), Some((ridge, of_linear))) =
            (&trees, few_trees, &linear)
        {
            add(
                Recipe::Both(*count, *ridge),
                &both_of_fits(of_trees, of_linear.clone()),
            );
        }
        let units = held.units();
        let best = best_of(candidates, &units);
        let (mut recipe, mut best) = best.context("there is no learner to choose from")?;
        if self.learners != Learners::Trees {
            let fits = of_fits(self.linear_fits(held, &some, PLAIN)?, Learner::Linear);
            // Calibrated as its rivals are: it would else lose by the share of an earlier time alone.
            let kind = plainest(held);
            let plain = losses(&fits, &some, held, kind);
            if let Some(own) = self.of_own_past(held, &some)?
                && serves_before(&own.1.losses, &best.losses, &plain, &units)
            {
                (recipe, best) = own;
            } else if !is_worse(&plain, &best.losses, &units) {
                let fits = self.linear_fits(held, thresholds, PLAIN)?;
                return Ok(Chosen {
                    recipe: Recipe::Linear(PLAIN),
                    fits: of_fits(fits, Learner::Linear),
                    kind,
                    keeps: 1.0,
                });
            }
        }
        let of_trees = trees.map(|(_, fits)| fits).unwrap_or_default();
        let linear = |ridge| self.linear_fits(held, thresholds, ridge);
        let fits = match recipe {
            Recipe::Trees(_) => of_fits(of_trees, Learner::Trees),
            Recipe::Linear(ridge) => of_fits(linear(ridge)?, Learner::Linear),
            Recipe::Both(_, ridge) => both_of_fits(of_trees, linear(ridge)?),
            Recipe::Own => of_fits(self.own_fits(held, thresholds)?, Learner::Linear),
        };
        Ok(Chosen {
            recipe,
            fits,
            kind: best.kind,
            keeps: 1.0,
        })
    }

    /// The subject's own past alone, where the history is short.
    fn of_own_past(
        &self,
        held: &HeldBack<'_>,
        thresholds: &[f64],
    ) -> anyhow::Result<Option<(Recipe, Judged)>> {
        if self.own.is_none() || !held.are_few() {
            return Ok(None);
        }
        let fits = of_fits(self.own_fits(held, thresholds)?, Learner::Linear);
        Ok(Some((Recipe::Own, judged(&fits, thresholds, held))))
    }

    fn own_fits(
        &self,
        held: &HeldBack<'_>,
        thresholds: &[f64],
    ) -> anyhow::Result<Vec<Vec<LinearScore>>> {
        let early = held.early.iter();
        early
            .map(|early| self.of_own_share(early, thresholds))
            .collect()
    }

    /// The number of trees by which held-back cases are told best, and so many of each fit.
    fn best_trees(
        &self,
        held: &HeldBack<'_>,
        thresholds: &[f64],
    ) -> anyhow::Result<(usize, Vec<Vec<Trees>>)> {
        let early = held.early.iter();
        let fits = early
            .map(|early| self.trees(early, thresholds, self.boost))
            .collect::<anyhow::Result<Vec<Vec<Trees>>>>()?;
        let share = best_share(&fits, thresholds, held);
        let count = ((self.boost.trees() as f64 * share) as usize).max(1);
        let cut = |fit: &Vec<Trees>| fit.iter().map(|trees| trees.first(count)).collect();
        Ok((count, fits.iter().map(cut).collect()))
    }

    /// Linear scores of each fit.
    fn linear_fits(
        &self,
        held: &HeldBack<'_>,
        thresholds: &[f64],
        ridge: f64,
    ) -> anyhow::Result<Vec<Vec<LinearScore>>> {
        let early = held.early.iter();
        early
            .map(|early| self.linear(early, thresholds, ridge))
            .collect()
    }

    /// The ridge by which a linear score tells held-back cases best, and its scores.
    fn best_ridge(
        &self,
        held: &HeldBack<'_>,
        thresholds: &[f64],
    ) -> anyhow::Result<(f64, Vec<Vec<LinearScore>>)> {
        let mut best: Option<(f64, f64, Vec<Vec<LinearScore>>)> = None;
        for ridge in RIDGES {
            let fits = self.linear_fits(held, thresholds, ridge)?;
            let learners = of_fits(fits.clone(), Learner::Linear);
            let loss: f64 = thresholds
                .iter()
                .enumerate()
                .flat_map(|(at, threshold)| told(&learners, (at, *threshold), &held.parts))
                .map(|(raw, above)| loss(raw, above))
                .sum();
            if best.as_ref().is_none_or(|(least, _, _)| loss < *least) {
                best = Some((loss, ridge, fits));
            }
        }
        let (_, ridge, fits) = best.ok_or_else(|| anyhow::anyhow!("no ridge was tried"))?;
        Ok((ridge, fits))
    }
}

impl Kind {
    fn fit(self, cases: &[(f64, bool)]) -> Calibration {
        match self {
            Self::Platt => Calibration::Platt(Platt::fit(cases)),
            Self::Held => Calibration::Platt(Platt::fit_held(cases, HOLD_OF_FEW)),
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

/// The trees or scores of each fit as learners.
fn of_fits<T>(fits: Vec<Vec<T>>, learner: fn(T) -> Learner) -> Vec<Vec<Learner>> {
    let of_fit = |fit: Vec<T>| fit.into_iter().map(learner).collect();
    fits.into_iter().map(of_fit).collect()
}

/// Their means.
fn both_of_fits(trees: Vec<Vec<Trees>>, linear: Vec<Vec<LinearScore>>) -> Vec<Vec<Learner>> {
    let fits = trees.into_iter().zip(linear);
    fits.map(|(trees, linear)| both(trees, linear)).collect()
}

/// Trees of those thresholds.
fn at(fits: &[Vec<Trees>], thresholds: &[f64], some: &[f64]) -> Vec<Vec<Trees>> {
    let of_fit = |learners: &Vec<Trees>| {
        let both = learners.iter().zip(thresholds);
        both.filter(|(_, threshold)| some.contains(threshold))
            .map(|(learner, _)| learner.clone())
            .collect()
    };
    fits.iter().map(of_fit).collect()
}

/// Raw score and truth, at the threshold of that place, of the cases whose truth is known.
fn told(
    fits: &[Vec<Learner>],
    (at, threshold): (usize, f64),
    parts: &[Part<'_>],
) -> Vec<(f64, bool)> {
    let of_part = |part: &Part<'_>| -> Vec<(f64, bool)> {
        let learner = fits.get(part.fit).and_then(|learners| learners.get(at));
        let cases = part.cases.iter().filter_map(|example| {
            let above = example.outcome.above(threshold)?;
            Some((learner?.raw(&example.row), above))
        });
        cases.collect()
    };
    parts.iter().flat_map(of_part).collect()
}

/// A candidate with the kind of calibration that serves it.
fn judged(fits: &[Vec<Learner>], thresholds: &[f64], held: &HeldBack<'_>) -> Judged {
    let judged = |kind: Kind| Judged {
        kind,
        losses: losses(fits, thresholds, held, kind),
    };
    let plain = judged(plainest(held));
    if held.are_few() {
        // They do not support the bends of the other.
        return plain;
    }
    let beta = judged(Kind::Beta);
    if is_worse(&plain.losses, &beta.losses, &held.units()) {
        beta
    } else {
        plain
    }
}

/// The plainest calibration that so many cases support.
const fn plainest(held: &HeldBack<'_>) -> Kind {
    if held.are_few() {
        Kind::Held
    } else {
        Kind::Platt
    }
}

/// Log loss of each held-back case over all thresholds, calibrated on the parts that it is not
/// in.
fn losses(fits: &[Vec<Learner>], thresholds: &[f64], held: &HeldBack<'_>, kind: Kind) -> Vec<f64> {
    let of_part = |(part, others): (Part<'_>, Vec<Part<'_>>)| {
        let mut sums = vec![0.0; part.cases.len()];
        let learners = fits.get(part.fit).map_or(&[][..], Vec::as_slice);
        for (at, (learner, threshold)) in learners.iter().zip(thresholds).enumerate() {
            let calibration = kind.fit(&told(fits, (at, *threshold), &others));
            for (sum, example) in sums.iter_mut().zip(part.cases) {
                if let Some(above) = example.outcome.above(*threshold) {
                    let odds = calibration.log_odds(learner.raw(&example.row));
                    *sum += loss(odds, above);
                }
            }
        }
        sums
    };
    held.each_and_others().flat_map(of_part).collect()
}

/// The first candidate, or of those that are better by more than one standard error the one that
/// loses least.
fn best_of(candidates: Vec<(Recipe, Judged)>, units: &[Option<usize>]) -> Option<(Recipe, Judged)> {
    let mut candidates = candidates.into_iter();
    let first = candidates.next()?;
    let better = candidates.filter(|(_, next)| is_worse(&first.1.losses, &next.losses, units));
    let lost = |(_, judged): &(Recipe, Judged)| judged.losses.iter().sum::<f64>();
    let best = better.min_by(|one, other| lost(one).total_cmp(&lost(other)));
    Some(best.unwrap_or(first))
}

/// Whether the subject's own past serves, by what held-back cases lose by it, by the best of all features and by
/// the plain share: neither is better by more than one standard error. That subjects differ, and go on as they
/// did, is what is to be expected before anything is seen.
fn serves_before(own: &[f64], best: &[f64], plain: &[f64], units: &[Option<usize>]) -> bool {
    !is_worse(own, plain, units) && !is_worse(own, best, units)
}

/// Whether the first loses more on the same cases, by more than one standard error. Cases of one unit, as
/// the steps of one request are, say much the same, and count together in it (Liang and Zeger,
/// "Longitudinal data analysis using generalized linear models", 1986).
fn is_worse(first: &[f64], second: &[f64], units: &[Option<usize>]) -> bool {
    let count = first.len() as f64;
    let differences: Vec<f64> = first.iter().zip(second).map(|(a, b)| a - b).collect();
    let mean = differences.iter().sum::<f64>() / count;
    let mut alone = Vec::new();
    let mut together: BTreeMap<usize, f64> = BTreeMap::new();
    for (difference, unit) in differences.iter().zip(units) {
        match unit {
            Some(unit) => *together.entry(*unit).or_default() += difference - mean,
            None => alone.push(difference - mean),
        }
    }
    let sums = || alone.iter().chain(together.values());
    let squares: f64 = sums().map(|sum| sum.powi(2)).sum();
    let units = sums().count() as f64;
    mean > (squares * units / (units - 1.0).max(1.0)).sqrt() / count
}

/// Log loss of log odds: `ln(1 + exp(-x))` without overflow.
fn loss(odds: f64, above: bool) -> f64 {
    let signed = if above { odds } else { -odds };
    (-signed.abs()).exp().ln_1p() + (-signed).max(0.0)
}

/// The share of the trees at which the held-back cases are told best, over all thresholds.
fn best_share(fits: &[Vec<Trees>], thresholds: &[f64], held: &HeldBack<'_>) -> f64 {
    let lost = |step: usize| -> f64 {
        let share = step as f64 / TREE_STEPS as f64;
        let first = |trees: &Trees| trees.first(((trees.len() as f64 * share) as usize).max(1));
        let losses = thresholds.iter().enumerate().map(|(at, threshold)| {
            let of_fits = fits.iter().map(|fit| fit.get(at).map(first));
            let trees: Vec<Option<Trees>> = of_fits.collect();
            let cases = held.parts.iter().flat_map(|part| {
                let trees = trees.get(part.fit).and_then(Option::as_ref);
                part.cases.iter().map(move |example| (trees, example))
            });
            cases
                .filter_map(|(trees, example)| {
                    let above = example.outcome.above(*threshold)?;
                    Some(loss(trees?.raw(&example.row), above))
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
        let alone = vec![None; 100];
        assert!(is_worse(&same(0.01), &noisy, &alone));
        assert!(!is_worse(&noisy, &noisy, &alone) && !is_worse(&noisy, &same(0.01), &alone));
        // By 0.1 on average, but by up to 9 on a case.
        let turned: Vec<f64> = (0..100).map(|i| f64::from(9 - i % 10) + 0.1).collect();
        assert!(!is_worse(&turned, &noisy, &alone));
    }

    #[test]
    fn cases_of_one_unit_count_together() {
        // Of a hundred cases 56 are worse and 44 better by as much: more than one standard error, were
        // they not of ten units, in each of which all are alike but a few.
        let worse = |at: usize| if at < 56 { 1.0 } else { -1.0 };
        let first: Vec<f64> = (0..100).map(worse).collect();
        let second = vec![0.0; 100];
        assert!(is_worse(&first, &second, &vec![None; 100]));
        let units: Vec<Option<usize>> = (0..100).map(|at| Some(at / 10)).collect();
        assert!(!is_worse(&first, &second, &units));
    }

    #[test]
    fn of_those_that_are_better_the_best_serves() {
        let candidate = |recipe, less: f64| {
            let losses = (0..100).map(|i| f64::from(i % 10) - less).collect();
            let kind = Kind::Platt;
            (recipe, Judged { kind, losses })
        };
        let (trees, linear, both) = (Recipe::Trees(9), Recipe::Linear(1.0), Recipe::Both(9, 1.0));
        let best = |of_linear: f64, of_both: f64| {
            let candidates = vec![
                candidate(trees, 0.0),
                candidate(linear, of_linear),
                candidate(both, of_both),
            ];
            best_of(candidates, &[None; 100]).map(|(recipe, _)| recipe)
        };
        assert_eq!(best(-0.1, 0.0), Some(trees));
        assert_eq!(best(0.1, -0.1), Some(linear));
        assert_eq!(best(0.1, 0.2), Some(both));
        assert_eq!(best(0.2, 0.1), Some(linear));
        assert!(best_of(Vec::new(), &[]).is_none());
    }

    #[test]
    fn own_past_serves_before_what_is_hardly_better_and_not_where_the_plain_share_is() {
        let noisy = |less: f64| -> Vec<f64> {
            let of = |at: u32| f64::from(at * 37 % 10) - less * f64::from(at % 3);
            (0..100).map(of).collect()
        };
        let (plain, alone) = (noisy(0.0), vec![None; 100]);
        let serves = |own: f64, best: f64| serves_before(&noisy(own), &noisy(best), &plain, &alone);
        assert!(serves(0.2, 0.2) && serves(0.3, 0.2));
        assert!(
            !serves(0.2, 0.3),
            "the best is better by more than one error"
        );
        assert!(serves(0.0, 0.0) && !serves(-0.1, 0.0));
        // The best is better by 0.05 on average, but by up to 9 on a case, and worse by as much on another.
        let turned: Vec<f64> = plain.iter().map(|loss| 8.9 - loss).collect();
        let better: Vec<f64> = plain.iter().map(|loss| loss - 0.05).collect();
        assert!(serves_before(&better, &turned, &plain, &alone));
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
