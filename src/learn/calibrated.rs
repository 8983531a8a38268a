//! The calibration of a raw score, of the kind that told held-back cases best.
//!
//! Beside Platt's there is beta calibration: Kull, Silva Filho and Flach, "Beta calibration: a
//! well-founded and easily implemented improvement on logistic calibration for binary
//! classifiers" (2017). It bends the two ends of the scale apart. Both rise strictly and are
//! finite, so that order is kept and log odds can be taken apart into reasons. Isotonic
//! calibration is not offered: its steps make cases equal that the learner tells apart, its
//! ends are certain, and neither has log odds to take apart.

use serde::{Deserialize, Serialize};

use super::calibration::{Platt, logistic};

/// From raw score to probability; on disk two numbers (Platt) or three (beta).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Calibration {
    /// Log odds straight in the raw score.
    Platt(Platt),
    /// Log odds bent where the raw score changes its sign.
    Beta(Beta),
}

impl Calibration {
    /// The calibrated raw score: log odds.
    #[must_use]
    pub fn log_odds(self, raw: f64) -> f64 {
        match self {
            Self::Platt(platt) => platt.log_odds(raw),
            Self::Beta(beta) => beta.log_odds(raw),
        }
    }

    /// The calibrated probability.
    #[must_use]
    pub fn probability(self, raw: f64) -> f64 {
        logistic(self.log_odds(raw))
    }

    /// The same with so much added to its log odds; itself where that is not finite.
    #[must_use]
    pub fn moved(self, by: f64) -> Self {
        match self {
            Self::Platt(platt) => Self::Platt(platt.moved(by)),
            Self::Beta(beta) => Self::Beta(beta.moved(by)),
        }
    }

    /// What one unit of raw score is worth in calibrated log odds on the way from one raw
    /// score to another. Parts that add up to the way there add up after it too: on a bent
    /// way each is worth the same, as by the rescale rule of Shrikumar, Greenside and Kundaje,
    /// "Learning important features through propagating activation differences" (2017).
    #[must_use]
    pub fn slope(self, from: f64, to: f64) -> f64 {
        let straight = (0.0, 1.0);
        let (from, to) = match self {
            Self::Platt(_) => straight,
            Self::Beta(_) if (to - from).abs() < NEAR => (from, from + NEAR),
            Self::Beta(_) => (from, to),
        };
        (self.log_odds(to) - self.log_odds(from)) / (to - from)
    }
}

impl From<Platt> for Calibration {
    fn from(platt: Platt) -> Self {
        Self::Platt(platt)
    }
}

/// Raw scores nearer than this have no slope of their own.
const NEAR: f64 = 1e-6;

/// Beta calibration: log odds are `low * ln p - high * ln(1 - p) + shift` of the uncalibrated
/// probability `p`, the logistic function of the raw score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "(f64, f64, f64)", into = "(f64, f64, f64)")]
pub struct Beta {
    /// How much low probabilities are stretched; positive.
    low: f64,
    /// How much high ones are; positive.
    high: f64,
    /// Added.
    shift: f64,
}

/// Stretches must be positive and all numbers finite.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("{0}, {1} and {2} calibrate nothing: all must be finite, the first two positive")]
pub struct InvalidBeta(pub f64, pub f64, pub f64);

/// Steps of Newton's method.
const STEPS: usize = 60;
/// Weight of the identity, in cases.
const HOLD: f64 = 1.0;
/// The least stretch: order is kept.
const LEAST: f64 = 0.02;

impl Beta {
    /// Checks and wraps three numbers.
    ///
    /// # Errors
    /// [`InvalidBeta`].
    pub fn new(low: f64, high: f64, shift: f64) -> Result<Self, InvalidBeta> {
        let finite = low.is_finite() && high.is_finite() && shift.is_finite();
        if finite && low > 0.0 && high > 0.0 {
            Ok(Self { low, high, shift })
        } else {
            Err(InvalidBeta(low, high, shift))
        }
    }

    /// Fits raw scores of held-back cases to what became of them, held to the identity where
    /// cases are few.
    #[must_use]
    pub fn fit(cases: &[(f64, bool)]) -> Self {
        let identity = [1.0, 1.0, 0.0];
        let mut at: [f64; 3] = identity;
        for _ in 0..STEPS {
            let mut slope = [0, 1, 2].map(|i: usize| HOLD * (at[i] - identity[i]));
            let mut curve = [[HOLD, 0.0, 0.0], [0.0, HOLD, 0.0], [0.0, 0.0, HOLD]];
            for (raw, truth) in cases {
                let parts = [-softplus(-raw), softplus(*raw), 1.0];
                let p = logistic(dot(at, parts));
                let error = p - f64::from(u8::from(*truth));
                for (i, part) in parts.iter().enumerate() {
                    slope[i] += error * part;
                    for (j, other) in parts.iter().enumerate() {
                        curve[i][j] += p * (1.0 - p) * part * other;
                    }
                }
            }
            // A stretch at its bound that would go beyond stays there, and the others find their best
            // beside it.
            for i in [0, 1] {
                if at[i] <= LEAST && slope[i] > 0.0 {
                    slope[i] = 0.0;
                    for j in [0, 1, 2] {
                        curve[i][j] = 0.0;
                        curve[j][i] = 0.0;
                    }
                    curve[i][i] = 1.0;
                }
            }
            let Some(step) = solve(curve, slope) else {
                break;
            };
            // Short steps, for Newton's method runs away from a far start.
            at = [0, 1, 2].map(|i: usize| at[i] - step[i].clamp(-0.3, 0.3));
            at = [at[0].max(LEAST), at[1].max(LEAST), at[2]];
            if step.iter().all(|step| step.abs() < 1e-9) {
                break;
            }
        }
        let [low, high, shift] = at;
        let fallback = Self {
            low: 1.0,
            high: 1.0,
            shift: 0.0,
        };
        Self::new(low, high, shift).unwrap_or(fallback)
    }

    fn moved(self, by: f64) -> Self {
        Self::new(self.low, self.high, self.shift + by).unwrap_or(self)
    }

    fn log_odds(self, raw: f64) -> f64 {
        dot(
            [self.low, self.high, self.shift],
            [-softplus(-raw), softplus(raw), 1.0],
        )
    }
}

/// `ln(1 + e^x)` without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn determinant(m: [[f64; 3]; 3]) -> f64 {
    let minor = |i: usize, j: usize| m[1][i] * m[2][j] - m[1][j] * m[2][i];
    m[0][0] * minor(1, 2) - m[0][1] * minor(0, 2) + m[0][2] * minor(0, 1)
}

/// Cramer's rule; none where the rows say the same.
fn solve(m: [[f64; 3]; 3], right: [f64; 3]) -> Option<[f64; 3]> {
    let whole = determinant(m);
    let with_column = |column: usize| {
        let mut replaced = m;
        for (row, value) in replaced.iter_mut().zip(right) {
            row[column] = value;
        }
        determinant(replaced) / whole
    };
    (whole.abs() > 1e-12).then(|| [0, 1, 2].map(with_column))
}

impl TryFrom<(f64, f64, f64)> for Beta {
    type Error = InvalidBeta;

    fn try_from((low, high, shift): (f64, f64, f64)) -> Result<Self, InvalidBeta> {
        Self::new(low, high, shift)
    }
}

impl From<Beta> for (f64, f64, f64) {
    fn from(beta: Beta) -> Self {
        (beta.low, beta.high, beta.shift)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn cases(truth: impl Fn(f64) -> f64) -> Vec<(f64, bool)> {
        (0..8000)
            .map(|i| {
                let raw = f64::from(i % 80) / 10.0 - 4.0;
                let u = f64::from((i * 7919) % 8009) / 8009.0;
                (raw, u < logistic(truth(raw)))
            })
            .collect()
    }

    #[test]
    fn ends_that_are_bent_apart_are_found() {
        // Too bold below, too shy above.
        let truth = |raw: f64| 0.4 * -softplus(-raw) + 1.6 * softplus(raw) - 0.2;
        let beta = Beta::fit(&cases(truth));
        for raw in [-3.0, -1.0, 0.0, 1.0, 2.0] {
            let found = Calibration::Beta(beta).probability(raw);
            assert!(
                (found - logistic(truth(raw))).abs() < 0.03,
                "{raw}: {found}"
            );
        }
    }

    #[test]
    fn what_is_moved_adds_so_much_to_log_odds_and_nothing_that_is_none() {
        let cases: Vec<(f64, bool)> = (0..200)
            .map(|at| (f64::from(at % 7) / 2.0 - 2.0, at % 4 == 0))
            .collect();
        for calibration in [
            Calibration::Platt(Platt::fit(&cases)),
            Calibration::Beta(Beta::fit(&cases)),
        ] {
            let away = calibration.moved(-0.7).log_odds(0.3) - calibration.log_odds(0.3);
            assert!((away + 0.7).abs() < 1e-12);
            assert_eq!(calibration.moved(f64::INFINITY), calibration);
        }
    }

    #[test]
    fn nothing_is_the_identity_and_one_class_keeps_order() {
        let identity = Calibration::Beta(Beta::fit(&[]));
        assert!((identity.log_odds(1.7) - 1.7).abs() < 1e-12);
        let sure = Calibration::Beta(Beta::fit(&[(2.0, false), (1.0, false), (-1.0, false)]));
        assert!(sure.probability(1.0) > sure.probability(-1.0));
        assert!(sure.probability(1e6).is_finite() && sure.probability(-1e6) >= 0.0);
    }

    #[test]
    fn worthless_and_upside_down_scores_leave_the_share_that_is_true() {
        // Upside down, one in ten true; and on one side alone, half of them true.
        let turned = |(at, share): (u32, u32)| {
            let cases = (0..1000_u32).map(move |case| {
                let raw = f64::from(case) / 250.0 - 2.0;
                (
                    raw,
                    case % 100 < if raw < at.into() { share } else { share / 8 },
                )
            });
            cases.collect::<Vec<(f64, bool)>>()
        };
        for cases in [turned((0, 18)), turned((1, 70))] {
            let true_ones = cases.iter().filter(|(_, truth)| *truth).count();
            let fitted = Calibration::Beta(Beta::fit(&cases));
            let told: f64 = cases.iter().map(|(raw, _)| fitted.probability(*raw)).sum();
            let share = |count: f64| count / cases.len() as f64;
            let (told, share) = (share(told), share(true_ones as f64));
            assert!((told - share).abs() < 0.01, "{told} of {share}");
        }
    }

    #[test]
    fn files_hold_two_or_three_numbers() {
        let platt: Calibration = serde_json::from_str("[0.5,-0.25]").unwrap();
        assert!(matches!(platt, Calibration::Platt(_)));
        let beta: Calibration = serde_json::from_str("[0.5,1.5,-0.25]").unwrap();
        assert_eq!(serde_json::to_string(&beta).unwrap(), "[0.5,1.5,-0.25]");
        assert!(serde_json::from_str::<Calibration>("[0.5,-1.5,0.0]").is_err());
        assert!(serde_json::from_str::<Calibration>("[0.5]").is_err());
    }

    proptest! {
        #[test]
        fn order_is_kept_and_parts_add_up(
            low in 0.02..5.0f64, high in 0.02..5.0f64, shift in -3.0..3.0f64,
            from in -8.0..8.0f64, way in 0.001..8.0f64,
        ) {
            let beta = Calibration::Beta(Beta::new(low, high, shift).unwrap());
            let to = from + way;
            prop_assert!(beta.log_odds(to) > beta.log_odds(from));
            let sum = beta.log_odds(from) + beta.slope(from, to) * way;
            prop_assert!((sum - beta.log_odds(to)).abs() < 1e-9);
            prop_assert!(beta.slope(from, from) > 0.0);
        }
    }
}
