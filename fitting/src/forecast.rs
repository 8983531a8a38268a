//! A fitted distribution with what is usual, as a forecast ships.

use scrutineer::learn::distribution::Distribution;
use scrutineer::learn::forecast::ForecastWeights;

use crate::distribution::{DistributionPlan, Example};

/// Fits a forecast on examples in order of time.
///
/// # Errors
/// As [`DistributionPlan::fit`].
pub fn fit(plan: &DistributionPlan, examples: &[Example]) -> anyhow::Result<ForecastWeights> {
    let distribution = plan.fit(examples)?;
    Ok(with_usual(
        distribution,
        examples.iter().map(|example| example.row.as_slice()),
    ))
}

/// A distribution with the medians of the rows that it was fitted on.
#[must_use]
pub fn with_usual<'a>(
    distribution: Distribution,
    rows: impl Iterator<Item = &'a [f64]> + Clone,
) -> ForecastWeights {
    let usual = (0..distribution.features().len())
        .map(|feature| median(rows.clone().filter_map(|row| row.get(feature).copied())))
        .collect();
    ForecastWeights {
        distribution,
        usual,
    }
}

/// The middle of what is known; of an even number the lower.
fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut known: Vec<f64> = values.filter(|value| value.is_finite()).collect();
    known.sort_by(f64::total_cmp);
    known.get(known.len().checked_sub(1)? / 2).copied()
}
