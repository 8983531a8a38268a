//! Scores to probabilities that mean what they say.

use serde::{Deserialize, Serialize};

use super::linear::softmax;

/// Temperature scaling: raw scores are divided by one number before softmax.
/// Guo et al., "On calibration of modern neural networks" (2017).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Temperature(f64);

/// A temperature must be positive and finite.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("{0} is not a temperature: it must be positive and finite")]
pub struct InvalidTemperature(pub f64);

impl Temperature {
    /// Checks and wraps a number.
    ///
    /// # Errors
    /// [`InvalidTemperature`] unless it is positive and finite.
    pub fn new(value: f64) -> Result<Self, InvalidTemperature> {
        if value.is_finite() && value > 0.0 {
            Ok(Self(value))
        } else {
            Err(InvalidTemperature(value))
        }
    }

    /// Probability of every class from its raw score.
    #[must_use]
    pub fn probabilities(self, scores: &[f64]) -> Vec<f64> {
        let scaled: Vec<f64> = scores.iter().map(|score| score / self.0).collect();
        softmax(&scaled)
    }
}

impl TryFrom<f64> for Temperature {
    type Error = InvalidTemperature;

    fn try_from(value: f64) -> Result<Self, InvalidTemperature> {
        Self::new(value)
    }
}

impl From<Temperature> for f64 {
    fn from(temperature: Temperature) -> Self {
        temperature.0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_higher_temperature_is_less_sure_but_of_the_same_mind() {
        let scores = [2.0, 1.0, -3.0];
        let cold = Temperature::new(0.5).unwrap().probabilities(&scores);
        let warm = Temperature::new(4.0).unwrap().probabilities(&scores);
        assert!(cold[0] > warm[0] && warm[0] > warm[1] && warm[1] > warm[2]);
    }

    #[test]
    fn what_is_no_temperature_is_refused() {
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(Temperature::new(bad).is_err());
        }
        assert!(serde_json::from_str::<Temperature>("0.0").is_err());
    }
}
