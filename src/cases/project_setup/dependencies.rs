//! What a set-up still waits for: how long each dependency will take, and which one decides.
//!
//! Learned by name from the firm's own dependencies as they stood at the moment: days from
//! begin (or, where begins are seldom stated, from the request) until done, those not done yet
//! counting as taking so long at least (Kaplan and Meier, "Nonparametric estimation from
//! incomplete observations", 1958). What waits together is taken to be independent.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use super::request::days;
use crate::domain::records::{DependencyState, ProjectSetup, SetupDependency};

/// Finished dependencies of a name needed to say how long it takes.
pub const LEAST_FINISHED: usize = 5;

/// How long dependencies took, by name.
#[derive(Debug, Clone, Default)]
pub struct DependencyHistory {
    by_name: HashMap<String, Course>,
}

#[derive(Debug, Clone, Default)]
struct Course {
    /// Days from begin to done and from request to done; whether it was done then.
    from_begin: Vec<(f64, bool)>,
    from_request: Vec<(f64, bool)>,
    owners: BTreeMap<String, usize>,
}

/// A dependency that is not done.
#[derive(Debug, Clone, PartialEq)]
pub struct Missing {
    /// Its name.
    pub name: String,
    /// Role that sees to it: its own, or the usual one for that name.
    pub owner_role: Option<String>,
    /// How far it is.
    pub state: DependencyState,
    /// Whether activation waits for it.
    pub required: bool,
    /// Days since it was begun, or asked for where it was not.
    pub waited_days: f64,
    /// Days it still takes, in the middle; none where too few of its name were done, or this
    /// one has waited longer than those that tell.
    pub left_p50: Option<f64>,
    /// Days it still takes in nine of ten cases at most; none as above.
    pub left_p90: Option<f64>,
    /// Finished dependencies of its name that were learned from.
    pub finished: usize,
    /// Days by which activation would be expected earlier were it done now. 0 where it is not
    /// required or nothing is known of it.
    pub adds_days: f64,
    /// Whether it adds the most of all.
    pub critical: bool,
}

impl DependencyHistory {
    /// Learns from set-ups as they stood at a moment: what began or was done later is not
    /// known.
    #[must_use]
    pub fn of(setups: &[ProjectSetup], moment: DateTime<Utc>) -> Self {
        let mut found = Self::default();
        let known = setups.iter().filter(|setup| setup.requested_at < moment);
        for setup in known {
            // What is given up or active without it will not be done any more.
            let over = [setup.cancelled_at, setup.activated_at]
                .into_iter()
                .flatten()
                .min();
            let until = over.map_or(moment, |over| over.min(moment));
            for dependency in &setup.dependencies {
                found.add(setup, dependency, until);
            }
        }
        found
    }

    fn add(&mut self, setup: &ProjectSetup, dependency: &SetupDependency, until: DateTime<Utc>) {
        if dependency.state == DependencyState::Waived {
            return;
        }
        let course = self.by_name.entry(dependency.name.clone()).or_default();
        if let Some(owner) = &dependency.owner_role {
            *course.owners.entry(owner.clone()).or_default() += 1;
        }
        let done = dependency.done_at.filter(|done| *done < until);
        let end = done.unwrap_or(until);
        let taken = |from: DateTime<Utc>| (days(&end) - days(&from), done.is_some());
        let asked = taken(setup.requested_at);
        if asked.0 >= 0.0 {
            course.from_request.push(asked);
        }
        let begun = dependency.started_at.filter(|begun| *begun <= end);
        course.from_begin.extend(begun.map(taken));
    }

    /// The dependencies of a set-up that are not done at a moment, the one that adds most first.
    #[must_use]
    pub fn missing(&self, setup: &ProjectSetup, moment: DateTime<Utc>) -> Vec<Missing> {
        let open: Vec<&SetupDependency> = setup
            .dependencies
            .iter()
            .filter(|one| one.state != DependencyState::Waived)
            .filter(|one| match one.done_at {
                Some(done) => done >= moment,
                None => one.state != DependencyState::Done,
            })
            .collect();
        let left: Vec<Option<Left>> = open
            .iter()
            .map(|one| self.left(setup, one, moment).filter(|_| required(one)))
            .collect();
        let known = |skipped: usize| {
            let others = left
                .iter()
                .enumerate()
                .filter(move |(at, _)| *at != skipped);
            others.filter_map(|(_, left)| left.as_ref())
        };
        let all = expected_last(known(usize::MAX));
        let mut missing: Vec<Missing> = open
            .iter()
            .enumerate()
            .map(|(at, one)| {
                let spread = self.left(setup, one, moment);
                let quantile = |share| spread.as_ref().and_then(|left| left.quantile(share));
                Missing {
                    name: one.name.clone(),
                    owner_role: one
                        .owner_role
                        .clone()
                        .or_else(|| self.usual_owner(&one.name)),
                    state: one.state,
                    required: required(one),
                    waited_days: days(&moment) - days(&begun(setup, one, moment)),
                    left_p50: quantile(0.5),
                    left_p90: quantile(0.9),
                    finished: self.finished(&one.name),
                    adds_days: (all - expected_last(known(at))).max(0.0),
                    critical: false,
                }
            })
            .collect();
        missing.sort_by(|a, b| {
            let order = b.adds_days.total_cmp(&a.adds_days);
            order.then_with(|| a.name.cmp(&b.name))
        });
        if let Some(first) = missing.first_mut() {
            first.critical = first.adds_days > 0.0;
        }
        missing
    }

    fn usual_owner(&self, name: &str) -> Option<String> {
        let owners = &self.by_name.get(name)?.owners;
        let most = owners.iter().max_by_key(|(_, count)| **count);
        most.map(|(owner, _)| owner.clone())
    }

    fn finished(&self, name: &str) -> usize {
        let course = self.by_name.get(name);
        course.map_or(0, |course| done(&course.from_request))
    }

    /// How long it still takes, given how long it has.
    fn left(
        &self,
        setup: &ProjectSetup,
        one: &SetupDependency,
        moment: DateTime<Utc>,
    ) -> Option<Left> {
        let course = self.by_name.get(&one.name)?;
        let since = begun(setup, one, moment);
        let from_begin = since != setup.requested_at && done(&course.from_begin) >= LEAST_FINISHED;
        let (taken, from) = if from_begin {
            (&course.from_begin, since)
        } else {
            (&course.from_request, setup.requested_at)
        };
        (done(taken) >= LEAST_FINISHED)
            .then(|| Left::after(taken, (days(&moment) - days(&from)).max(0.0)))
    }
}

fn required(one: &SetupDependency) -> bool {
    one.required.unwrap_or(true)
}

fn begun(setup: &ProjectSetup, one: &SetupDependency, moment: DateTime<Utc>) -> DateTime<Utc> {
    let begun = one.started_at.filter(|begun| *begun < moment);
    begun.unwrap_or(setup.requested_at)
}

fn done(taken: &[(f64, bool)]) -> usize {
    taken.iter().filter(|(_, done)| *done).count()
}

/// Days left with their probabilities; what adds up to less than 1 lies beyond all that was seen.
#[derive(Debug, Clone)]
struct Left(Vec<(f64, f64)>);

impl Left {
    /// By what took longer than it has waited.
    fn after(taken: &[(f64, bool)], waited: f64) -> Self {
        let mut later: Vec<(f64, bool)> = taken
            .iter()
            .copied()
            .filter(|(days, _)| *days > waited)
            .collect();
        later.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        let count = later.len();
        let mut surviving = 1.0;
        let mut masses = Vec::new();
        for (at, (days, done)) in later.into_iter().enumerate() {
            if done {
                let mass = surviving / (count - at) as f64;
                surviving -= mass;
                masses.push((days - waited, mass));
            }
        }
        Self(masses)
    }

    fn quantile(&self, share: f64) -> Option<f64> {
        let mut below = 0.0;
        let reached = self.0.iter().find(|(_, mass)| {
            below += mass;
            below >= share - 1e-9
        });
        reached.map(|(days, _)| *days)
    }

    /// Probability of being done within so many days; what lies beyond all that was seen counts
    /// as done with the longest.
    fn within(&self, days: f64) -> f64 {
        let longest = self.0.last().map_or(0.0, |(days, _)| *days);
        if days >= longest {
            return 1.0;
        }
        let before = self.0.iter().take_while(|(left, _)| *left <= days);
        before.map(|(_, mass)| mass).sum()
    }
}

/// Expected days until the last of several is done.
fn expected_last<'a>(several: impl Iterator<Item = &'a Left> + Clone) -> f64 {
    let mut days: Vec<f64> = several
        .clone()
        .flat_map(|left| left.0.iter().map(|(days, _)| *days))
        .collect();
    days.sort_by(f64::total_cmp);
    let (mut from, mut expected) = (0.0, 0.0);
    for until in days {
        let all_done: f64 = several.clone().map(|left| left.within(from)).product();
        expected += (until - from) * (1.0 - all_done);
        from = until;
    }
    expected
}
