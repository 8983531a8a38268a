#![allow(clippy::unwrap_used)]

mod sheets;

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use serde_json::{Value, json};

use super::features::{HISTORY, NAMES, row};
use super::{Chain, State, Step, chain};
use crate::domain::RecordKind;
use crate::domain::records::{Bill, BillStatus};
use crate::history::{Facts, FactsAsOf, History as _, WorkAsOf};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(day: NaiveDate, hour: u32) -> DateTime<Utc> {
    day.and_time(NaiveTime::from_hms_opt(hour, 0, 0).unwrap())
        .and_utc()
}

fn seen(facts: &Facts, moment: DateTime<Utc>) -> WorkAsOf {
    FactsAsOf::new(Arc::new(facts.clone()), moment).work()
}

fn put(facts: &mut Facts, kind: RecordKind, known_at: DateTime<Utc>, version: u64, body: Value) {
    facts.insert(kind, known_at, version, body).unwrap();
}

fn project(facts: &mut Facts, id: &str, contract: &str) {
    let body = json!({"id": id, "name": id, "team": "a", "manager_id": "m", "customer_id": "c",
        "contract_type": contract, "starts_on": "2025-01-01"});
    put(
        facts,
        RecordKind::Project,
        at(day("2025-01-01"), 9),
        1,
        body,
    );
}

/// A bill of the month before, known as a plan from that month on, and when it goes out.
fn bill(facts: &mut Facts, project: &str, planned: NaiveDate, late: Option<i64>) -> String {
    let id = format!("b-{project}-{planned}");
    let first = planned - Days::new(36);
    let mut body = json!({"id": id, "project_id": project, "period_start": first,
        "period_end": planned - Days::new(6), "planned_on": planned, "planned_amount": "1000",
        "currency": "EUR", "status": "planned"});
    put(facts, RecordKind::Bill, at(first, 8), 1, body.clone());
    if let Some(late) = late {
        let issued = planned + chrono::TimeDelta::days(late);
        body["issued_on"] = json!(issued);
        body["status"] = json!("issued");
        put(facts, RecordKind::Bill, at(issued, 13), 2, body);
    }
    id
}

fn sheet(facts: &mut Facts, who: &str, sunday: NaiveDate, came: [Option<NaiveDate>; 2]) {
    sheet_for(facts, "p", who, sunday, came);
}

fn sheet_for(
    facts: &mut Facts,
    project: &str,
    who: &str,
    sunday: NaiveDate,
    came: [Option<NaiveDate>; 2],
) {
    let [submitted, approved] = came;
    let mut body = json!({"id": format!("s-{who}-{sunday}"), "employee_id": who, "team": "a",
        "period_start": sunday - Days::new(6), "period_end": sunday, "project_id": project,
        "due_at": at(sunday + Days::new(1), 10)});
    put(
        facts,
        RecordKind::Timesheet,
        at(sunday - Days::new(6), 8),
        1,
        body.clone(),
    );
    if let Some(day) = submitted {
        body["submitted_at"] = json!(at(day, 9));
        put(facts, RecordKind::Timesheet, at(day, 9), 2, body.clone());
    }
    if let Some(day) = approved {
        body["approved_at"] = json!(at(day, 12));
        put(facts, RecordKind::Timesheet, at(day, 12), 3, body);
    }
}

fn review(facts: &mut Facts, bill: &str, step: &str, asked: NaiveDate, decided: Option<NaiveDate>) {
    let mut body = json!({"id": format!("a-{bill}-{step}"), "subject_kind": "bill", "subject_id": bill,
        "step": step, "requested_at": at(asked, 9)});
    put(facts, RecordKind::Approval, at(asked, 9), 1, body.clone());
    if let Some(decided) = decided {
        body["decided_at"] = json!(at(decided, 9));
        put(facts, RecordKind::Approval, at(decided, 9), 2, body);
    }
}

fn plan(facts: &Facts, id: &str) -> Bill {
    let end = seen(facts, at(day("2030-01-01"), 0));
    (*end.bill(id).unwrap()).clone()
}

/// Of the bill as it was known, or, where it was not yet, as it is in the end.
fn features(facts: &Facts, id: &str, moment: DateTime<Utc>) -> impl Fn(&str) -> f64 + use<> {
    let work = seen(facts, moment);
    let known = work.bill(id).map(|known| (*known).clone());
    let row = row(&known.unwrap_or_else(|| plan(facts, id)), &work);
    assert_eq!(row.len(), NAMES.len());
    assert_eq!(NAMES[HISTORY], "project_bills");
    move |name| row[NAMES.iter().position(|known| *known == name).unwrap()]
}

#[test]
fn a_project_never_billed_has_missing_history_and_no_guess() {
    let mut facts = Facts::default();
    let id = bill(&mut facts, "p", day("2026-03-09"), None);
    let found = features(&facts, &id, at(day("2026-03-02"), 0));
    assert_eq!(
        (found("project_bills"), found("days_to_planned")),
        (0.0, 7.0)
    );
    assert!(found("project_slip_share").is_nan() && found("by_the_hour").is_nan());
    assert!(found("team_slip_recent").is_nan() && found("manager_away_share").is_nan());
    assert_eq!(found("days_after_period"), 6.0);
}

#[test]
fn what_goes_out_later_is_not_known_yet() {
    let mut facts = Facts::default();
    project(&mut facts, "p", "retainer");
    project(&mut facts, "q", "retainer");
    bill(&mut facts, "p", day("2026-01-09"), Some(4));
    bill(&mut facts, "p", day("2026-02-09"), Some(30));
    bill(&mut facts, "q", day("2026-02-09"), Some(-1));
    let id = bill(&mut facts, "p", day("2026-03-09"), Some(2));
    let found = features(&facts, &id, at(day("2026-03-02"), 0));
    // January's is out, February's is late by 21 days so far.
    assert_eq!(found("project_bills"), 2.0);
    assert_eq!(
        (found("project_slip_share"), found("project_days_last")),
        (1.0, 21.0)
    );
    assert_eq!(found("project_overdue"), 1.0);
    assert!((0.5..1.0).contains(&found("team_slip_recent")));
    assert_eq!(found("same_each_period"), 1.0);
}

#[test]
fn a_planted_leak_changes_nothing() {
    let mut facts = Facts::default();
    project(&mut facts, "p", "time_and_materials");
    bill(&mut facts, "p", day("2026-02-09"), Some(0));
    let id = bill(&mut facts, "p", day("2026-03-09"), None);
    let moment = at(day("2026-03-02"), 0);
    let plain = features(&facts, &id, moment);
    // The plan claims beforehand to know when it goes out, a review when it ends.
    let leak = json!({"id": id, "project_id": "p", "period_start": "2026-02-01", "period_end": "2026-03-03",
        "planned_on": "2026-03-09", "issued_on": "2026-03-20", "planned_amount": "1000", "amount": "2000",
        "currency": "EUR", "status": "planned"});
    // Later all that was planned is put right.
    let other = json!({"id": id, "project_id": "p", "period_start": "2026-01-01", "period_end": "2026-03-07",
        "planned_on": "2026-03-20", "issued_on": "2026-03-20", "planned_amount": "9000", "amount": "2000",
        "customer_id": "d", "currency": "USD", "status": "issued"});
    let mut leaking = facts.clone();
    for (known_on, version, body) in [("2026-02-05", 3, leak), ("2026-03-20", 4, other)] {
        let known_at = at(day(known_on), 9);
        put(&mut leaking, RecordKind::Bill, known_at, version, body);
    }
    let found = features(&leaking, &id, moment);
    for name in NAMES
        .iter()
        .filter(|name| !["drawn_up", "in_review", "on_hold"].contains(name))
    {
        let (a, b) = (plain(name), found(name));
        assert!(a == b || (a.is_nan() && b.is_nan()), "{name}: {a} {b}");
    }
    let later = features(&leaking, &id, at(day("2026-03-21"), 0));
    assert!(later("amount") > found("amount"), "the leak is one");
}

fn links(chain: &Chain) -> Vec<(Step, State)> {
    chain
        .links
        .iter()
        .map(|link| (link.step, link.state))
        .collect()
}

#[test]
fn the_chain_names_what_is_waited_for_and_by_when_it_must_come() {
    let mut facts = Facts::default();
    project(&mut facts, "p", "time_and_materials");
    // Reviews take two days here, and a day later the bill is out.
    for month in ["2025-12-09", "2026-01-09", "2026-02-09"] {
        let planned = day(month);
        let past = bill(&mut facts, "p", planned, Some(0));
        let asked = planned - Days::new(3);
        let decided = Some(planned - Days::new(1));
        review(&mut facts, &past, "work in progress review", asked, decided);
    }
    let id = bill(&mut facts, "p", day("2026-03-09"), None);
    let sunday = day("2026-02-22");
    let monday = Some(sunday + Days::new(1));
    sheet(
        &mut facts,
        "e1",
        sunday,
        [monday, Some(sunday + Days::new(2))],
    );
    sheet(&mut facts, "e2", sunday, [monday, None]);
    sheet(&mut facts, "e3", sunday, [None, None]);
    let work = seen(&facts, at(day("2026-02-26"), 0));
    let found = chain(&plan(&facts, &id), &work);
    assert_eq!(
        links(&found),
        [
            (Step::Timesheets, State::Waiting),
            (Step::Approval, State::Waiting),
            (Step::Milestone, State::NotNeeded),
            (Step::WorkInProgress, State::ToCome),
            (Step::Bill, State::ToCome),
        ]
    );
    let sheets = found.link(Step::Timesheets).unwrap();
    assert_eq!((sheets.outstanding, sheets.overdue), (1, 1));
    assert_eq!(sheets.evidence, ["s-e3-2026-02-22"]);
    assert_eq!(
        found.link(Step::Approval).unwrap().evidence,
        ["s-e2-2026-02-22"]
    );
    assert_eq!(
        found.link(Step::WorkInProgress).unwrap().usual_days,
        Some(2.0)
    );
    let fix = found.fix.unwrap();
    assert_eq!((fix.step, fix.step.role()), (Step::Timesheets, "submitter"));
    // Approval takes 1.1 days as a rule, review two, sending one: four and a bit before the ninth.
    assert_eq!(fix.by, day("2026-03-04"));
    // It slips: the week in which the period ends, on the third, comes in on the ninth.
    assert_eq!(found.earliest_on, day("2026-03-16"));
}

#[test]
fn a_review_that_was_refused_has_to_come_again() {
    let mut facts = Facts::default();
    project(&mut facts, "p", "retainer");
    let id = bill(&mut facts, "p", day("2026-03-09"), None);
    let reviewed = |facts: &mut Facts, on: &str, outcome: &str| {
        let body = json!({"id": format!("{id}-{on}"), "subject_kind": "bill", "subject_id": id,
            "step": "work in progress review", "requested_at": at(day(on), 8),
            "decided_at": at(day(on), 15), "outcome": outcome});
        put(facts, RecordKind::Approval, at(day(on), 15), 1, body);
    };
    let state = |facts: &Facts| {
        let chain = chain(&plan(facts, &id), &seen(facts, at(day("2026-03-08"), 0)));
        chain.link(Step::WorkInProgress).unwrap().state
    };
    for outcome in ["rejected", "returned", "expired"] {
        let mut refused = facts.clone();
        reviewed(&mut refused, "2026-03-03", outcome);
        assert_eq!(state(&refused), State::ToCome, "{outcome}");
        reviewed(&mut refused, "2026-03-05", "approved");
        assert_eq!(state(&refused), State::Done, "{outcome}");
    }
    reviewed(&mut facts, "2026-03-03", "approved");
    assert_eq!(state(&facts), State::Done);
}

#[test]
fn a_review_that_was_refused_is_not_told_as_done() {
    let mut facts = Facts::default();
    project(&mut facts, "p", "retainer");
    let id = bill(&mut facts, "p", day("2026-03-09"), None);
    let decided = at(day("2026-03-04"), 8);
    let body = json!({"id": "a", "subject_kind": "bill", "subject_id": id, "step": "work in progress review",
        "requested_at": at(day("2026-03-03"), 8), "decided_at": decided, "outcome": "rejected"});
    put(&mut facts, RecordKind::Approval, decided, 1, body);
    let found = features(&facts, &id, at(day("2026-03-05"), 0));
    assert_eq!((found("review_asked"), found("review_done")), (1.0, 0.0));
}

#[test]
fn a_bill_on_hold_is_released_first() {
    let mut facts = Facts::default();
    project(&mut facts, "p", "retainer");
    let id = bill(&mut facts, "p", day("2026-03-09"), None);
    let work = seen(&facts, at(day("2026-03-02"), 0));
    let planned = plan(&facts, &id);
    let first = |bill: &Bill| chain(bill, &work).fix.map(|fix| fix.step);
    assert_ne!(first(&planned), Some(Step::Hold));
    let held = Bill {
        status: Some(BillStatus::OnHold),
        ..planned
    };
    assert_eq!(first(&held), Some(Step::Hold));
}

#[test]
fn a_milestone_waits_for_the_customer_and_no_sheet() {
    let mut facts = Facts::default();
    project(&mut facts, "p", "milestone");
    let id = bill(&mut facts, "p", day("2026-03-09"), None);
    sheet(&mut facts, "e1", day("2026-02-22"), [None, None]);
    review(
        &mut facts,
        &id,
        "milestone acceptance",
        day("2026-02-25"),
        Some(day("2026-03-20")),
    );
    let work = seen(&facts, at(day("2026-03-02"), 0));
    let found = chain(&plan(&facts, &id), &work);
    assert_eq!(
        found.link(Step::Timesheets).unwrap().state,
        State::NotNeeded
    );
    let milestone = found.link(Step::Milestone).unwrap();
    assert_eq!((milestone.state, milestone.overdue), (State::Waiting, 1));
    assert_eq!(milestone.since, Some(at(day("2026-02-25"), 9)));
    // No review was ever recorded here: nothing is said of one.
    assert_eq!(
        found.link(Step::WorkInProgress).unwrap().state,
        State::NotSeen
    );
    assert_eq!(found.fix.unwrap().step, Step::Milestone);
    let features = features(&facts, &id, at(day("2026-03-02"), 0));
    assert_eq!(
        (features("milestone_asked"), features("milestone_accepted")),
        (1.0, 0.0)
    );
}

#[test]
fn a_bill_that_is_marked_as_sent_is_sent() {
    let mut facts = Facts::default();
    project(&mut facts, "p", "time_and_materials");
    for (id, more) in [
        ("marked", json!({"status": "issued"})),
        ("invoiced", json!({"customer_invoice_id": "i1"})),
        ("held", json!({"status": "on_hold"})),
    ] {
        let mut body =
            json!({"id": id, "project_id": "p", "planned_on": "2026-03-09", "currency": "EUR"});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        put(
            &mut facts,
            RecordKind::Bill,
            at(day("2026-02-01"), 8),
            1,
            body,
        );
    }
    let work = seen(&facts, at(day("2026-03-10"), 0));
    let asked = |id: &str| super::input::read(id, &work).map(|(input, _)| input.bill_id);
    assert_eq!(asked("marked"), Err(super::NotAsked::Out));
    assert_eq!(asked("invoiced"), Err(super::NotAsked::Out));
    assert_eq!(asked("p"), Ok("held".to_owned()));
}

#[test]
fn a_project_that_waits_for_a_bill_of_long_ago_is_told_apart_from_one_that_nobody_knows() {
    let mut facts = Facts::default();
    let id = bill(&mut facts, "p", day("2025-10-09"), None);
    let work = seen(&facts, at(day("2026-03-10"), 0));
    let asked = |id: &str| super::input::read(id, &work).map(|(input, _)| input.bill_id);
    assert_eq!(asked("p"), Err(super::NotAsked::LongOverdue));
    assert_eq!(asked("q"), Err(super::NotAsked::Unknown));
    assert_eq!(asked(&id), Ok(id.clone()));
}
