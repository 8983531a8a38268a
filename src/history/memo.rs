//! What was worked out from facts: values that hold until a moment, and values that are kept up.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, TryLockError};

use chrono::{DateTime, Utc};

use super::History;
use crate::domain::RecordKind;

type Value = Arc<dyn Any + Send + Sync>;

/// A record of which a version came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Its kind.
    pub kind: RecordKind,
    /// Its id.
    pub id: String,
}

/// Something made of all records that takes in single ones.
pub trait Follows: Any + Send + Sync {
    /// Of all records that a history knows.
    fn of(history: &dyn History) -> Self;

    /// Takes in what these records have become. Taking in the same again changes nothing.
    fn take_in(&mut self, changed: &[Changed], history: &dyn History);
}

/// What was worked out. A copy of the facts goes on with the same values.
#[derive(Debug, Default)]
pub(super) struct Memo {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default, Clone)]
struct Kept {
    made: HashMap<TypeId, Made>,
    followed: HashMap<TypeId, Following>,
    /// Versions that came in.
    count: u64,
}

#[derive(Debug, Clone)]
struct Made {
    /// What became known until then is in it; none where that is everything.
    until: Option<DateTime<Utc>>,
    value: Value,
}

#[derive(Debug, Clone)]
struct Following {
    /// An `Arc<RwLock<Followed<T>>>`.
    value: Value,
    /// What may not have been taken in, by its number.
    changes: Vec<(u64, Changed)>,
}

/// A value and the number of the last version taken in. Copies of facts share it: whoever knows
/// more takes it further, and who knows less finds nothing to take in.
#[derive(Debug)]
struct Followed<T> {
    value: T,
    taken: u64,
}

/// A value that is kept up with the records.
#[derive(Debug)]
pub struct KeptUp<T>(Arc<RwLock<Followed<T>>>);

/// A value that does not change while it is read.
#[derive(Debug)]
pub struct Reading<'a, T>(RwLockReadGuard<'a, Followed<T>>);

impl<T> KeptUp<T> {
    pub(super) fn new(value: T) -> Self {
        Self(Arc::new(RwLock::new(Followed { value, taken: 0 })))
    }

    /// Holds off changes until it is dropped.
    pub fn read(&self) -> Reading<'_, T> {
        Reading(self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<T> Deref for Reading<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.value
    }
}

impl Clone for Memo {
    fn clone(&self) -> Self {
        Self {
            kept: Mutex::new(self.lock().clone()),
        }
    }
}

impl Memo {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The value of what was known until a moment, or of everything, made if there is none;
    /// whoever asks meanwhile waits for it. One that was made later stays.
    pub(super) fn get_or_make<T: Any + Send + Sync>(
        &self,
        until: Option<DateTime<Utc>>,
        make: impl FnOnce() -> T,
    ) -> Arc<T> {
        let mut kept = self.lock();
        let made = kept.made.get(&TypeId::of::<T>());
        let same = made.filter(|made| made.until == until);
        if let Some(known) = same.and_then(|made| Arc::clone(&made.value).downcast().ok()) {
            return known;
        }
        let value = Arc::new(make());
        let is_later = kept
            .made
            .get(&TypeId::of::<T>())
            .is_none_or(|made| made.until <= until);
        if is_later {
            let made = Made {
                until,
                value: Arc::clone(&value) as Value,
            };
            kept.made.insert(TypeId::of::<T>(), made);
        }
        value
    }

    /// Whether there is such a value; not while somebody makes one.
    pub(super) fn holds<T: Any>(&self, until: Option<DateTime<Utc>>) -> bool {
        self.look(|kept| {
            let made = kept.made.get(&TypeId::of::<T>());
            made.is_some_and(|made| made.until == until)
        })
    }

    /// The value that is kept up, made if there is none. The history must know everything.
    pub(super) fn follow<T: Follows>(&self, history: &dyn History) -> KeptUp<T> {
        let mut kept = self.lock();
        let count = kept.count;
        let following = kept.followed.entry(TypeId::of::<T>()).or_insert_with(|| {
            let followed = Followed {
                value: T::of(history),
                taken: count,
            };
            Following {
                value: Arc::new(RwLock::new(followed)),
                changes: Vec::new(),
            }
        });
        let Ok(value) = Arc::clone(&following.value).downcast::<RwLock<Followed<T>>>() else {
            // Not reached: the type is the key.
            return KeptUp::new(T::of(history));
        };
        if !following.changes.is_empty() {
            let mut followed = value.write().unwrap_or_else(PoisonError::into_inner);
            let taken = followed.taken;
            let new: Vec<Changed> = following
                .changes
                .drain(..)
                .filter(|(number, _)| *number > taken)
                .map(|(_, changed)| changed)
                .collect();
            followed.value.take_in(&new, history);
            followed.taken = taken.max(count);
        }
        KeptUp(value)
    }

    /// Whether there is a value that is kept up; not while somebody makes one.
    pub(super) fn follows<T: Any>(&self) -> bool {
        self.look(|kept| kept.followed.contains_key(&TypeId::of::<T>()))
    }

    /// A version came in.
    pub(super) fn change(&mut self, changed: &Changed, known_at: DateTime<Utc>) {
        let kept = self.kept.get_mut().unwrap_or_else(PoisonError::into_inner);
        kept.count += 1;
        let count = kept.count;
        kept.made
            .retain(|_, made| made.until.is_some_and(|until| until < known_at));
        for following in kept.followed.values_mut() {
            following.changes.push((count, changed.clone()));
        }
    }

    /// Without waiting, since this is asked where nobody may wait.
    fn look(&self, at: impl FnOnce(&Kept) -> bool) -> bool {
        match self.kept.try_lock() {
            Ok(kept) => at(&kept),
            Err(TryLockError::Poisoned(kept)) => at(&kept.into_inner()),
            Err(TryLockError::WouldBlock) => false,
        }
    }
}
