//! Facts of set-ups by what their records say of when those were known.
#![allow(clippy::unwrap_used)]

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::super::{FactNames, Known};
use super::*;
use crate::domain::FieldSet as _;

fn hour(hours: i64) -> DateTime<Utc> {
    "2026-01-05T09:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::hours(hours)
}

/// Hours at which a set-up is asked for, its contract and, where its template says so, its tax number are
/// done, and it is active.
fn course(number: i64) -> Vec<i64> {
    let asked = 30 * number;
    let mut course = vec![asked, asked + 60 + number % 7];
    if number % 2 == 0 {
        course.push(asked + 70 + number % 11);
    }
    course.push(asked + 90 + number % 13);
    course
}

/// A set-up as it stands at an hour. With its end it states what came of it.
fn setup(number: i64, until: i64) -> ProjectSetup {
    let course = course(number);
    let past = |place: usize| (course[place] <= until).then(|| hour(course[place]));
    let state = |done: Option<DateTime<Utc>>| if done.is_some() { "done" } else { "open" };
    let waits_for = ["contract", "tax"].into_iter().zip(1..course.len() - 1);
    let waits_for = waits_for.map(
        |(name, place)| json!({"name": name, "state": state(past(place)), "done_at": past(place)}),
    );
    let active = past(course.len() - 1);
    let outcome = if number % 3 == 0 { "good" } else { "bad" };
    let attributes = active.map_or_else(|| json!({}), |_| json!({"outcome": outcome}));
    let body = json!({
        "id": format!("S{number:02}"), "project_id": "P", "requested_at": hour(course[0]),
        "planned_activation_on": hour(course[0] + 200).date_naive(),
        "template": if number % 2 == 0 { "long" } else { "short" },
        "activated_at": active, "attributes": attributes,
        "dependencies": waits_for.collect::<Vec<Value>>(),
    });
    let Value::Object(members) = body else {
        unreachable!()
    };
    ProjectSetup::from_members("", members).unwrap()
}

/// The facts chosen on forty set-ups, of each of which versions became known at these places of its course.
fn chosen(versions: &[usize], says_when: bool) -> FactNames {
    let requests = (0..40).map(|number| {
        let course = course(number);
        let last = course.len() - 1;
        let told = versions.iter().map(|place| {
            let at = course[(*place).min(last)];
            (says_when.then(|| hour(at)), setup(number, at))
        });
        let told: Vec<(Option<DateTime<Utc>>, ProjectSetup)> = told.collect();
        Request::of_versions(told.iter().map(|(at, setup)| (*at, setup))).unwrap()
    });
    let requests: Vec<Request> = requests.collect();
    FactNames::of(&requests.iter().collect::<Vec<_>>(), &Known::default())
}

#[test]
fn what_records_say_was_known_before_the_course_is_no_hindsight() {
    let of_course = ["dependencies", "template"];
    let told = chosen(&[0, 1, 2, 3], true);
    assert_eq!(told.categories, of_course);
    assert!(told.hindsight.is_empty() && told.doubtful.is_empty() && told.untimed.is_empty());
    // The end tells of the steps that no version before it told of, and what it states comes too late.
    let seldom = chosen(&[0, 3], true);
    assert_eq!(seldom.categories, of_course);
    assert!(seldom.hindsight.is_empty() && seldom.untimed.is_empty());
}

#[test]
fn of_what_was_written_when_all_was_over_nobody_knows_when_it_was_known() {
    for says_when in [true, false] {
        let once = chosen(&[3], says_when);
        assert_eq!(once.hindsight, ["dependencies", "template"], "{says_when}");
        assert_eq!(
            once.categories,
            ["attributes.outcome"],
            "nothing tells that it came later"
        );
        assert_eq!(once.untimed, ["attributes.outcome"], "but it is named");
    }
}

/// A set-up of which versions became known at these hours, each as it stood then.
fn told_at(hours: &[i64], says_when: bool) -> Request {
    let versions = hours.iter().map(|at| (hour(*at), setup(0, *at)));
    let versions: Vec<(DateTime<Utc>, ProjectSetup)> = versions.collect();
    let told = versions.iter();
    let told = told.map(|(at, setup)| (says_when.then_some(*at), setup));
    Request::of_versions(told).unwrap()
}

#[test]
fn each_step_says_when_its_facts_were_known() {
    let known = |hours: &[i64]| told_at(hours, true).facts_known;
    let moments = |hours: [i64; 4]| hours.map(|at| days(&hour(at)));
    // Of the third step and the end a version tells that was written long after.
    assert_eq!(known(&[0, 60, 300]), moments([0, 60, 60, 60]));
    // Told of within a day, and with the end.
    assert_eq!(known(&[0, 60, 75, 95]), moments([0, 60, 75, 75]));
    assert_eq!(known(&[0, 60, 95]), moments([0, 60, 60, 60]));
    // Nothing was known before the second step.
    assert_eq!(known(&[65, 300]), moments([65, 65, 65, 65]));
    assert_eq!(
        told_at(&[0, 60, 300], false).facts_known,
        [f64::INFINITY; 4]
    );
}

#[test]
fn steps_that_only_the_end_tells_of_state_what_was_known_with_them() {
    let outcome = |request: &Request, step: usize| {
        let stated = request.stated(step, "attributes.outcome");
        stated.map(ToString::to_string)
    };
    let request = told_at(&[0, 90], true);
    let told = [0, 1, 2, 3].map(|step| outcome(&request, step));
    assert_eq!(told, [None, None, None, Some("good".to_owned())]);
    // Where nothing else was ever known, that is what there is.
    let once = told_at(&[90], true);
    assert_eq!(outcome(&once, 1), Some("good".to_owned()));
}
