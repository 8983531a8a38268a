#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use chrono::{DateTime, Days, FixedOffset, TimeDelta, Utc};
use serde_json::json;

use super::dependencies::{DependencyHistory, Missing};
use super::features::{NAMES, USUAL_LEFT};
use super::firm::FirmSetups;
use super::request::days;
use super::{AskedRow, FactNames, Known, Request, rows};
use crate::domain::records::{DependencyState, ProjectSetup, SetupDependency};
use crate::domain::{FieldSet as _, RecordKind};
use crate::eventlog::{Event, Trace};
use crate::history::{Facts, FactsAsOf, History as _};

fn monday() -> DateTime<FixedOffset> {
    "2026-01-05T09:00:00+01:00".parse().unwrap()
}

/// A case begun some hours after a Monday, its steps so many hours apart.
fn case(id: usize, begun: i64, steps: &[(&str, i64)], facts: &[(&str, &str)]) -> Request {
    let mut time = monday() + TimeDelta::hours(begun);
    let event = |(activity, wait): &(&str, i64)| {
        time += TimeDelta::hours(*wait);
        Event {
            activity: Arc::from(*activity),
            time,
            resource: Some(Arc::from("Ann")),
            role: None,
            lifecycle: None,
            attributes: Vec::new(),
        }
    };
    let events = steps.iter().map(event).collect();
    let mut attributes: Vec<(Arc<str>, Arc<str>)> = facts
        .iter()
        .map(|(name, value)| (Arc::from(*name), Arc::from(*value)))
        .collect();
    attributes.sort();
    let mut request = Request::finished(Trace {
        id: Arc::from(format!("c{id}")),
        attributes,
        events,
    });
    request.due = Some(request.started() + 5.0);
    request
}

/// Cases of unit `slow` take ten days, the others two; each begins five hours after the last.
fn cases(count: usize) -> Vec<Request> {
    (0..count)
        .map(|i| {
            let slow = i % 3 == 0;
            let hours = if slow { 240 } else { 48 } + (i * 7919 % 20) as i64;
            let size = (i * 37 % 101).to_string();
            let unit = if slow { "slow" } else { "quick" };
            let steps = [("ask", 0), ("check", 8), ("done", hours)];
            let total = format!("{hours}.5");
            let variant = format!("Variant {}", i % 2);
            let odd = [("ask", 0), ("check", 8), ("check", 1), ("done", hours)];
            let steps: &[(&str, i64)] = if i % 2 == 0 { &steps } else { &odd };
            let facts = [
                ("unit", unit),
                ("size", size.as_str()),
                ("total", total.as_str()),
                ("variant", variant.as_str()),
            ];
            case(i, 5 * i as i64, steps, &facts)
        })
        .collect()
}

fn refs(requests: &[Request]) -> Vec<&Request> {
    requests.iter().collect()
}

fn asked(names: &FactNames, requests: &[Request]) -> Vec<AskedRow> {
    rows(names, &refs(requests), |request, event| {
        event + 1 < requests[request].trace.events.len()
    })
}

fn value(names: &FactNames, row: &AskedRow, feature: &str) -> f64 {
    let at = names.features().iter().position(|name| name == feature);
    row.row[at.unwrap()]
}

#[test]
fn facts_of_the_end_are_left_out() {
    let requests = cases(300);
    let names = FactNames::of(&refs(&requests), &Known::default());
    assert_eq!(names.hindsight, ["total", "variant"]);
    assert_eq!(names.categories, ["unit"]);
    assert_eq!(names.numbers, ["size"]);
    let without = FactNames::of(
        &refs(&requests),
        &Known {
            late: vec!["unit".to_owned()],
            early: vec!["variant".to_owned()],
        },
    );
    assert_eq!(without.categories, ["variant"]);
    let none = FactNames::of(&[], &Known::default());
    assert!(none.activities.is_empty() && none.categories.is_empty());
}

#[test]
fn a_row_has_a_number_for_every_name_and_no_history_is_missing() {
    let requests = cases(120);
    let names = FactNames::of(&refs(&requests), &Known::default());
    let found = asked(&names, &requests);
    assert!(
        found
            .iter()
            .all(|one| one.row.len() == names.features().len())
    );
    assert!(NAMES.contains(&USUAL_LEFT));
    let first_step = names.clone().asked(super::Scope::FirstStep, false);
    let found_first = asked(&first_step, &requests);
    assert_eq!(found_first[0].row.len(), first_step.features().len());
    assert!(
        !first_step
            .features()
            .iter()
            .any(|name| name.contains("_by."))
    );
    assert_eq!(value(&first_step, &found_first[0], "hour"), 9.0);
    let first = &found[0];
    assert!(value(&names, first, "step_left_p50").is_nan());
    assert_eq!(value(&names, first, "days_to_due"), 5.0);
    assert_eq!(value(&names, first, "hour"), 9.0);
    let last = found.last().unwrap();
    assert!(value(&names, last, "step_left_p50") > 1.0);
}

#[test]
fn what_comes_later_changes_nothing() {
    let requests = cases(150);
    let names = FactNames::of(&refs(&requests), &Known::default());
    let moment = requests[100].started();
    let mut other = requests.clone();
    for request in &mut other {
        // The future is another one: everything from the moment on comes a month later.
        for event in &mut request.trace.events {
            if super::request::days(&event.time) >= moment {
                event.time = event.time + Days::new(30);
                event.activity = Arc::from("something else");
            }
        }
        if request.ended.is_some_and(|ended| ended >= moment) {
            request.ended = request.ended.map(|ended| ended + 30.0);
        }
    }
    let early = |requests: &[Request]| -> Vec<String> {
        let found = asked(&names, requests).into_iter();
        let early = found.filter(|one| one.at < moment);
        early.map(|one| format!("{one:?}")).collect()
    };
    assert!(early(&requests).len() > 150);
    assert_eq!(early(&requests), early(&other));
}

#[test]
fn what_ends_in_the_same_instant_is_not_known_yet() {
    let one = |id, begun, wait| case(id, begun, &[("ask", 0), ("done", wait)], &[]);
    // The first ends just when the third begins, the second an hour before.
    let requests = vec![one(0, 0, 100), one(1, 1, 98), one(2, 100, 5)];
    let found = asked(&FactNames::default(), &requests);
    let row = found.iter().find(|row| row.request == 2).unwrap();
    let left = value(&FactNames::default(), row, "step_left_p90");
    assert!((left - 98.0 / 24.0).abs() < 1e-9, "{left}");
}

#[test]
fn history_is_by_fact_and_likeness() {
    let requests = cases(300);
    let names = FactNames::of(&refs(&requests), &Known::default());
    let found = asked(&names, &requests);
    let of = |slow: bool, feature: &str| {
        let rows = found
            .iter()
            .rev()
            .filter(|row| (row.request % 3 == 0) == slow);
        value(&names, rows.take(1).next().unwrap(), feature)
    };
    assert!(of(true, "days_by.unit") > of(false, "days_by.unit") + 0.5);
    assert!(of(true, "late_by.unit") > 0.4 && of(false, "late_by.unit") < -0.2);
}

fn setup(id: usize, contract_days: i64, tax_days: Option<i64>, active: bool) -> ProjectSetup {
    let begun: DateTime<Utc> = "2026-01-05T09:00:00Z".parse().unwrap();
    let day = |days: i64| (begun + TimeDelta::days(days)).to_rfc3339();
    let done = |days: Option<i64>| if days.is_some() { "done" } else { "open" };
    let latest = tax_days.unwrap_or(0).max(contract_days) + 1;
    let mut body = json!({
        "id": format!("S{id}"), "project_id": "P", "requested_at": begun.to_rfc3339(),
        "planned_activation_on": "2026-01-15", "team": "north",
        "dependencies": [
            {"name": "contract", "owner_role": "legal", "state": "done", "started_at": day(1), "done_at": day(contract_days)},
            {"name": "tax", "owner_role": "finance", "state": done(tax_days), "done_at": tax_days.map(day)},
            {"name": "logo", "required": false, "state": "open"},
        ],
    });
    if active {
        body["activated_at"] = json!(day(latest));
    }
    read(body)
}

fn read(body: serde_json::Value) -> ProjectSetup {
    let serde_json::Value::Object(members) = body else {
        unreachable!()
    };
    ProjectSetup::from_members("", members).unwrap()
}

#[test]
fn a_set_up_is_a_course_of_its_dependencies() {
    let request = Request::of_setup(&setup(1, 4, Some(7), true));
    let steps: Vec<&str> = request.trace.events.iter().map(|e| &*e.activity).collect();
    let expected = [
        "requested",
        "contract begun",
        "contract done",
        "tax done",
        "activated",
    ];
    assert_eq!(steps, expected);
    let late = request.late().unwrap();
    assert!(!late.0, "activated on the 13th, planned for the 15th");
    let open = Request::of_setup(&setup(1, 4, None, false));
    assert_eq!(open.ended, None);
    assert!(open.late().unwrap().0);
}

#[test]
fn what_was_given_up_before_its_day_is_neither_late_nor_in_time() {
    let given_up = |on: i64| ProjectSetup {
        cancelled_at: Some(day(on)),
        ..setup(1, 2, None, false)
    };
    let late = |on: i64| Request::of_setup(&given_up(on)).late();
    assert_eq!(late(3), None, "planned for the tenth day");
    assert!(late(20).unwrap().0);
    let never_done = Request {
        never_done: true,
        ..Request::of_setup(&given_up(3))
    };
    assert!(never_done.late().unwrap().0);
    // Nor is it counted where the share late of its team is.
    let in_time = (0..10).map(|id| ProjectSetup {
        team: Some("south".to_owned()),
        ..setup(id, 3, Some(4), true)
    });
    let asked = ProjectSetup {
        requested_at: day(30),
        planned_activation_on: day(60).date_naive(),
        dependencies: Vec::new(),
        ..setup(99, 3, None, false)
    };
    let setups = in_time.chain((0..10).map(|_| given_up(3))).chain([asked]);
    let requests: Vec<Request> = setups.map(|one| Request::of_setup(&one)).collect();
    let names = FactNames {
        categories: vec!["team".to_owned()],
        due: true,
        ..FactNames::default()
    };
    let found = rows(&names, &refs(&requests), |request, _| request == 20);
    assert_eq!(value(&names, &found[0], "late_by.team"), 0.0);
}

/// A set-up asked for on the 40th day, as its record stood some days later: each time it is
/// planned for another day and waits for more.
fn moved(until: i64) -> ProjectSetup {
    let past = |days: i64| (days <= until).then(|| day(days).to_rfc3339());
    let state = |days: i64| if days <= until { "done" } else { "open" };
    let mut waits_for = vec![
        json!({"name": "contract", "state": state(43), "done_at": past(43)}),
        json!({"name": "tax", "state": state(45), "done_at": past(45)}),
    ];
    let more = (43..=until).map(|days| json!({"name": format!("no {days}"), "state": "open"}));
    waits_for.extend(more);
    read(json!({
        "id": "S99", "project_id": "P", "requested_at": day(40).to_rfc3339(),
        "planned_activation_on": day(until + 10).date_naive().to_string(),
        "team": if until < 43 { "north" } else { "south" }, "dependencies": waits_for,
    }))
}

#[test]
fn a_set_up_that_was_moved_is_trained_on_as_it_was_judged() {
    let versions = [40, 43, 45].map(|until| (day(until), moved(until)));
    let mut facts = Facts::default();
    let mut put = |known_at: DateTime<Utc>, setup: &ProjectSetup| {
        let body = serde_json::to_value(setup).unwrap();
        let kind = RecordKind::ProjectSetup;
        facts.insert(kind, known_at, 1, body).unwrap();
    };
    past().iter().for_each(|setup| put(day(30), setup));
    versions.iter().for_each(|(at, setup)| put(*at, setup));
    let facts = Arc::new(facts);
    let mut requests: Vec<Request> = past().iter().map(Request::of_setup).collect();
    let told = versions.iter().map(|(at, setup)| (Some(*at), setup));
    requests.extend(Request::of_versions(told));
    let count = |count: &str| ("dependencies".to_owned(), count.to_owned());
    let names = FactNames {
        categories: vec!["team".to_owned()],
        values: ["2", "3", "5"].map(count).to_vec(),
        ..FactNames::of(&refs(&requests), &Known::default())
    };
    let trained_on = rows(&names, &refs(&requests), |request, _| request == 10);
    let bits = |row: &[f64]| row.iter().map(|one| one.to_bits()).collect::<Vec<_>>();
    for (at, _) in &versions {
        let seen = FactsAsOf::new(Arc::clone(&facts), *at).setups();
        let firm = FirmSetups::at(&seen, &names);
        let judged_by = firm.find("S99").unwrap().row.unwrap();
        let mut then = trained_on.iter().filter(|row| row.at == days(at));
        assert_eq!(bits(&then.next().unwrap().row), bits(judged_by), "{at}");
    }
}

fn day(days: i64) -> DateTime<Utc> {
    "2026-01-05T09:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::days(days)
}

/// Contracts took 3 to 12 days, tax numbers 10 to 28.
fn past() -> Vec<ProjectSetup> {
    let setups = (0..10).map(|i| setup(i, 3 + i as i64, Some(10 + 2 * i as i64), true));
    setups.collect()
}

/// A set-up that waits for its contract, tax number and logo.
fn waiting() -> ProjectSetup {
    let mut asked = setup(99, 50, Some(50), false);
    for dependency in &mut asked.dependencies {
        dependency.done_at = None;
        dependency.state = DependencyState::Open;
    }
    asked
}

/// The same with one more that was never seen, or with one left out.
fn waiting_for(names: &[&str]) -> ProjectSetup {
    let mut asked = waiting();
    let one = asked.dependencies[1].clone();
    asked.dependencies = names
        .iter()
        .map(|name| SetupDependency {
            name: (*name).to_owned(),
            ..one.clone()
        })
        .collect();
    asked
}

fn critical(missing: &[Missing]) -> Vec<&str> {
    let critical = missing.iter().filter(|one| one.critical);
    critical.map(|one| one.name.as_str()).collect()
}

#[test]
fn the_missing_dependency_that_takes_longest_is_critical() {
    let history = DependencyHistory::of(&past(), day(60));
    let asked = waiting();
    let missing = history.at(day(2)).missing(&asked, f64::INFINITY);
    let names: Vec<&str> = missing.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["tax", "contract", "logo"]);
    let tax = &missing[0];
    assert_eq!(critical(&missing), ["tax"]);
    assert_eq!(tax.owner_role.as_deref(), Some("finance"));
    assert_eq!(tax.left_p50, Some(16.0));
    assert!(tax.adds_days.unwrap() > 8.0 && missing[1].adds_days.unwrap() < 1.0);
    // Activation does not wait for the logo, though nothing is known of it.
    assert_eq!(
        (missing[2].left_p50, missing[2].adds_days),
        (None, Some(0.0))
    );
    // What was done later was not known then: too few by day 15.
    let early = DependencyHistory::of(&past(), day(15));
    let missing = early.at(day(15)).missing(&asked, f64::INFINITY);
    let tax = missing.iter().find(|one| one.name == "tax").unwrap();
    assert!(tax.left_p50.is_none() && tax.critical);
}

#[test]
fn what_waits_longer_than_any_before_holds_the_set_up_up() {
    let history = DependencyHistory::of(&past(), day(60));
    let asked = waiting_for(&["contract", "tax"]);
    // After 20 days no contract ever was open; of the tax numbers those that took longer still tell.
    let missing = history.at(day(20)).missing(&asked, f64::INFINITY);
    assert_eq!(critical(&missing), ["contract"]);
    assert_eq!((missing[0].left_p50, missing[0].adds_days), (None, None));
    assert_eq!(
        (missing[1].left_p50, missing[1].adds_days),
        (Some(4.0), None)
    );
    // After 40 days nothing is known of either.
    let missing = history.at(day(40)).missing(&asked, f64::INFINITY);
    assert_eq!(critical(&missing), ["contract", "tax"]);
    // Where all but few wait longer without an end, those few say nothing of the others.
    let others = (20..40).map(|i| setup(i, 3, None, false));
    let long: Vec<ProjectSetup> = past().into_iter().chain(others).collect();
    let history = DependencyHistory::of(&long, day(60));
    let later = ProjectSetup {
        requested_at: day(33),
        ..asked
    };
    let missing = history.at(day(60)).missing(&later, f64::INFINITY);
    let tax = missing.iter().find(|one| one.name == "tax").unwrap();
    assert!(tax.left_p50.is_none() && tax.adds_days.is_none() && tax.critical);
}

#[test]
fn a_dependency_that_was_never_seen_holds_the_set_up_up() {
    let history = DependencyHistory::of(&past(), day(60));
    let mut asked = waiting_for(&["contract", "tax", "purchase order"]);
    let missing = history.at(day(2)).missing(&asked, f64::INFINITY);
    assert_eq!(critical(&missing), ["purchase order"]);
    assert!(missing.iter().all(|one| one.adds_days.is_none()));
    // One that activation does not wait for holds nothing up.
    asked.dependencies[2].required = Some(false);
    let missing = history.at(day(2)).missing(&asked, f64::INFINITY);
    assert_eq!(critical(&missing), ["tax"]);
    assert!(missing[0].adds_days.unwrap() > 8.0);
}

#[test]
fn what_was_done_on_a_day_that_nobody_noted_tells_nothing() {
    let unnoted = (20..60).map(|id| {
        let mut one = setup(id, 3, Some(10), false);
        one.dependencies[1].done_at = None;
        one
    });
    let all: Vec<ProjectSetup> = past().into_iter().chain(unnoted).collect();
    let missing = |setups: &[ProjectSetup]| {
        let history = DependencyHistory::of(setups, day(60));
        let mut seen = history.at(day(2));
        seen.missing(&waiting_for(&["tax"]), f64::INFINITY)
    };
    assert_eq!(missing(&all), missing(&past()));
}

#[test]
fn what_is_open_is_missing_though_a_day_is_noted() {
    let history = DependencyHistory::of(&past(), day(60));
    let mut asked = waiting();
    asked.dependencies[1].done_at = Some(day(1));
    let missing = history.at(day(2)).missing(&asked, f64::INFINITY);
    assert_eq!(critical(&missing), ["tax"]);
    let steps = Request::of_setup(&asked).trace.events;
    assert_eq!(steps.len(), 2, "asked for, and the contract begun");
}

#[test]
fn several_dependencies_are_critical_where_they_tie() {
    let history = DependencyHistory::of(&past(), day(60));
    // Two that take as long: neither helps much alone.
    let twice = waiting_for(&["tax", "tax", "contract"]);
    let missing = history.at(day(2)).missing(&twice, f64::INFINITY);
    assert_eq!(critical(&missing), ["tax", "tax"]);
    assert_eq!(missing[0].adds_days, missing[1].adds_days);
    // Always ten days: none adds anything by itself, yet both decide.
    let always: Vec<ProjectSetup> = (0..10).map(|i| setup(i, 3, Some(10), true)).collect();
    let history = DependencyHistory::of(&always, day(60));
    let missing = history.at(day(1)).missing(&twice, f64::INFINITY);
    assert_eq!(critical(&missing), ["tax", "tax"]);
    assert_eq!(missing[0].adds_days, Some(0.0));
}

#[test]
fn no_dependency_adds_more_than_the_answer_expects() {
    let history = DependencyHistory::of(&past(), day(60));
    let missing = history.at(day(2)).missing(&waiting(), 3.0);
    assert_eq!(missing[0].adds_days, Some(3.0));
    assert_eq!(critical(&missing), ["tax"]);
}

#[test]
fn of_many_finished_ones_a_few_steps_say_the_same() {
    let setups = |count: usize| -> Vec<ProjectSetup> {
        let setups = (0..count).map(|i| setup(i, 3, Some(10 + (i % 40) as i64), true));
        setups.collect()
    };
    let missing = |count| {
        let setups = setups(count);
        let history = DependencyHistory::of(&setups, day(90));
        let mut seen = history.at(day(0));
        seen.missing(&waiting(), f64::INFINITY).remove(0)
    };
    let (few, many) = (missing(200), missing(2_000));
    assert_eq!((few.left_p50, few.left_p90), (many.left_p50, many.left_p90));
    assert!((few.adds_days.unwrap() - many.adds_days.unwrap()).abs() < 0.2);
}
