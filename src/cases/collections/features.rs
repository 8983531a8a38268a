//! What is known of an invoice and its customer on the day of the question, as numbers.
//!
//! Lateness is in whole days, negative when early. A number that cannot be told (a customer
//! who never paid yet) is missing. History is weighed by likeness: payments of invoices due
//! on the same weekday, on a like day of the month or of a like amount tell more, and so
//! do late ones than old ones. Everything is relative to the customer, so that a model
//! fitted on one firm says something about another.

use chrono::{Datelike as _, NaiveDate};

use rust_decimal::prelude::ToPrimitive as _;

use super::contact::Contact;
use super::notes::Notes;
use super::similarity::Likeness;
use crate::cases::numbers::{
    HalfLife, days, days_to_month_end, flag, log_amount, mean, weekday, weighed,
};
use crate::domain::records::Customer;
use crate::history::{Receivable, ReceivablesAsOf};

/// Payments looked back at, the latest: bounds time for a customer with many.
pub const MAX_SETTLED: usize = 2_000;
/// Lateness counted at most, early and late, so that one forgotten invoice does not
/// outweigh a year of payments.
const EARLIEST: f64 = -30.0;
const LATEST: f64 = 60.0;
/// Age at which a payment, and what fell due, counts half in what is recent.
static PAID: HalfLife = HalfLife::days(60.0);
static FELL_DUE: HalfLife = HalfLife::days(20.0);

/// Names of the features, in order.
pub const NAMES: [&str; 50] = [
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
];

/// Amounts and times that the subject itself states: where one lies far above all that a model was
/// fitted on, it abstains.
pub const ITEM: [&str; 2] = ["amount", "term_days"];

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
}

/// A payment of the past, seen from today.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settled {
    pub(super) due_on: NaiveDate,
    pub(super) cleared_on: NaiveDate,
    /// Days late, as they were.
    pub(super) late: f64,
    /// Natural logarithm of the amount; missing in another currency.
    pub(super) amount: f64,
}

/// What is known of the customer beside its invoices.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// What all its invoices say.
    pub ledger: &'a ReceivablesAsOf,
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
    let today = ledger.today();
    let own = ledger.place(subject.id);
    let mut others = Vec::with_capacity(ledger.len());
    // A credit or what was withdrawn is no debt: nobody was late with it.
    others.extend(
        ledger
            .iter()
            .filter(|other| Some(other.place) != own && other.is_collectable()),
    );
    let settled = settled(subject, &others);
    let amount = log_amount(subject.amount);
    let mut row = vec![
        amount,
        amount - mean(settled.iter().map(|paid| paid.amount)),
        days(subject.issued_on, subject.due_on),
        weekday(subject.due_on),
        f64::from(subject.due_on.day()),
        days_to_month_end(subject.due_on),
    ];
    row.extend(habits(&settled, today));
    row.extend(already_due(&others, today));
    row.extend(rhythm(&settled, subject.due_on, today));
    row.extend(same_sort(&settled, subject.due_on, amount));
    row.extend(open(&others, subject.due_on, today));
    row.extend(Likeness::of(&settled, subject.due_on, amount, today).features());
    row.extend(relation(subject, known, &others));
    row.extend(known.notes.days_since(today));
    row
}

/// How old the relation is, how far its credit is used, and what was said.
fn relation(subject: &Subject<'_>, known: &Known<'_>, others: &[Receivable<'_>]) -> [f64; 9] {
    let today = known.ledger.today();
    let since = known.customer.and_then(|customer| customer.since);
    let contact = known.contact;
    let promises = contact.promises_kept + contact.promises_broken;
    [
        since.map_or(f64::NAN, |since| days(since, today)),
        credit_used(subject, known, others),
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
fn credit_used(subject: &Subject<'_>, known: &Known<'_>, others: &[Receivable<'_>]) -> f64 {
    let limit = known.customer.and_then(|customer| {
        let same = customer.currency.is_none_or(|own| own == subject.currency);
        let limit = customer.credit_limit.filter(|_| same)?;
        limit.decimal().to_f64().filter(|limit| *limit > 0.0)
    });
    let Some(limit) = limit else { return f64::NAN };
    let open: f64 = others
        .iter()
        .filter(|other| is_open(other))
        .filter(|other| other.currency == subject.currency)
        .map(|other| other.amount)
        .sum();
    (open + subject.amount) / limit
}

/// The latest payments, oldest first.
fn settled(subject: &Subject<'_>, others: &[Receivable<'_>]) -> Vec<Settled> {
    let paid = others.iter().rev().filter_map(|paid| {
        let same = paid.currency == subject.currency;
        Some(Settled {
            due_on: paid.due_on,
            cleared_on: paid.cleared_on?,
            late: paid.days_late()? as f64,
            amount: if same {
                log_amount(paid.amount)
            } else {
                f64::NAN
            },
        })
    });
    let mut settled = Vec::with_capacity(others.len().min(MAX_SETTLED));
    settled.extend(paid.take(MAX_SETTLED));
    settled.sort_by_key(|paid| (paid.cleared_on, paid.due_on));
    settled
}

/// How the customer has paid so far.
fn habits(settled: &[Settled], today: NaiveDate) -> [f64; 7] {
    let late = |paid: &Settled| flag(paid.late > 0.0);
    let recent = |paid: &Settled| PAID.at(days(paid.cleared_on, today));
    let level = mean(settled.iter().map(|paid| bounded(paid.late)));
    let spread = mean(
        settled
            .iter()
            .map(|paid| (bounded(paid.late) - level).powi(2)),
    );
    let last = settled.last();
    [
        settled.len() as f64,
        mean(settled.iter().map(late)),
        weighed(settled.iter().map(|paid| (late(paid), recent(paid)))),
        weighed(
            settled
                .iter()
                .map(|paid| (bounded(paid.late), recent(paid))),
        ),
        spread.sqrt(),
        last.map_or(f64::NAN, |paid| bounded(paid.late)),
        last.map_or(f64::NAN, |paid| days(paid.cleared_on, today)),
    ]
}

/// What is known of every invoice whose due date has passed, paid or not.
fn already_due(others: &[Receivable<'_>], today: NaiveDate) -> [f64; 3] {
    let passed = others
        .iter()
        .filter(|other| other.due_on < today && !other.is_paid_some_day());
    let mut due: Vec<(f64, f64)> = Vec::with_capacity(others.len());
    due.extend(passed.map(|other| {
        let age = days(other.due_on, today);
        // Unpaid by now is late by so much at least.
        let late = other.days_late().map_or(age, |late| late as f64);
        (bounded(late), age)
    }));
    let recent = |age: f64| FELL_DUE.at(age);
    let weighted =
        |value: fn(f64) -> f64| weighed(due.iter().map(|(late, age)| (value(*late), recent(*age))));
    let lately = due.iter().filter(|(_, age)| *age <= 60.0);
    [
        weighted(|late| flag(late > 0.0)),
        weighted(|late| late),
        mean(lately.map(|(late, _)| flag(*late > 0.0))),
    ]
}

/// On which days the customer pays.
fn rhythm(settled: &[Settled], due_on: NaiveDate, today: NaiveDate) -> [f64; 3] {
    let mut payment_days: Vec<NaiveDate> = settled
        .iter()
        .map(|paid| paid.cleared_on)
        .filter(|day| days(*day, today) <= 90.0)
        .collect();
    payment_days.dedup();
    let gaps = payment_days.windows(2).filter_map(|pair| match pair {
        [a, b] => Some(days(*a, *b)),
        _ => None,
    });
    let mut by_weekday = [0_u32; 7];
    for paid in settled {
        let at = paid.cleared_on.weekday().num_days_from_monday() as usize;
        if let Some(count) = by_weekday.get_mut(at) {
            *count += 1;
        }
    }
    // The first of equals, so that the answer does not hang on an order.
    let usual = (0..7_u32)
        .zip(by_weekday)
        .max_by_key(|(at, count)| (*count, 7 - at));
    let until = usual
        .filter(|(_, count)| *count > 0)
        .map(|(usual, _)| (usual + 7 - due_on.weekday().num_days_from_monday()) % 7);
    [
        payment_days.len() as f64,
        mean(gaps),
        until.map_or(f64::NAN, f64::from),
    ]
}

/// Lateness of invoices due on the same weekday, and of those of a like amount, drawn
/// towards the customer's own level where there are few.
fn same_sort(settled: &[Settled], due_on: NaiveDate, amount: f64) -> [f64; 3] {
    const DRAWN: f64 = 2.0;
    let late_share = mean(settled.iter().map(|paid| flag(paid.late > 0.0)));
    let level = mean(settled.iter().map(|paid| bounded(paid.late)));
    let same = || {
        settled
            .iter()
            .filter(|paid| paid.due_on.weekday() == due_on.weekday())
    };
    let count = same().count() as f64;
    let late: f64 = same().map(|paid| flag(paid.late > 0.0)).sum();
    let total: f64 = same().map(|paid| bounded(paid.late)).sum();
    let like = settled.iter().filter(|paid| !paid.amount.is_nan());
    [
        (late + DRAWN * late_share) / (count + DRAWN),
        (total + DRAWN * level) / (count + DRAWN),
        weighed(like.map(|paid| (flag(paid.late > 0.0), (-(paid.amount - amount).abs()).exp()))),
    ]
}

fn is_open(other: &Receivable<'_>) -> bool {
    other.cleared_on.is_none() && !other.is_paid_some_day()
}

/// What else the customer owes.
fn open(others: &[Receivable<'_>], due_on: NaiveDate, today: NaiveDate) -> [f64; 5] {
    let (mut open, mut amount, mut overdue, mut longest, mut same_day) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for other in others {
        same_day += flag(other.due_on == due_on);
        if !is_open(other) {
            continue;
        }
        open += 1.0;
        amount += other.amount.max(0.0);
        let age = days(other.due_on, today);
        if age > 0.0 {
            overdue += 1.0;
            longest = age.max(longest);
        }
    }
    [open, log_amount(amount), overdue, longest, same_day]
}

pub(super) const fn bounded(late: f64) -> f64 {
    late.clamp(EARLIEST, LATEST)
}
