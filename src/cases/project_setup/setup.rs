//! Set-ups of projects as requests.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, Utc};

use super::request::{Request, days};
use crate::domain::records::ProjectSetup;
use crate::eventlog::{Attributes, Event, Trace};

/// Days within which a version that tells of a step says what was known with it: systems tell of what happened
/// a little later.
const TOLD_WITH: f64 = 1.0;

impl Request {
    /// A set-up as its record stands: begun when asked for, a step for each dependency begun
    /// and done, complete when activated, due by the end of its planned day.
    #[must_use]
    pub fn of_setup(setup: &ProjectSetup) -> Self {
        let mut steps = vec![step("requested", setup.requested_at, None)];
        for dependency in &setup.dependencies {
            let role = dependency.owner_role.as_deref();
            let begun = dependency.started_at.map(|at| ("begun", at));
            let done = dependency.done().map(|at| ("done", at));
            for (what, at) in begun.into_iter().chain(done) {
                // Nothing of a request comes before it.
                let at = at.max(setup.requested_at);
                steps.push(step(&format!("{} {what}", dependency.name), at, role));
            }
        }
        steps.extend(setup.activated_at.map(|at| step("activated", at, None)));
        let over = setup.activated_at.or(setup.cancelled_at);
        steps.retain(|event| over.is_none_or(|over| event.time <= over));
        steps.sort_by_key(|event| event.time);
        Self {
            trace: Trace {
                id: Arc::from(setup.id.to_string()),
                attributes: facts(setup),
                events: steps,
            },
            ended: setup.activated_at.map(|at| days(&at)),
            given_up: setup.cancelled_at.map(|at| days(&at)),
            never_done: false,
            due: Some(end_of(setup.planned_activation_on)),
            due_at_step: Vec::new(),
            plans: Vec::new(),
            labelled_late: None,
            facts_known: Vec::new(),
        }
    }

    /// A set-up of which several versions became known, in order of when. Its course, and what came
    /// of it, are as the last says. Its facts and the moment due are as they were known when each step was
    /// taken: what was written afterwards tells no step, though no version told of that before. Whether it came late
    /// is told by the moment due that passed first.
    #[must_use]
    pub fn of_versions<'a>(
        versions: impl IntoIterator<Item = (Option<DateTime<Utc>>, &'a ProjectSetup)>,
    ) -> Option<Self> {
        let versions: Vec<Version> = versions
            .into_iter()
            .map(|(known, setup)| Version {
                known: known.map_or(f64::NEG_INFINITY, |known| days(&known)),
                request: Self::of_setup(setup),
            })
            .collect();
        let mut request = versions.last()?.request.clone();
        let by_step = in_force(&versions, &request.trace.events);
        request.facts_known = by_step.iter().map(|version| version.said_at()).collect();
        let then = || by_step.iter().map(|version| &version.request);
        let of_last = &request.trace.attributes;
        if then().any(|then| then.trace.attributes != *of_last) {
            // Each step states its own, and none is of the set-up as a whole.
            request.trace.attributes.clear();
            for (step, then) in request.trace.events.iter_mut().zip(then()) {
                step.attributes.clone_from(&then.trace.attributes);
            }
        }
        if then().any(|then| then.due != request.due) {
            request.due_at_step = then().map(|then| then.due).collect();
        }
        let told = versions
            .iter()
            .filter_map(|version| Some((version.known, version.request.due?)));
        request.plans = plans(told);
        Some(request)
    }

    /// The same of the versions that are known by now, as a question of now sees them.
    pub(super) fn of_known(versions: &[(DateTime<Utc>, Cow<'_, ProjectSetup>)]) -> Option<Self> {
        let (_, last) = versions.last()?;
        let (due, standing) = (last.planned_activation_on, facts(last));
        let mut others = versions.iter().map(|(_, one)| one);
        if others.all(|one| one.planned_activation_on == due && facts(one) == standing) {
            // Steps are all that versions differ in, and the last states them all.
            return Some(Self::of_setup(last));
        }
        Self::of_versions(versions.iter().map(|(known, one)| (Some(*known), &**one)))
    }

    /// The same request as it is asked about now, with the record as it stands: with its last step it states what
    /// is known by now, be that from after the step. None where that is what it states anyway.
    pub(super) fn asked_now(&self, setup: &ProjectSetup) -> Option<Self> {
        let mut now = self.clone();
        let standing = facts(setup);
        if let Some(last) = now.trace.events.last_mut()
            && now.trace.attributes != standing
        {
            last.attributes = standing;
        }
        if let Some(due) = now.due_at_step.last_mut() {
            *due = self.due;
        }
        (now != *self).then_some(now)
    }
}

/// What a record states beside its course.
fn facts(setup: &ProjectSetup) -> Attributes {
    let mut attributes: Attributes = [
        ("team", setup.team.clone()),
        ("template", setup.template.clone()),
        (
            "requester",
            setup.requester_id.as_ref().map(ToString::to_string),
        ),
        ("dependencies", Some(setup.dependencies.len().to_string())),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((Arc::from(name), Arc::from(value?))))
    .collect();
    attributes.extend(setup.attributes.iter().map(|(name, value)| {
        (
            Arc::from(format!("attributes.{name}")),
            Arc::from(value.as_str()),
        )
    }));
    attributes.sort();
    attributes
}

/// A set-up as one version of its record tells it.
struct Version {
    /// From when on, in days as of [`days`].
    known: f64,
    request: Request,
}

impl Version {
    /// When that was known; never, where it does not say.
    fn said_at(&self) -> f64 {
        if self.known == f64::NEG_INFINITY {
            f64::INFINITY
        } else {
            self.known
        }
    }

    /// Whether all was over when it became known: nobody asked about it any more.
    fn is_over(&self) -> bool {
        let over = self.request.ended.or(self.request.given_up);
        over.is_some_and(|over| over <= self.known)
    }
}

/// The moments due as they were planned one after another, if there was more than one. The first is taken to
/// be known from the start, as the course of a set-up is that was told of later.
fn plans(told: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    let mut plans: Vec<(f64, f64)> = told.collect();
    plans.dedup_by_key(|(_, due)| *due);
    if plans.len() < 2 {
        return Vec::new();
    }
    if let Some((known, _)) = plans.first_mut() {
        *known = f64::NEG_INFINITY;
    }
    plans
}

/// The end of a day, as of [`days`].
fn end_of(day: NaiveDate) -> f64 {
    days(&day.and_time(NaiveTime::MIN).and_utc()) + 1.0
}

/// What a set-up looked like as each step was taken: by the version of then, before any was known by the first;
/// or by the first that tells of the step, where that became known within a day and before all was over.
fn in_force<'a>(versions: &'a [Version], steps: &[Event]) -> Vec<&'a Version> {
    let mut first_told: HashMap<(DateTime<FixedOffset>, &str), usize> = HashMap::new();
    for (place, version) in versions.iter().enumerate() {
        for step in &version.request.trace.events {
            first_told
                .entry((step.time, &*step.activity))
                .or_insert(place);
        }
    }
    let of_step = |step: &Event| {
        let at = days(&step.time);
        let known = versions.partition_point(|version| version.known <= at);
        let with_step = |place: &usize| {
            let version = versions.get(*place);
            version.is_some_and(|one| one.known <= at + TOLD_WITH && !one.is_over())
        };
        let told = first_told.get(&(step.time, &*step.activity)).copied();
        let told = told.filter(with_step).unwrap_or_default();
        versions.get(told.max(known.saturating_sub(1)))
    };
    steps.iter().filter_map(of_step).collect()
}

fn step(activity: &str, at: DateTime<Utc>, role: Option<&str>) -> Event {
    Event {
        activity: Arc::from(activity),
        time: at.fixed_offset(),
        resource: None,
        role: role.map(Arc::from),
        lifecycle: None,
        attributes: Attributes::new(),
    }
}

#[cfg(test)]
mod tests;
