//! What gives a raw score, whichever kind was fitted.

use super::linear_score::LinearScore;
use super::trees::Trees;

/// A learner of one question, of the kind that told held-back cases best.
#[derive(Debug, Clone, PartialEq)]
pub enum Learner {
    /// Boosted trees.
    Trees(Trees),
    /// A linear score.
    Linear(LinearScore),
    /// The mean of both.
    Both(Box<(Trees, LinearScore)>),
}

impl Learner {
    /// Features that a row has.
    #[must_use]
    pub const fn features(&self) -> usize {
        match self {
            Self::Trees(trees) => trees.features(),
            Self::Linear(score) => score.features(),
            Self::Both(both) => both.0.features(),
        }
    }

    /// Whether the raw score hangs on a feature at all.
    #[must_use]
    pub fn asks_for(&self, feature: usize) -> bool {
        match self {
            Self::Trees(trees) => trees.asks_for(feature),
            Self::Linear(score) => score.asks_for(feature),
            Self::Both(both) => both.0.asks_for(feature) || both.1.asks_for(feature),
        }
    }

    /// The raw score of a row.
    #[must_use]
    pub fn raw(&self, row: &[f64]) -> f64 {
        match self {
            Self::Trees(trees) => trees.raw(row),
            Self::Linear(score) => score.raw(row),
            Self::Both(both) => f64::midpoint(both.0.raw(row), both.1.raw(row)),
        }
    }

    /// The raw score that contributions are told from: of a row of which nothing is known, by
    /// trees; of the mean case, by a linear score; the mean of these, by both.
    #[must_use]
    pub const fn expected(&self) -> f64 {
        match self {
            Self::Trees(trees) => trees.expected(),
            Self::Linear(score) => score.expected(),
            Self::Both(both) => f64::midpoint(both.0.expected(), both.1.expected()),
        }
    }

    /// What each feature adds to the raw score beyond [`Self::expected`], exact up to rounding.
    #[must_use]
    pub fn contributions(&self, row: &[f64]) -> Vec<f64> {
        match self {
            Self::Trees(trees) => trees.contributions(row),
            Self::Linear(score) => score.contributions(row),
            Self::Both(both) => {
                let (trees, score) = (both.0.contributions(row), both.1.contributions(row));
                let parts = trees.into_iter().zip(score);
                parts
                    .map(|(one, other)| f64::midpoint(one, other))
                    .collect()
            }
        }
    }
}
