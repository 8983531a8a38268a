//! One customer's invoices with every version, laid out for being read through.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, NaiveDate, Utc};

use super::keys::identifier_key;
use super::receivable::ReceivablesAsOf;
use crate::domain::records::CustomerInvoiceStatus;

/// What tells the versions of an invoice apart, in the order in which they came into force.
pub(super) type Key = (DateTime<Utc>, u32);

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
    /// Place in the list of sorts.
    pub(super) sort: u16,
    pub(super) status: Option<CustomerInvoiceStatus>,
}

impl State {
    pub(super) const fn key(&self) -> Key {
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
    /// Its number in each version, in order, where it ever was another text than the id.
    numbers: Vec<(Key, Option<Arc<str>>)>,
}

impl Entry {
    pub(super) fn new(id: Arc<str>, first: State) -> Self {
        Self {
            id_hash: id_hash(&id),
            id,
            last: first,
            before: Vec::new(),
            numbers: Vec::new(),
        }
    }

    /// The number in force at a moment.
    pub(super) fn number(&self, as_of: DateTime<Utc>) -> &str {
        let known = self
            .numbers
            .partition_point(|((known_at, _), _)| *known_at <= as_of);
        let in_force = known.checked_sub(1).and_then(|at| self.numbers.get(at));
        let number = in_force.and_then(|(_, number)| number.as_deref());
        number.unwrap_or(&self.id)
    }

    /// Takes in the number that a version has which was put before.
    pub(super) fn put_number(&mut self, version: Key, number: Option<&str>) {
        let number = number.filter(|number| **number != *self.id);
        if self.numbers.is_empty() {
            if number.is_none() {
                return;
            }
            let states = self.before.iter().chain([&self.last]);
            self.numbers = states.map(|state| (state.key(), None)).collect();
        }
        let known = self.numbers.iter().find_map(|(_, known)| {
            let known = known.as_ref()?;
            (Some(&**known) == number).then(|| Arc::clone(known))
        });
        let number = number.map(|number| known.unwrap_or_else(|| number.into()));
        let at = self.numbers.partition_point(|(key, _)| *key < version);
        match self.numbers.get_mut(at) {
            Some(same) if same.0 == version => same.1 = number,
            _ => self.numbers.insert(at, (version, number)),
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
#[derive(Debug, Default)]
pub(super) struct Ledger {
    entries: Vec<Entry>,
    held: Mutex<Option<Held>>,
}

/// What was last seen of a ledger: the same is seen by whoever asks again at that moment, or later on
/// the same day before another.
#[derive(Debug)]
struct Held {
    /// Of all receivables.
    state: u64,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    view: ReceivablesAsOf,
}

impl Clone for Ledger {
    /// To be changed: what was seen is left behind.
    fn clone(&self) -> Self {
        Self {
            entries: self.entries.clone(),
            held: Mutex::default(),
        }
    }
}

impl Ledger {
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// An invoice, to be changed.
    pub(super) fn entry(&mut self, place: usize) -> Option<&mut Entry> {
        self.held = Mutex::default();
        self.entries.get_mut(place)
    }

    pub(super) fn push(&mut self, entry: Entry) {
        self.held = Mutex::default();
        self.entries.push(entry);
    }

    /// What is seen of it at a moment, if that was worked out before.
    pub(super) fn held(&self, state: u64, as_of: DateTime<Utc>) -> Option<ReceivablesAsOf> {
        let held = self.lock();
        let held = held.as_ref()?;
        let same_day = held.view.today() == as_of.date_naive();
        let same_time = held.from <= as_of && (as_of < held.until || as_of == held.from);
        let same = held.state == state && same_day && same_time;
        same.then(|| held.view.clone())
    }

    /// Keeps what was seen of it at a moment and is seen before another, in a state of all receivables.
    pub(super) fn hold(
        &self,
        state: u64,
        (from, until): (DateTime<Utc>, DateTime<Utc>),
        view: &ReceivablesAsOf,
    ) {
        let held = Held {
            state,
            from,
            until,
            view: view.clone(),
        };
        *self.lock() = Some(held);
    }

    fn lock(&self) -> MutexGuard<'_, Option<Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When a version first becomes known after a moment.
    pub(super) fn next_known(&self, after: DateTime<Utc>) -> DateTime<Utc> {
        let later = self.entries.iter().filter(|one| one.last.known_at > after);
        let moments = later.flat_map(|one| one.before.iter().chain([&one.last]));
        let moments = moments.map(|state| state.known_at);
        let next = moments.filter(|known_at| *known_at > after).min();
        next.unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// The numbers at a moment of the invoices that are seen of it then, spelling aside.
    pub(super) fn numbers(&self, seen: &ReceivablesAsOf, as_of: DateTime<Utc>) -> HashSet<String> {
        let entries = seen.iter().filter_map(|one| self.entries.get(one.place));
        let numbers = entries.map(|entry| identifier_key(entry.number(as_of)));
        numbers.collect()
    }

    /// The place of an invoice, by its record id.
    pub(super) fn place(&self, id: &str) -> Option<usize> {
        let hash = id_hash(id);
        let same = |entry: &Entry| entry.id_hash == hash && &*entry.id == id;
        self.entries.iter().position(same)
    }
}

/// Half of a digest of an id; two ids may have one.
pub(super) fn id_hash(id: &str) -> u32 {
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
            sort: 0,
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
            ledger.push(Entry::new(id.into(), state(0, 1, 1)));
        }
        assert_eq!(ledger.place("ab"), Some(2));
        assert_eq!(ledger.place("c"), None);
    }
}
