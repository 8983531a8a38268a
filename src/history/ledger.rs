//! One customer's invoices with every version, laid out for being read through.

use std::cmp::Ordering;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::records::CustomerInvoiceStatus;

/// One version of an invoice, as small as it can be: a firm has millions.
#[derive(Debug, Clone, Copy)]
pub(super) struct State {
    pub(super) known_at: DateTime<Utc>,
    pub(super) version: u32,
    pub(super) issued_on: NaiveDate,
    pub(super) due_on: NaiveDate,
    pub(super) cleared_on: Option<NaiveDate>,
    pub(super) amount: f64,
    /// What is not yet paid; not a number where the record does not say.
    pub(super) open_amount: f64,
    /// Place in the list of currencies.
    pub(super) currency: u8,
    pub(super) status: Option<CustomerInvoiceStatus>,
}

impl State {
    pub(super) const fn key(&self) -> (DateTime<Utc>, u32) {
        (self.known_at, self.version)
    }
}

/// One invoice. What is looked at by nearly every question stands side by side in the ledger: text
/// and older versions lie elsewhere in memory, and fetching them takes longer than all else.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) id: Arc<str>,
    /// Tells most ids apart without looking at them.
    id_hash: u32,
    /// The last by `(known_at, version)`.
    pub(super) last: State,
    /// Those before, in that order.
    before: Vec<State>,
    /// Its number where that is another text.
    pub(super) number: Option<Arc<str>>,
}

impl Entry {
    pub(super) fn new(id: Arc<str>, first: State) -> Self {
        Self {
            id_hash: id_hash(&id),
            id,
            last: first,
            before: Vec::new(),
            number: None,
        }
    }

    /// The version in force at a moment.
    pub(super) fn at(&self, as_of: DateTime<Utc>) -> Option<&State> {
        if self.last.known_at <= as_of {
            return Some(&self.last);
        }
        let known = self.before.partition_point(|state| state.known_at <= as_of);
        self.before.get(known.checked_sub(1)?)
    }

    /// Takes a version in, in place of the one of its moment and number.
    pub(super) fn put(&mut self, state: State) {
        match state.key().cmp(&self.last.key()) {
            Ordering::Equal => self.last = state,
            Ordering::Greater => {
                // Most invoices have two versions: room for no more than there are.
                self.before.reserve_exact(1);
                self.before.push(std::mem::replace(&mut self.last, state));
            }
            Ordering::Less => {
                let at = self.before.partition_point(|one| one.key() < state.key());
                match self.before.get_mut(at) {
                    Some(same) if same.key() == state.key() => *same = state,
                    _ => {
                        self.before.reserve_exact(1);
                        self.before.insert(at, state);
                    }
                }
            }
        }
    }
}

/// The invoices of one customer.
#[derive(Debug, Clone, Default)]
pub(super) struct Ledger {
    pub(super) entries: Vec<Entry>,
}

impl Ledger {
    /// The place of an invoice, by its record id.
    pub(super) fn place(&self, id: &str) -> Option<usize> {
        let hash = id_hash(id);
        let same = |entry: &Entry| entry.id_hash == hash && &*entry.id == id;
        self.entries.iter().position(same)
    }
}

/// Half of a digest of an id; two ids may have one.
fn id_hash(id: &str) -> u32 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish() as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn state(day: u8, version: u32, amount: u8) -> State {
        let first: DateTime<Utc> = "2026-03-01T12:00:00Z".parse().unwrap();
        let known_at = first + chrono::Days::new(day.into());
        State {
            known_at,
            version,
            issued_on: first.date_naive(),
            due_on: first.date_naive(),
            cleared_on: None,
            amount: amount.into(),
            open_amount: f64::NAN,
            currency: 0,
            status: None,
        }
    }

    proptest! {
        #[test]
        fn the_version_in_force_is_the_last_known_whatever_the_order_of_filing(
            versions in prop::collection::vec((0..5_u8, 0..3_u32, any::<u8>()), 1..12),
            asked in 0..6_u8,
        ) {
            let mut states = versions.iter().map(|(day, version, amount)| state(*day, *version, *amount));
            let mut entry = Entry::new("i".into(), states.next().unwrap());
            states.for_each(|state| entry.put(state));
            let as_of = state(asked, 0, 0).known_at;
            // Of one moment and number the one that was filed last.
            let last = versions
                .iter()
                .map(|(day, version, amount)| state(*day, *version, *amount))
                .filter(|state| state.known_at <= as_of)
                .max_by_key(State::key);
            let found = entry.at(as_of).map(|state| (state.key(), state.amount));
            prop_assert_eq!(found, last.map(|state| (state.key(), state.amount)));
        }
    }

    #[test]
    fn an_invoice_is_found_by_its_own_id_alone() {
        let mut ledger = Ledger::default();
        for id in ["a", "b", "ab"] {
            ledger.entries.push(Entry::new(id.into(), state(0, 1, 1)));
        }
        assert_eq!(ledger.place("ab"), Some(2));
        assert_eq!(ledger.place("c"), None);
    }
}
