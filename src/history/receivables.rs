//! What customers owe and when they paid, in the form that forecasts read quickly.
//!
//! A customer's invoices are kept with every version; a [`ReceivablesAsOf`] shows the
//! versions known at its moment and nothing dated after it, whatever a record says.

mod levels;
mod sorts;
#[cfg(test)]
mod tests;

use std::cell::LazyCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};

use super::customer_payments::{CustomerPayments, OnAccount, Paid, number, paid_in_full};
use super::ledger::{Entry, Ledger, State};
use super::moments::{DayMoments, LastOfDays};
use super::receivable::{Receivable, ReceivablesAsOf, Seen};
use super::sharded::Sharded;
use crate::domain::Currency;
use crate::domain::records::{CustomerInvoice, CustomerInvoiceStatus, Payment};
use levels::Weeks;
pub use levels::{LevelsBesides, PaidLevels};
pub use sorts::InvoiceSort;
use sorts::Sorts;

/// Where an invoice stands: its customer, and its place in the customer's ledger.
#[derive(Debug, Clone)]
struct Place {
    customer: Arc<str>,
    entry: u32,
}

/// What all customers owe.
#[derive(Debug, Clone, Default)]
pub(super) struct Receivables {
    by_customer: Sharded<Arc<str>, Arc<Ledger>>,
    places: Sharded<Arc<str>, Place>,
    /// Of invoices that were corrected to another customer, all that they stood with.
    moved: HashMap<Arc<str>, Vec<Place>>,
    payments: CustomerPayments,
    /// Of payments alone.
    last_payments: LastOfDays,
    /// What is seen of an invoice hangs on versions, payments and the day alone.
    worked_out: DayMoments,
    /// Drawn anew with everything that may change a ledger's invoices and is not in it.
    state: u64,
    currencies: Vec<Currency>,
    sorts: Sorts,
    levels: Weeks,
}

/// Whether so many invoices were paid, and so many of them late and in time, by what was asked.
type EnoughPaid = Mutex<BTreeMap<(usize, usize), bool>>;

/// The state of no receivables so far.
fn new_state() -> u64 {
    static STATES: AtomicU64 = AtomicU64::new(1);
    STATES.fetch_add(1, Ordering::Relaxed)
}

impl Receivables {
    pub(super) fn insert_invoice(
        &mut self,
        known_at: DateTime<Utc>,
        version: u64,
        invoice: &CustomerInvoice,
    ) {
        self.worked_out.change(known_at);
        self.levels.change(known_at);
        let customer = invoice.customer_id.as_str();
        let state = State {
            known_at,
            version: u32::try_from(version).unwrap_or(u32::MAX),
            issued_on: invoice.issued_on,
            due_on: invoice.due_on,
            cleared_on: invoice.cleared_on,
            amount: number(invoice.total),
            open_amount: invoice.open_amount.map_or(f64::NAN, number),
            currency: self.currency(invoice.currency),
            sort: self.sorts.number(invoice),
            status: invoice.status,
        };
        let known = self.places.get(invoice.id.as_str());
        let place = match known.filter(|place| &*place.customer == customer) {
            Some(place) => place.clone(),
            None => self.place(invoice.id.as_str(), customer, state),
        };
        let ledger = self.by_customer.entry(Arc::clone(&place.customer));
        let entry = ledger
            .map(Arc::make_mut)
            .and_then(|ledger| ledger.entry(place.entry as usize));
        if let Some(entry) = entry {
            entry.put(state);
            entry.put_number(state.key(), invoice.number.as_deref());
        }
    }

    /// A place in a customer's ledger for an invoice that has none there, with its first version,
    /// or that it had before it went to another customer.
    fn place(&mut self, id: &str, customer: &str, first: State) -> Place {
        let id: Arc<str> = id.into();
        let customer: Arc<str> = match self.by_customer.get_key(customer) {
            Some(known) => Arc::clone(known),
            None => customer.into(),
        };
        let mut place = Place {
            customer: Arc::clone(&customer),
            entry: 0,
        };
        let is_known = self.places.get(&*id).is_some();
        if let Some(ledger) = self.by_customer.entry(customer) {
            let ledger = Arc::make_mut(ledger);
            let known = is_known.then(|| ledger.place(&id)).flatten();
            let at = known.unwrap_or(ledger.entries().len());
            if known.is_none() {
                ledger.push(Entry::new(Arc::clone(&id), first));
            }
            place.entry = u32::try_from(at).unwrap_or(u32::MAX);
        }
        if let Some(before) = self.places.get(&*id) {
            self.state = new_state();
            let all = self
                .moved
                .entry(Arc::clone(&id))
                .or_insert_with(|| vec![before.clone()]);
            if all.iter().all(|known| known.customer != place.customer) {
                all.push(place.clone());
            }
        }
        self.places.insert(id, place.clone());
        place
    }

    fn currency(&mut self, currency: Currency) -> u8 {
        let known = self.currencies.iter().position(|one| *one == currency);
        let at = known.unwrap_or_else(|| {
            self.currencies.push(currency);
            self.currencies.len() - 1
        });
        // There are fewer than 256 currencies.
        u8::try_from(at).unwrap_or(u8::MAX)
    }

    pub(super) fn insert_payment(
        &mut self,
        known_at: DateTime<Utc>,
        version: u64,
        payment: &Payment,
    ) {
        self.payments.insert(known_at, version, payment);
        self.last_payments.count(known_at);
        self.worked_out.change(known_at);
        self.levels.change(known_at);
        self.state = new_state();
    }

    /// Whose invoice it was by then.
    pub(super) fn customer_of(&self, invoice: &str, as_of: DateTime<Utc>) -> Option<&str> {
        match self.moved.get(invoice) {
            None => Some(&self.places.get(invoice)?.customer),
            Some(all) => {
                let latest = all.iter().max_by_key(|place| self.latest(place, as_of))?;
                Some(&latest.customer)
            }
        }
    }

    /// When the last version of an invoice at a place became known by then, and its number.
    fn latest(&self, place: &Place, as_of: DateTime<Utc>) -> Option<(DateTime<Utc>, u32)> {
        let ledger = self.by_customer.get(&*place.customer)?;
        let entry = ledger.entries().get(place.entry as usize)?;
        entry.at(as_of).map(State::key)
    }

    /// What a customer paid by then without saying for which invoice, by currency; what names a number is
    /// such money until an invoice of the customer has it. Kept with what is seen of these, which hangs on
    /// the same.
    pub(super) fn on_account(&self, customer: &str, as_of: DateTime<Utc>) -> Vec<(Currency, f64)> {
        let seen = self.of(customer, as_of);
        let on_account: Arc<OnAccount> = seen.worked_out(|seen| {
            let ledger = self.by_customer.get(customer);
            let numbers = LazyCell::new(|| {
                let numbers = ledger.map(|ledger| ledger.numbers(seen, as_of));
                numbers.unwrap_or_default()
            });
            let is_invoices = |number: &str| numbers.contains(number);
            self.payments.on_account(customer, as_of, is_invoices)
        });
        on_account.0.clone()
    }

    pub(super) fn customers(&self) -> impl Iterator<Item = &str> {
        self.by_customer.keys().map(|id| &**id)
    }

    /// Whether so many invoices were paid by then, and so many of them late and in time. Remembered: where
    /// they are too few, all invoices are walked through to tell.
    pub(super) fn has_paid(&self, least: usize, of_each: usize, as_of: DateTime<Utc>) -> bool {
        let remembered = self
            .worked_out
            .get_or_make(as_of, |_| EnoughPaid::default());
        let mut enough = remembered.lock().unwrap_or_else(PoisonError::into_inner);
        // Under the lock: whoever asks meanwhile waits for it.
        let is_enough = enough.entry((least, of_each));
        *is_enough.or_insert_with(|| self.counts_paid(least, of_each, as_of))
    }

    /// Stops at the invoice with which it is enough, whichever comes first.
    fn counts_paid(&self, least: usize, of_each: usize, as_of: DateTime<Utc>) -> bool {
        let (mut late, mut in_time) = (0, 0);
        let mut invoices = self.by_customer.iter().flat_map(|(customer, ledger)| {
            let entries = ledger.entries().iter().enumerate();
            entries.map(move |(at, invoice)| (at, invoice, customer))
        });
        invoices.any(|(at, invoice, customer)| {
            if let Some(seen) = self.seen(at, invoice, customer, as_of)
                && Receivable::from(&seen).is_collectable()
                && let Some(day) = seen.cleared_on
            {
                if day > seen.due_on {
                    late += 1;
                } else {
                    in_time += 1;
                }
            }
            late >= of_each && in_time >= of_each && late + in_time >= least
        })
    }

    /// The state of every invoice of a customer at a moment, oldest issue first.
    pub(super) fn of(&self, customer: &str, as_of: DateTime<Utc>) -> ReceivablesAsOf {
        let today = as_of.date_naive();
        let Some(ledger) = self.by_customer.get(customer) else {
            return ReceivablesAsOf::new(today, Vec::new());
        };
        if let Some(held) = ledger.held(self.state, as_of) {
            return held;
        }
        let entries = ledger.entries().iter().enumerate();
        // Nearly all are seen: room for all at once, for growing costs as much as filling.
        let mut seen = Vec::with_capacity(ledger.entries().len());
        seen.extend(entries.filter_map(|(at, invoice)| self.seen(at, invoice, customer, as_of)));
        let view = ReceivablesAsOf::new(today, seen);
        // Where an invoice went elsewhere, what is seen here changes without a trace.
        let mut ids = ledger.entries().iter().map(|entry| &entry.id);
        let is_moved = !self.moved.is_empty() && ids.any(|id| self.moved.contains_key(id));
        if !is_moved {
            // So it does with payments still to come on the day: then it holds for the moment alone.
            let to_come = self.last_payments.is_to_come(as_of);
            let until = if to_come {
                as_of
            } else {
                ledger.next_known(as_of)
            };
            ledger.hold(self.state, (as_of, until), &view);
        }
        view
    }

    /// What was known of the invoice at a place of its ledger by then; none before its issue.
    fn seen(
        &self,
        entry: usize,
        invoice: &Entry,
        customer: &str,
        as_of: DateTime<Utc>,
    ) -> Option<Seen> {
        let is_moved = !self.moved.is_empty() && self.moved.contains_key(&invoice.id);
        if is_moved && self.customer_of(&invoice.id, as_of) != Some(customer) {
            return None;
        }
        let today = as_of.date_naive();
        let state = invoice.at(as_of)?;
        if state.issued_on > today {
            return None;
        }
        let recorded = state.cleared_on.filter(|day| *day <= today);
        let currency = self.currencies.get(usize::from(state.currency)).copied()?;
        let asked = Paid {
            id: &invoice.id,
            number: invoice.number(as_of),
            customer,
            currency,
        };
        let parts = match recorded {
            Some(_) => Box::default(),
            None => self.payments.of(&asked, as_of).into_boxed_slice(),
        };
        let cleared_on = recorded.or_else(|| paid_in_full(&parts, state.amount));
        // Who states the day of a payment to come states its end too: neither is known yet.
        let foretold = state.cleared_on.is_some_and(|day| day > today);
        let is_paid = |status: &CustomerInvoiceStatus| *status == CustomerInvoiceStatus::Paid;
        let status = state.status.filter(|status| !(foretold && is_paid(status)));
        let stated = if foretold {
            f64::NAN
        } else {
            state.open_amount
        };
        let open_amount = if cleared_on.is_some() || status.as_ref().is_some_and(is_paid) {
            0.0
        } else {
            // What the record says may be older than the last payment; it is not a number where it
            // says nothing. A credit is used up without payments.
            let left = state.amount - parts.iter().map(|(_, part)| part).sum::<f64>();
            if state.amount > 0.0 {
                // Money that was sent back is owed again, and no more.
                stated.min(left).min(state.amount)
            } else if stated.is_nan() {
                left
            } else {
                stated
            }
        };
        Some(Seen {
            id: Arc::clone(&invoice.id),
            entry: u32::try_from(entry).ok()?,
            issued_on: state.issued_on,
            due_on: state.due_on,
            cleared_on,
            currency,
            sort: self.sorts.get(state.sort),
            status,
            amount: state.amount,
            open_amount,
            parts,
        })
    }
}
