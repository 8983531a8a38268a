//! Set-ups of projects as requests.

use std::sync::Arc;

use chrono::{DateTime, NaiveTime, Utc};

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
            let done = dependency.done_at.map(|at| ("done", at));
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
        let end_of_day = setup
            .planned_activation_on
            .and_time(NaiveTime::MIN)
            .and_utc();
        Self {
            trace: Trace {
                id: Arc::from(setup.id.to_string()),
                attributes,
                events: steps,
            },
            ended: setup.activated_at.map(|at| days(&at)),
            given_up: setup.cancelled_at.map(|at| days(&at)),
            never_done: false,
            due: Some(days(&end_of_day) + 1.0),
            due_at_step: Vec::new(),
            labelled_late: None,
        }
    }

    /// A set-up of which several versions became known, in order of when. Its course, and what came
    /// of it, are as the last says. Its facts and the moment due are as they were known when each
    /// step was taken, or first told of: by those it was judged then.
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
        let last = &versions.last()?.request;
        let steps = &last.trace.events;
        let then: Vec<&Self> = steps
            .iter()
            .map(|step| in_force(&versions, step).unwrap_or(last))
            .collect();
        let mut request = last.clone();
        let facts = &last.trace.attributes;
        if then.iter().any(|then| then.trace.attributes != *facts) {
            // Each step states its own, and none is of the set-up as a whole.
            request.trace.attributes.clear();
            for (step, then) in request.trace.events.iter_mut().zip(&then) {
                step.attributes.clone_from(&then.trace.attributes);
            }
        }
        if then.iter().any(|then| then.due != last.due) {
            request.due_at_step = then.iter().map(|then| then.due).collect();
        }
        Some(request)
    }
}

/// A set-up as one version of its record tells it.
struct Version {
    /// From when on, in days as of [`days`].
    known: f64,
    request: Request,
}

/// What a set-up looked like as a step was taken: by the version of then, or, where that does not
/// tell of the step, by the first that does.
fn in_force<'a>(versions: &'a [Version], step: &Event) -> Option<&'a Request> {
    let tells = |version: &Version| {
        let mut events = version.request.trace.events.iter();
        events.any(|event| event.time == step.time && event.activity == step.activity)
    };
    let at = days(&step.time);
    let known = versions.partition_point(|version| version.known <= at);
    let first = versions.iter().position(tells)?;
    let place = first.max(known.saturating_sub(1));
    versions.get(place).map(|version| &version.request)
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
