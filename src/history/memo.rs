//! What was worked out from facts: values that hold from one moment to another, and values that are
//! kept up.

use std::any::{Any, TypeId};
use std::collections::{BTreeMap, HashMap};
use std::ops::Deref;
use std::sync::{
    Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
    TryLockError,
};

use chrono::{DateTime, TimeDelta, Utc};

use super::History;
use crate::domain::RecordKind;

/// An `Arc<OnceLock<T>>`. Copies of facts share a value also while it is being made.
pub(super) type Cell = Arc<dyn Any + Send + Sync>;

/// Changes that are taken in while whoever asks waits.
const FEW: usize = 1_000;
/// Versions that may wait for their moment. Where more are known later, the question is of long ago.
const MOST_LATER: usize = 100_000;

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

/// Moments at which the same was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    /// When the last of it became known.
    pub(super) from: DateTime<Utc>,
    /// When more becomes known.
    pub(super) before: DateTime<Utc>,
}

impl Span {
    /// One moment alone.
    pub(super) fn at(moment: DateTime<Utc>) -> Self {
        let next = moment.checked_add_signed(TimeDelta::nanoseconds(1));
        Self {
            from: moment,
            before: next.unwrap_or(DateTime::<Utc>::MAX_UTC),
        }
    }

    fn holds(&self, moment: DateTime<Utc>) -> bool {
        self.from <= moment && moment < self.before
    }
}

/// What a value that is kept up holds, and what is still to come. A record may say that it becomes known
/// later than now: by a clock of another zone, or a slip in the year. It waits here, so that nothing need
/// be made anew for it meanwhile.
#[derive(Debug)]
pub(super) struct KnownBy {
    /// When the last of what is held became known.
    pub(super) last: DateTime<Utc>,
    /// What becomes known later, by when.
    pub(super) later: BTreeMap<DateTime<Utc>, Vec<Changed>>,
}

impl KnownBy {
    /// How many wait that are due at a moment.
    fn due(&self, moment: DateTime<Utc>) -> usize {
        self.later.range(..=moment).map(|(_, due)| due.len()).sum()
    }

    /// Takes out those that are due at a moment.
    fn take_due(&mut self, moment: DateTime<Utc>) -> Vec<Changed> {
        let mut due = Vec::new();
        while let Some(next) = self
            .later
            .first_entry()
            .filter(|next| *next.key() <= moment)
        {
            self.last = self.last.max(*next.key());
            due.extend(next.remove());
        }
        due
    }

    /// Whether it is what was known at a moment.
    fn is_of(&self, moment: DateTime<Utc>) -> bool {
        self.last <= moment && self.due(moment) == 0
    }

    /// How many wait in all.
    fn waiting(&self) -> usize {
        self.later.values().map(Vec::len).sum()
    }
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
    /// When it is the same.
    span: Span,
    value: Cell,
}

/// A version that came in.
#[derive(Debug, Clone)]
struct Change {
    /// How many had come with it.
    number: u64,
    known_at: DateTime<Utc>,
    changed: Changed,
}

#[derive(Debug, Clone)]
struct Following {
    value: Cell,
    /// What may not have been taken in.
    changes: Vec<Change>,
}

/// A value and the number of the last version taken in. Copies of facts share it: whoever knows
/// more takes it further, and who knows less finds nothing to take in.
#[derive(Debug)]
struct Followed<T> {
    value: T,
    /// Versions until this one are in the value, or wait for their moment.
    taken: u64,
    known: KnownBy,
}

impl<T: Follows> Followed<T> {
    /// Takes in what is new and what has come due. Who asks of an earlier moment than somebody before would
    /// set records back, and leaves it to whoever comes next.
    fn go_on(&mut self, changes: Vec<Change>, count: u64, history: &dyn History) {
        let taken = self.taken;
        if count < taken {
            return;
        }
        for change in changes.into_iter().filter(|one| one.number > taken) {
            let later = self.known.later.entry(change.known_at).or_default();
            later.push(change.changed);
        }
        self.taken = count;
        if self.known.last <= history.as_of() {
            let due = self.known.take_due(history.as_of());
            self.value.take_in(&due, history);
        }
    }
}

type Shared<T> = Arc<RwLock<Followed<T>>>;

/// A value that is kept up with the records.
#[derive(Debug)]
pub struct KeptUp<T>(Shared<T>);

/// A value that does not change while it is read.
#[derive(Debug)]
pub struct Reading<'a, T>(RwLockReadGuard<'a, Followed<T>>);

impl<T> KeptUp<T> {
    /// Of one moment, for whoever asked alone.
    fn alone(value: T) -> Self {
        let known = KnownBy {
            last: DateTime::<Utc>::MIN_UTC,
            later: BTreeMap::new(),
        };
        Self(shared(value, 0, known))
    }

    /// Holds off changes until it is dropped.
    pub fn read(&self) -> Reading<'_, T> {
        Reading(read(&self.0))
    }
}

fn shared<T>(value: T, taken: u64, known: KnownBy) -> Shared<T> {
    Arc::new(RwLock::new(Followed {
        value,
        taken,
        known,
    }))
}

fn read<T>(shared: &Shared<T>) -> RwLockReadGuard<'_, Followed<T>> {
    shared.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(shared: &Shared<T>) -> RwLockWriteGuard<'_, Followed<T>> {
    shared.write().unwrap_or_else(PoisonError::into_inner)
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

    /// The value of what was known at a moment, made if there is none, of when the last of that became
    /// known; whoever asks meanwhile waits for it. One that is of later stays. `span` tells when the same
    /// is known.
    pub(super) fn get_or_make<T: Any + Send + Sync>(
        &self,
        moment: DateTime<Utc>,
        span: impl FnOnce() -> Span,
        make: impl FnOnce(DateTime<Utc>) -> T,
    ) -> Arc<T> {
        let key = TypeId::of::<T>();
        let kept = {
            let mut kept = self.lock();
            let known = kept.made.get(&key).map(|made| made.span);
            if known.is_none_or(|known| known.before <= moment) {
                let fresh = Made {
                    span: span(),
                    value: Arc::new(OnceLock::<Arc<T>>::new()),
                };
                kept.made.insert(key, fresh);
            }
            let made = kept.made.get_mut(&key);
            let made = made.filter(|made| made.span.holds(moment));
            made.map(|made| (cell::<Arc<T>>(&mut made.value), made.span.from))
        };
        // Made without the lock, so that nobody waits who asks for something else.
        let (cell, then) = kept.unwrap_or_else(|| (Arc::default(), moment));
        Arc::clone(cell.get_or_init(|| Arc::new(make(then))))
    }

    /// Whether there is such a value; not while it is being made.
    pub(super) fn holds<T: Any + Send + Sync>(&self, moment: DateTime<Utc>) -> bool {
        self.look(|kept| {
            let made = kept.made.get(&TypeId::of::<T>());
            made.is_some_and(|made| made.span.holds(moment) && is_made::<Arc<T>>(&made.value))
        })
    }

    /// The value that is kept up, made if there is none; for a moment before its own it is made anew.
    /// `known` tells what the history knows.
    pub(super) fn follow<T: Follows>(
        &self,
        history: &dyn History,
        known: impl FnOnce() -> KnownBy,
    ) -> KeptUp<T> {
        let key = TypeId::of::<T>();
        let as_of = history.as_of();
        let (cell, count) = {
            let mut kept = self.lock();
            let count = kept.count;
            let following = kept.followed.entry(key).or_insert_with(|| Following {
                value: Arc::new(OnceLock::<Shared<T>>::new()),
                changes: Vec::new(),
            });
            (cell::<Shared<T>>(&mut following.value), count)
        };
        let kept_up = match cell.get() {
            Some(kept_up) => Arc::clone(kept_up),
            None => {
                let known = known();
                if known.waiting() > MOST_LATER {
                    return KeptUp::alone(T::of(history));
                }
                Arc::clone(cell.get_or_init(|| shared(T::of(history), count, known)))
            }
        };
        // Taken in under the lock: whoever asks next must not find it half done.
        let mut kept = self.lock();
        let following = kept.followed.get_mut(&key);
        let changes = following.map(|one| std::mem::take(&mut one.changes));
        let changes = changes.unwrap_or_default();
        let lags = !changes.is_empty() || read(&kept_up).known.due(as_of) > 0;
        if lags {
            write(&kept_up).go_on(changes, count, history);
        }
        let is_of_then = read(&kept_up).known.is_of(as_of);
        drop(kept);
        if is_of_then {
            KeptUp(kept_up)
        } else {
            KeptUp::alone(T::of(history))
        }
    }

    /// The value that is kept up as these facts have it at the history's moment: one that somebody took
    /// further meanwhile is made anew.
    pub(super) fn as_kept<T: Follows + Clone>(
        &self,
        history: &dyn History,
        known: impl FnOnce() -> KnownBy,
    ) -> T {
        let kept = self.follow::<T>(history, known);
        let count = self.lock().count;
        let followed = read(&kept.0);
        if followed.taken <= count && followed.known.is_of(history.as_of()) {
            followed.value.clone()
        } else {
            T::of(history)
        }
    }

    /// Whether there is a value that is kept up and not of a later moment, and little to be taken in; not
    /// while it is being made or changed.
    pub(super) fn follows<T: Follows>(&self, moment: DateTime<Utc>) -> bool {
        self.look(|kept| {
            let Some(following) = kept.followed.get(&TypeId::of::<T>()) else {
                return false;
            };
            let cell = following.value.downcast_ref::<OnceLock<Shared<T>>>();
            let kept_up = cell.and_then(OnceLock::get);
            let followed = kept_up.and_then(|kept_up| kept_up.try_read().ok());
            followed.is_some_and(|followed| {
                let waiting = following.changes.len() + followed.known.due(moment);
                followed.known.last <= moment && waiting <= FEW
            })
        })
    }

    /// A version came in.
    pub(super) fn change(&mut self, changed: &Changed, known_at: DateTime<Utc>) {
        let kept = self.kept.get_mut().unwrap_or_else(PoisonError::into_inner);
        kept.count += 1;
        let count = kept.count;
        kept.made.retain(|_, made| {
            made.span.before = made.span.before.min(known_at);
            made.span.from < known_at
        });
        for following in kept.followed.values_mut() {
            following.changes.push(Change {
                number: count,
                known_at,
                changed: changed.clone(),
            });
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
