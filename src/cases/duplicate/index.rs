//! Everything known so far, filed under the keys by which copies meet.
//!
//! The index is asked for one item as of a moment: it answers from what was known before alone, in
//! the order in which things became known and not in which they were filed, so that a live check,
//! a batch and a backtest see the same candidates. A key under which more than [`CAP`] earlier items
//! lie is too common to tell copies: of those only the latest [`CAP`] are looked at.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::Item;
use super::keys::{Key, asked_under, filed_under};

/// Items looked at under one key: the latest.
pub const CAP: usize = 64;

/// Among what it is counted what is usual about a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// What became known before the later of the two: a live check.
    Before,
    /// Everything filed: the audit of a book that is closed.
    Whole,
}

/// An item's place in the index.
pub type Slot = u32;

/// Items by their keys.
#[derive(Debug, Default)]
pub struct DuplicateIndex {
    items: Vec<Item>,
    by_key: HashMap<Key, Posting>,
    by_id: HashMap<(crate::domain::RecordKind, String), Slot>,
    /// When each item became known, and its date, rising.
    moments: Vec<Moment>,
}

/// When an item became known, and its date, which parts what came at one moment.
type Moment = (DateTime<Utc>, NaiveDate);

const fn moment(item: &Item) -> Moment {
    (item.known_at, item.date)
}

/// Items under one key, in the order in which they became known. Most keys hold one.
#[derive(Debug)]
enum Posting {
    One(Slot),
    Many(Vec<Slot>),
}

impl Posting {
    fn slots(&self) -> &[Slot] {
        match self {
            Self::One(slot) => std::slice::from_ref(slot),
            Self::Many(slots) => slots,
        }
    }
}

impl DuplicateIndex {
    /// Files an item. `false`, and nothing filed, when there is one of this kind and id already.
    pub fn insert(&mut self, item: Item) -> bool {
        let id = (item.kind, item.id.clone());
        let Ok(slot) = Slot::try_from(self.items.len()) else {
            return false;
        };
        if self.by_id.contains_key(&id) {
            return false;
        }
        self.by_id.insert(id, slot);
        let keys = filed_under(&item);
        self.note(moment(&item));
        self.items.push(item);
        for key in keys {
            self.file(key, slot);
        }
        true
    }

    /// Files an item, in place of what was filed of its kind and id.
    pub fn put(&mut self, item: Item) {
        let id = (item.kind, item.id.clone());
        let Some(slot) = self.by_id.get(&id).copied() else {
            self.insert(item);
            return;
        };
        let Some(before) = self.get(slot).filter(|before| **before != item).cloned() else {
            return;
        };
        for key in filed_under(&before) {
            self.take_out(&key, slot);
        }
        if moment(&before) != moment(&item) {
            let noted = moment(&before);
            let at = self.moments.partition_point(|known| *known < noted);
            self.moments.remove(at);
            self.note(moment(&item));
        }
        let keys = filed_under(&item);
        if let Some(place) = self.items.get_mut(slot as usize) {
            *place = item;
        }
        for key in keys {
            self.file(key, slot);
        }
    }

    fn note(&mut self, moment: Moment) {
        let at = self.moments.partition_point(|known| *known <= moment);
        self.moments.insert(at, moment);
    }

    fn take_out(&mut self, key: &Key, slot: Slot) {
        match self.by_key.get_mut(key) {
            Some(Posting::Many(slots)) => slots.retain(|other| *other != slot),
            Some(Posting::One(only)) if *only == slot => {
                self.by_key.remove(key);
            }
            Some(Posting::One(_)) | None => {}
        }
    }

    fn file(&mut self, key: Key, slot: Slot) {
        use std::collections::hash_map::Entry;
        let items = &self.items;
        let order = |slot: Slot| items.get(slot as usize).map(Item::order_key);
        match self.by_key.entry(key) {
            Entry::Vacant(vacant) => {
                vacant.insert(Posting::One(slot));
            }
            Entry::Occupied(mut occupied) => match occupied.get_mut() {
                Posting::One(first) if *first == slot => {}
                Posting::One(first) => {
                    let mut both = vec![*first, slot];
                    both.sort_by_key(|slot| order(*slot));
                    occupied.insert(Posting::Many(both));
                }
                Posting::Many(slots) if slots.last() == Some(&slot) => {}
                Posting::Many(slots) => {
                    let at = slots.partition_point(|other| order(*other) < order(slot));
                    if slots.get(at) != Some(&slot) {
                        slots.insert(at, slot);
                    }
                }
            },
        }
    }

    /// Items filed.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether nothing is filed.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The item at a place.
    #[must_use]
    pub fn get(&self, slot: Slot) -> Option<&Item> {
        self.items.get(slot as usize)
    }

    /// Every item, in the order of filing.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Items that became known before this one and share a key with it, each once, in the order of filing.
    #[must_use]
    pub fn candidates(&self, item: &Item) -> Vec<Slot> {
        let mut found: Vec<Slot> = Vec::new();
        for key in asked_under(item) {
            let slots = self.posting(&key);
            let before = slots.partition_point(|slot| {
                self.get(*slot)
                    .is_some_and(|other| other.order_key() < item.order_key())
            });
            let from = before.saturating_sub(CAP);
            found.extend(slots.get(from..before).unwrap_or_default());
        }
        found.sort_unstable();
        found.dedup();
        let own = self.slot(item);
        found.retain(|slot| Some(*slot) != own);
        found
    }

    /// Items under a key in the order in which they became known: all, or those before an item.
    #[must_use]
    pub fn counted(&self, key: &Key, item: &Item, counted: Counted) -> &[Slot] {
        let slots = self.posting(key);
        if counted == Counted::Whole {
            return slots;
        }
        let known = slots.partition_point(|slot| {
            let other = self.get(*slot).map(Item::order_key);
            other.is_some_and(|other| other < item.order_key())
        });
        slots.get(..known).unwrap_or_default()
    }

    /// How many items there are: all, or those known before an item; of what became known with it,
    /// those of earlier dates.
    #[must_use]
    pub fn count(&self, item: &Item, counted: Counted) -> usize {
        match counted {
            Counted::Whole => self.items.len(),
            Counted::Before => self.moments.partition_point(|known| *known < moment(item)),
        }
    }

    /// The item of a kind and id.
    #[must_use]
    pub fn item(&self, kind: crate::domain::RecordKind, id: &str) -> Option<&Item> {
        self.get(*self.by_id.get(&(kind, id.to_owned()))?)
    }

    /// Whether a record of the document with this digest was known at a moment.
    #[must_use]
    pub fn has_document(&self, sha256: &str, as_of: DateTime<Utc>) -> bool {
        let slots = self.posting(&Key::of_document(sha256)).iter();
        let mut items = slots.filter_map(|slot| self.get(*slot));
        items.any(|item| item.known_at <= as_of)
    }

    /// The place of an item's record, also where it is filed as it was before.
    #[must_use]
    pub fn slot(&self, item: &Item) -> Option<Slot> {
        self.by_id.get(&(item.kind, item.id.clone())).copied()
    }

    fn posting(&self, key: &Key) -> &[Slot] {
        self.by_key.get(key).map(Posting::slots).unwrap_or_default()
    }
}
