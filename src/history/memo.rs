//! What was worked out from facts: values that hold until a moment, and values that are kept up.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{
    Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, RwLockReadGuard, TryLockError,
};

use chrono::{DateTime, Utc};

use super::History;
use crate::domain::RecordKind;

/// An `Arc<OnceLock<T>>`. Copies of facts share a value also while it is being made.
pub(super) type Cell = Arc<dyn Any + Send + Sync>;

/// Changes that are taken in while whoever asks waits.
const FEW: usize = 1_000;

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
    value: Cell,
}

#[derive(Debug, Clone)]
struct Following {
    value: Cell,
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

type Shared<T> = Arc<RwLock<Followed<T>>>;

/// A value that is kept up with the records.
#[derive(Debug)]
pub struct KeptUp<T>(Shared<T>);

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
        let cell = {
            let mut kept = self.lock();
            let fresh = || Made {
                until,
                value: Arc::new(OnceLock::<Arc<T>>::new()),
            };
            let made = kept.made.entry(TypeId::of::<T>()).or_insert_with(fresh);
            if made.until < until {
                *made = fresh();
            }
            (made.until == until).then(|| cell::<Arc<T>>(&mut made.value))
        };
        // Made without the lock, so that nobody waits who asks for something else.
        let cell = cell.unwrap_or_default();
        Arc::clone(cell.get_or_init(|| Arc::new(make())))
    }

    /// Whether there is such a value; not while it is being made.
    pub(super) fn holds<T: Any + Send + Sync>(&self, until: Option<DateTime<Utc>>) -> bool {
        self.look(|kept| {
            let made = kept.made.get(&TypeId::of::<T>());
            made.is_some_and(|made| made.until == until && is_made::<Arc<T>>(&made.value))
        })
    }

    /// The value that is kept up, made if there is none. The history must know everything.
    pub(super) fn follow<T: Follows>(&self, history: &dyn History) -> KeptUp<T> {
        let key = TypeId::of::<T>();
        let (cell, count) = {
            let mut kept = self.lock();
            let count = kept.count;
            let following = kept.followed.entry(key).or_insert_with(|| Following {
                value: Arc::new(OnceLock::<Shared<T>>::new()),
                changes: Vec::new(),
            });
            (cell::<Shared<T>>(&mut following.value), count)
        };
        let shared = Arc::clone(cell.get_or_init(|| {
            Arc::new(RwLock::new(Followed {
                value: T::of(history),
                taken: count,
            }))
        }));
        // Taken in under the lock: whoever asks next must not find it half done.
        let mut kept = self.lock();
        let changes = kept.followed.get_mut(&key).map(|one| &mut one.changes);
        if let Some(changes) = changes.filter(|changes| !changes.is_empty()) {
            let mut followed = shared.write().unwrap_or_else(PoisonError::into_inner);
            let taken = followed.taken;
            let new: Vec<Changed> = changes
                .drain(..)
                .filter(|(number, _)| *number > taken)
                .map(|(_, changed)| changed)
                .collect();
            followed.value.take_in(&new, history);
            followed.taken = taken.max(count);
        }
        drop(kept);
        KeptUp(shared)
    }

    /// The value that is kept up as these facts have it: one that a later copy of them took further is
    /// made anew. The history must know everything.
    pub(super) fn as_kept<T: Follows + Clone>(&self, history: &dyn History) -> T {
        let kept = self.follow::<T>(history);
        let count = self.lock().count;
        let followed = kept.0.read().unwrap_or_else(PoisonError::into_inner);
        if followed.taken > count {
            T::of(history)
        } else {
            followed.value.clone()
        }
    }

    /// Whether there is a value that is kept up, and little to be taken in; not while it is being
    /// made.
    pub(super) fn follows<T: Follows>(&self) -> bool {
        self.look(|kept| {
            let following = kept.followed.get(&TypeId::of::<T>());
            following.is_some_and(|following| {
                following.changes.len() <= FEW && is_made::<Shared<T>>(&following.value)
            })
        })
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

/// The cell of a type; a new one where it were of another, which its key rules out.
pub(super) fn cell<T: Send + Sync + 'static>(value: &mut Cell) -> Arc<OnceLock<T>> {
    Arc::clone(value).downcast().unwrap_or_else(|_| {
        let cell = Arc::<OnceLock<T>>::default();
        *value = Arc::clone(&cell) as Cell;
        cell
    })
}

pub(super) fn is_made<T: Send + Sync + 'static>(value: &Cell) -> bool {
    let cell = value.downcast_ref::<OnceLock<T>>();
    cell.is_some_and(|cell| cell.get().is_some())
}
