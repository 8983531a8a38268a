//! Will a project's next bill slip, by how much, and what along its chain is it waiting for?

mod chain;
mod explanation;
pub mod features;
mod input;
mod past;
mod recommendation;
mod sheet_habits;

#[cfg(test)]
mod tests;

use uuid::Uuid;

pub(crate) use chain::waits_for_sheets;
pub use chain::{Chain, Fix, Link, State, Step, chain};
pub use input::{BillingInput, ChainStep, FirstFix, NotAsked};
pub use recommendation::BillingAdvice;

use super::forecast_case::{ForecastCase, Question};
use super::record_case::{JudgeError, RecordItem};
use crate::advice::{InvalidRecommendation, Recommendation};
use crate::history::History;
use crate::learn::forecast::Forecast;

/// The case with its model.
pub type BillingCase = ForecastCase<BillingInput>;

impl Question for BillingInput {
    type Setting = ();

    const MODEL: &'static str = "billing";
    const FEATURES: &'static [&'static str] = &features::NAMES;

    fn read(
        item: &RecordItem,
        (): &(),
        history: &dyn History,
    ) -> Result<(Self, Vec<f64>), JudgeError> {
        item.without_period()?;
        input::read(&item.id, &history.work())
            .map_err(|why| JudgeError::not_asked("id", why == NotAsked::Unknown, &why.to_string()))
    }

    fn recommend(
        &self,
        row: &[f64],
        forecast: &Forecast,
        features_sha256: String,
        recommendation_id: Uuid,
    ) -> Result<Recommendation, InvalidRecommendation> {
        recommendation::recommend(self, row, forecast, features_sha256, recommendation_id)
    }
}
