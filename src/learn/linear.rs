//! A multinomial logistic model: scores that are linear in named features.

use serde::{Deserialize, Serialize};

/// Weights and intercepts; a class's raw score is `intercept + weights . features`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct LinearModel {
    classes: Vec<String>,
    features: Vec<String>,
    /// One row a class, one column a feature.
    weights: Vec<Vec<f64>>,
    intercepts: Vec<f64>,
}

/// Why weights or features do not fit together.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LinearError {
    /// A list has another length than it should.
    #[error("{what}: {found} numbers where {expected} are needed")]
    Shape {
        /// Which list.
        what: String,
        /// Its length.
        found: usize,
        /// The length it should have.
        expected: usize,
    },
    /// A number is infinite or not a number.
    #[error("{what} is not finite")]
    NotFinite {
        /// Which number.
        what: String,
    },
    /// There is no class to choose from.
    #[error("a model without classes")]
    NoClasses,
}

#[derive(Deserialize)]
struct Unchecked {
    classes: Vec<String>,
    features: Vec<String>,
    weights: Vec<Vec<f64>>,
    intercepts: Vec<f64>,
}

impl LinearModel {
    /// Checks shapes and numbers.
    ///
    /// # Errors
    /// [`LinearError`] that names the row or number.
    pub fn new(
        classes: Vec<String>,
        features: Vec<String>,
        weights: Vec<Vec<f64>>,
        intercepts: Vec<f64>,
    ) -> Result<Self, LinearError> {
        if classes.is_empty() {
            return Err(LinearError::NoClasses);
        }
        require_length("intercepts", intercepts.len(), classes.len())?;
        require_length("weights", weights.len(), classes.len())?;
        for (class, row) in classes.iter().zip(&weights) {
            require_length(&format!("weights of {class}"), row.len(), features.len())?;
            require_finite(&format!("a weight of {class}"), row)?;
        }
        require_finite("an intercept", &intercepts)?;
        Ok(Self {
            classes,
            features,
            weights,
            intercepts,
        })
    }

    /// Names of the classes, in the order of every list of scores.
    #[must_use]
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// Names of the features, in the order they are given.
    #[must_use]
    pub fn features(&self) -> &[String] {
        &self.features
    }

    /// Raw score of every class.
    ///
    /// # Errors
    /// [`LinearError`] if the features are not as many as the model's, or not finite.
    pub fn scores(&self, features: &[f64]) -> Result<Vec<f64>, LinearError> {
        require_length("features", features.len(), self.features.len())?;
        require_finite("a feature", features)?;
        let rows = self.weights.iter().zip(&self.intercepts);
        Ok(rows
            .map(|(row, intercept)| intercept + dot(row, features))
            .collect())
    }

    /// The margin of a class: its raw score less the mean of the others'. It is
    /// linear in the features, so that its parts add up exactly.
    #[must_use]
    pub fn margin(&self, class: usize) -> Margin {
        let others = self.classes.len().saturating_sub(1).max(1) as f64;
        // -1/others each for the others, +1 for the class.
        let share = |index: usize| if index == class { 1.0 } else { -1.0 / others };
        let rows = self.weights.iter().zip(&self.intercepts).enumerate();
        let mut margin = Margin {
            intercept: 0.0,
            weights: vec![0.0; self.features.len()],
        };
        for (index, (row, intercept)) in rows {
            margin.intercept += share(index) * intercept;
            let parts = margin.weights.iter_mut().zip(row);
            parts.for_each(|(sum, weight)| *sum += share(index) * weight);
        }
        margin
    }
}

/// How far a class stands out, as a linear function of the features.
#[derive(Debug, Clone, PartialEq)]
pub struct Margin {
    /// The margin where every feature is 0.
    pub intercept: f64,
    /// One weight a feature.
    pub weights: Vec<f64>,
}

impl Margin {
    /// The margin at some features, as many as there are weights.
    #[must_use]
    pub fn at(&self, features: &[f64]) -> f64 {
        self.intercept + dot(&self.weights, features)
    }
}

/// Probabilities proportional to the exponentials of the scores. Computed from
/// the differences to the largest, so that no score can overflow; empty for no scores.
#[must_use]
pub fn softmax(scores: &[f64]) -> Vec<f64> {
    let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if !largest.is_finite() {
        // All scores are -inf or some is +inf or not a number: nothing tells them apart.
        return vec![1.0 / scores.len().max(1) as f64; scores.len()];
    }
    let powers: Vec<f64> = scores.iter().map(|score| (score - largest).exp()).collect();
    let sum: f64 = powers.iter().sum();
    powers.iter().map(|power| power / sum).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn require_length(what: &str, found: usize, expected: usize) -> Result<(), LinearError> {
    if found == expected {
        return Ok(());
    }
    Err(LinearError::Shape {
        what: what.to_owned(),
        found,
        expected,
    })
}

fn require_finite(what: &str, numbers: &[f64]) -> Result<(), LinearError> {
    if numbers.iter().all(|x| x.is_finite()) {
        return Ok(());
    }
    Err(LinearError::NotFinite {
        what: what.to_owned(),
    })
}

impl TryFrom<Unchecked> for LinearModel {
    type Error = LinearError;

    fn try_from(raw: Unchecked) -> Result<Self, LinearError> {
        Self::new(raw.classes, raw.features, raw.weights, raw.intercepts)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn model() -> LinearModel {
        let names = |list: &[&str]| list.iter().map(ToString::to_string).collect();
        LinearModel::new(
            names(&["a", "b", "c"]),
            names(&["x", "y"]),
            vec![vec![1.0, 2.0], vec![-1.0, 0.5], vec![0.0, 3.0]],
            vec![0.1, 0.2, 0.3],
        )
        .unwrap()
    }

    #[test]
    fn softmax_neither_overflows_nor_fails_on_the_empty_set() {
        assert_eq!(softmax(&[1e308, 0.0]), [1.0, 0.0]);
        assert_eq!(softmax(&[-1e308, -1e308]), [0.5, 0.5]);
        assert_eq!(softmax(&[f64::NEG_INFINITY; 2]), [0.5, 0.5]);
        assert!(softmax(&[]).is_empty());
    }

    #[test]
    fn wrong_shapes_and_numbers_are_named() {
        let error = model().scores(&[1.0]).unwrap_err();
        assert_eq!(error.to_string(), "features: 1 numbers where 2 are needed");
        let error = model().scores(&[1.0, f64::NAN]).unwrap_err();
        assert_eq!(error.to_string(), "a feature is not finite");
        let mut raw = serde_json::to_value(model()).unwrap();
        raw["weights"][1] = serde_json::json!([1.0]);
        let error = serde_json::from_value::<LinearModel>(raw)
            .unwrap_err()
            .to_string();
        assert!(error.contains("weights of b: 1 numbers where 2"), "{error}");
    }

    #[test]
    fn a_margin_is_the_score_less_the_mean_of_the_others() {
        let scores = model().scores(&[0.7, -2.0]).unwrap();
        let margin = model().margin(1).at(&[0.7, -2.0]);
        assert!((margin - (scores[1] - (scores[0] + scores[2]) / 2.0)).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn softmax_sums_to_one(scores in prop::collection::vec(-1e300..1e300f64, 1..20)) {
            let sum: f64 = softmax(&scores).iter().sum();
            prop_assert!((sum - 1.0).abs() < 1e-9);
        }
    }
}
