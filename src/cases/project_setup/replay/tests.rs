//! What later steps state, learned as it comes to be known.
#![allow(clippy::unwrap_used)]

use chrono::{DateTime, FixedOffset, TimeDelta};

use super::*;
use crate::eventlog::{Attributes, Event, Trace};

/// A request with steps on certain days, the last of which ends it; due on the fifth day from the first. A step
/// states which route is taken, if any.
fn request(steps: &[(i64, &str)]) -> Request {
    let first: DateTime<FixedOffset> = "2026-01-05T09:00:00Z".parse().unwrap();
    let events = steps.iter().map(|(day, route)| {
        let route = (!route.is_empty()).then(|| (Arc::from("route"), Arc::from(*route)));
        Event {
            activity: Arc::from("step"),
            time: first + TimeDelta::days(*day),
            resource: None,
            role: None,
            lifecycle: None,
            attributes: route.into_iter().collect(),
        }
    });
    let mut request = Request::finished(Trace {
        id: Arc::from("c"),
        attributes: Attributes::new(),
        events: events.collect(),
    });
    request.due = Some(request.started() + 5.0);
    request
}

/// What a request that takes the long route from its first step on is told of that route on a certain day, by
/// days taken and by lateness, where another took `steps` and one was in time.
fn told(steps: &[(i64, &str)], day: i64) -> (f64, f64) {
    let names = FactNames {
        categories: vec!["route".to_owned()],
        due: true,
        ..FactNames::default()
    };
    let (other, in_time) = (request(steps), request(&[(0, ""), (1, "")]));
    let now = request(&[(day, "long"), (day + 90, "")]);
    let requests = [&other, &in_time, &now];
    let found = rows(&names, &requests, |request, event| {
        (request, event) == (2, 0)
    });
    let features = names.features();
    let value = |name: &str| {
        let at = features.iter().position(|known| known == name).unwrap();
        found[0].row[at]
    };
    (value("days_by.route"), value("late_by.route"))
}

/// A request that is late from the fifth day on and done on the twentieth, of which a route is decided on a
/// certain day, and another afterwards.
fn decided(day: i64) -> [(i64, &'static str); 4] {
    [(0, ""), (day, "long"), (15, "short"), (20, "")]
}

#[test]
fn lateness_is_learned_of_what_a_later_step_states_once_that_is_taken() {
    let late_by = |of: i64, day: i64| told(&decided(of), day).1;
    let is_learned = |of: i64, day: i64| late_by(of, day) > 0.02;
    // Decided before it was late, afterwards, and at that very moment.
    assert!(!is_learned(2, 4) && is_learned(2, 6));
    assert!(!is_learned(8, 7) && is_learned(8, 9));
    assert!(is_learned(5, 6));
    // Once, by what was stated first.
    assert_eq!(late_by(8, 30), late_by(2, 6));
}

#[test]
fn days_taken_are_learned_of_what_a_later_step_states_when_all_is_over() {
    let is_learned = |steps: &[(i64, &str)], day: i64| told(steps, day).0 > 0.02;
    assert!(!is_learned(&decided(2), 19) && is_learned(&decided(2), 21));
    // With the end nothing is asked any more.
    assert!(!is_learned(&[(0, ""), (20, "long")], 21));
}
