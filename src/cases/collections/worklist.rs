//! Whom to contact first: customers ranked by the money and days that a contact can move.
//!
//! A customer is contacted once about all that it owes, so rows are customers. What is at stake
//! is the sum, over invoices that nothing keeps from being spoken of, of the open amount times
//! the days it is expected to stay overdue. Amounts of different currencies are made
//! comparable by the firm's own median open invoice of each.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::cash::{CurrencyCash, cash};
use super::model::{MOVABLE_DAYS, OPEN_UNTIL_TODAY};
use super::moved::{Moved, tell_moves};
use super::unscored::Unscored;
use super::{Action, CollectionsAdvice, CollectionsCase, CustomerFile, Firm, Suppressed};
use crate::advice::{Judged, Level, ModelRef, Recommendation};
use crate::cases::record_case::JudgeError;
use crate::domain::Currency;
use crate::history::History;

/// Open invoices that are scored for one run, those of most money of each currency first.
pub const MAX_INVOICES: usize = 5_000;
/// Sentences given for an invoice.
const SENTENCES: usize = 2;
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
    /// What is at stake.
    pub at_stake: f64,
    /// The heaviest reasons, as sentences.
    pub because: Vec<String>,
    /// The answer, for feedback and replay.
    pub recommendation_id: Uuid,
}

/// A run with the answers it rests on, still to be kept.
#[derive(Debug)]
pub struct UnkeptRun {
    /// What is shown.
    pub run: CollectionsRun,
    /// Every answer.
    pub answers: Vec<Judged>,
}

pub(super) struct Scored {
    pub(super) customer: usize,
    advice: CollectionsAdvice,
    pub(super) row: InvoiceRow,
    level: Level,
}

impl CollectionsRow {
    /// The heaviest reason of an invoice that the next step is for: what the row is about stands first.
    #[must_use]
    pub fn because(&self) -> Option<&str> {
        let same = self.invoices.iter();
        let same = same.filter(|one| one.action == self.action);
        let mut reasons = same.filter_map(|one| one.because.first());
        reasons.next().map(String::as_str)
    }

    /// Whether anything that it tells as overdue is, in whichever currency.
    fn is_overdue(&self) -> bool {
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

impl CollectionsCase {
    /// Scores what is open and ranks the customers.
    ///
    /// # Errors
    /// [`JudgeError`] for a defect.
    pub fn run(
        &self,
        history: &dyn History,
        before: Option<&CollectionsRun>,
    ) -> Result<UnkeptRun, JudgeError> {
        let as_of = history.as_of();
        let firm = Firm::of(history, self.setting());
        let files: Vec<CustomerFile> = history
            .customers_billed()
            .iter()
            .map(|id| CustomerFile::of(id, history))
            .collect();
        let mut open: Vec<OpenInvoice> = Vec::new();
        for (at, file) in files.iter().enumerate() {
            open.extend(file.open().map(|one| OpenInvoice {
                customer: at,
                id: one.id.to_owned(),
                amount: one.open_amount,
                currency: one.currency,
            }));
        }
        let usual = usual_amounts(&files);
        let left_out = open.len().saturating_sub(MAX_INVOICES);
        largest_first(&mut open);
        open.truncate(MAX_INVOICES);
        let mut scored = Vec::with_capacity(open.len());
        let mut answers = Vec::with_capacity(open.len());
        for OpenInvoice { customer, id, .. } in open {
            let Some(file) = files.get(customer) else {
                continue;
            };
            let Some(invoice) = file.ledger.get(&id) else {
                continue;
            };
            let (question, row) = file.read(&invoice, firm, as_of)?;
            let judged = self.answer(&question, &row)?;
            let suggested = judged.recommendation.suggestion.clone().unwrap_or_default();
            let advice: CollectionsAdvice = serde_json::from_value(suggested)?;
            scored.push(Scored {
                customer,
                row: invoice_row(&judged.recommendation, &advice, invoice.due_on, &usual),
                level: judged.recommendation.level,
                advice,
            });
            answers.push(judged);
        }
        let mut models = answers.iter().map(|one| &one.recommendation.model);
        let model = models.find_map(Clone::clone);
        let unscored = Unscored::of(&files, &scored, left_out);
        let mut cash = cash(scored.iter().map(|one| (&one.row, &one.advice)));
        unscored.add_to(&mut cash);
        let mut rows: BTreeMap<usize, Vec<Scored>> = BTreeMap::new();
        for one in scored {
            rows.entry(one.customer).or_default().push(one);
        }
        let rows = rows.into_iter().filter_map(|(at, invoices)| {
            let mut row = customer_row(files.get(at)?, invoices)?;
            unscored.tell(at, &mut row);
            Some(row)
        });
        let (mut ranked, mut held_back): (Vec<_>, Vec<_>) =
            rows.partition(|row| row.suppressed_by.is_empty());
        // What is neither overdue nor contested needs no explanation for not being listed.
        let quiet = |row: &mut CollectionsRow| !row.is_overdue() && row.level == Level::Low;
        let mut waiting: Vec<_> = ranked
            .extract_if(.., |row| !is_contact(row.action))
            .collect();
        waiting.extend(held_back.extract_if(.., quiet));
        for rows in [&mut ranked, &mut held_back, &mut waiting] {
            sort(rows);
        }
        for (row, rank) in ranked.iter_mut().zip(1..) {
            row.rank = Some(rank);
        }
        let mut run = CollectionsRun {
            as_of,
            ranked,
            held_back,
            waiting,
            left_out,
            cash,
            usual_amounts: usual,
            model,
            beyond_capacity: 0,
        };
        if let Some(before) = before {
            tell_moves(&mut run, before);
        }
        Ok(UnkeptRun { run, answers })
    }
}

struct OpenInvoice {
    customer: usize,
    id: String,
    amount: f64,
    currency: Currency,
}

/// Those of most money first, each currency's in turn: figures of two currencies do not compare.
fn largest_first(open: &mut [OpenInvoice]) {
    open.sort_by(|a, b| b.amount.total_cmp(&a.amount).then_with(|| a.id.cmp(&b.id)));
    let mut places: HashMap<Currency, usize> = HashMap::new();
    let turns = open.iter().map(|one| {
        let place = places.entry(one.currency).or_default();
        *place += 1;
        (one.id.clone(), *place)
    });
    let turns: HashMap<String, usize> = turns.collect();
    open.sort_by_key(|one| turns.get(&one.id).copied());
}

fn is_contact(action: Action) -> bool {
    Action::CONTACTS.contains(&action)
}

/// Most at stake first; of equals, by id, so that the order is always the same.
fn sort(rows: &mut [CollectionsRow]) {
    rows.sort_by(|a, b| {
        let stakes = b.at_stake.total_cmp(&a.at_stake);
        stakes.then_with(|| a.customer_id.cmp(&b.customer_id))
    });
}

/// Median open amount of each currency.
fn usual_amounts(files: &[CustomerFile]) -> BTreeMap<Currency, f64> {
    let mut amounts: HashMap<Currency, Vec<f64>> = HashMap::new();
    for invoice in files.iter().flat_map(CustomerFile::open) {
        let of_currency = amounts.entry(invoice.currency).or_default();
        of_currency.push(invoice.open_amount);
    }
    let median = |mut amounts: Vec<f64>| {
        amounts.sort_by(f64::total_cmp);
        amounts.get(amounts.len() / 2).copied().unwrap_or(1.0)
    };
    amounts
        .into_iter()
        .map(|(currency, amounts)| (currency, median(amounts)))
        .collect()
}

fn invoice_row(
    answer: &Recommendation,
    advice: &CollectionsAdvice,
    due_on: NaiveDate,
    usual: &BTreeMap<Currency, f64>,
) -> InvoiceRow {
    let forecast = advice.forecast.as_ref();
    let open = advice.open_amount.to_f64().unwrap_or_default();
    let usual = usual_amount(usual, advice.currency);
    // Without a forecast, days overdue so far stand for those to come.
    let days_overdue = advice.days_overdue.max(0) as f64;
    let days = forecast.map_or(days_overdue.min(MOVABLE_DAYS), |f| f.days_at_stake);
    InvoiceRow {
        customer_invoice_id: answer.subject.id.clone(),
        due_on,
        days_overdue: advice.days_overdue,
        open_amount: advice.open_amount,
        currency: advice.currency,
        score: answer.score,
        score_kind: answer.score_kind.clone(),
        expected_on: forecast.map(|forecast| forecast.p50),
        action: advice.action,
        suppressed_by: advice.suppressed_by.clone(),
        at_stake: open / usual * days,
        because: answer
            .reasons
            .iter()
            .filter(|reason| reason.code != OPEN_UNTIL_TODAY)
            .take(SENTENCES)
            .map(|reason| reason.text.clone())
            .collect(),
        recommendation_id: answer.recommendation_id,
    }
}

pub(super) fn usual_amount(usual: &BTreeMap<Currency, f64>, currency: Currency) -> f64 {
    usual.get(&currency).copied().unwrap_or(1.0).max(1e-9)
}

/// One customer's row; none if nothing of it is open.
fn customer_row(file: &CustomerFile, mut invoices: Vec<Scored>) -> Option<CollectionsRow> {
    let is_free = |one: &Scored| one.advice.suppressed_by.is_empty();
    // A fresh invoice of which there is nothing to say must not hide what is contested beside it.
    let speaks = invoices
        .iter()
        .any(|one| is_free(one) && is_contact(one.advice.action));
    let about_free = speaks || invoices.iter().all(is_free);
    let is_about = |one: &Scored| is_free(one) == about_free;
    invoices.sort_by(|a, b| {
        let about = is_about(b).cmp(&is_about(a));
        let stakes = || b.row.at_stake.total_cmp(&a.row.at_stake);
        let ids = || a.row.customer_invoice_id.cmp(&b.row.customer_invoice_id);
        about.then_with(stakes).then_with(ids)
    });
    let about = || invoices.iter().filter(|one| is_about(one));
    let currency = about().next()?.row.currency;
    let mut suppressed_by: Vec<Suppressed> = about()
        .flat_map(|one| one.advice.suppressed_by.iter().copied())
        .collect();
    suppressed_by.sort_unstable();
    suppressed_by.dedup();
    let sums = |currency: Currency| {
        let same = |one: &&Scored| one.row.currency == currency;
        let overdue = about().filter(same).filter(|one| one.row.days_overdue > 0);
        let longest = overdue.clone().map(|one| one.row.days_overdue).max();
        let held_back = invoices.iter().filter(same).filter(|one| !is_free(one));
        OpenIn {
            currency,
            open_amount: invoices.iter().filter(same).map(open_amount).sum(),
            overdue_amount: overdue.map(open_amount).sum(),
            held_back_amount: held_back.map(open_amount).sum(),
            days_overdue: longest.unwrap_or_default(),
        }
    };
    let own = sums(currency);
    let currencies: BTreeSet<Currency> = invoices.iter().map(|one| one.row.currency).collect();
    let others = currencies.into_iter().filter(|one| *one != currency);
    let other_currencies = others.map(sums).collect();
    Some(CollectionsRow {
        rank: None,
        customer_id: file.id.clone(),
        name: file.customer.as_ref().map(|customer| customer.name.clone()),
        phone: file
            .customer
            .as_ref()
            .and_then(|customer| customer.phone.clone()),
        // The most urgent of what it is about.
        action: about().map(|one| one.advice.action).min()?,
        suppressed_by,
        level: about().map(|one| one.level).max()?,
        open_amount: own.open_amount,
        overdue_amount: own.overdue_amount,
        held_back_amount: own.held_back_amount,
        currency,
        other_currencies,
        days_overdue: own.days_overdue,
        at_stake: about().map(|one| one.row.at_stake).sum(),
        moved: None,
        invoices: invoices.into_iter().map(|one| one.row).collect(),
        left_out: 0,
    })
}

const fn open_amount(one: &Scored) -> Decimal {
    one.row.open_amount
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_currency_of_large_figures_does_not_crowd_out_the_others() {
        let of = |currency: &str, amount: f64, at: usize| OpenInvoice {
            customer: at,
            id: format!("{currency}{at}"),
            amount,
            currency: Currency::new(currency).unwrap(),
        };
        let yen = (0..4).map(|at| of("JPY", 50_000.0 + at as f64, at));
        let mut open: Vec<OpenInvoice> = yen.chain((0..2).map(|at| of("EUR", 400.0, at))).collect();
        largest_first(&mut open);
        let ids: Vec<&str> = open.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(ids, ["JPY3", "EUR0", "JPY2", "EUR1", "JPY1", "JPY0"]);
    }
}
