//! A distribution as it is shipped: with what is usual, and checked on load.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::distribution::Distribution;
use crate::advice::ModelRef;
use crate::registry::{Golden, Registry, RegistryError};

/// Layout of a forecast's files.
pub const FORECAST_FORMAT_VERSION: u32 = 2;
/// The file that holds [`ForecastWeights`].
pub const FORECAST_FILE: &str = "forecast.json";

/// Everything fitted: the content of `forecast.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForecastWeights {
    /// The quantity.
    pub distribution: Distribution,
    /// Median of each feature among the cases fitted on; none where it was never known.
    pub usual: Vec<Option<f64>>,
    /// The highest value of each; none where it was never known.
    pub highest: Vec<Option<f64>>,
}

/// Why a forecast cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ForecastError {
    /// Absent, tampered with, or not agreeing with its golden scores.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// Not readable, or not fitted on the features of this program.
    #[error("{model}: {problem}")]
    Weights {
        /// Name of the model.
        model: String,
        /// What is wrong.
        problem: String,
    },
}

/// A forecast that may answer; synchronous, shared freely between threads.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    weights: ForecastWeights,
    reference: ModelRef,
    /// Whether each feature is asked for at any threshold.
    used: Vec<bool>,
}

/// A row as JSON writes it: what is missing is null.
pub type GoldenRow = Vec<Option<f64>>;

impl Forecast {
    /// Loads the version of a model that answers; digest, layout, features and golden scores
    /// are checked.
    ///
    /// # Errors
    /// [`ForecastError`] that names the file or what does not fit.
    pub fn load(registry: &Registry, name: &str, features: &[&str]) -> Result<Self, ForecastError> {
        let manifest = registry.model(name)?;
        manifest.require_format(FORECAST_FORMAT_VERSION)?;
        let weights = serde_json::from_slice(&manifest.read(FORECAST_FILE)?)
            .map_err(|error| unfit(name, error.to_string()))?;
        let forecast = Self::new(weights, manifest.reference(), features)?;
        Golden::<GoldenRow>::assert_on_load(manifest, |row| {
            Ok::<_, ForecastError>(forecast.golden_output(row))
        })?;
        Ok(forecast)
    }

    /// A forecast of weights that were read or fitted before.
    ///
    /// # Errors
    /// [`ForecastError::Weights`] if they are for other features.
    pub fn new(
        weights: ForecastWeights,
        reference: ModelRef,
        features: &[&str],
    ) -> Result<Self, ForecastError> {
        let fitted = weights.distribution.features();
        if !fitted.iter().eq(features) {
            let pair = fitted.iter().zip(features);
            let other = pair.clone().find(|(found, expected)| found != expected);
            let problem = other.map_or_else(
                || {
                    format!(
                        "fitted on {} features where there are {}",
                        fitted.len(),
                        features.len()
                    )
                },
                |(found, expected)| {
                    format!("fitted on feature `{found}` where this program has `{expected}`")
                },
            );
            return Err(unfit(&reference.name, problem));
        }
        for (values, named) in [(&weights.usual, "usual"), (&weights.highest, "highest")] {
            if values.len() != features.len() {
                let problem = format!("`{named}` is of another length");
                return Err(unfit(&reference.name, problem));
            }
        }
        let levels = weights.distribution.levels();
        let asked = |at: usize| levels.iter().any(|level| level.learner.asks_for(at));
        let used = (0..features.len()).map(asked).collect();
        Ok(Self {
            weights,
            reference,
            used,
        })
    }

    /// The quantity.
    #[must_use]
    pub const fn distribution(&self) -> &Distribution {
        &self.weights.distribution
    }

    /// Whether an answer can depend on a feature: one that never varied where the model was
    /// fitted is not asked for.
    #[must_use]
    pub fn uses(&self, feature: usize) -> bool {
        self.used.get(feature).copied().unwrap_or(false)
    }

    /// Median of a feature among the cases fitted on.
    #[must_use]
    pub fn usual(&self, feature: usize) -> Option<f64> {
        self.weights.usual.get(feature).copied().flatten()
    }

    /// The highest value of a feature among the cases fitted on.
    #[must_use]
    pub fn highest(&self, feature: usize) -> Option<f64> {
        self.weights.highest.get(feature).copied().flatten()
    }

    /// How answers name this model.
    #[must_use]
    pub const fn reference(&self) -> &ModelRef {
        &self.reference
    }

    /// Quantiles of a row, and its raw score at the middle threshold.
    #[must_use]
    pub fn golden_output(&self, row: &GoldenRow) -> BTreeMap<String, f64> {
        let row = from_json(row);
        let curve = self.distribution().curve(&row);
        let levels = self.distribution().levels();
        let raw = levels
            .get(levels.len() / 2)
            .map_or(f64::NAN, |level| level.learner.raw(&row));
        [
            ("raw", raw),
            ("p10", curve.quantile(0.1)),
            ("p50", curve.quantile(0.5)),
            ("p90", curve.quantile(0.9)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }
}

/// A row as it was kept.
#[must_use]
pub fn from_json(row: &[Option<f64>]) -> Vec<f64> {
    row.iter().map(|value| value.unwrap_or(f64::NAN)).collect()
}

/// A row to be kept.
#[must_use]
pub fn to_json(row: &[f64]) -> GoldenRow {
    row.iter()
        .map(|value| value.is_finite().then_some(*value))
        .collect()
}

fn unfit(model: &str, problem: String) -> ForecastError {
    ForecastError::Weights {
        model: model.to_owned(),
        problem,
    }
}
