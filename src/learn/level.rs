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

/// As files hold it: the learner under the name of its kind.
#[derive(Serialize, Deserialize)]
struct Written {
    threshold: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trees: Option<Trees>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    linear: Option<LinearScore>,
    calibration: Calibration,
}

/// A level must have one learner.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("the level at {0} needs either `trees` or `linear`")]
pub struct NotOneLearner(f64);

impl TryFrom<Written> for Level {
    type Error = NotOneLearner;

    fn try_from(written: Written) -> Result<Self, NotOneLearner> {
        let learner = match (written.trees, written.linear) {
            (Some(trees), None) => Learner::Trees(trees),
            (None, Some(score)) => Learner::Linear(score),
            _ => return Err(NotOneLearner(written.threshold)),
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
    fn neither_or_two_learners_are_refused() {
        let none = r#"{"threshold":4.5,"calibration":[1.0,0.0]}"#;
        let error = serde_json::from_str::<Level>(none).unwrap_err().to_string();
        assert!(error.contains("level at 4.5"), "{error}");
        let two = r#"{"threshold":0.0,"trees":{"base":0.5,"features":1,"trees":[]},"linear":{"base":0.5,"terms":[]},"calibration":[1.0,0.0]}"#;
        assert!(serde_json::from_str::<Level>(two).is_err());
    }
}
