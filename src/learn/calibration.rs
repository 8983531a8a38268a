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

/// Logistic calibration of a raw score. Platt, "Probabilistic outputs for support vector
/// machines" (1999).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "(f64, f64)", into = "(f64, f64)")]
pub struct Platt {
    /// Factor of the raw score; positive, so that order is kept.
    scale: f64,
    /// Added to it.
    shift: f64,
}

/// Factor and shift must be finite, and the factor positive.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("scale {0} and shift {1} calibrate nothing: both must be finite, the scale positive")]
pub struct InvalidPlatt(pub f64, pub f64);

/// Steps of Newton's method; a handful suffice.
const STEPS: usize = 60;
/// Weight of the identity: keeps a few cases of one class from running away.
const HOLD: f64 = 1.0;
/// The factor of scores that are worth nothing: order is kept, and no more.
const LEAST_SCALE: f64 = 0.01;

impl Platt {
    /// Checks and wraps two numbers.
    ///
    /// # Errors
    /// [`InvalidPlatt`].
    pub fn new(scale: f64, shift: f64) -> Result<Self, InvalidPlatt> {
        if scale.is_finite() && shift.is_finite() && scale > 0.0 {
            Ok(Self { scale, shift })
        } else {
            Err(InvalidPlatt(scale, shift))
        }
    }

    /// Raw scores are log odds already.
    #[must_use]
    pub const fn identity() -> Self {
        Self {
            scale: 1.0,
            shift: 0.0,
        }
    }

    /// Fits raw scores of held-back cases to what became of them; the identity where
    /// they do not support anything else.
    #[must_use]
    pub fn fit(cases: &[(f64, bool)]) -> Self {
        Self::fit_held(cases, HOLD)
    }

    /// The same with another weight of the identity: the precision of scale and shift about 1
    /// and 0 before any case is seen. A case of even odds has a fourth of one.
    #[must_use]
    pub fn fit_held(cases: &[(f64, bool)], hold: f64) -> Self {
        let (mut scale, mut shift) = (1.0_f64, 0.0_f64);
        for _ in 0..STEPS {
            let (mut slope, mut curve) = ([hold * (scale - 1.0), hold * shift], [hold, 0.0, hold]);
            for (raw, truth) in cases {
                let p = logistic(scale * raw + shift);
                let error = p - f64::from(u8::from(*truth));
                let weight = p * (1.0 - p);
                slope[0] += error * raw;
                slope[1] += error;
                curve[0] += weight * raw * raw;
                curve[1] += weight * raw;
                curve[2] += weight;
            }
            let determinant = curve[0] * curve[2] - curve[1] * curve[1];
            if determinant.abs() < 1e-12 {
                break;
            }
            // Short steps, for Newton's method runs away from a far start.
            scale -= ((curve[2] * slope[0] - curve[1] * slope[1]) / determinant).clamp(-0.3, 0.3);
            shift -= ((curve[0] * slope[1] - curve[1] * slope[0]) / determinant).clamp(-0.5, 0.5);
        }
        // Scores that tell held-back cases no better than chance tell next to nothing; how many came
        // true is known all the same.
        let found = Self::new(scale, shift).ok();
        found
            .or_else(|| Self::new(LEAST_SCALE, shift_of(cases, LEAST_SCALE, hold)).ok())
            .unwrap_or(Self::identity())
    }

    /// The calibrated raw score: log odds.
    #[must_use]
    pub fn log_odds(self, raw: f64) -> f64 {
        self.scale * raw + self.shift
    }

    /// The calibrated probability.
    #[must_use]
    pub fn probability(self, raw: f64) -> f64 {
        logistic(self.log_odds(raw))
    }

    /// The same with so much added to its log odds; itself where that is not finite.
    #[must_use]
    pub fn moved(self, by: f64) -> Self {
        Self::new(self.scale, self.shift + by).unwrap_or(self)
    }

    /// What one unit of raw score is worth in calibrated log odds.
    #[must_use]
    pub const fn scale(self) -> f64 {
        self.scale
    }
}

impl TryFrom<(f64, f64)> for Platt {
    type Error = InvalidPlatt;

    fn try_from((scale, shift): (f64, f64)) -> Result<Self, InvalidPlatt> {
        Self::new(scale, shift)
    }
}

impl From<Platt> for (f64, f64) {
    fn from(platt: Platt) -> Self {
        (platt.scale, platt.shift)
    }
}

/// The shift that goes with a scale: by which as many cases are said to be true as are, held to nothing by a
/// precision as in [`Platt::fit_held`].
#[must_use]
pub fn shift_of(cases: &[(f64, bool)], scale: f64, hold: f64) -> f64 {
    let mut shift = 0.0;
    for _ in 0..STEPS {
        let (mut slope, mut curve) = (hold * shift, hold);
        for (raw, truth) in cases {
            let p = logistic(scale * raw + shift);
            slope += p - f64::from(u8::from(*truth));
            curve += p * (1.0 - p);
        }
        shift -= (slope / curve).clamp(-0.5, 0.5);
    }
    shift
}

/// Logistic function that cannot overflow.
#[must_use]
pub fn logistic(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + (-x).exp())
    } else {
        let e = x.exp();
        e / (1.0 + e)
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

    #[test]
    fn scores_that_are_worth_nothing_leave_the_share_that_came_true() {
        // Upside down, and one in ten came true.
        let cases: Vec<(f64, bool)> = (0..1000)
            .map(|at| (f64::from(at % 10), at % 10 == 0))
            .collect();
        let platt = Platt::fit(&cases);
        for raw in [0.0, 9.0] {
            let probability = platt.probability(raw);
            assert!((probability - 0.1).abs() < 0.01, "{probability}");
        }
        assert!(platt.probability(9.0) > platt.probability(0.0));
    }

    #[test]
    fn too_bold_scores_are_made_modest() {
        // True log odds are half of the raw scores.
        let cases: Vec<(f64, bool)> = (0..4000)
            .map(|i| {
                let raw = f64::from(i % 40) / 5.0 - 4.0;
                let u = f64::from((i * 7919) % 4001) / 4001.0;
                (raw, u < logistic(raw / 2.0))
            })
            .collect();
        let platt = Platt::fit(&cases);
        assert!((platt.scale() - 0.5).abs() < 0.05, "{platt:?}");
        assert!((platt.probability(0.0) - 0.5).abs() < 0.03);
    }

    #[test]
    fn one_class_or_no_case_keeps_order() {
        assert_eq!(Platt::fit(&[]), Platt::identity());
        let sure = Platt::fit(&[(2.0, true), (1.0, true), (-1.0, true)]);
        assert!(sure.probability(1.0) > sure.probability(-1.0));
        let held = Platt::fit_held(&[(2.0, true), (1.0, true), (-1.0, true)], 10.0);
        assert!(held.probability(-1.0) < sure.probability(-1.0) && held.scale() > 0.9);
        assert_eq!((logistic(1e9), logistic(-1e9)), (1.0, 0.0));
    }
}
