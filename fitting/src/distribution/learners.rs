//! Learners of each threshold, once it is known which.

use anyhow::ensure;
use scrutineer::learn::learner::Learner;
use scrutineer::learn::linear_score::LinearScore;
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

    /// Linear scores.
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
