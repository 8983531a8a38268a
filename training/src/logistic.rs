//! Multinomial logistic regression (linfa), then a temperature.

use anyhow::{Context, ensure};
use linfa::prelude::*;
use linfa_logistic::MultiLogisticRegression;
use ndarray::{Array1, Array2};
use scrutineer::learn::calibration::Temperature;
use scrutineer::learn::linear::LinearModel;

use crate::rounded;

const MAX_ITERATIONS: u64 = 400;
const GRADIENT_TOLERANCE: f64 = 1e-3;
/// Decimal digits kept of every weight.
pub(crate) const DIGITS: i32 = 6;

/// Weights that tell the classes apart: `rows` holds the features of all cases one after
/// another, `truth` the class of each, `ridge` the weight of the squared weights in what is
/// minimised.
///
/// # Errors
/// Lists that do not fit together, or a search that does not come to an end.
pub(crate) fn fit(
    rows: Vec<f64>,
    truth: &[usize],
    classes: Vec<String>,
    features: Vec<String>,
    ridge: f64,
) -> anyhow::Result<LinearModel> {
    let records = Array2::from_shape_vec((truth.len(), features.len()), rows)?;
    let targets: Array1<usize> = truth.iter().copied().collect();
    let model = MultiLogisticRegression::default()
        .alpha(ridge)
        .max_iterations(MAX_ITERATIONS)
        .gradient_tolerance(GRADIENT_TOLERANCE)
        .fit(&Dataset::new(records, targets))
        .context("the logistic regression did not come to an end")?;
    let columns = model.params().columns().into_iter();
    let rows = columns.map(|column| column.iter().map(|x| rounded(*x, DIGITS)).collect());
    let intercepts = model.intercept().iter().map(|x| rounded(*x, DIGITS));
    Ok(LinearModel::new(
        classes,
        features,
        rows.collect(),
        intercepts.collect(),
    )?)
}

/// The temperature at which the true classes are most probable, by golden-section
/// search over its logarithm.
///
/// # Errors
/// No cases.
pub(crate) fn temperature(scores: &[Vec<f64>], truth: &[usize]) -> anyhow::Result<Temperature> {
    ensure!(!scores.is_empty(), "no cases to calibrate on");
    let surprise = |log: f64| -> anyhow::Result<f64> {
        let temperature = Temperature::new(log.exp())?;
        let of = scores.iter().zip(truth).map(|(row, class)| {
            let probability = temperature.probabilities(row).get(*class).copied();
            -probability.unwrap_or_default().max(f64::MIN_POSITIVE).ln()
        });
        Ok(of.sum())
    };
    let ratio = (5_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (-3.0_f64, 3.0_f64);
    for _ in 0..40 {
        let (left, right) = (high - ratio * (high - low), low + ratio * (high - low));
        if surprise(left)? < surprise(right)? {
            high = right;
        } else {
            low = left;
        }
    }
    Ok(Temperature::new(rounded(
        f64::midpoint(low, high).exp(),
        DIGITS,
    ))?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn scores_that_are_too_sure_are_cooled() {
        let scores = vec![vec![8.0, 0.0]; 10];
        let truth = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1];
        let temperature = temperature(&scores, &truth).unwrap();
        let sure = temperature.probabilities(&scores[0])[0];
        assert!((sure - 0.8).abs() < 1e-3, "{sure}");
    }
}
