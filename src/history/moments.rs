//! What was worked out of the moments asked about last.

use std::any::{Any, TypeId};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

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

/// The last moment of a day.
pub(super) fn end_of(day: NaiveDate) -> DateTime<Utc> {
    let next = day.succ_opt().unwrap_or(day);
    next.and_time(NaiveTime::MIN).and_utc() - TimeDelta::nanoseconds(1)
}

/// When something last became known, of each day.
#[derive(Debug, Clone, Default)]
pub(super) struct LastOfDays {
    by_day: HashMap<NaiveDate, DateTime<Utc>>,
}

impl LastOfDays {
    /// Something became known.
    pub(super) fn count(&mut self, known_at: DateTime<Utc>) {
        let last = self.by_day.entry(known_at.date_naive());
        let last = last.or_insert(known_at);
        *last = known_at.max(*last);
    }

    /// Whether something of its day becomes known after a moment.
    pub(super) fn is_to_come(&self, as_of: DateTime<Utc>) -> bool {
        let last = self.by_day.get(&as_of.date_naive());
        last.is_some_and(|last| *last > as_of)
    }

    /// A moment of the same day by which the same was known: one for all that lie behind everything of
    /// their day, so that each finds what was worked out for another.
    fn same_as(&self, as_of: DateTime<Utc>) -> DateTime<Utc> {
        let day = as_of.date_naive();
        match self.by_day.get(&day) {
            Some(last) if *last > as_of => as_of,
            Some(last) => *last,
            None => day.and_time(NaiveTime::MIN).and_utc(),
        }
    }
}

/// Values of records of which whoever asks sees what was known by a moment, and of what is dated whole
/// days alone: at all moments of a day between which nothing became known they are the same.
#[derive(Debug, Clone, Default)]
pub(super) struct DayMoments {
    last_of_days: LastOfDays,
    moments: Moments,
}

impl DayMoments {
    /// A version came in that was known at a moment: what was seen before it stays as it was.
    pub(super) fn change(&mut self, known_at: DateTime<Utc>) {
        self.last_of_days.count(known_at);
        self.moments.forget_from(known_at);
    }

    /// The value of what is seen at a moment, made if there is none, at a moment that sees the same;
    /// whoever asks meanwhile waits for it.
    pub(super) fn get_or_make<T: Any + Send + Sync>(
        &self,
        as_of: DateTime<Utc>,
        make: impl FnOnce(DateTime<Utc>) -> T,
    ) -> Arc<T> {
        let moment = self.last_of_days.same_as(as_of);
        self.moments.get_or_make(moment, || make(moment))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn all_moments_behind_everything_of_their_day_share_a_value_and_others_have_their_own() {
        let mut kept = DayMoments::default();
        kept.change(at("2026-03-02T09:00:00Z"));
        kept.change(at("2026-03-02T15:00:00Z"));
        // Whether it was made for the question, and at which moment.
        let asked = |kept: &DayMoments, moment: &str| {
            let mut made = false;
            let value = kept.get_or_make(at(moment), |then| {
                made = true;
                then
            });
            (made, *value)
        };
        let (noon, last) = (at("2026-03-02T12:00:00Z"), at("2026-03-02T15:00:00Z"));
        assert_eq!(asked(&kept, "2026-03-02T16:00:00Z"), (true, last));
        assert_eq!(asked(&kept, "2026-03-02T23:59:00Z"), (false, last));
        assert_eq!(asked(&kept, "2026-03-02T12:00:00Z"), (true, noon));
        assert_eq!(asked(&kept, "2026-03-02T12:00:00Z"), (false, noon));
        let next = at("2026-03-03T00:00:00Z");
        assert_eq!(asked(&kept, "2026-03-03T08:00:00Z"), (true, next));
        assert_eq!(asked(&kept, "2026-03-03T20:00:00Z"), (false, next));
        // What comes in later changes nothing that was seen before it.
        let later = at("2026-03-02T15:30:00Z");
        kept.change(later);
        assert_eq!(asked(&kept, "2026-03-02T12:00:00Z"), (false, noon));
        assert_eq!(asked(&kept, "2026-03-02T16:00:00Z"), (true, later));
        assert_eq!(asked(&kept, "2026-03-03T20:00:00Z"), (true, next));
    }
}
