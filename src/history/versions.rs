//! Versions of records, and what was in force at a moment.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::facts::read;
use super::sharded::Sharded;
use crate::domain::records::Record;

/// The versions of one record, in order of `(known_at, version)`.
type Known<T> = BTreeMap<(DateTime<Utc>, u64), Arc<T>>;

/// A record as it was known at a moment, and how it came.
#[derive(Debug)]
pub(super) struct Came<'a, T> {
    /// The version in force.
    pub(super) record: &'a Arc<T>,
    /// When the record first was known.
    pub(super) since: DateTime<Utc>,
    /// The version that came first: a later one may say that it was known before.
    pub(super) first: &'a T,
}

/// Every version of every record of one kind, with the keys it can be found by.
#[derive(Debug, Clone)]
pub(super) struct Versions<T> {
    /// By id.
    by_id: Sharded<String, Known<T>>,
    /// Ids of records that had the key in some version.
    by_key: Sharded<String, BTreeSet<String>>,
    /// The keys of a record.
    keys: fn(&T) -> Vec<String>,
}

impl<T> Versions<T> {
    pub(super) fn new(keys: fn(&T) -> Vec<String>) -> Self {
        Self {
            by_id: Sharded::default(),
            by_key: Sharded::default(),
            keys,
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

    pub(super) fn insert(&mut self, id: &str, known_at: DateTime<Utc>, version: u64, record: T) {
        for key in (self.keys)(&record) {
            if let Some(ids) = self.by_key.entry(key) {
                ids.insert(id.to_owned());
            }
        }
        if let Some(versions) = self.by_id.entry(id.to_owned()) {
            versions.insert((known_at, version), Arc::new(record));
        }
    }

    /// The version in force at a moment: the last that was known by then.
    pub(super) fn get(&self, id: &str, as_of: DateTime<Utc>) -> Option<Arc<T>> {
        let versions = self.by_id.get(id)?;
        let (_, record) = versions.range(..=(as_of, u64::MAX)).next_back()?;
        Some(Arc::clone(record))
    }

    /// The version in force at a moment where it `is_so`. One that is the record's only version
    /// was found by what it says, and is not asked.
    pub(super) fn get_if(
        &self,
        id: &str,
        as_of: DateTime<Utc>,
        is_so: impl Fn(&T) -> bool,
    ) -> Option<Arc<T>> {
        let versions = self.by_id.get(id)?;
        let (_, record) = versions.range(..=(as_of, u64::MAX)).next_back()?;
        (versions.len() == 1 || is_so(record)).then(|| Arc::clone(record))
    }

    /// The version in force at a moment, or where none was known yet the first that was known by another.
    pub(super) fn get_or_first(
        &self,
        id: &str,
        at: DateTime<Utc>,
        as_of: DateTime<Utc>,
    ) -> Option<Arc<T>> {
        self.get(id, at.min(as_of)).or_else(|| {
            let versions = self.by_id.get(id)?.range(..=(as_of, u64::MAX));
            let (_, record) = versions.min_by_key(|(known, _)| **known)?;
            Some(Arc::clone(record))
        })
    }

    /// Ids of records that have the key in some version, known by then or not, in order.
    pub(super) fn ids_with_key(&self, key: &str) -> impl Iterator<Item = &str> {
        self.by_key.get(key).into_iter().flatten().map(|id| &**id)
    }

    /// The versions known by a moment, in order, each behind the moment from which on it was.
    pub(super) fn until(
        &self,
        id: &str,
        as_of: DateTime<Utc>,
    ) -> impl Iterator<Item = (DateTime<Utc>, &T)> {
        let versions = self.by_id.get(id).into_iter();
        let known = versions.flat_map(move |versions| versions.range(..=(as_of, u64::MAX)));
        known.map(|((known, _), record)| (*known, &**record))
    }

    /// The version that came first of those known by then: a later one may say that it was known
    /// before.
    pub(super) fn first(&self, id: &str, as_of: DateTime<Utc>) -> Option<Arc<T>> {
        let versions = self.by_id.get(id)?.range(..=(as_of, u64::MAX));
        let (_, record) = versions.min_by_key(|((_, version), _)| *version)?;
        Some(Arc::clone(record))
    }

    /// The version in force at a moment, with the moment when the record first was known.
    pub(super) fn known(&self, id: &str, as_of: DateTime<Utc>) -> Option<(DateTime<Utc>, Arc<T>)> {
        in_force(self.by_id.get(id)?, as_of)
    }

    /// Every record known by then, in order of id, with the moment when it first was.
    pub(super) fn all(&self, as_of: DateTime<Utc>) -> Vec<(DateTime<Utc>, Arc<T>)> {
        let mut all: Vec<(&String, &Known<T>)> = self.by_id.iter().collect();
        all.sort_unstable_by_key(|(id, _)| *id);
        all.into_iter()
            .filter_map(|(_, versions)| in_force(versions, as_of))
            .collect()
    }

    /// Every record known by then and how it came, in no order.
    pub(super) fn as_they_came(&self, as_of: DateTime<Utc>) -> impl Iterator<Item = Came<'_, T>> {
        self.by_id.iter().filter_map(move |(_, versions)| {
            let known = versions.range(..=(as_of, u64::MAX));
            let ((_, record), ((since, _), _)) =
                known.clone().next_back().zip(known.clone().next())?;
            let (_, first) = known.min_by_key(|((_, version), _)| *version)?;
            Some(Came {
                record,
                since: *since,
                first,
            })
        })
    }

    /// Every version by the id of its record and when it was known, in no order.
    pub(super) fn moments(&self) -> impl Iterator<Item = (&str, DateTime<Utc>)> {
        self.by_id.iter().flat_map(|(id, versions)| {
            let moments = versions.keys();
            moments.map(move |(known_at, _)| (id.as_str(), *known_at))
        })
    }

    /// The versions in force at a moment of which something `is_so`, in no order.
    pub(super) fn those(
        &self,
        as_of: DateTime<Utc>,
        is_so: impl Fn(&T) -> bool,
    ) -> impl Iterator<Item = Arc<T>> {
        let all = self.by_id.iter();
        all.filter_map(move |(_, versions)| {
            let (_, record) = versions.range(..=(as_of, u64::MAX)).next_back()?;
            is_so(record).then(|| Arc::clone(record))
        })
    }

    /// The keys that begin with a prefix, without it.
    pub(super) fn keys(&self, prefix: &str) -> Vec<String> {
        let stripped = self
            .by_key
            .keys()
            .filter_map(|key| key.strip_prefix(prefix));
        stripped.map(str::to_owned).collect()
    }

    /// Whether a record was known by then.
    pub(super) fn any(&self, as_of: DateTime<Utc>) -> bool {
        self.by_id
            .iter()
            .any(|(_, versions)| versions.range(..=(as_of, u64::MAX)).next().is_some())
    }

    /// The records that have the key in the version in force, in order of id.
    pub(super) fn with_key(&self, key: &str, as_of: DateTime<Utc>) -> Vec<Arc<T>> {
        self.by_key
            .get(key)
            .into_iter()
            .flatten()
            .filter_map(|id| {
                self.get_if(id, as_of, |record| {
                    (self.keys)(record).iter().any(|known| known == key)
                })
            })
            .collect()
    }
}

/// The version in force at a moment, with the moment of the first.
fn in_force<T>(versions: &Known<T>, as_of: DateTime<Utc>) -> Option<(DateTime<Utc>, Arc<T>)> {
    let known = versions.range(..=(as_of, u64::MAX));
    let ((_, record), ((first, _), _)) = known.clone().next_back().zip(known.clone().next())?;
    Some((*first, Arc::clone(record)))
}
