//! Set-ups of projects as requests.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::request::{Request, days};
use crate::domain::records::ProjectSetup;
use crate::eventlog::{Attributes, Event, Trace};

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
        Self {
            trace: Trace {
                id: Arc::from(setup.id.to_string()),
                attributes,
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

    /// A set-up as its record stands, with the days that were planned for it one after another.
    pub(super) fn of_planned(setup: &ProjectSetup, planned: &[(DateTime<Utc>, NaiveDate)]) -> Self {
        let told = planned
            .iter()
            .map(|(known, day)| (days(known), end_of(*day)));
        Self {
            plans: plans(told),
            ..Self::of_setup(setup)
        }
    }

    /// A set-up of which several versions became known, in order of when. Its course, and what came
    /// of it, are as the last says. Its facts and the moment due are as they were known when each
    /// step was taken, or first told of: by those it was judged then. Whether it came late is told by the
    /// moment due that passed first.
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
        let standing = versions.last()?;
        let last = &standing.request;
        let steps = &last.trace.events;
        let by_step: Vec<&Version> = steps
            .iter()
            .map(|step| in_force(&versions, step).unwrap_or(standing))
            .collect();
        let then = || by_step.iter().map(|version| &version.request);
        let mut request = last.clone();
        request.facts_known = by_step.iter().map(|version| version.said_at()).collect();
        let facts = &last.trace.attributes;
        if then().any(|then| then.trace.attributes != *facts) {
            // Each step states its own, and none is of the set-up as a whole.
            request.trace.attributes.clear();
            for (step, then) in request.trace.events.iter_mut().zip(then()) {
                step.attributes.clone_from(&then.trace.attributes);
            }
        }
        if then().any(|then| then.due != last.due) {
            request.due_at_step = then().map(|then| then.due).collect();
        }
        let told = versions
            .iter()
            .filter_map(|version| Some((version.known, version.request.due?)));
        request.plans = plans(told);
        Some(request)
    }
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

/// What a set-up looked like as a step was taken: by the version of then, or, where that does not
/// tell of the step, by the first that does.
fn in_force<'a>(versions: &'a [Version], step: &Event) -> Option<&'a Version> {
    let tells = |version: &Version| {
        let mut events = version.request.trace.events.iter();
        events.any(|event| event.time == step.time && event.activity == step.activity)
    };
    let at = days(&step.time);
    let known = versions.partition_point(|version| version.known <= at);
    let first = versions.iter().position(tells)?;
    let place = first.max(known.saturating_sub(1));
    versions.get(place)
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
