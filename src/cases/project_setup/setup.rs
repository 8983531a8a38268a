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
            due: Some(days(&end_of_day) + 1.0),
            labelled_late: None,
        }
    }
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
