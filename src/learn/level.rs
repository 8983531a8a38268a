//! The classifier of one threshold.

use serde::{Deserialize, Serialize};

use super::calibrated::Calibration;
use super::learner::Learner;
use super::linear_score::LinearScore;
use super::trees::Trees;

/// The classifier of one threshold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Level {
    /// The quantity is compared with this, in the unit of the quantity.
    pub threshold: f64,
    /// Raw score of lying above it.
    pub learner: Learner,
    /// From raw score to probability.
    pub calibration: Calibration,
}

impl Level {
    /// Calibrated probability of lying above the threshold.
    #[must_use]
    pub fn probability(&self, row: &[f64]) -> f64 {
        self.calibration.probability(self.learner.raw(row))
    }
}

/// As files hold it: the learner under the name of its kind, or both of which it is the mean.
#[derive(Serialize, Deserialize)]
struct Written {
    threshold: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trees: Option<Trees>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    linear: Option<LinearScore>,
    calibration: Calibration,
}

/// Why a level is refused.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum UnsoundLevel {
    /// It has no learner.
    #[error("the level at {0} needs `trees`, `linear` or both")]
    NoLearner(f64),
    /// Its learners are of different rows.
    #[error("the level at {0} has `trees` and `linear` of different numbers of features")]
    Features(f64),
}

impl TryFrom<Written> for Level {
    type Error = UnsoundLevel;

    fn try_from(written: Written) -> Result<Self, UnsoundLevel> {
        let learner = match (written.trees, written.linear) {
            (Some(trees), Some(score)) if trees.features() != score.features() => {
                return Err(UnsoundLevel::Features(written.threshold));
            }
            (Some(trees), Some(score)) => Learner::Both(Box::new((trees, score))),
            (Some(trees), None) => Learner::Trees(trees),
            (None, Some(score)) => Learner::Linear(score),
            (None, None) => return Err(UnsoundLevel::NoLearner(written.threshold)),
        };
        Ok(Self {
            threshold: written.threshold,
            learner,
            calibration: written.calibration,
        })
    }
}

impl From<Level> for Written {
    fn from(level: Level) -> Self {
        let (trees, linear) = match level.learner {
            Learner::Trees(trees) => (Some(trees), None),
            Learner::Linear(score) => (None, Some(score)),
            Learner::Both(both) => (Some(both.0), Some(both.1)),
        };
        Self {
            threshold: level.threshold,
            trees,
            linear,
            calibration: level.calibration,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::learn::calibration::Platt;
    use crate::learn::linear_score::Term;

    #[test]
    fn a_level_is_read_as_it_was_written_whatever_its_learner() {
        let of_trees = r#"{"threshold":0.0,"trees":{"base":0.5,"features":1,"trees":[]},"calibration":[1.0,0.0]}"#;
        let level: Level = serde_json::from_str(of_trees).unwrap();
        assert_eq!(serde_json::to_string(&level).unwrap(), of_trees);
        assert_eq!(level.calibration, Calibration::Platt(Platt::identity()));
        let score = LinearScore::new(0.5, vec![Term::NOTHING]).unwrap();
        let linear = Level {
            learner: Learner::Linear(score),
            ..level.clone()
        };
        let text = serde_json::to_string(&linear).unwrap();
        assert_eq!(serde_json::from_str::<Level>(&text).unwrap(), linear);
        assert_eq!(linear.probability(&[3.0]), level.probability(&[3.0]));
    }

    #[test]
    fn two_learners_speak_with_one_half_each_and_explain_what_they_say() {
        let text = r#"{"threshold":0.0,"trees":{"base":0.5,"features":1,"trees":[[[0,2.0,1,2,1,10.0],[-1.0,4.0],[1.0,6.0]]]},"linear":{"base":0.3,"terms":[[2.0,0.0,9.0,0.5,0.0,0.1]]},"calibration":[1.0,0.0]}"#;
        let level: Level = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&level).unwrap(), text);
        let learner = &level.learner;
        assert!((learner.raw(&[3.0]) - (1.5 + 0.8) / 2.0).abs() < 1e-12);
        for row in [[3.0], [-1.0], [f64::NAN]] {
            let told: f64 = learner.contributions(&row).iter().sum();
            assert!((learner.expected() + told - learner.raw(&row)).abs() < 1e-12);
        }
    }

    #[test]
    fn none_or_learners_of_different_rows_are_refused() {
        let none = r#"{"threshold":4.5,"calibration":[1.0,0.0]}"#;
        let error = serde_json::from_str::<Level>(none).unwrap_err().to_string();
        assert!(error.contains("level at 4.5"), "{error}");
        let two = r#"{"threshold":0.0,"trees":{"base":0.5,"features":1,"trees":[]},"linear":{"base":0.5,"terms":[]},"calibration":[1.0,0.0]}"#;
        assert!(serde_json::from_str::<Level>(two).is_err());
    }
}
