//! What is known of an invoice and its customer on the day of the question, as numbers.
//!
//! Lateness is in whole days, negative when early. A number that cannot be told (a customer
//! who never paid yet) is missing. History is weighed by likeness: payments of invoices due
//! on the same weekday, on a like day of the month or of a like amount tell more, and so
//! do late ones than old ones. Everything is relative to the customer, so that a model
//! fitted on one firm says something about another.

use std::sync::Arc;

use chrono::{Datelike as _, NaiveDate};
use rust_decimal::prelude::ToPrimitive as _;

use super::contact::Contact;
use super::notes::Notes;
use super::past::Past;
use super::similarity::Likeness;
use crate::cases::numbers::{days, days_to_month_end, flag, log_amount, mean, weekday};
use crate::domain::records::Customer;
use crate::history::{InvoiceSort, PaidLevels, Receivable, ReceivablesAsOf};

/// Names of the features, in order.
pub const NAMES: [&str; 58] = [
    "amount",
    "amount_against_usual",
    "term_days",
    "due_weekday",
    "due_day_of_month",
    "days_to_month_end",
    "paid_invoices",
    "late_share",
    "late_share_recent",
    "days_late_recent",
    "days_late_spread",
    "days_late_last",
    "days_since_payment",
    "due_late_share_recent",
    "due_days_late_recent",
    "due_late_share_60_days",
    "payment_days_90_days",
    "payment_gap_days",
    "days_to_usual_weekday",
    "weekday_late_share",
    "weekday_days_late",
    "amount_late_share",
    "open_invoices",
    "open_amount",
    "overdue_invoices",
    "overdue_longest_days",
    "due_same_day",
    "like_weekday_late_share",
    "like_late_share",
    "like_amount_late_share",
    "like_month_day_late_share",
    "like_payments",
    "like_weekday_days_late",
    "like_days_late",
    "like_days_late_high",
    "like_days_late_low",
    "customer_days",
    "credit_used",
    "contacts_30_days",
    "days_since_contact",
    "reminders",
    "promise_days",
    "promises_kept_share",
    "promises_broken",
    "disputed",
    "days_since_note_contests",
    "days_since_note_promises",
    "days_since_note_cannot_pay",
    "days_since_note_lacks_document",
    "days_since_note_paid_already",
    "late_share_drawn",
    "firm_late_share_28_days",
    "firm_late_share_year_before",
    "unit_late_share",
    "document_type_late_share",
    "terms_late_share",
    "country_late_share",
    "segment_late_share",
];

/// Amounts and times that the subject itself states: where one lies far above all that a model was
/// fitted on, it abstains.
pub const ITEM: [&str; 2] = [AMOUNT, "term_days"];

/// The feature of the amount, and the one that compares it with the customer's own.
pub const AMOUNT: &str = "amount";
/// See [`AMOUNT`]; missing where the customer never paid.
pub const AGAINST_USUAL: usize = 1;

/// The feature that tells customers with much history from those with little.
pub const HISTORY: usize = 6;

/// The invoice asked about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Subject<'a> {
    /// Its record id.
    pub id: &'a str,
    /// Invoice date.
    pub issued_on: NaiveDate,
    /// Day payment is due.
    pub due_on: NaiveDate,
    /// Total with tax.
    pub amount: f64,
    /// Its currency.
    pub currency: crate::domain::Currency,
    /// What it says of its sort.
    pub sort: InvoiceSort,
}

/// What is known of the customer beside its invoices.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// What all its invoices say.
    pub ledger: &'a ReceivablesAsOf,
    /// How the firm's customers pay on the whole.
    pub levels: &'a PaidLevels,
    /// Its master data, where the firm keeps it here.
    pub customer: Option<&'a Customer>,
    /// What was said.
    pub contact: &'a Contact,
    /// What the latest notes speak of.
    pub notes: &'a Notes,
}

/// The features of one invoice, in the order of [`NAMES`].
#[must_use]
pub fn row(subject: &Subject<'_>, known: &Known<'_>) -> Vec<f64> {
    let ledger = known.ledger;
    let own = ledger.get(subject.id);
    // It tells nothing of itself. As a rule it is open, and what is worked out of payments holds for all.
    let past = match own.filter(|own| own.cleared_on.is_some()) {
        Some(paid) => Arc::new(Past::without(ledger, Some(paid.place))),
        None => ledger.worked_out(|ledger| Past::without(ledger, None)),
    };
    let today = ledger.today();
    let of_firm = of_firm(subject, known, &past, own.as_ref());
    let own = own.map(|own| own.place);
    let amount = log_amount(subject.amount);
    let usual = past
        .settled
        .iter()
        .map(|paid| paid.amount(subject.currency));
    let mut row = Vec::with_capacity(NAMES.len());
    row.extend([
        amount,
        amount - mean(usual),
        days(subject.issued_on, subject.due_on),
        weekday(subject.due_on),
        f64::from(subject.due_on.day()),
        days_to_month_end(subject.due_on),
    ]);
    row.extend(past.habits);
    row.extend(past.already_due(own));
    row.extend(past.rhythm(subject.due_on));
    row.extend(past.same_sort(subject, amount));
    row.extend(open(&past, own, subject, today));
    row.extend(Likeness::of(&past, subject, amount).features());
    row.extend(relation(subject, known, &past, own));
    row.extend(known.notes.days_since(today));
    row.extend(of_firm);
    row
}

/// Weight of the firm's level, in payments, against what the customer paid itself.
const DRAWN: f64 = 2.0;
/// The firm's level where nothing fell due yet.
const EVEN: f64 = 0.5;

/// How the firm's customers pay on the whole, and those of the same sort: what tells of one who hardly paid yet.
fn of_firm(
    subject: &Subject<'_>,
    known: &Known<'_>,
    past: &Past,
    own: Option<&Receivable<'_>>,
) -> [f64; 8] {
    let levels = known.levels.besides(own);
    let level = levels.all();
    let level = if level.is_nan() { EVEN } else { level };
    let paid = past.settled.len() as f64;
    let late = if paid > 0.0 {
        past.late_share * paid
    } else {
        0.0
    };
    let [unit, document_type, terms] = levels.of_sort(subject.sort);
    let [country, segment] = levels.of_customer(known.customer);
    [
        (late + DRAWN * level) / (paid + DRAWN),
        levels.lately(),
        levels.a_year_before(subject.due_on),
        unit,
        document_type,
        terms,
        country,
        segment,
    ]
}

/// How old the relation is, how far its credit is used, and what was said.
fn relation(subject: &Subject<'_>, known: &Known<'_>, past: &Past, own: Option<usize>) -> [f64; 9] {
    let today = known.ledger.today();
    let since = known.customer.and_then(|customer| customer.since);
    let contact = known.contact;
    let promises = contact.promises_kept + contact.promises_broken;
    [
        since.map_or(f64::NAN, |since| days(since, today)),
        credit_used(subject, known, past, own),
        f64::from(contact.recent_contacts),
        contact
            .last_contact_on
            .map_or(f64::NAN, |day| days(day, today)),
        f64::from(contact.reminders),
        contact.promised_on.map_or(f64::NAN, |day| days(today, day)),
        if promises == 0 {
            f64::NAN
        } else {
            f64::from(contact.promises_kept) / f64::from(promises)
        },
        f64::from(contact.promises_broken),
        flag(contact.disputed),
    ]
}

/// Share of the credit limit that open invoices take, this one included.
fn credit_used(subject: &Subject<'_>, known: &Known<'_>, past: &Past, own: Option<usize>) -> f64 {
    let limit = known.customer.and_then(|customer| {
        let same = customer.currency.is_none_or(|own| own == subject.currency);
        let limit = customer.credit_limit.filter(|_| same)?;
        limit.decimal().to_f64().filter(|limit| *limit > 0.0)
    });
    let Some(limit) = limit else { return f64::NAN };
    let open: f64 = past
        .open_besides(own)
        .filter(|other| other.currency == subject.currency)
        .map(|other| other.amount)
        .sum();
    let itself = known.ledger.get(subject.id);
    let itself = itself.filter(|itself| itself.cleared_on.is_none());
    (open + itself.map_or(subject.amount, |itself| itself.open_amount)) / limit
}

/// What else the customer owes; its amount in the same currency.
fn open(past: &Past, own: Option<usize>, subject: &Subject<'_>, today: NaiveDate) -> [f64; 5] {
    let (mut open, mut amount, mut overdue, mut longest) = (0.0, 0.0, 0.0, 0.0);
    for other in past.open_besides(own) {
        open += 1.0;
        if other.currency == subject.currency {
            amount += other.amount.max(0.0);
        }
        let age = days(other.due_on, today);
        if age > 0.0 {
            overdue += 1.0;
            longest = age.max(longest);
        }
    }
    let same_day = past.due_on(subject.due_on, own);
    [open, log_amount(amount), overdue, longest, same_day]
}
