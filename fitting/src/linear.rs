//! Logistic regression with a ridge (linfa), rewritten into a linear score of raw features.
//!
//! Inputs are brought to mean 0 and deviation 1; a missing value is the mean, and a column of
//! its own says that it was missing. Few weights, held small, tell a short history better than
//! trees do, which have to split it.

use anyhow::ensure;
use linfa::prelude::*;
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2, Axis};
use scrutineer::learn::linear_score::{LinearScore, Term};

/// Share of known values on each side that count as the outermost one kept.
const TRIMMED: f64 = 0.005;
/// Steps of the solver, at most: held-back cases judge what it has reached by then.
const STEPS: u64 = 80;
/// Gradient at which it stops, for each case.
const TOLERANCE: f64 = 1e-5;
/// A ridge at which the solver fails is multiplied by this and tried again.
const MORE_RIDGE: f64 = 10.0;
/// So often.
const TRIES: u32 = 4;

/// How one feature is brought to a common scale.
#[derive(Debug, Clone, Copy)]
struct Scale {
    lowest: f64,
    highest: f64,
    mean: f64,
    /// 0 where the known values are all the same.
    deviation: f64,
    /// Share of cases in which it is missing.
    missing: f64,
}

/// What a column of the regression holds.
#[derive(Debug, Clone, Copy)]
enum Column {
    /// The value of a feature.
    Value(usize),
    /// Whether it is missing, less the share in which it is.
    Missing(usize),
}

/// Rows made ready, once for all questions about them.
#[derive(Debug)]
pub(crate) struct Inputs {
    scales: Vec<Scale>,
    columns: Vec<Column>,
    records: Array2<f64>,
}

impl Inputs {
    /// Of rows of equal length.
    ///
    /// # Errors
    /// A row of another length than the first.
    pub(crate) fn of_rows(rows: &[&[f64]]) -> anyhow::Result<Self> {
        let features = rows.first().map_or(0, |row| row.len());
        ensure!(
            rows.iter().all(|row| row.len() == features),
            "rows of different lengths"
        );
        let scales: Vec<Scale> = (0..features).map(|at| Scale::of(rows, at)).collect();
        let mut columns = Vec::new();
        for (at, scale) in scales.iter().enumerate() {
            if scale.deviation > 0.0 {
                columns.push(Column::Value(at));
            }
            if scale.missing > 0.0 && scale.missing < 1.0 {
                columns.push(Column::Missing(at));
            }
        }
        let records = Array2::from_shape_fn((rows.len(), columns.len()), |(row, column)| {
            match columns[column] {
                Column::Value(at) => scales[at].standard(rows[row][at]),
                Column::Missing(at) => {
                    f64::from(u8::from(rows[row][at].is_nan())) - scales[at].missing
                }
            }
        });
        Ok(Self {
            scales,
            columns,
            records,
        })
    }

    /// Features that a row has.
    pub(crate) const fn features(&self) -> usize {
        self.scales.len()
    }

    /// Fits log odds of the truth where it is known. Where there is nothing to tell apart, or
    /// nothing to tell it by, the odds of the whole.
    ///
    /// # Errors
    /// A number that is not finite: a defect.
    pub(crate) fn fit(&self, truth: &[Option<bool>], ridge: f64) -> anyhow::Result<LinearScore> {
        let known: Vec<usize> = (0..truth.len()).filter(|at| truth[*at].is_some()).collect();
        let told: Vec<bool> = truth.iter().filter_map(|above| *above).collect();
        let above = told.iter().filter(|above| **above).count() as f64;
        let odds = (above + 0.5) / (told.len() as f64 - above + 0.5);
        let nothing = vec![Term::NOTHING; self.scales.len()];
        if self.columns.is_empty() || above == 0.0 || above == told.len() as f64 {
            return Ok(LinearScore::new(odds.ln(), nothing)?);
        }
        let records = self.records.select(Axis(0), &known);
        let data = Dataset::new(records, Array1::from(told));
        for attempt in 0..TRIES {
            let solver = LogisticRegression::default()
                .alpha(ridge * MORE_RIDGE.powi(attempt as i32))
                .max_iterations(STEPS)
                .gradient_tolerance(TOLERANCE * known.len() as f64);
            let Ok(fitted) = solver.fit(&data) else {
                continue;
            };
            let sign = if fitted.labels().pos.class { 1.0 } else { -1.0 };
            let weights: Vec<f64> = fitted.params().iter().map(|weight| sign * weight).collect();
            let finite = weights.iter().all(|weight| weight.is_finite());
            if finite && fitted.intercept().is_finite() {
                return self.score(sign * fitted.intercept(), &weights);
            }
        }
        Ok(LinearScore::new(odds.ln(), nothing)?)
    }

    /// Weights of the columns as terms of the features.
    fn score(&self, base: f64, weights: &[f64]) -> anyhow::Result<LinearScore> {
        let mut terms: Vec<Term> = self
            .scales
            .iter()
            .map(|scale| Term {
                mean: scale.mean,
                lowest: scale.lowest,
                highest: scale.highest,
                ..Term::NOTHING
            })
            .collect();
        for (column, weight) in self.columns.iter().zip(weights) {
            match *column {
                Column::Value(at) => terms[at].weight = weight / self.scales[at].deviation,
                Column::Missing(at) => {
                    let share = self.scales[at].missing;
                    terms[at].missing = weight * (1.0 - share);
                    terms[at].known = -weight * share;
                }
            }
        }
        Ok(LinearScore::new(base, terms)?)
    }
}

impl Scale {
    fn of(rows: &[&[f64]], at: usize) -> Self {
        let mut known: Vec<f64> = rows
            .iter()
            .map(|row| row[at])
            .filter(|value| value.is_finite())
            .collect();
        known.sort_by(f64::total_cmp);
        let trimmed = (known.len() as f64 * TRIMMED) as usize;
        let (Some(lowest), Some(highest)) = (
            known.get(trimmed).copied(),
            known.iter().rev().nth(trimmed).copied(),
        ) else {
            return Self {
                lowest: 0.0,
                highest: 0.0,
                mean: 0.0,
                deviation: 0.0,
                missing: 1.0,
            };
        };
        let count = known.len() as f64;
        let kept = || known.iter().map(|value| value.clamp(lowest, highest));
        let mean = kept().sum::<f64>() / count;
        let variance = kept().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
        let spread = variance.sqrt();
        Self {
            lowest,
            highest,
            mean,
            // Rounding alone is no spread.
            deviation: if spread > 1e-9 * mean.abs() {
                spread
            } else {
                0.0
            },
            missing: rows.iter().filter(|row| row[at].is_nan()).count() as f64 / rows.len() as f64,
        }
    }

    fn standard(&self, value: f64) -> f64 {
        if value.is_nan() {
            0.0
        } else {
            (value.clamp(self.lowest, self.highest) - self.mean) / self.deviation
        }
    }
}

#[cfg(test)]
mod tests {
    use scrutineer::learn::calibration::logistic;

    use super::*;

    fn u(i: u64, k: u64) -> f64 {
        let mut z = i.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (k << 32);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Log odds rise with the first by 0.02 a unit and by 1.5 where the second is missing; the
    /// third never varies and the fourth is never known.
    fn cases(count: u64) -> (Vec<Vec<f64>>, Vec<Option<bool>>) {
        (0..count)
            .map(|i| {
                let (x, missing) = (1000.0 + 200.0 * u(i, 1), u(i, 2) < 0.3);
                let second = if missing { f64::NAN } else { u(i, 3) };
                let odds = 0.02 * (x - 1100.0) + if missing { 1.5 } else { 0.0 };
                let truth = u(i, 4) < logistic(odds);
                let known = u(i, 5) > 0.1;
                (vec![x, second, 7.0, f64::NAN], known.then_some(truth))
            })
            .unzip()
    }

    fn inputs(rows: &[Vec<f64>]) -> Inputs {
        let rows: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
        Inputs::of_rows(&rows).unwrap()
    }

    #[test]
    fn weights_are_found_in_the_units_of_the_features() {
        let (rows, truth) = cases(6000);
        let score = inputs(&rows).fit(&truth, 1.0).unwrap();
        let raw = |x: f64, second: f64| score.raw(&[x, second, 7.0, f64::NAN]);
        let slope = (raw(1150.0, 0.5) - raw(1050.0, 0.5)) / 100.0;
        assert!((slope - 0.02).abs() < 0.002, "{slope}");
        let missing = raw(1100.0, f64::NAN) - raw(1100.0, 0.5);
        assert!((missing - 1.5).abs() < 0.25, "{missing}");
        assert!(raw(1100.0, 0.5).abs() < 0.2, "{}", raw(1100.0, 0.5));
        // What lies beyond all that was seen counts as the last one seen.
        assert_eq!(raw(1e9, 0.5), raw(1200.0, 0.5));
    }

    #[test]
    fn a_stronger_ridge_says_less() {
        let (rows, truth) = cases(300);
        let spread = |ridge: f64| {
            let score = inputs(&rows).fit(&truth, ridge).unwrap();
            score.raw(&[1200.0, 0.5, 7.0, f64::NAN]) - score.raw(&[1000.0, 0.5, 7.0, f64::NAN])
        };
        assert!(spread(1.0) > spread(30.0) && spread(30.0) > spread(3000.0));
        assert!(spread(3000.0) > 0.0);
    }

    #[test]
    fn one_class_or_no_case_is_the_odds_of_the_whole() {
        let (rows, _) = cases(40);
        let always = inputs(&rows).fit(&[Some(true); 40], 1.0).unwrap();
        assert_eq!(always.raw(&rows[3]), 81.0_f64.ln());
        let never_known = inputs(&rows).fit(&[None; 40], 1.0).unwrap();
        assert_eq!(never_known.raw(&rows[3]), 0.0);
        assert!(Inputs::of_rows(&[&[1.0], &[1.0, 2.0]]).is_err());
    }
}
