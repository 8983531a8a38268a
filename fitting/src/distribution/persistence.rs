//! How far the level of the latest cases is that of those to come.
//!
//! A calibration moves what is said to the level of the cases that it was fitted on. Where levels drift, the next
//! cases lie near it; where they come and go, as with seasons, a fit of all times is nearer to them than the last
//! months are. Which it is, the history tells: fits of ever more of it, in order of time, are each held against the
//! block of cases behind (a rolling origin: Tashman, "Out-of-sample tests of forecasting accuracy", 2000), and the
//! shift that one block asked for against that of the next.

use scrutineer::learn::calibration::shift_of;

use super::learners::Recipe;
use super::told::Told;
use super::{DistributionPlan, Example, LEAST_EXAMPLES, LEAST_OF_A_SIDE, Outcome};

/// Blocks of a history, each of as many cases as are held back from a first fit.
const BLOCKS: usize = 5;
/// Squared shift, in log odds, that counts as gone on before any is seen: shifts of less hardly matter.
const GONE_ON: f64 = 0.0625;
/// Precision by which a shift is held to nothing: that of four cases of even odds.
const HOLD: f64 = 1.0;

impl DistributionPlan {
    /// The part of a shift that goes on from one block of cases to the next, from 0 to 1, at the threshold whose
    /// sides are nearest to even; 1 where no two blocks can be held against each other.
    pub(super) fn persistence(
        &self,
        examples: &[Example],
        thresholds: &[f64],
        recipe: Recipe,
    ) -> anyhow::Result<f64> {
        let Some(threshold) = evenest(examples, thresholds) else {
            return Ok(1.0);
        };
        let bound = |block: usize| examples.len() * block / BLOCKS;
        let mut shifts = Vec::with_capacity(BLOCKS);
        for block in 1..BLOCKS {
            let (early, later) = examples.split_at(bound(block));
            let next = later.iter().take(bound(block + 1) - bound(block));
            let asked = later.iter().map(|one| one.asked);
            let told = Told::at(early, asked.fold(f64::INFINITY, f64::min));
            if !can_be_fitted(told.iter().map(|(_, outcome)| outcome), threshold) {
                continue;
            }
            for learner in self.learners(&told, &[threshold], recipe)? {
                let cases = next.clone().filter_map(|one| {
                    let above = one.outcome.above(threshold)?;
                    Some((learner.raw(&one.row), above))
                });
                shifts.push(shift(&cases.collect::<Vec<_>>()));
            }
        }
        Ok(gone_on(&shifts))
    }
}

/// The part of each shift that was there in the next block as well: the slope of one by the other.
fn gone_on(shifts: &[f64]) -> f64 {
    let (mut both, mut all) = (GONE_ON, GONE_ON);
    for (one, next) in shifts.iter().zip(shifts.iter().skip(1)) {
        both += one * next;
        all += one * one;
    }
    (both / all).clamp(0.0, 1.0)
}

/// How many are known to lie above a threshold, and not to.
fn sides(outcomes: impl Iterator<Item = Outcome>, threshold: f64) -> (usize, usize) {
    let known = outcomes.filter_map(|outcome| outcome.above(threshold));
    known.fold((0, 0), |(above, below), is| {
        if is {
            (above + 1, below)
        } else {
            (above, below + 1)
        }
    })
}

/// The threshold above which about as many lie as below.
fn evenest(examples: &[Example], thresholds: &[f64]) -> Option<f64> {
    let less = |threshold: f64| {
        let (above, below) = sides(examples.iter().map(|one| one.outcome), threshold);
        above.min(below)
    };
    // Of equals the first.
    let all = thresholds.iter().rev().copied();
    all.max_by_key(|threshold| less(*threshold))
}

fn can_be_fitted(outcomes: impl Iterator<Item = Outcome>, threshold: f64) -> bool {
    let (above, below) = sides(outcomes, threshold);
    above + below >= LEAST_EXAMPLES && above.min(below) >= LEAST_OF_A_SIDE
}

/// What is added to raw scores so that as many are said to lie above as do.
pub(super) fn shift(cases: &[(f64, bool)]) -> f64 {
    shift_of(cases, 1.0, HOLD)
}

#[cfg(test)]
mod tests {
    use scrutineer::learn::calibration::logistic;

    use super::*;

    #[test]
    fn shifts_go_on_as_far_as_those_before_did() {
        assert_eq!(gone_on(&[]), 1.0);
        assert_eq!(gone_on(&[0.7]), 1.0);
        // A level that moved and stayed, and one that rises on.
        assert!(gone_on(&[0.0, 0.8, 0.8, 0.8]) > 0.95);
        assert_eq!(gone_on(&[0.2, 0.4, 0.6, 0.8]), 1.0);
        // One that comes and goes.
        assert_eq!(gone_on(&[0.8, -0.6, 0.7, -0.8]), 0.0);
        assert!(gone_on(&[0.02, -0.03, 0.02, -0.02]) > 0.9, "hardly any");
        let half = gone_on(&[1.0, 0.5, 0.25, 0.125]);
        assert!((0.5..0.6).contains(&half), "{half}");
    }

    #[test]
    fn a_shift_brings_what_is_said_to_what_came() {
        let cases: Vec<(f64, bool)> = (0..400)
            .map(|at| (f64::from(at % 7) / 2.0 - 2.0, at % 4 == 0))
            .collect();
        let shift = shift(&cases);
        let said: f64 = cases.iter().map(|(raw, _)| logistic(raw + shift)).sum();
        assert!((said - 100.0).abs() < 1.0, "{said}");
    }

    #[test]
    fn levels_are_compared_where_sides_are_nearest_to_even() {
        let case = |at: usize| Example::new(Vec::new(), Outcome::known(at as f64), at as f64);
        let examples: Vec<Example> = (0..10).map(case).collect();
        assert_eq!(evenest(&examples, &[0.0, 4.0, 5.0, 8.0]), Some(4.0));
        assert_eq!(evenest(&examples, &[8.0, 2.0]), Some(2.0));
        assert_eq!(evenest(&examples, &[]), None);
    }
}
