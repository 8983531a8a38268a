//! One customer's invoices as they were known at one moment.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use chrono::NaiveDate;

use super::customer_payments::Part;
use super::ledger::id_hash;
use super::memo::{Cell, cell};
use super::receivables::InvoiceSort;
use crate::domain::Currency;
use crate::domain::records::CustomerInvoiceStatus;

/// One invoice of ours as it was known at a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Receivable<'a> {
    /// Record id.
    pub id: &'a str,
    /// Its place among all the customer ever had, in which no other invoice is.
    pub place: usize,
    /// Invoice date.
    pub issued_on: NaiveDate,
    /// Day payment is due.
    pub due_on: NaiveDate,
    /// Total with tax, in its currency; for statistics, never for posting.
    pub amount: f64,
    /// Its currency.
    pub currency: Currency,
    /// What it says of its sort.
    pub sort: InvoiceSort,
    /// What is not yet paid, as the record says or payments leave it, whichever is less; 0 when paid
    /// in full.
    pub open_amount: f64,
    /// Day it was paid in full, if it was.
    pub cleared_on: Option<NaiveDate>,
    /// How far it is, as the record says.
    pub status: Option<CustomerInvoiceStatus>,
    /// What was paid on it, in order of day, where no record says when it was paid in full.
    pub parts: &'a [Part],
}

impl Receivable<'_> {
    /// Days between due date and payment; negative when early, none while open.
    #[must_use]
    pub fn days_late(&self) -> Option<i64> {
        let cleared_on = self.cleared_on?;
        Some((cleared_on - self.due_on).num_days())
    }

    /// Whether money is or was to be had: neither a credit nor withdrawn.
    #[must_use]
    pub fn is_collectable(&self) -> bool {
        self.amount > 0.0 && self.status != Some(CustomerInvoiceStatus::Cancelled)
    }

    /// Whether it is said to be paid, or that nothing of it is open, and not when: it is not open, and nobody
    /// knows how late it was.
    #[must_use]
    pub fn is_paid_some_day(&self) -> bool {
        let nothing_left = self.is_collectable()
            && self.open_amount <= 0.0
            && self.status != Some(CustomerInvoiceStatus::WrittenOff);
        let is_paid = self.status == Some(CustomerInvoiceStatus::Paid);
        self.cleared_on.is_none() && (is_paid || nothing_left)
    }
}

/// What was known of an invoice, small since many are put in order.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) id: Arc<str>,
    pub(super) entry: u32,
    pub(super) issued_on: NaiveDate,
    pub(super) due_on: NaiveDate,
    pub(super) cleared_on: Option<NaiveDate>,
    pub(super) currency: Currency,
    pub(super) sort: InvoiceSort,
    pub(super) status: Option<CustomerInvoiceStatus>,
    pub(super) amount: f64,
    pub(super) open_amount: f64,
    pub(super) parts: Box<[Part]>,
}

/// The invoices of one customer as they were known at one moment. Copies share them, and what was
/// worked out of them.
#[derive(Debug, Clone)]
pub struct ReceivablesAsOf {
    view: Arc<View>,
}

#[derive(Debug)]
struct View {
    today: NaiveDate,
    /// Oldest issue first.
    seen: Vec<Seen>,
    /// Of their ids, in the same order: looked through to find one.
    id_hashes: Vec<u32>,
    /// What was made of them, one value of a type.
    worked_out: Mutex<HashMap<TypeId, Cell>>,
}

impl ReceivablesAsOf {
    pub(super) fn new(today: NaiveDate, mut seen: Vec<Seen>) -> Self {
        // By id, and not as they came in: the same records say the same.
        seen.sort_unstable_by(|a, b| (a.issued_on, &a.id).cmp(&(b.issued_on, &b.id)));
        let view = View {
            today,
            id_hashes: seen.iter().map(|seen| id_hash(&seen.id)).collect(),
            seen,
            worked_out: Mutex::default(),
        };
        Self {
            view: Arc::new(view),
        }
    }

    /// The day of the moment.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.view.today
    }

    /// How many invoices were known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.view.seen.len()
    }

    /// Whether none was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.view.seen.is_empty()
    }

    /// One invoice, by its record id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<Receivable<'_>> {
        let hash = id_hash(id);
        let hashed = self.view.id_hashes.iter().zip(&self.view.seen);
        let mut same = hashed.filter(|(other, seen)| **other == hash && &*seen.id == id);
        same.next().map(|(_, seen)| seen.into())
    }

    /// The invoices, oldest issue first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Receivable<'_>> {
        self.view.seen.iter().map(Receivable::from)
    }

    /// What was made of them when this was first asked for, by this copy or another; whoever asks
    /// meanwhile waits for it.
    pub fn worked_out<T: Any + Send + Sync>(&self, make: impl FnOnce(&Self) -> T) -> Arc<T> {
        let cell = {
            let kept = self.view.worked_out.lock();
            let mut kept = kept.unwrap_or_else(PoisonError::into_inner);
            let fresh = || -> Cell { Arc::new(OnceLock::<Arc<T>>::new()) };
            cell::<Arc<T>>(kept.entry(TypeId::of::<T>()).or_insert_with(fresh))
        };
        // Made without the lock, so that nobody waits who asks for something else.
        Arc::clone(cell.get_or_init(|| Arc::new(make(self))))
    }
}

impl<'a> From<&'a Seen> for Receivable<'a> {
    fn from(seen: &'a Seen) -> Self {
        Self {
            id: &seen.id,
            place: seen.entry as usize,
            issued_on: seen.issued_on,
            due_on: seen.due_on,
            amount: seen.amount,
            currency: seen.currency,
            sort: seen.sort,
            open_amount: seen.open_amount,
            cleared_on: seen.cleared_on,
            status: seen.status,
            parts: &seen.parts,
        }
    }
}
