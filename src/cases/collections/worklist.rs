//! Whom to contact first: customers ranked by the money and days that a contact can move.
//!
//! A customer is contacted once about all that it owes, so rows are customers. What is at stake
//! is the sum, over invoices that nothing keeps from being spoken of, of the open amount times
//! the days it is expected to stay overdue ([`stake`]). Amounts of different currencies are made
//! comparable by the firm's own median open invoice of each.

mod broken;
mod rows;
mod set_off;
pub(super) mod stake;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use rust_decimal::Decimal;

pub use self::rows::{CollectionsRow, CollectionsRun, InvoiceRow, OpenIn};

use self::broken::had_none_been_broken;
use self::stake::{Foretold, Measures, usual_days};
use super::cash::cash;
use super::model::OPEN_UNTIL_TODAY;
use super::moved::tell_moves;
use super::unscored::Unscored;
use super::{
    Action, CollectionsAdvice, CollectionsCase, CollectionsInput, CustomerFile, Firm, Suppressed,
};
use crate::advice::{Judged, Level, Recommendation};
use crate::cases::record_case::JudgeError;
use crate::domain::Currency;
use crate::history::History;

/// Open invoices that are scored for one run, those of most money of each currency first.
pub const MAX_INVOICES: usize = 5_000;
/// Sentences given for an invoice.
const SENTENCES: usize = 2;
/// What is said before them where a broken promise would have lowered the rank.
const PROMISES_ASIDE: &str =
    "Ranked as if no promise had been broken: the model expects the money sooner because one was.";

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

/// What was told of an invoice, before what is usual among all is known.
struct Told {
    customer: usize,
    due_on: NaiveDate,
    promise_broken: bool,
    advice: CollectionsAdvice,
    foretold: Option<Foretold>,
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
        let mut told = Vec::with_capacity(open.len());
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
            let advice = advice_of(&judged)?;
            told.push(Told {
                customer,
                due_on: invoice.due_on,
                promise_broken: question.contact.promise_broken,
                foretold: self.foretold(&question, &row, &advice)?,
                advice,
            });
            answers.push(judged);
        }
        let counted = told.iter().zip(&answers).filter_map(|(one, judged)| {
            let asked = judged.recommendation.score_kind.as_str();
            Some((asked, one.foretold?.days))
        });
        let usual_days = usual_days(counted);
        let measures = Measures {
            amounts: &usual,
            days: &usual_days,
        };
        let scored: Vec<Scored> = told
            .into_iter()
            .zip(&answers)
            .map(|(one, judged)| one.scored(&judged.recommendation, measures))
            .collect();
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
            let file = files.get(at)?;
            let mut row = customer_row(file, invoices)?;
            unscored.tell(at, &mut row);
            set_off::tell(file, &mut row);
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
            usual_days,
            model,
            beyond_capacity: 0,
        };
        if let Some(before) = before {
            tell_moves(&mut run, before);
        }
        Ok(UnkeptRun { run, answers })
    }

    /// Days that an invoice counts by its forecast, if it has one.
    fn foretold(
        &self,
        question: &CollectionsInput,
        row: &[f64],
        advice: &CollectionsAdvice,
    ) -> Result<Option<Foretold>, JudgeError> {
        let Some(forecast) = &advice.forecast else {
            return Ok(None);
        };
        let kept = match had_none_been_broken(&question.contact, row) {
            None => None,
            Some(row) => advice_of(&self.answer(question, &row)?)?.forecast,
        };
        let kept = kept.map(|kept| kept.days_at_stake);
        let overdue = advice.days_overdue;
        Ok(Some(Foretold::of(forecast.days_at_stake, kept, overdue)))
    }
}

fn advice_of(judged: &Judged) -> Result<CollectionsAdvice, JudgeError> {
    let suggested = judged.recommendation.suggestion.clone();
    Ok(serde_json::from_value(suggested.unwrap_or_default())?)
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

impl Told {
    fn scored(self, answer: &Recommendation, measures: Measures<'_>) -> Scored {
        let advice = &self.advice;
        let plain = || measures.plain_days(&answer.score_kind, advice.days_overdue);
        let days = self.foretold.map_or_else(plain, |told| told.days);
        let is_aside = self.foretold.is_some_and(|told| told.promises_aside);
        let aside = is_aside.then(|| PROMISES_ASIDE.to_owned());
        let reasons = answer.reasons.iter();
        let reasons = reasons.filter(|reason| reason.code != OPEN_UNTIL_TODAY);
        let reasons = reasons.take(SENTENCES).map(|reason| reason.text.clone());
        let row = InvoiceRow {
            customer_invoice_id: answer.subject.id.clone(),
            due_on: self.due_on,
            days_overdue: advice.days_overdue,
            open_amount: advice.open_amount,
            currency: advice.currency,
            score: answer.score,
            score_kind: answer.score_kind.clone(),
            expected_on: advice.forecast.as_ref().map(|forecast| forecast.p50),
            action: advice.action,
            suppressed_by: advice.suppressed_by.clone(),
            promise_broken: self.promise_broken,
            at_stake: measures.stake(advice.open_amount, advice.currency, days),
            because: aside.into_iter().chain(reasons).collect(),
            recommendation_id: answer.recommendation_id,
        };
        Scored {
            customer: self.customer,
            row,
            level: answer.level,
            advice: self.advice,
        }
    }
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
    // The most urgent of what it is about. Who is to hear from the firm and broke a promise is called about
    // that, whatever else the contact is for; who lacks a document first has to have it.
    let most_urgent = about().map(|one| one.advice.action).min()?;
    let is_broken =
        |one: &Scored| one.row.promise_broken && one.advice.action != Action::SendDocument;
    let action = if is_contact(most_urgent) && about().any(is_broken) {
        Action::Call
    } else {
        most_urgent
    };
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
            // Looked up once all that is open is told.
            set_off_amount: Decimal::ZERO,
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
        action,
        suppressed_by,
        level: about().map(|one| one.level).max()?,
        open_amount: own.open_amount,
        overdue_amount: own.overdue_amount,
        held_back_amount: own.held_back_amount,
        set_off_amount: own.set_off_amount,
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
    use std::sync::Arc;

    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::history::{Facts, FactsAsOf};

    /// An invoice that is due in three days.
    fn scored(
        id: &str,
        action: Action,
        suppressed_by: &[Suppressed],
        promise_broken: bool,
    ) -> Scored {
        let advice = json!({"action": action, "suppressed_by": suppressed_by, "days_overdue": -3,
            "open_amount": "100.00", "currency": "EUR"});
        let row = json!({"customer_invoice_id": id, "due_on": "2026-03-13", "days_overdue": -3,
            "open_amount": "100.00", "currency": "EUR", "score": 0.9, "score_kind": "paid_late",
            "expected_on": null, "action": action, "suppressed_by": suppressed_by,
            "promise_broken": promise_broken, "at_stake": 1.0, "because": [id],
            "recommendation_id": Uuid::nil()});
        Scored {
            customer: 0,
            advice: serde_json::from_value(advice).unwrap(),
            row: serde_json::from_value(row).unwrap(),
            level: Level::High,
        }
    }

    #[test]
    fn who_broke_a_promise_is_called_about_that_whatever_else_the_contact_is_for() {
        let now = "2026-03-10T09:00:00Z".parse().unwrap();
        let history = FactsAsOf::new(Arc::new(Facts::default()), now);
        let file = CustomerFile::of("c", &history);
        let next = |due: Action, sibling: Scored| {
            let row = customer_row(&file, vec![scored("due", due, &[], false), sibling]).unwrap();
            (row.action, row.because().map(str::to_owned))
        };
        let because = |id: &str| Some(id.to_owned());
        let broken = || scored("sibling", Action::Wait, &[], true);
        let ahead = (Action::RemindAhead, because("due"));
        let kept = scored("sibling", Action::Wait, &[], false);
        assert_eq!(next(Action::RemindAhead, kept), ahead);
        let call = (Action::Call, because("sibling"));
        assert_eq!(next(Action::RemindAhead, broken()), call);
        assert_eq!(next(Action::Remind, broken()), call);
        // Nobody is to hear of what is contested, and nobody hears of what is to wait.
        let contested = Action::ResolveDispute;
        let contested = scored("sibling", contested, &[Suppressed::Disputed], true);
        assert_eq!(next(Action::RemindAhead, contested), ahead);
        assert_eq!(next(Action::Wait, broken()).0, Action::Wait);
        let lacks = || scored("sibling", Action::SendDocument, &[], true);
        let send = (Action::SendDocument, because("sibling"));
        assert_eq!(next(Action::RemindAhead, lacks()), send);
    }

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
