//! What customers owe and when they paid, in the form that forecasts read quickly.
//!
//! A customer's invoices are kept with every version; a [`ReceivablesAsOf`] shows the
//! versions known at its moment and nothing dated after it, whatever a record says.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::prelude::ToPrimitive as _;

use super::sharded::Sharded;
use crate::domain::Currency;
use crate::domain::records::{CustomerInvoice, CustomerInvoiceStatus, Payment};

/// One invoice of ours as it was known at a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Receivable<'a> {
    /// Record id.
    pub id: &'a str,
    /// Invoice date.
    pub issued_on: NaiveDate,
    /// Day payment is due.
    pub due_on: NaiveDate,
    /// Total with tax, in its currency; for statistics, never for posting.
    pub amount: f64,
    /// Its currency.
    pub currency: Currency,
    /// What is not yet paid, as the record says or payments leave it; 0 when paid in full.
    pub open_amount: f64,
    /// Day it was paid in full, if it was.
    pub cleared_on: Option<NaiveDate>,
    /// How far it is, as the record says.
    pub status: Option<CustomerInvoiceStatus>,
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
}

/// One version of an invoice, as small as it can be: a firm has millions.
#[derive(Debug, Clone, Copy)]
struct State {
    known_at: DateTime<Utc>,
    version: u32,
    issued_on: NaiveDate,
    due_on: NaiveDate,
    cleared_on: Option<NaiveDate>,
    amount: f64,
    /// What is not yet paid; not a number where the record does not say.
    open_amount: f64,
    /// Place in the list of currencies.
    currency: u8,
    status: Option<CustomerInvoiceStatus>,
}

#[derive(Debug, Clone)]
struct Entry {
    id: Arc<str>,
    /// In order of `(known_at, version)`.
    states: Vec<State>,
}

/// The invoices of one customer.
#[derive(Debug, Clone, Default)]
struct Ledger {
    entries: Vec<Entry>,
}

/// Where an invoice stands: its customer, and its place in the customer's ledger.
#[derive(Debug, Clone)]
struct Place {
    customer: Arc<str>,
    entry: u32,
}

/// A payment's share of one invoice, in one version.
#[derive(Debug, Clone)]
struct Share {
    payment: Arc<str>,
    known_at: DateTime<Utc>,
    version: u64,
    paid_on: NaiveDate,
    amount: f64,
}

/// What all customers owe.
#[derive(Debug, Clone, Default)]
pub(super) struct Receivables {
    by_customer: Sharded<Arc<str>, Arc<Ledger>>,
    places: Sharded<Arc<str>, Place>,
    /// By invoice, in order of payment, `known_at` and version.
    shares: Sharded<Arc<str>, Vec<Share>>,
    currencies: Vec<Currency>,
}

/// Amounts that differ by less are the same: a bank's rounding.
const CENT: f64 = 0.005;

impl Receivables {
    pub(super) fn insert_invoice(
        &mut self,
        known_at: DateTime<Utc>,
        version: u64,
        invoice: &CustomerInvoice,
    ) {
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
            status: invoice.status,
        };
        let known = self.places.get(invoice.id.as_str());
        let place = match known.filter(|place| &*place.customer == customer) {
            Some(place) => place.clone(),
            None => self.place(invoice.id.as_str(), customer),
        };
        let ledger = self.by_customer.entry(Arc::clone(&place.customer));
        let entry = ledger
            .map(Arc::make_mut)
            .and_then(|ledger| ledger.entries.get_mut(place.entry as usize));
        if let Some(entry) = entry {
            let key = (state.known_at, state.version);
            let at = entry
                .states
                .partition_point(|state| (state.known_at, state.version) < key);
            match entry.states.get_mut(at) {
                Some(same) if (same.known_at, same.version) == key => *same = state,
                _ => {
                    // Most invoices have two versions: room for no more than there are.
                    entry.states.reserve_exact(1);
                    entry.states.insert(at, state);
                }
            }
        }
    }

    /// A place in a customer's ledger for an invoice that has none there, or had one before
    /// it went to another customer.
    fn place(&mut self, id: &str, customer: &str) -> Place {
        let id: Arc<str> = id.into();
        let customer: Arc<str> = match self.by_customer.get_key(customer) {
            Some(known) => Arc::clone(known),
            None => customer.into(),
        };
        let mut place = Place {
            customer: Arc::clone(&customer),
            entry: 0,
        };
        if let Some(ledger) = self.by_customer.entry(customer) {
            let ledger = Arc::make_mut(ledger);
            let known = ledger.entries.iter().position(|entry| entry.id == id);
            let at = known.unwrap_or(ledger.entries.len());
            if known.is_none() {
                ledger.entries.push(Entry {
                    id: Arc::clone(&id),
                    states: Vec::new(),
                });
            }
            place.entry = u32::try_from(at).unwrap_or(u32::MAX);
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
        let whole = payment.invoice_id.iter().map(|id| (id, payment.amount));
        let parts = payment
            .allocations
            .iter()
            .map(|part| (&part.invoice_id, part.amount));
        let shares: Vec<_> = if payment.allocations.is_empty() {
            whole.collect()
        } else {
            parts.collect()
        };
        let id: Arc<str> = payment.id.as_str().into();
        for (invoice, amount) in shares {
            let share = Share {
                payment: Arc::clone(&id),
                known_at,
                version,
                paid_on: payment.paid_on,
                amount: number(amount),
            };
            if let Some(shares) = self.shares.entry(invoice.as_str().into()) {
                let at = shares.partition_point(|known| {
                    let payments = known.payment.cmp(&share.payment);
                    let moments = (known.known_at, known.version).cmp(&(known_at, version));
                    payments.then(moments).is_lt()
                });
                shares.reserve_exact(1);
                shares.insert(at, share);
            }
        }
    }

    pub(super) fn customer_of(&self, invoice: &str) -> Option<&str> {
        Some(&self.places.get(invoice)?.customer)
    }

    pub(super) fn customers(&self) -> impl Iterator<Item = &str> {
        self.by_customer.keys().map(|id| &**id)
    }

    /// Whether so many invoices were paid by then, and so many of them late and in time. Stops
    /// at the invoice with which it is enough, whichever comes first.
    pub(super) fn has_paid(&self, least: usize, of_each: usize, as_of: DateTime<Utc>) -> bool {
        let (mut late, mut in_time) = (0, 0);
        let ledgers = self.by_customer.iter().map(|(_, ledger)| ledger);
        let mut invoices = ledgers.flat_map(|ledger| ledger.entries.iter().enumerate());
        invoices.any(|(at, invoice)| {
            if let Some(seen) = self.seen(at, invoice, as_of)
                && let Some(day) = seen.cleared_on
            {
                if day > seen.state.due_on {
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
        let ledger = self.by_customer.get(customer).cloned().unwrap_or_default();
        let entries = ledger.entries.iter().enumerate();
        // Nearly all are seen: room for all at once, for growing costs as much as filling.
        let mut seen = Vec::with_capacity(ledger.entries.len());
        seen.extend(entries.filter_map(|(at, invoice)| self.seen(at, invoice, as_of)));
        seen.sort_by_key(|seen| (seen.state.issued_on, seen.entry));
        ReceivablesAsOf {
            ledger,
            seen,
            today: as_of.date_naive(),
        }
    }

    /// What was known of the invoice at a place of its ledger by then; none before its issue.
    fn seen(&self, entry: usize, invoice: &Entry, as_of: DateTime<Utc>) -> Option<Seen> {
        let today = as_of.date_naive();
        let known = invoice
            .states
            .partition_point(|state| state.known_at <= as_of);
        let state = invoice.states.get(known.checked_sub(1)?)?;
        if state.issued_on > today {
            return None;
        }
        let recorded = state.cleared_on.filter(|day| *day <= today);
        let shares = || self.shares_by(&invoice.id, as_of);
        let cleared_on = recorded.or_else(|| paid_in_full(&shares(), state.amount));
        let open_amount = match cleared_on {
            Some(_) => 0.0,
            None if state.open_amount.is_nan() => {
                let paid: f64 = shares().iter().map(|share| share.amount).sum();
                state.amount - paid
            }
            None => state.open_amount,
        };
        Some(Seen {
            entry,
            cleared_on,
            open_amount,
            currency: self.currencies.get(usize::from(state.currency)).copied()?,
            state: *state,
        })
    }

    /// What was paid on an invoice and known by then, in order of payment.
    fn shares_by(&self, invoice: &str, as_of: DateTime<Utc>) -> Vec<Share> {
        let today = as_of.date_naive();
        let Some(known) = self.shares.get(invoice) else {
            return Vec::new();
        };
        let mut shares: Vec<Share> = known
            .chunk_by(|a, b| a.payment == b.payment)
            .filter_map(|versions| versions.iter().rfind(|share| share.known_at <= as_of))
            .filter(|share| share.paid_on <= today)
            .cloned()
            .collect();
        shares.sort_by_key(|share| share.paid_on);
        shares
    }
}

/// The day on which payments came to the whole amount.
fn paid_in_full(shares: &[Share], amount: f64) -> Option<NaiveDate> {
    let mut paid = 0.0;
    shares.iter().find_map(|share| {
        paid += share.amount;
        (paid + CENT >= amount).then_some(share.paid_on)
    })
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    entry: usize,
    state: State,
    currency: Currency,
    cleared_on: Option<NaiveDate>,
    open_amount: f64,
}

/// The invoices of one customer as they were known at one moment.
#[derive(Debug, Clone)]
pub struct ReceivablesAsOf {
    ledger: Arc<Ledger>,
    seen: Vec<Seen>,
    today: NaiveDate,
}

impl ReceivablesAsOf {
    /// The day of the moment.
    #[must_use]
    pub const fn today(&self) -> NaiveDate {
        self.today
    }

    /// How many invoices were known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// One invoice, by its record id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<Receivable<'_>> {
        self.iter().find(|invoice| invoice.id == id)
    }

    /// Whether none was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    /// The invoices, oldest issue first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Receivable<'_>> {
        self.seen.iter().map(|seen| Receivable {
            id: self
                .ledger
                .entries
                .get(seen.entry)
                .map_or("", |entry| &entry.id),
            issued_on: seen.state.issued_on,
            due_on: seen.state.due_on,
            amount: seen.state.amount,
            currency: seen.currency,
            open_amount: seen.open_amount,
            cleared_on: seen.cleared_on,
            status: seen.state.status,
        })
    }
}

/// An amount as a number, for statistics.
fn number(amount: crate::domain::Amount) -> f64 {
    amount.decimal().to_f64().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Facts, FactsAsOf, History as _};
    use crate::domain::RecordKind;

    fn at(day: u32) -> chrono::DateTime<chrono::Utc> {
        format!("2026-03-{day:02}T12:00:00Z").parse().unwrap()
    }

    fn invoice(cleared_on: Option<&str>) -> serde_json::Value {
        json!({"id": "i1", "customer_id": "c1", "issued_on": "2026-03-02", "due_on": "2026-03-12",
            "currency": "EUR", "total": "100.00", "cleared_on": cleared_on})
    }

    fn cleared(facts: &Facts, day: u32) -> Vec<Option<i64>> {
        let seen = FactsAsOf::new(std::sync::Arc::new(facts.clone()), at(day)).receivables("c1");
        seen.iter().map(|invoice| invoice.days_late()).collect()
    }

    #[test]
    fn payment_is_seen_when_it_was_known_and_not_before() {
        let mut facts = Facts::default();
        let kind = RecordKind::CustomerInvoice;
        facts.insert(kind, at(3), 1, invoice(None)).unwrap();
        facts
            .insert(kind, at(16), 2, invoice(Some("2026-03-14")))
            .unwrap();
        assert_eq!(cleared(&facts, 2), []);
        assert_eq!(cleared(&facts, 15), [None]);
        assert_eq!(cleared(&facts, 16), [Some(2)]);
    }

    #[test]
    fn a_leak_from_the_future_is_not_seen() {
        // The record claims on its first day to know when it will be paid.
        let mut facts = Facts::default();
        facts
            .insert(
                RecordKind::CustomerInvoice,
                at(2),
                1,
                invoice(Some("2026-03-14")),
            )
            .unwrap();
        assert_eq!(cleared(&facts, 13), [None]);
        assert_eq!(cleared(&facts, 14), [Some(2)]);
    }

    #[test]
    fn payments_clear_an_invoice_when_they_come_to_its_total() {
        let mut facts = Facts::default();
        let paid = |id: &str, day: &str, amount: &str| json!({"id": id, "invoice_id": "i1", "paid_on": day, "amount": amount, "currency": "EUR"});
        let insert = |facts: &mut Facts, day: u32, body| {
            facts.insert(RecordKind::Payment, at(day), 1, body).unwrap();
        };
        facts
            .insert(RecordKind::CustomerInvoice, at(2), 1, invoice(None))
            .unwrap();
        insert(&mut facts, 10, paid("p1", "2026-03-10", "60"));
        insert(&mut facts, 20, paid("p2", "2026-03-19", "40"));
        assert_eq!(cleared(&facts, 19), [None]);
        assert_eq!(cleared(&facts, 20), [Some(7)]);
        // The second payment was sent back.
        facts
            .insert(
                RecordKind::Payment,
                at(22),
                2,
                paid("p2", "2026-03-19", "0"),
            )
            .unwrap();
        assert_eq!(cleared(&facts, 21), [Some(7)]);
        assert_eq!(cleared(&facts, 23), [None]);
    }
}
