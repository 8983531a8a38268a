//! Whom to contact first: when will each open invoice be paid?
//!
//! [`CustomerFile`] holds what is known of a customer, [`notes`] tells what was noted, [`features`] turns it into numbers,
//! the model says when money is to be expected, and the recommendation what to do next.

mod accounts;
mod cash;
mod contact;
mod counterfactuals;
mod explanation;
pub mod features;
mod input;
mod model;
mod moved;
pub mod notes;
mod past;
mod recommendation;
mod similarity;
mod unscored;
mod worklist;

#[cfg(test)]
mod tests;

use uuid::Uuid;

pub use cash::CurrencyCash;
pub use contact::{Contact, PROMISE_DAYS, Promises};
pub use input::{Agreed, CollectionsInput, CustomerFile, Firm, NotAsked, Policy, Setting};
pub use moved::Moved;
pub use recommendation::{Action, CollectionsAdvice, PaymentForecast, Suppressed, WeekCash};
pub use worklist::{CollectionsRow, CollectionsRun, InvoiceRow, MAX_INVOICES, OpenIn, UnkeptRun};

use self::explanation::WORDS;
use self::model::Verdict;
use self::notes::Notes;
use self::recommendation::OVERDUE;
use super::forecast::{LARGER, far_above};
use super::forecast_case::{ForecastCase, Question};
use super::record_case::{JudgeError, RecordItem};
use crate::advice::{InvalidRecommendation, Recommendation};
use crate::history::History;
use crate::learn::forecast::Forecast;

/// The case with its model.
pub type CollectionsCase = ForecastCase<CollectionsInput>;

impl Question for CollectionsInput {
    type Setting = Setting;

    const MODEL: &'static str = "collections";
    const FEATURES: &'static [&'static str] = &features::NAMES;

    fn read(
        item: &RecordItem,
        setting: &Setting,
        history: &dyn History,
    ) -> Result<(Self, Vec<f64>), JudgeError> {
        let not_asked =
            |why: NotAsked| JudgeError::not_asked("id", why == NotAsked::Unknown, &why.to_string());
        item.without_period()?;
        let unknown = || not_asked(NotAsked::Unknown);
        let customer = history.customer_of(&item.id).ok_or_else(unknown)?;
        let file = CustomerFile::of(&customer, history);
        let invoice = file.ledger.get(&item.id).ok_or_else(unknown)?;
        input::check(&invoice).map_err(not_asked)?;
        let firm = Firm::of(history, setting);
        Ok(file.read(&invoice, firm, history.as_of())?)
    }

    fn takes_long(item: &RecordItem, setting: &Setting, history: &dyn History) -> bool {
        let today = history.as_of().date_naive();
        history.customer_of(&item.id).is_some_and(|customer| {
            let said = history.interactions_with(&customer);
            Notes::takes_long(&item.id, &said, today, &*setting.notes)
        })
    }

    fn recommend(
        &self,
        row: &[f64],
        forecast: &Forecast,
        features_sha256: String,
        recommendation_id: Uuid,
    ) -> Result<Recommendation, InvalidRecommendation> {
        let mut far_above = far_above(forecast, row, &WORDS, &features::ITEM);
        // Figures of a currency of small units are large, and so are those of some customers: one that is
        // usual for its customer is unlike nothing.
        let against_usual = row.get(features::AGAINST_USUAL).copied();
        if against_usual.is_some_and(|times| times <= LARGER.ln()) {
            far_above.retain(|name| *name != features::AMOUNT);
        }
        if self.is_beyond(forecast) {
            far_above.push(OVERDUE);
        }
        let told = self.enough_history && far_above.is_empty();
        let verdict = told.then(|| Verdict::of(forecast, self, row)).transpose()?;
        Ok(recommendation::recommend(
            self,
            verdict,
            far_above,
            forecast,
            features_sha256,
            recommendation_id,
        ))
    }
}
