//! Learners of each threshold, once it is known which.

use anyhow::{Context as _, ensure};
use scrutineer::learn::learner::Learner;
use scrutineer::learn::linear_score::{LinearScore, Term};
use scrutineer::learn::parallel;
use scrutineer::learn::trees::Trees;

use super::told::Told;
use super::{DistributionPlan, Example, Outcome};
use crate::boost::{CheckedBoost, Table};
use crate::linear::Inputs;

/// Examples that a linear score is fitted on, at most: so few weights are known no better by
/// more. Of more, evenly spread ones are taken.
const MOST_ROWS: usize = 10_000;

/// Kinds of learner that held-back cases choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Learners {
    /// Boosted trees or a linear score.
    Either,
    /// Boosted trees.
    Trees,
    /// A linear score.
    Linear,
}

/// Which learner is fitted, and of what size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Recipe {
    /// So many trees.
    Trees(usize),
    /// A linear score with this ridge.
    Linear(f64),
    /// The mean of so many trees and a linear score with this ridge.
    Both(usize, f64),
    /// The subject's own past alone.
    Own,
}

/// The mean of trees and linear scores, one a threshold.
pub(super) fn both(trees: Vec<Trees>, linear: Vec<LinearScore>) -> Vec<Learner> {
    let pairs = trees.into_iter().zip(linear);
    pairs.map(|pair| Learner::Both(Box::new(pair))).collect()
}

impl DistributionPlan {
    /// One learner a threshold.
    pub(super) fn learners(
        &self,
        told: &Told<'_>,
        thresholds: &[f64],
        recipe: Recipe,
    ) -> anyhow::Result<Vec<Learner>> {
        match recipe {
            Recipe::Trees(count) => {
                let trees = self.trees(told, thresholds, self.boost.with_trees(count))?;
                Ok(trees.into_iter().map(Learner::Trees).collect())
            }
            Recipe::Linear(ridge) => {
                let linear = self.linear(told, thresholds, ridge)?;
                Ok(linear.into_iter().map(Learner::Linear).collect())
            }
            Recipe::Both(count, ridge) => Ok(both(
                self.trees(told, thresholds, self.boost.with_trees(count))?,
                self.linear(told, thresholds, ridge)?,
            )),
            Recipe::Own => {
                let own = self.of_own_share(told, thresholds)?;
                Ok(own.into_iter().map(Learner::Linear).collect())
            }
        }
    }

    /// Boosted trees, one sum of them a threshold.
    pub(super) fn trees(
        &self,
        told: &Told<'_>,
        thresholds: &[f64],
        boost: CheckedBoost,
    ) -> anyhow::Result<Vec<Trees>> {
        let rows: Vec<&[f64]> = told.iter().map(|(e, _)| e.row.as_slice()).collect();
        let table = Table::of_rows(&rows)?;
        self.check_columns(table.columns())?;
        let fitted = parallel::map(thresholds, |threshold| {
            let (truth, weights): (Vec<bool>, Vec<f64>) = told
                .iter()
                .map(|(_, outcome)| outcome.above(*threshold))
                // What is not known counts nothing.
                .map(|above| above.map_or((false, 0.0), |above| (above, 1.0)))
                .unzip();
            boost.fit(&table, &truth, &weights)
        });
        let told: Vec<(&Example, Outcome)> = told.iter().collect();
        carried(fitted, &told, thresholds)
    }

    /// Linear scores of some features with a ridge.
    pub(super) fn linear(
        &self,
        told: &Told<'_>,
        thresholds: &[f64],
        ridge: f64,
    ) -> anyhow::Result<Vec<LinearScore>> {
        let some: Vec<(&Example, Outcome)> = told.some(MOST_ROWS).collect();
        let rows: Vec<&[f64]> = some.iter().map(|(e, _)| e.row.as_slice()).collect();
        let inputs = Inputs::of_rows(&rows)?;
        self.check_columns(inputs.features())?;
        let fitted = parallel::map(thresholds, |threshold| {
            let above = some.iter().map(|(_, outcome)| outcome.above(*threshold));
            let truth: Vec<Option<bool>> = above.collect();
            inputs.fit(&truth, ridge)
        });
        carried(fitted, &some, thresholds)
    }

    /// Linear scores of the subject's own share alone: at every threshold the odds of the whole, moved as far as the
    /// share lies from the usual one. Its weight is not fitted, for in the first weeks of a history shares are of few
    /// cases and would be given too little: it is calibrated as others are. None where the plan names none.
    pub(super) fn of_own_share(
        &self,
        told: &Told<'_>,
        thresholds: &[f64],
    ) -> anyhow::Result<Vec<LinearScore>> {
        let own = self.own.as_ref().context("no share of its own")?;
        let place = self.features.iter().position(|name| *name == own.feature);
        let place = place.with_context(|| format!("`{}` is no feature", own.feature))?;
        let all: Vec<(&Example, Outcome)> = told.iter().collect();
        let shares = all
            .iter()
            .filter_map(|(one, _)| one.row.get(place).copied());
        let (sum, count) = shares
            .filter(|share| share.is_finite())
            .fold((0.0, 0.0), |(sum, count), share| (sum + share, count + 1.0));
        let mut terms = vec![Term::NOTHING; self.features.len()];
        if let Some(term) = terms.get_mut(place)
            && count > 0.0
        {
            *term = Term {
                mean: sum / count,
                lowest: 0.0,
                highest: 1.0,
                weight: own.slope,
                ..Term::NOTHING
            };
        }
        let fitted = thresholds.iter().map(|threshold| {
            let above = all.iter().filter_map(|(_, one)| one.above(*threshold));
            let (above, known) = above.fold((0.5, 1.0), |(above, known), is| {
                (above + f64::from(u8::from(is)), known + 1.0)
            });
            Ok(LinearScore::new(
                (above / (known - above)).ln(),
                terms.clone(),
            )?)
        });
        carried(fitted.collect(), &all, thresholds)
    }

    fn check_columns(&self, columns: usize) -> anyhow::Result<()> {
        ensure!(
            columns == self.features.len(),
            "rows of {columns} features where there are {} names",
            self.features.len()
        );
        Ok(())
    }
}

/// Learners of rising thresholds. Beyond what any case fitted on was watched for nothing is known but that no more lie
/// above than above the threshold before, whose learner serves.
fn carried<T: Clone>(
    fitted: Vec<anyhow::Result<T>>,
    told: &[(&Example, Outcome)],
    thresholds: &[f64],
) -> anyhow::Result<Vec<T>> {
    let mut learners: Vec<T> = Vec::with_capacity(fitted.len());
    for (learner, threshold) in fitted.into_iter().zip(thresholds) {
        let learner = learner?;
        let is_known = told
            .iter()
            .any(|(_, outcome)| outcome.above(*threshold).is_some());
        let before = learners.last().filter(|_| !is_known);
        learners.push(before.cloned().unwrap_or(learner));
    }
    Ok(learners)
}
