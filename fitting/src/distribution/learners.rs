//! Learners of each threshold, once it is known which.

use anyhow::ensure;
use scrutineer::learn::learner::Learner;
use scrutineer::learn::linear_score::LinearScore;
use scrutineer::learn::parallel;
use scrutineer::learn::trees::Trees;

use super::{DistributionPlan, Example};
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
        examples: &[Example],
        thresholds: &[f64],
        recipe: Recipe,
    ) -> anyhow::Result<Vec<Learner>> {
        match recipe {
            Recipe::Trees(count) => {
                let trees = self.trees(examples, thresholds, self.boost.with_trees(count))?;
                Ok(trees.into_iter().map(Learner::Trees).collect())
            }
            Recipe::Linear(ridge) => {
                let linear = self.linear(examples, thresholds, ridge)?;
                Ok(linear.into_iter().map(Learner::Linear).collect())
            }
            Recipe::Both(count, ridge) => Ok(both(
                self.trees(examples, thresholds, self.boost.with_trees(count))?,
                self.linear(examples, thresholds, ridge)?,
            )),
        }
    }

    /// Boosted trees, one sum of them a threshold.
    pub(super) fn trees(
        &self,
        examples: &[Example],
        thresholds: &[f64],
        boost: CheckedBoost,
    ) -> anyhow::Result<Vec<Trees>> {
        let rows: Vec<&[f64]> = examples.iter().map(|e| e.row.as_slice()).collect();
        let table = Table::of_rows(&rows)?;
        self.check_columns(table.columns())?;
        parallel::map(thresholds, |threshold| {
            let known = examples.iter().map(|e| e.outcome.above(*threshold));
            let (truth, weights): (Vec<bool>, Vec<f64>) = known
                .zip(examples)
                // What is not known counts nothing.
                .map(|(above, e)| above.map_or((false, 0.0), |above| (above, e.weight)))
                .unzip();
            boost.fit(&table, &truth, &weights)
        })
        .into_iter()
        .collect()
    }

    /// Linear scores.
    pub(super) fn linear(
        &self,
        examples: &[Example],
        thresholds: &[f64],
        ridge: f64,
    ) -> anyhow::Result<Vec<LinearScore>> {
        let every = examples.len().div_ceil(MOST_ROWS).max(1);
        let spread: Vec<&Example> = examples.iter().step_by(every).collect();
        let rows: Vec<&[f64]> = spread.iter().map(|e| e.row.as_slice()).collect();
        let inputs = Inputs::of_rows(&rows)?;
        self.check_columns(inputs.features())?;
        parallel::map(thresholds, |threshold| {
            let truth: Vec<Option<bool>> = spread
                .iter()
                .map(|e| e.outcome.above(*threshold).filter(|_| e.weight > 0.0))
                .collect();
            inputs.fit(&truth, ridge)
        })
        .into_iter()
        .collect()
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
