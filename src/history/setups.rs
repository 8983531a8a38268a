//! Set-ups of projects as they were known at a moment.

use std::any::Any;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::facts::{Facts, read};
use super::moments::Moments;
use super::versions::Versions;
use crate::domain::records::{DependencyState, ProjectSetup, Record as _, SetupDependency};

/// The key of all set-ups, which are only ever asked for together.
const ALL: &str = "all";

/// Every version of every set-up.
#[derive(Debug, Clone)]
pub(super) struct Setups {
    versions: Versions<ProjectSetup>,
    /// Every moment at which something of a set-up happened or became known.
    changes: Arc<BTreeSet<DateTime<Utc>>>,
    worked_out: Moments,
}

impl Default for Setups {
    fn default() -> Self {
        Self {
            versions: Versions::new(|_| vec![ALL.to_owned()]),
            changes: Arc::default(),
            worked_out: Moments::default(),
        }
    }
}

impl Setups {
    /// Adds a version as it is stored.
    ///
    /// # Errors
    /// The first member that is not what the kind asks for.
    pub(super) fn insert(
        &mut self,
        known_at: DateTime<Utc>,
        version: u64,
        body: Value,
    ) -> Result<(), String> {
        let setup: ProjectSetup = read(body)?;
        let changes = Arc::make_mut(&mut self.changes);
        changes.extend([known_at, setup.requested_at]);
        changes.extend(setup.activated_at.into_iter().chain(setup.cancelled_at));
        let steps = setup.dependencies.iter();
        changes.extend(steps.flat_map(|one| one.started_at.into_iter().chain(one.done_at)));
        self.worked_out.forget_from(known_at);
        let id = setup.id().as_str().to_owned();
        self.versions.insert(&id, known_at, version, setup);
        Ok(())
    }

    /// When something happened or became known next after a moment.
    pub(super) fn next_change(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let later = (Excluded(after), Unbounded);
        self.changes.range(later).next().copied()
    }
}

/// Set-ups of projects seen from one moment: nothing known later, and nothing that is dated after
/// it.
#[derive(Debug, Clone)]
pub struct SetupsAsOf {
    facts: Arc<Facts>,
    as_of: DateTime<Utc>,
}

impl SetupsAsOf {
    pub(super) const fn new(facts: Arc<Facts>, as_of: DateTime<Utc>) -> Self {
        Self { facts, as_of }
    }

    /// The moment.
    #[must_use]
    pub const fn as_of(&self) -> DateTime<Utc> {
        self.as_of
    }

    /// Every set-up asked for by then, in order of id.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<ProjectSetup>> {
        let mut setups = self.facts.setups().versions.with_key(ALL, self.as_of);
        setups.retain(|setup| setup.requested_at <= self.as_of);
        let seen = setups.into_iter().map(|setup| {
            let anew = match self.seen(&setup) {
                Cow::Borrowed(_) => None,
                Cow::Owned(anew) => Some(anew),
            };
            anew.map_or(setup, Arc::new)
        });
        seen.collect()
    }

    /// The versions of a set-up one after another, each behind the moment from which on it was known, as
    /// [`SetupsAsOf::all`] shows the last.
    #[must_use]
    pub fn versions(&self, id: &str) -> Vec<(DateTime<Utc>, Cow<'_, ProjectSetup>)> {
        let versions = self.facts.setups().versions.until(id, self.as_of);
        let seen = versions.map(|(known, setup)| (known, self.seen(setup)));
        seen.collect()
    }

    /// What can be worked out of all of them, seen from the last moment at which something of any
    /// changed, which is what `make` is given. It is kept with the records, so that questions about one moment,
    /// or about moments between which nothing changed, find it.
    pub fn worked_out<T: Any + Send + Sync>(&self, make: impl FnOnce(&Self) -> T) -> Arc<T> {
        let Some(moment) = self.changed() else {
            return Arc::new(make(self));
        };
        let then = Self::new(Arc::clone(&self.facts), moment);
        let worked_out = &self.facts.setups().worked_out;
        worked_out.get_or_make(moment, || make(&then))
    }

    /// Whether that is at hand.
    #[must_use]
    pub fn is_worked_out<T: Any + Send + Sync>(&self) -> bool {
        let worked_out = &self.facts.setups().worked_out;
        let moment = self.changed();
        moment.is_none_or(|moment| worked_out.holds::<T>(moment))
    }

    /// When something changed last.
    fn changed(&self) -> Option<DateTime<Utc>> {
        let changes = &self.facts.setups().changes;
        changes.range(..=self.as_of).next_back().copied()
    }

    /// A set-up without what it says of later moments.
    fn seen<'a>(&self, setup: &'a ProjectSetup) -> Cow<'a, ProjectSetup> {
        let later = |at: &Option<DateTime<Utc>>| at.is_some_and(|at| at > self.as_of);
        let later_step = |one: &SetupDependency| later(&one.started_at) || later(&one.done_at);
        if !later(&setup.activated_at)
            && !later(&setup.cancelled_at)
            && !setup.dependencies.iter().any(later_step)
        {
            return Cow::Borrowed(setup);
        }
        let mut seen = setup.clone();
        let forget = |at: &mut Option<DateTime<Utc>>| at.take_if(|at| *at > self.as_of).is_some();
        forget(&mut seen.activated_at);
        forget(&mut seen.cancelled_at);
        for one in &mut seen.dependencies {
            let begins_later = forget(&mut one.started_at);
            let done_later = forget(&mut one.done_at);
            one.state = match one.state {
                DependencyState::Done if done_later && one.started_at.is_some() => {
                    DependencyState::InProgress
                }
                DependencyState::Done if done_later => DependencyState::Open,
                DependencyState::InProgress if begins_later => DependencyState::Open,
                state => state,
            };
        }
        Cow::Owned(seen)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;
    use crate::domain::RecordKind;

    fn day(day: u32) -> DateTime<Utc> {
        format!("2026-03-{day:02}T08:00:00Z").parse().unwrap()
    }

    fn put(facts: &mut Arc<Facts>, id: &str, known: u32, version: u64, dates: [Option<u32>; 3]) {
        let [started, done, active] = dates.map(|one| one.map(day));
        let state = if done.is_some() { "done" } else { "open" };
        let body = json!({"id": id, "project_id": "p", "requested_at": day(1), "planned_activation_on": "2026-03-20",
            "activated_at": active, "dependencies": [{"name": "contract", "state": state, "started_at": started, "done_at": done}]});
        Arc::make_mut(facts)
            .insert(RecordKind::ProjectSetup, day(known), version, body)
            .unwrap();
    }

    fn seen(facts: &Arc<Facts>, as_of: u32) -> SetupsAsOf {
        SetupsAsOf::new(Arc::clone(facts), day(as_of))
    }

    #[test]
    fn a_set_up_says_nothing_of_days_to_come() {
        let mut facts = Arc::new(Facts::default());
        // The plan already claims to know when all will be done.
        put(&mut facts, "s1", 2, 1, [Some(5), Some(9), Some(12)]);
        let at = |as_of: u32| {
            let setup = Arc::clone(&seen(&facts, as_of).all()[0]);
            let one = &setup.dependencies[0];
            let dates = [one.started_at, one.done_at, setup.activated_at];
            (one.state, dates.map(|date| date.is_some()))
        };
        assert_eq!(at(4), (DependencyState::Open, [false, false, false]));
        assert_eq!(at(5), (DependencyState::InProgress, [true, false, false]));
        assert_eq!(at(9), (DependencyState::Done, [true, true, false]));
        assert_eq!(at(12), (DependencyState::Done, [true, true, true]));
        assert!(seen(&facts, 1).all().is_empty(), "not known yet");
    }

    #[test]
    fn each_version_is_behind_the_moment_from_which_on_it_was_known() {
        let mut facts = Arc::new(Facts::default());
        put(&mut facts, "s1", 2, 1, [Some(5), Some(9), None]);
        put(&mut facts, "s1", 6, 2, [Some(4), Some(9), None]);
        let at = |as_of: u32| {
            let seen = seen(&facts, as_of);
            let versions = seen.versions("s1").into_iter();
            let told = versions.map(|(known, setup)| {
                let one = &setup.dependencies[0];
                (known, one.started_at, one.done_at)
            });
            told.collect::<Vec<_>>()
        };
        assert!(at(1).is_empty());
        assert_eq!(at(4), [(day(2), None, None)]);
        let both = [(day(2), Some(day(5)), None), (day(6), Some(day(4)), None)];
        assert_eq!(at(8), both, "nothing of the ninth");
        assert!(seen(&facts, 8).versions("s2").is_empty());
    }

    #[test]
    fn what_is_worked_out_holds_until_something_of_a_set_up_changes() {
        let mut facts = Arc::new(Facts::default());
        put(&mut facts, "s1", 2, 1, [Some(5), Some(9), None]);
        // Whether it was at hand, and how many dependencies were done.
        let done = |facts: &Arc<Facts>, as_of: u32| {
            let seen = seen(facts, as_of);
            let known = seen.is_worked_out::<usize>();
            let count = seen.worked_out(|then| {
                let setups = then.all();
                let all = setups.iter().flat_map(|setup| &setup.dependencies);
                all.filter(|one| one.done_at.is_some()).count()
            });
            (known, *count)
        };
        assert_eq!(done(&facts, 6), (false, 0));
        assert_eq!(done(&facts, 8), (true, 0), "nothing happened between");
        assert_eq!(done(&facts, 9), (false, 1));
        assert_eq!(done(&facts, 30), (true, 1));
        assert_eq!(done(&facts, 7), (true, 0), "earlier ones are kept too");
        // A copy that learns more leaves the other as it was.
        let older = Arc::clone(&facts);
        put(&mut facts, "s2", 10, 1, [None, Some(8), None]);
        assert_eq!(done(&facts, 9), (true, 1), "not known by then");
        assert_eq!(done(&facts, 30), (false, 2));
        assert_eq!(done(&older, 30), (true, 1));
        put(&mut facts, "s1", 4, 2, [None, None, None]);
        assert_eq!(
            done(&facts, 30),
            (false, 1),
            "put right, as known on the 4th"
        );
        assert_eq!(done(&facts, 3), (false, 0));
    }
}
