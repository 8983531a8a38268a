//! Whom to contact first: when will each open invoice be paid?
//!
//! [`CustomerFile`] holds what is known of a customer, [`features`] turns it into numbers,
//! the model says when money is to be expected, and the recommendation what to do next.

mod contact;
mod explanation;
pub mod features;
mod input;
mod model;
mod recommendation;
mod similarity;
mod worklist;

#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

pub use contact::Contact;
pub use input::{CollectionsInput, CustomerFile, Firm, NotAsked, Policy};
pub use model::DAYS_LATE_MODEL;
pub use recommendation::{
    Action, CollectionsAdvice, HIGH, MEDIUM, PaymentForecast, Suppressed, WeekCash,
};

pub use worklist::{
    CollectionsRow, CollectionsRun, CurrencyCash, InvoiceRow, MAX_INVOICES, Moved, UnkeptRun,
};

use self::model::Verdict;
use super::record_case::{JudgeError, Judged, RecordCase, RecordItem};
use crate::advice::Recommendation;
use crate::domain::{canonical_json, sha256_hex};
use crate::history::{History, Receivable};
use crate::learn::forecast::{Forecast, ForecastError, GoldenRow, from_json, to_json};
use crate::registry::Registry;

/// The case with its model; synchronous, shared freely between threads.
#[derive(Debug)]
pub struct CollectionsCase {
    forecast: Forecast,
    policy: Policy,
}

impl CollectionsCase {
    /// Loads the version of the model that answers.
    ///
    /// # Errors
    /// [`ForecastError`] that names the file.
    pub fn load(registry: &Registry, policy: Policy) -> Result<Self, ForecastError> {
        let forecast = Forecast::load(registry, DAYS_LATE_MODEL, &features::NAMES)?;
        Ok(Self::new(forecast, policy))
    }

    /// The case with a model that was loaded or fitted before.
    #[must_use]
    pub const fn new(forecast: Forecast, policy: Policy) -> Self {
        Self { forecast, policy }
    }

    /// What holds for every invoice of the firm at that moment.
    #[must_use]
    pub fn firm(&self, history: &dyn History) -> Firm {
        Firm::of(history, self.policy)
    }

    /// Judges one open invoice of a customer that was looked up.
    ///
    /// # Errors
    /// [`JudgeError::Contract`] for a defect.
    pub fn judge_one(
        &self,
        file: &CustomerFile,
        invoice: &Receivable<'_>,
        firm: Firm,
        as_of: DateTime<Utc>,
    ) -> Result<(Judged, CollectionsAdvice), JudgeError> {
        let read = file.read(invoice, firm, as_of);
        let features = to_json(&read.row);
        let kept = serde_json::to_value(&features)?;
        let (recommendation, advice) = self.decide(&read.input, &features, Uuid::now_v7())?;
        let judged = Judged {
            recommendation,
            input: serde_json::to_value(&read.input)?,
            features: kept,
        };
        Ok((judged, advice))
    }

    fn decide(
        &self,
        input: &CollectionsInput,
        features: &GoldenRow,
        recommendation_id: Uuid,
    ) -> Result<(Recommendation, CollectionsAdvice), JudgeError> {
        let row = from_json(features);
        let verdict = input
            .enough_history
            .then(|| Verdict::of(&self.forecast, input, &row))
            .transpose()?;
        let digest = sha256_hex(canonical_json(&serde_json::to_value(features)?));
        Ok(recommendation::recommend(
            input,
            verdict,
            &self.forecast,
            digest,
            recommendation_id,
        ))
    }
}

impl RecordCase for CollectionsCase {
    fn judge(&self, item: &RecordItem, history: &dyn History) -> Result<Judged, JudgeError> {
        let not_asked = |why: NotAsked| JudgeError::NotAsked {
            field: "id",
            unknown: why == NotAsked::Unknown,
            why: why.to_string(),
        };
        if item.period_end.is_some() {
            return Err(not_asked(NotAsked::NoPeriod));
        }
        let unknown = || not_asked(NotAsked::Unknown);
        let customer = history.customer_of(&item.id).ok_or_else(unknown)?;
        let file = CustomerFile::of(&customer, history);
        let invoice = file.ledger.get(&item.id).ok_or_else(unknown)?;
        input::check(&invoice).map_err(not_asked)?;
        let firm = self.firm(history);
        let (judged, _) = self.judge_one(&file, &invoice, firm, history.as_of())?;
        Ok(judged)
    }

    fn replay(
        &self,
        input: &Value,
        features: &Value,
        recommendation_id: Uuid,
    ) -> Result<Recommendation, JudgeError> {
        let input: CollectionsInput = serde_json::from_value(input.clone())?;
        let features: GoldenRow = serde_json::from_value(features.clone())?;
        let (recommendation, _) = self.decide(&input, &features, recommendation_id)?;
        Ok(recommendation)
    }
}
