//! What a run of the worklist shows.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::advice::{Level, ModelRef};
use crate::cases::collections::{Action, CurrencyCash, Moved, Suppressed};
use crate::domain::Currency;

/// A run of the worklist: what was ranked from what was known at a moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CollectionsRun {
    /// The moment.
    pub as_of: DateTime<Utc>,
    /// Customers to contact, most pressing first.
    pub ranked: Vec<CollectionsRow>,
    /// Customers with something overdue or at risk whom not to contact now, and why.
    pub held_back: Vec<CollectionsRow>,
    /// Customers with something open and nothing to do now.
    pub waiting: Vec<CollectionsRow>,
    /// Open invoices that were not scored, because there are too many.
    pub left_out: usize,
    /// Money expected by week, over all that is open.
    pub cash: Vec<CurrencyCash>,
    /// Median open invoice of each currency: the unit of what is at stake. Runs of before do not say.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, f64>)]
    pub usual_amounts: BTreeMap<Currency, f64>,
    /// Days that invoices with a forecast count on average, by `score_kind`: what those without one count,
    /// unless the days by which they are overdue beyond 90 are more. Runs of before do not say.
    #[serde(default)]
    pub usual_days: BTreeMap<String, f64>,
    /// Which model answered; absent where none did. Runs of before do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelRef>,
    /// Customers worth a contact beyond those that can be contacted, who are not shown.
    #[serde(default)]
    pub beyond_capacity: usize,
}

/// One customer of the worklist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CollectionsRow {
    /// Place, from 1; none for one held back or waiting.
    pub rank: Option<usize>,
    /// Id of the customer.
    pub customer_id: String,
    /// Its name, where the firm keeps customers here.
    pub name: Option<String>,
    /// Its telephone number, for the call list.
    pub phone: Option<String>,
    /// What to do next.
    pub action: Action,
    /// Why not to contact the customer now.
    pub suppressed_by: Vec<Suppressed>,
    /// Highest level of the invoices that the row is about.
    pub level: Level,
    /// What is open.
    #[schema(value_type = String)]
    #[serde(with = "rust_decimal::serde::str")]
    pub open_amount: Decimal,
    /// What is overdue of it: of a ranked customer what may be spoken of, of one held back what may not.
    #[schema(value_type = String)]
    #[serde(with = "rust_decimal::serde::str")]
    pub overdue_amount: Decimal,
    /// What is open of it that is not to be spoken of now.
    #[schema(value_type = String)]
    #[serde(default, with = "rust_decimal::serde::str")]
    pub held_back_amount: Decimal,
    /// What is there to be set off against it: open credits, money that names no invoice, what was paid
    /// beyond totals. No other amount is lowered by it, and it may be more than is open. Runs of before do
    /// not say.
    #[schema(value_type = String)]
    #[serde(default, with = "rust_decimal::serde::str")]
    pub set_off_amount: Decimal,
    /// Currency of the invoice of which most is at stake; amounts count that currency alone.
    pub currency: Currency,
    /// What is open in others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_currencies: Vec<OpenIn>,
    /// Longest days overdue of what `overdue_amount` counts; 0 if nothing is.
    pub days_overdue: i64,
    /// What is at stake, in median invoices times days: the order of the list.
    pub at_stake: f64,
    /// Where it stood in the run before, and why it moved.
    pub moved: Option<Moved>,
    /// Its open invoices, those that the row is about before the others, most at stake first.
    pub invoices: Vec<InvoiceRow>,
    /// Its open invoices that were not scored, because there are too many; what they come to is part of
    /// what is open.
    #[serde(default)]
    pub left_out: usize,
}

/// What a customer owes in another currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenIn {
    /// The currency.
    pub currency: Currency,
    /// What is open.
    #[schema(value_type = String)]
    #[serde(with = "rust_decimal::serde::str")]
    pub open_amount: Decimal,
    /// What is overdue of it, counted as in the row's own currency.
    #[schema(value_type = String)]
    #[serde(with = "rust_decimal::serde::str")]
    pub overdue_amount: Decimal,
    /// What is open of it that is not to be spoken of now.
    #[schema(value_type = String)]
    #[serde(default, with = "rust_decimal::serde::str")]
    pub held_back_amount: Decimal,
    /// What is there to be set off against it, as in the row's own currency.
    #[schema(value_type = String)]
    #[serde(default, with = "rust_decimal::serde::str")]
    pub set_off_amount: Decimal,
    /// Longest days overdue of what `overdue_amount` counts; 0 if nothing is. Runs of before do not say.
    #[serde(default)]
    pub days_overdue: i64,
}

/// One open invoice of a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct InvoiceRow {
    /// Id of the record.
    pub customer_invoice_id: String,
    /// Day payment is due.
    pub due_on: NaiveDate,
    /// Days overdue; negative before.
    pub days_overdue: i64,
    /// What is not yet paid.
    #[schema(value_type = String)]
    #[serde(with = "rust_decimal::serde::str")]
    pub open_amount: Decimal,
    /// Its currency.
    pub currency: Currency,
    /// Probability, and of what.
    pub score: Option<f64>,
    /// What the score is the probability of.
    pub score_kind: String,
    /// Paid by then as likely as not.
    pub expected_on: Option<NaiveDate>,
    /// What to do next.
    pub action: Action,
    /// Why not to speak of it now.
    pub suppressed_by: Vec<Suppressed>,
    /// Whether the last promise about it was broken. Runs of before do not say.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub promise_broken: bool,
    /// What is at stake.
    pub at_stake: f64,
    /// The heaviest reasons, as sentences; before them, where a broken promise would have lowered the rank,
    /// that it does not.
    pub because: Vec<String>,
    /// The answer, for feedback and replay.
    pub recommendation_id: Uuid,
}

impl CollectionsRow {
    /// The heaviest reason of an invoice that the next step is for, else of one that a broken promise was about,
    /// which may be all that a call is for: what the row is about stands first.
    #[must_use]
    pub fn because(&self) -> Option<&str> {
        let same_step = self.first_reason(|one| one.action == self.action);
        same_step.or_else(|| self.first_reason(|one| self.is_about_broken(one)))
    }

    /// The heaviest reason of the first of some invoices that has any.
    fn first_reason(&self, is_one: impl Fn(&InvoiceRow) -> bool) -> Option<&str> {
        let mut some = self.invoices.iter().filter(|one| is_one(one));
        let reason = some.find_map(|one| one.because.first());
        reason.map(String::as_str)
    }

    /// What is there to be set off before money is asked for, by currency.
    pub fn to_set_off(&self) -> impl Iterator<Item = (Currency, Decimal)> {
        let others = self.other_currencies.iter();
        let others = others.map(|one| (one.currency, one.set_off_amount));
        std::iter::once((self.currency, self.set_off_amount))
            .chain(others)
            .filter(|(_, amount)| !amount.is_zero())
    }

    /// Whether a promise about something that it is about was broken.
    #[must_use]
    pub fn is_promise_broken(&self) -> bool {
        let mut invoices = self.invoices.iter();
        invoices.any(|one| self.is_about_broken(one))
    }

    /// Whether it is about an invoice, and the last promise about that was broken.
    fn is_about_broken(&self, one: &InvoiceRow) -> bool {
        one.promise_broken && one.suppressed_by.is_empty() == self.suppressed_by.is_empty()
    }

    /// Whether anything that it tells as overdue is, in whichever currency.
    pub(super) fn is_overdue(&self) -> bool {
        let mut others = self.other_currencies.iter();
        self.days_overdue > 0 || others.any(|one| one.days_overdue > 0)
    }
}

impl CollectionsRun {
    /// The row of a customer, wherever it stands.
    #[must_use]
    pub fn row(&self, customer_id: &str) -> Option<&CollectionsRow> {
        let rows = self.ranked.iter().chain(&self.held_back);
        rows.chain(&self.waiting)
            .find(|row| row.customer_id == customer_id)
    }

    /// With no more customers to contact than can be; the others are counted.
    #[must_use]
    pub fn within(mut self, capacity: usize) -> Self {
        self.beyond_capacity += self.ranked.len().saturating_sub(capacity);
        self.ranked.truncate(capacity);
        self
    }
}
