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
    Ok(with_values_seen(
        distribution,
        examples.iter().map(|example| example.row.as_slice()),
    ))
}

/// A distribution with the medians and the highest values of the rows that it was fitted on.
#[must_use]
pub fn with_values_seen<'a>(
    distribution: Distribution,
    rows: impl Iterator<Item = &'a [f64]> + Clone,
) -> ForecastWeights {
    let (usual, highest) = (0..distribution.features().len())
        .map(|feature| {
            let values = rows.clone().filter_map(|row| row.get(feature).copied());
            let mut known: Vec<f64> = values.filter(|value| value.is_finite()).collect();
            known.sort_by(f64::total_cmp);
            // The middle; of an even number the lower.
            let middle = known.len().saturating_sub(1) / 2;
            (known.get(middle).copied(), known.last().copied())
        })
        .unzip();
    ForecastWeights {
        distribution,
        usual,
        highest,
    }
}
