//! What was worked out of the moments asked about last.

use std::any::{Any, TypeId};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};

use chrono::{DateTime, Utc};

use super::memo::{Cell, cell, is_made};

/// Moments that are kept: a batch asks about few, while others ask about now.
const KEPT: usize = 4;

#[derive(Debug, Clone)]
struct Made {
    moment: DateTime<Utc>,
    key: TypeId,
    value: Cell,
}

/// Values by the moment that they are of, the last asked for first. A copy goes on with the same
/// values.
#[derive(Debug, Default)]
pub(super) struct Moments {
    kept: Mutex<VecDeque<Made>>,
}

impl Clone for Moments {
    fn clone(&self) -> Self {
        Self {
            kept: Mutex::new(self.lock().clone()),
        }
    }
}

impl Moments {
    fn lock(&self) -> MutexGuard<'_, VecDeque<Made>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The value of a moment, made if there is none; whoever asks meanwhile waits for it.
    pub(super) fn get_or_make<T: Any + Send + Sync>(
        &self,
        moment: DateTime<Utc>,
        make: impl FnOnce() -> T,
    ) -> Arc<T> {
        let key = TypeId::of::<T>();
        let cell = {
            let mut kept = self.lock();
            let found = kept.iter().position(|one| one.is(moment, key));
            let mut made = found
                .and_then(|at| kept.remove(at))
                .unwrap_or_else(|| Made {
                    moment,
                    key,
                    value: Arc::new(OnceLock::<Arc<T>>::new()),
                });
            let cell = cell::<Arc<T>>(&mut made.value);
            kept.push_front(made);
            kept.truncate(KEPT);
            cell
        };
        // Made without the lock, so that nobody waits who asks for something else.
        Arc::clone(cell.get_or_init(|| Arc::new(make())))
    }

    /// Whether there is such a value; not while it is being made. Without waiting, since this is
    /// asked where nobody may wait.
    pub(super) fn holds<T: Any + Send + Sync>(&self, moment: DateTime<Utc>) -> bool {
        let kept = match self.kept.try_lock() {
            Ok(kept) => kept,
            Err(TryLockError::Poisoned(kept)) => kept.into_inner(),
            Err(TryLockError::WouldBlock) => return false,
        };
        let found = kept.iter().find(|one| one.is(moment, TypeId::of::<T>()));
        found.is_some_and(|made| is_made::<Arc<T>>(&made.value))
    }

    /// Something came in that was known at a moment: what is of then or later does not hold.
    pub(super) fn forget_from(&mut self, known_at: DateTime<Utc>) {
        let kept = self.kept.get_mut().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|made| made.moment < known_at);
    }
}

impl Made {
    fn is(&self, moment: DateTime<Utc>, key: TypeId) -> bool {
        self.moment == moment && self.key == key
    }
}
