//! What customers owe and when they paid, in the form that forecasts read quickly.
//!
//! A customer's invoices are kept with every version; a [`ReceivablesAsOf`] shows the
//! versions known at its moment and nothing dated after it, whatever a record says.

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
            status,
            amount: state.amount,
            open_amount,
            parts,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;
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
        let seen = FactsAsOf::new(Arc::new(facts.clone()), at(day)).receivables("c1");
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

    /// What comes in, and when somebody asks, in days and half days.
    #[derive(Debug, Clone)]
    enum Step {
        Invoice {
            id: u8,
            customer: u8,
            known: u8,
            cleared: Option<u8>,
        },
        Payment {
            id: u8,
            invoice: u8,
            known: u8,
        },
        Ask {
            customer: u8,
            moment: u8,
        },
    }

    fn half_day(moment: u8) -> chrono::DateTime<chrono::Utc> {
        let first: chrono::DateTime<chrono::Utc> = "2026-03-01T06:00:00Z".parse().unwrap();
        first + chrono::TimeDelta::hours(12 * i64::from(moment))
    }

    fn step() -> impl Strategy<Value = Step> {
        let invoice = (0..4_u8, 0..2_u8, 0..12_u8, prop::option::of(1..9_u8)).prop_map(
            |(id, customer, known, cleared)| Step::Invoice {
                id,
                customer: if id == 0 { customer } else { id % 2 },
                known,
                cleared,
            },
        );
        let payment = (0..2_u8, 0..4_u8, 0..12_u8).prop_map(|(id, invoice, known)| Step::Payment {
            id,
            invoice,
            known,
        });
        let ask = (0..2_u8, 0..12_u8).prop_map(|(customer, moment)| Step::Ask { customer, moment });
        prop_oneof![4 => invoice, 1 => payment, 5 => ask]
    }

    fn take_in(facts: &mut Facts, version: u64, step: &Step) {
        match step {
            Step::Invoice {
                id,
                customer,
                known,
                cleared,
            } => {
                let cleared = cleared.map(|day| format!("2026-03-{day:02}"));
                let body = json!({"id": format!("i{id}"), "customer_id": format!("c{customer}"),
                    "issued_on": "2026-03-02", "due_on": "2026-03-04", "currency": "EUR",
                    "total": "100.00", "cleared_on": cleared});
                let kind = RecordKind::CustomerInvoice;
                facts.insert(kind, half_day(*known), version, body).unwrap();
            }
            Step::Payment { id, invoice, known } => {
                let body = json!({"id": format!("p{id}"), "invoice_id": format!("i{invoice}"),
                    "paid_on": "2026-03-03", "amount": "60", "currency": "EUR"});
                facts
                    .insert(RecordKind::Payment, half_day(*known), version, body)
                    .unwrap();
            }
            Step::Ask { .. } => {}
        }
    }

    proptest! {
        /// Some ask again on the same day, before and after what came in since.
        #[test]
        fn whoever_asked_before_changes_nothing(steps in prop::collection::vec(step(), 1..40)) {
            let seen = |facts: &Arc<Facts>, customer: &u8, moment: &u8| {
                let history = FactsAsOf::new(Arc::clone(facts), half_day(*moment));
                let ledger = history.receivables(&format!("c{customer}"));
                let count = *ledger.worked_out(|ledger| ledger.iter().count());
                let paid = ledger.worked_out(|ledger| {
                    let paid = ledger.iter().filter_map(|one| one.cleared_on);
                    paid.collect::<Vec<_>>()
                });
                let enough = [(1, 0), (2, 0), (2, 1)].map(|(all, each)| history.has_paid(all, each));
                let ledger = format!("{:?}", ledger.iter().collect::<Vec<_>>());
                (count, paid, enough, ledger)
            };
            let mut asked = Arc::new(Facts::default());
            for (at, step) in steps.iter().enumerate() {
                take_in(Arc::make_mut(&mut asked), at as u64, step);
                if let Step::Ask { customer, moment } = step {
                    let mut fresh = Facts::default();
                    for (before, step) in steps.iter().enumerate().take(at) {
                        take_in(&mut fresh, before as u64, step);
                    }
                    let found = seen(&asked, customer, moment);
                    prop_assert_eq!(found, seen(&Arc::new(fresh), customer, moment));
                }
            }
        }
    }
}
