//! Set-ups as a firm that tells of them step by step is answered.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::json;

use super::super::replay::rows;
use super::super::request::Request;
use super::super::{AskedRow, Known};
use super::*;
use crate::advice::Status;
use crate::domain::RecordKind;
use crate::domain::records::Record as _;
use crate::history::{Facts, FactsAsOf};

fn case() -> SetupCase {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    SetupCase::load(&Registry::open(&models).unwrap()).unwrap()
}

fn hour(hours: i64) -> DateTime<Utc> {
    "2026-01-05T09:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::hours(hours)
}

/// Hours at which each thing happens to a set-up: asked for, contract begun and done, rate card
/// begun and done, active. One in three misses its day.
fn course(number: i64) -> [i64; 6] {
    let asked = 40 * number;
    let signed = asked + 60 + 7 * (number % 5);
    let priced = signed
        + if number % 3 == 0 {
            300
        } else {
            50 + number % 7
        };
    [asked, asked + 10, signed, signed + 3, priced, priced + 20]
}

/// A set-up as it stands at a moment, or as it claims to when it is told of all that will be.
fn body(number: i64, course: [i64; 6], until: DateTime<Utc>) -> Value {
    let [asked, begun, signed, card_begun, priced, active] = course.map(hour);
    let past = |at: DateTime<Utc>| (at <= until).then_some(at);
    let state = |begun: DateTime<Utc>, done: DateTime<Utc>| match (past(begun), past(done)) {
        (_, Some(_)) => "done",
        (Some(_), None) => "in_progress",
        (None, None) => "open",
    };
    json!({"id": format!("S{number:03}"), "project_id": "P", "requested_at": asked,
    "planned_activation_on": (asked + TimeDelta::days(8)).date_naive(),
    "team": if number % 2 == 0 { "north" } else { "south" }, "activated_at": past(active),
    "dependencies": [
        {"name": "contract", "owner_role": "legal", "state": state(begun, signed),
            "started_at": past(begun), "done_at": past(signed)},
        {"name": "rate card", "state": state(card_begun, priced),
            "started_at": past(card_begun), "done_at": past(priced)},
    ]})
}

fn insert(facts: &mut Facts, known_at: DateTime<Utc>, version: u64, body: Value) {
    let kind = RecordKind::ProjectSetup;
    facts.insert(kind, known_at, version, body).unwrap();
}

/// Eighty set-ups, each told again whenever something happens, up to an hour.
fn firm(until: i64) -> Facts {
    let mut facts = Facts::default();
    for number in 0..80 {
        let course = course(number);
        for at in course.into_iter().filter(|at| *at <= until) {
            insert(&mut facts, hour(at), 1, body(number, course, hour(at)));
        }
    }
    facts
}

fn seen(facts: &Facts, as_of: i64) -> FactsAsOf {
    FactsAsOf::new(Arc::new(facts.clone()), hour(as_of))
}

/// Every answer, without the id that each is given anew.
fn answers(facts: &Facts, as_of: i64) -> Vec<String> {
    let (judged, _) = case().judge_open(&seen(facts, as_of), 80).unwrap();
    let said = judged.into_iter().map(|mut one| {
        one.recommendation.recommendation_id = Uuid::nil();
        let answer = serde_json::to_string(&one.recommendation).unwrap();
        [answer.as_str(), one.input.as_str(), one.features.as_str()].join("\n")
    });
    said.collect()
}

#[test]
fn what_is_dated_or_known_later_changes_no_answer() {
    const MOMENT: i64 = 2_805;
    let honest = firm(MOMENT);
    let mut leaking = firm(10_000);
    for number in 0..80 {
        let course = course(number);
        let told = course.into_iter().filter(|at| *at <= MOMENT).max();
        if let Some(told) = told {
            // What is known already claims to know all that will be ...
            let claimed = body(number, course, hour(10_000));
            insert(&mut leaking, hour(told), 2, claimed);
        }
        // ... and later it is put right that all went otherwise.
        let other = body(number, course.map(|at| at - 30), hour(10_000));
        insert(&mut leaking, hour(MOMENT + 1), 3, other);
    }
    let said = answers(&honest, MOMENT);
    assert!(said.len() > 3 && said.iter().all(|one| one.contains("\"scored\"")));
    assert_eq!(answers(&leaking, MOMENT), said);
    assert_ne!(answers(&leaking, MOMENT + 1), said, "the leak is one");
}

#[test]
fn of_too_many_set_ups_those_planned_for_days_nearest_to_today_are_judged() {
    let seen = seen(&firm(2_805), 2_805);
    let (judged, left_out) = case().judge_open(&seen, 3).unwrap();
    let ids = judged.iter().map(|one| &*one.recommendation.subject.id);
    // Planned for tomorrow, three days ahead, and four days ago, as S068 is four days ahead.
    assert_eq!(ids.collect::<Vec<_>>(), ["S066", "S067", "S063"]);
    assert_eq!(left_out, 3);
}

/// The versions of a set-up; every fourth goes to another team with its contract, and every sixth, which missed its
/// day, is planned anew long after.
fn versions(number: i64) -> Vec<(DateTime<Utc>, Value)> {
    let course = course(number);
    let told = course.map(|at| (hour(at), body(number, course, hour(at))));
    let mut versions = told.to_vec();
    if number % 4 == 1 {
        for (_, body) in versions.iter_mut().skip(2) {
            body["team"] = json!("east");
        }
    }
    if number % 6 == 0 {
        let mut moved = body(number, course, hour(10_000));
        let day = (hour(course[0]) + TimeDelta::days(40)).date_naive();
        moved["planned_activation_on"] = json!(day);
        versions.push((hour(5_000), moved));
    }
    versions
}

#[test]
fn a_set_up_is_judged_by_the_row_that_is_trained_on() {
    let (mut facts, mut requests) = (Facts::default(), Vec::new());
    for number in 0..80 {
        let told = versions(number).into_iter().map(|(at, body)| {
            insert(&mut facts, at, 1, body.clone());
            (Some(at), crate::history::read(body).unwrap())
        });
        let told: Vec<(Option<DateTime<Utc>>, ProjectSetup)> = told.collect();
        let told = told.iter().map(|(at, setup)| (*at, setup));
        requests.extend(Request::of_versions(told));
    }
    let last = seen(&facts, 10_000).setups().all();
    let requests: Vec<&Request> = requests.iter().collect();
    let names = FactNames::of(&requests, &Known::default());
    assert_eq!(names.categories, ["team"], "what share late is told by");
    let trained_on = rows(&names, &requests, |_, _| true);
    let (mut compared, mut longest) = (0, 0);
    for as_of in (25..3_400).step_by(33) {
        let firm = FirmSetups::at(&seen(&facts, as_of).setups(), &names);
        for found in firm.open() {
            let id = found.setup.id();
            let request = last.iter().position(|one| one.id() == id).unwrap();
            let at = days(&hour(as_of));
            let of_it = trained_on.iter().filter(|row| row.request == request);
            let mut until = of_it.filter(|row| row.at <= at);
            let row: &AskedRow = until.next_back().unwrap();
            let bits = |row: &[f64]| row.iter().map(|one| one.to_bits()).collect::<Vec<_>>();
            let (judged, trained) = (bits(found.row.unwrap()), bits(&row.row));
            assert_eq!(judged, trained, "{id:?} at {as_of}");
            compared += 1;
            longest = longest.max(row.event);
        }
    }
    assert!(compared > 300 && longest >= 4, "{compared}, {longest}");
}

#[test]
fn a_set_up_is_asked_about_with_what_is_known_by_now() {
    let mut facts = firm(2_805);
    let course = [2_700, 2_710, 9_000, 9_000, 9_000, 9_000];
    let asked = body(999, course, hour(2_710));
    insert(&mut facts, hour(2_710), 1, asked.clone());
    // After its last step it is planned anew, for 32 days later, and another team sees to it.
    let mut handed_on = asked;
    handed_on["team"] = json!("west");
    handed_on["planned_activation_on"] = json!((hour(2_700) + TimeDelta::days(40)).date_naive());
    insert(&mut facts, hour(2_720), 2, handed_on);
    let names = FactNames {
        categories: vec!["team".to_owned()],
        values: vec![("team".to_owned(), "west".to_owned())],
        due: true,
        ..FactNames::default()
    };
    let features = names.features();
    let told = |as_of: i64, feature: &str| {
        let firm = FirmSetups::at(&seen(&facts, as_of).setups(), &names);
        let at = features.iter().position(|name| name == feature).unwrap();
        firm.find("S999").unwrap().row.unwrap()[at]
    };
    let is_west = [2_715, 2_725].map(|as_of| told(as_of, "is.team=west"));
    assert_eq!(is_west, [0.0, 1.0]);
    let later = told(2_725, "days_to_due") - told(2_715, "days_to_due");
    assert!((later - 32.0).abs() < 1e-6, "{later}");
}

#[test]
fn an_answer_needs_set_ups_that_met_their_day_and_such_that_missed_it() {
    let status = |missed: fn(i64) -> bool| {
        let mut facts = Facts::default();
        for number in 0..40 {
            let asked = 40 * number;
            let took = if missed(number) { 300 } else { 100 };
            let course = [0, 10, 40, 50, took, took].map(|hours| asked + hours);
            let known = body(number, course, hour(4_000));
            insert(&mut facts, hour(4_000), 1, known);
        }
        let open = [3_990, 3_995, 9_000, 9_000, 9_000, 9_000];
        insert(&mut facts, hour(4_000), 1, body(99, open, hour(4_000)));
        let (judged, _) = case().judge_open(&seen(&facts, 4_000), 1).unwrap();
        let answer = &judged[0].recommendation;
        (answer.status, answer.data_quality.missing.clone())
    };
    let none = (
        Status::InsufficientHistory,
        vec!["set_up_history".to_owned()],
    );
    assert_eq!(status(|_| false), none, "none missed its day");
    assert_eq!(status(|_| true), none, "none met it");
    assert_eq!(status(|number| number < 4), none, "four missed it");
    assert_eq!(status(|number| number < 5), (Status::Scored, Vec::new()));
}

#[test]
fn nothing_is_promised_of_one_while_nothing_is_known_of_another() {
    let mut facts = firm(2_805);
    let answer = |facts: &Facts| {
        let item = RecordItem {
            id: "S999".to_owned(),
            as_of: None,
            period_end: None,
        };
        let judged = case().judge(&item, &seen(facts, 2_805)).unwrap();
        judged.recommendation
    };
    let mut asked = body(999, [2_780, 2_790, 9_000, 2_790, 9_000, 9_000], hour(2_805));
    insert(&mut facts, hour(2_800), 1, asked.clone());
    let told = answer(&facts);
    assert!(!told.counterfactuals.is_empty(), "{told:?}");
    let advice: super::super::SetupAdvice =
        serde_json::from_value(told.suggestion.unwrap()).unwrap();
    let p50 = advice.p50.unwrap() - hour(2_805).date_naive();
    let most = advice.missing[0].adds_days.unwrap();
    assert!(most <= p50.num_days() as f64 + 1.0, "{most}, {p50}");
    let left = advice.missing[0].left_p50.unwrap();
    assert!(left <= p50.num_days() as f64 + 1.0, "{left}, {p50}");
    let order = json!({"name": "purchase order", "state": "open"});
    asked["dependencies"].as_array_mut().unwrap().push(order);
    insert(&mut facts, hour(2_801), 2, asked);
    let told = answer(&facts);
    assert_eq!(told.counterfactuals, []);
    let missing = &told.suggestion.unwrap()["missing"];
    assert_eq!(missing[0]["name"], "purchase order");
    assert_eq!(
        (&missing[0]["critical"], &missing[0]["adds_days"]),
        (&json!(true), &Value::Null)
    );
}

#[test]
fn what_activation_waits_for_is_done_by_then() {
    let left = |required: bool, left_p90: Option<f64>| {
        let mut one = MissingDependency {
            name: "contract".to_owned(),
            owner_role: None,
            state: "open".to_owned(),
            required,
            waited_days: 3.0,
            left_p50: Some(9.0),
            left_p90,
            adds_days: None,
            critical: true,
        };
        one.end_by([6.0, 20.0]);
        (one.left_p50, one.left_p90)
    };
    assert_eq!(left(true, Some(30.0)), (Some(6.0), Some(20.0)));
    assert_eq!(left(true, Some(12.0)), (Some(6.0), Some(12.0)));
    assert_eq!(left(true, None), (Some(6.0), None));
    assert_eq!(left(false, Some(30.0)), (Some(9.0), Some(30.0)));
}
