//! Versions of records that are looked up by key within a span of days.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

use super::facts::read;
use super::sharded::Sharded;
use super::versions::{Came, Versions};
use crate::domain::records::Record;

/// Every version of every record of one kind, by the keys it can be found by and its day.
#[derive(Debug, Clone)]
pub(super) struct Dated<T> {
    versions: Versions<T>,
    /// Ids of records that had the key and the day in some version.
    places: Sharded<String, BTreeMap<NaiveDate, BTreeSet<String>>>,
    place: fn(&T) -> (Vec<String>, NaiveDate),
}

impl<T> Dated<T> {
    /// With the keys and the day of a record.
    pub(super) fn new(place: fn(&T) -> (Vec<String>, NaiveDate)) -> Self {
        Self {
            versions: Versions::new(|_| Vec::new()),
            places: Sharded::default(),
            place,
        }
    }

    /// Adds a version as it is stored: a record of kind `R`.
    ///
    /// # Errors
    /// The first member that is not what the kind asks for.
    pub(super) fn take_in<R: Record + Into<T>>(
        &mut self,
        known_at: DateTime<Utc>,
        version: u64,
        body: Value,
    ) -> Result<(), String> {
        let record: R = read(body)?;
        let id = record.id().as_str().to_owned();
        self.insert(&id, known_at, version, record.into());
        Ok(())
    }

    fn insert(&mut self, id: &str, known_at: DateTime<Utc>, version: u64, record: T) {
        let (keys, day) = (self.place)(&record);
        for key in keys {
            if let Some(days) = self.places.entry(key) {
                days.entry(day).or_default().insert(id.to_owned());
            }
        }
        self.versions.insert(id, known_at, version, record);
    }

    /// The version in force at a moment.
    pub(super) fn get(&self, id: &str, as_of: DateTime<Utc>) -> Option<Arc<T>> {
        self.versions.get(id, as_of)
    }

    /// The same, with the moment when the record first was known.
    pub(super) fn known(&self, id: &str, as_of: DateTime<Utc>) -> Option<(DateTime<Utc>, Arc<T>)> {
        self.versions.known(id, as_of)
    }

    /// Every record known by then, in order of id, with the moment when it first was.
    pub(super) fn all(&self, as_of: DateTime<Utc>) -> Vec<(DateTime<Utc>, Arc<T>)> {
        self.versions.all(as_of)
    }

    /// Every record known by then and how it came, in no order.
    pub(super) fn as_they_came(&self, as_of: DateTime<Utc>) -> impl Iterator<Item = Came<'_, T>> {
        self.versions.as_they_came(as_of)
    }

    /// Every version by the id of its record and when it was known, in no order.
    pub(super) fn moments(&self) -> impl Iterator<Item = (&str, DateTime<Utc>)> {
        self.versions.moments()
    }

    /// The records of a key from a day to another, both within, in order of day and id.
    pub(super) fn between(
        &self,
        key: &str,
        from: NaiveDate,
        to: NaiveDate,
        as_of: DateTime<Utc>,
    ) -> Vec<Arc<T>> {
        let days = self.places.get(key).filter(|_| from <= to);
        days.into_iter()
            .flat_map(|days| days.range(from..=to))
            .flat_map(|(day, ids)| ids.iter().map(move |id| (day, id)))
            .filter_map(|(day, id)| self.in_force(key, *day, id, as_of))
            .collect()
    }

    /// The latest records of a key from a day to another, at most so many, latest first.
    pub(super) fn latest(
        &self,
        key: &str,
        (from, to): (NaiveDate, NaiveDate),
        most: usize,
        as_of: DateTime<Utc>,
    ) -> Vec<Arc<T>> {
        let days = self.places.get(key).filter(|_| from <= to);
        days.into_iter()
            .flat_map(|days| days.range(from..=to).rev())
            .flat_map(|(day, ids)| ids.iter().rev().map(move |id| (day, id)))
            .filter_map(|(day, id)| self.in_force(key, *day, id, as_of))
            .take(most)
            .collect()
    }

    /// The version in force of a record, if it has that key and day.
    fn in_force(
        &self,
        key: &str,
        day: NaiveDate,
        id: &str,
        as_of: DateTime<Utc>,
    ) -> Option<Arc<T>> {
        self.versions.get_if(id, as_of, |record| {
            let (keys, now) = (self.place)(record);
            now == day && keys.iter().any(|known| known == key)
        })
    }

    /// The keys that begin with a prefix, whole and in no order.
    pub(super) fn keys_in_no_order(&self, prefix: &'static str) -> impl Iterator<Item = &str> {
        let keys = self.places.keys().map(String::as_str);
        keys.filter(move |key| key.starts_with(prefix))
    }

    /// Whether a key begins with a prefix.
    pub(super) fn has_key(&self, prefix: &'static str) -> bool {
        self.keys_in_no_order(prefix).next().is_some()
    }

    /// The keys that begin with a prefix, without it, in order.
    pub(super) fn keys(&self, prefix: &str) -> Vec<String> {
        let stripped = self
            .places
            .keys()
            .filter_map(|key| key.strip_prefix(prefix));
        let mut keys: Vec<String> = stripped.map(str::to_owned).collect();
        keys.sort_unstable();
        keys
    }
}
