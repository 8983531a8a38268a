#![allow(clippy::unwrap_used)]

mod asking;

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use serde_json::{Value, json};

use super::features::{DAYS_TO_DUE, HISTORY, Known, NAMES, Subject, row};
use super::{SHEET_NAMES, SheetSubject, holds_up, periods, sheet_row};
use crate::domain::RecordKind;
use crate::history::{Facts, FactsAsOf, History as _, WorkAsOf};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(day: NaiveDate, hour: u32) -> DateTime<Utc> {
    day.and_time(NaiveTime::from_hms_opt(hour, 0, 0).unwrap())
        .and_utc()
}

/// A sheet of the week from `monday`, known as a plan, then handed in so many days after
/// it was due.
fn add(facts: &mut Facts, who: u64, monday: NaiveDate, late: Option<u64>) {
    let sunday = monday + Days::new(6);
    let due = monday + Days::new(7);
    let mut body = json!({
        "id": format!("s{who}-{monday}"), "employee_id": format!("e{who}"), "team": "a",
        "period_start": monday, "period_end": sunday, "due_at": at(due, 10), "approver_id": "boss",
        "lines": [{"day": monday, "project_id": "p1", "hours": "0", "planned_hours": "7.5"},
            {"day": monday + Days::new(4), "task": "leave", "hours": "0", "planned_hours": "0"}],
    });
    let kind = RecordKind::Timesheet;
    facts.insert(kind, at(monday, 8), 1, body.clone()).unwrap();
    if let Some(late) = late {
        let submitted = at(due + Days::new(late), 9);
        body["submitted_at"] = json!(submitted);
        body["hours"] = json!("8.5");
        facts.insert(kind, submitted, 2, body).unwrap();
    }
}

const FIRST: &str = "2026-01-05";

fn week(number: u64) -> NaiveDate {
    day(FIRST) + Days::new(7 * number)
}

/// Six people over eight weeks; the first is two days late every other week.
fn facts() -> Facts {
    let mut facts = Facts::default();
    for number in 0..8 {
        for who in 0..6 {
            let late = if who == 0 && number % 2 == 1 { 2 } else { 0 };
            add(&mut facts, who, week(number), Some(late));
        }
    }
    facts
}

fn seen(facts: &Facts, moment: DateTime<Utc>) -> WorkAsOf {
    FactsAsOf::new(Arc::new(facts.clone()), moment).work()
}

fn subject(monday: NaiveDate) -> Subject<'static> {
    Subject {
        team: "a",
        start: monday,
        end: monday + Days::new(6),
    }
}

fn features(facts: &Facts, number: u64) -> impl Fn(&str) -> f64 + use<> {
    let asked = subject(week(number));
    let row = row(&asked, &seen(facts, at(asked.end, 0)));
    assert_eq!(row.len(), NAMES.len());
    assert_eq!(NAMES[HISTORY], "periods_known");
    assert_eq!(NAMES[DAYS_TO_DUE], "days_to_due");
    move |name| row[NAMES.iter().position(|known| *known == name).unwrap()]
}

#[test]
fn a_team_never_seen_has_missing_history_and_no_guess() {
    let found = features(&Facts::default(), 0);
    assert_eq!((found("team_size"), found("periods_known")), (0.0, 0.0));
    assert!(found("late_share").is_nan() && found("hours_expected").is_nan());
    assert!(found("away_share").is_nan() && found("approvers").is_nan());
    assert_eq!(found("period_days"), 7.0);
}

#[test]
fn what_is_handed_in_later_is_not_known_yet() {
    let facts = facts();
    let found = features(&facts, 7);
    // Weeks 0 to 6 are over; the one asked about is not, though it is known how it ends.
    assert_eq!(found("periods_known"), 7.0);
    // One of six is 17 of a hundred, in three of seven weeks.
    assert!((found("late_share") - 3.0 * 0.17 / 7.0).abs() < 1e-12);
    assert_eq!(found("late_share_last"), 0.0);
    assert_eq!(found("submitted_already"), 0.0);
    assert_eq!((found("team_size"), found("hours_last")), (6.0, 8.5));
    assert_eq!(
        (found("away_last_day"), found("hours_expected")),
        (1.0, 7.5)
    );
    let known = Known::of(&subject(week(7)), &seen(&facts, at(week(7), 12)));
    assert_eq!(known.expected_hours(), Some(45.0));
}

#[test]
fn what_is_in_is_held_against_what_usually_is_by_then() {
    let facts = facts();
    let found = |moment| {
        let row = row(&subject(week(7)), &seen(&facts, moment));
        let value = |name: &str| row[NAMES.iter().position(|known| *known == name).unwrap()];
        (value("submitted_already"), value("submitted_against_usual"))
    };
    // On the last day nobody is in yet, and usually nobody is.
    assert_eq!(found(at(week(7) + Days::new(6), 0)), (0.0, 0.0));
    // An hour before they are due five of six are in, as in three of the seven weeks before, and all in the others.
    let (share, against) = found(at(week(8), 9));
    assert_eq!(share, 5.0 / 6.0);
    assert!((against - (share - (4.0 + 3.0 * 5.0 / 6.0) / 7.0)).abs() < 1e-12);
}

#[test]
fn a_planted_leak_changes_nothing() {
    let plain = features(&facts(), 7);
    let mut leaking = facts();
    // A plan that claims beforehand to know when its sheet will come.
    let mut body = json!({"id": format!("s1-{}", week(7)), "employee_id": "e1", "team": "a",
        "period_start": week(7), "period_end": week(7) + Days::new(6),
        "due_at": at(week(8), 10), "approver_id": "boss", "submitted_at": at(week(8) + Days::new(5), 9),
        "approved_at": at(week(8) + Days::new(6), 9)});
    body["lines"] = json!([{"day": week(7), "project_id": "p1", "hours": "0", "planned_hours": "7.5"},
        {"day": week(7) + Days::new(4), "task": "leave", "hours": "0", "planned_hours": "0"}]);
    leaking
        .insert(RecordKind::Timesheet, at(week(7), 9), 3, body)
        .unwrap();
    let found = features(&leaking, 7);
    for name in NAMES {
        let (a, b) = (plain(name), found(name));
        assert!(a == b || (a.is_nan() && b.is_nan()), "{name}: {a} {b}");
    }
}

#[test]
fn one_late_sheet_of_six_is_more_than_a_tenth_and_one_of_twenty_is_not() {
    let facts = facts();
    let late = |number: u64, moment| {
        let week = week(number) + Days::new(6);
        let work = seen(&facts, moment);
        let found = periods("a", &work, week, week);
        found[0].late_percent(moment)
    };
    assert_eq!(late(1, at(week(8), 0)), Some(17.0));
    assert_eq!(late(1, at(week(2), 9)), None);
    assert_eq!(late(2, at(week(8), 0)), Some(0.0));
    let mut large = Facts::default();
    for who in 0..20 {
        add(&mut large, who, week(0), Some(u64::from(who == 3)));
    }
    let sunday = week(0) + Days::new(6);
    let found = periods("a", &seen(&large, at(week(3), 0)), sunday, sunday);
    assert_eq!(found[0].late_percent(at(week(3), 0)), Some(5.0));
}

#[test]
fn two_people_with_many_sheets_are_no_team_to_speak_of() {
    let mut facts = Facts::default();
    for number in 0..8 {
        for sheet in 0..6 {
            add(&mut facts, sheet, week(number), Some(0));
            let body = json!({"id": format!("s{sheet}-{}", week(number)), "employee_id": format!("e{}", sheet % 2),
                "team": "a", "period_start": week(number), "period_end": week(number) + Days::new(6),
                "due_at": at(week(number) + Days::new(7), 10)});
            let known = at(week(number), 9);
            facts.insert(RecordKind::Timesheet, known, 3, body).unwrap();
        }
    }
    let work = seen(&facts, at(week(7), 12));
    let asked = super::input::read("a", None, &work);
    assert_eq!(asked.err(), Some(super::NotAsked::TooSmall));
}

/// A sheet of other days than the week's, not handed in.
fn part_week(facts: &mut Facts, who: &str, from: NaiveDate, to: NaiveDate) {
    let body = json!({"id": format!("part-{who}"), "employee_id": who, "team": "a",
        "period_start": from, "period_end": to, "due_at": at(to + Days::new(1), 10)});
    facts
        .insert(RecordKind::Timesheet, at(from, 8), 1, body)
        .unwrap();
}

#[test]
fn who_joins_or_leaves_within_a_week_does_not_hide_the_team() {
    let mut facts = facts();
    for who in 0..6 {
        add(&mut facts, who, week(8), None);
    }
    part_week(&mut facts, "leaver", week(8), week(8) + Days::new(2));
    part_week(
        &mut facts,
        "starter",
        week(8) + Days::new(3),
        week(8) + Days::new(6),
    );
    let work = seen(&facts, at(week(8) + Days::new(1), 12));
    for end in [None, Some(week(8) + Days::new(6))] {
        let (found, _) = super::input::read("a", end, &work).unwrap();
        assert_eq!((found.period_start, found.sheets), (week(8), 6));
    }
    let other = super::input::read("a", Some(week(8) + Days::new(2)), &work);
    assert_eq!(other.err(), Some(super::NotAsked::FewSheets));
    // Nor what still misses sheets, once the week is over.
    part_week(
        &mut facts,
        "later",
        week(9) + Days::new(3),
        week(9) + Days::new(6),
    );
    let work = seen(&facts, at(week(9), 6));
    let (found, _) = super::input::read("a", None, &work).unwrap();
    assert_eq!((found.period_start, found.sheets), (week(8), 6));
}

/// Somebody joins on the Wednesday of a week and hands in two days late.
fn joins(facts: &mut Facts, number: u64) {
    let (from, to) = (week(number) + Days::new(2), week(number) + Days::new(6));
    let came = at(to + Days::new(3), 9);
    let body = json!({"id": format!("joins-{number}"), "employee_id": "joiner", "team": "a",
        "period_start": from, "period_end": to, "due_at": at(to + Days::new(1), 10),
        "submitted_at": came, "hours": "24"});
    facts.insert(RecordKind::Timesheet, came, 1, body).unwrap();
}

#[test]
fn no_feature_of_a_team_is_of_who_joined_or_leaves_alone() {
    let plain = features(&facts(), 7);
    let mut facts = facts();
    joins(&mut facts, 6);
    // Whoever leaves in the week after is off on the day when the sheets are due.
    let (from, to) = (week(8), week(8) + Days::new(2));
    let leaves = json!({"id": "leaves", "employee_id": "leaver", "team": "a", "period_start": from,
        "period_end": to, "due_at": at(to + Days::new(1), 10),
        "lines": [{"day": from, "task": "leave", "hours": "0", "planned_hours": "0"}]});
    facts
        .insert(RecordKind::Timesheet, at(week(7), 9), 1, leaves)
        .unwrap();
    let found = features(&facts, 7);
    for name in NAMES {
        let (a, b) = (plain(name), found(name));
        assert!(a == b || (a.is_nan() && b.is_nan()), "{name}: {a} {b}");
    }
}

#[test]
fn a_part_week_of_one_person_is_no_history_of_the_team() {
    let mut facts = Facts::default();
    for number in 0..7 {
        for who in 0..6 {
            add(&mut facts, who, week(number), Some(0));
        }
    }
    joins(&mut facts, 2);
    let enough = |number: u64| {
        let end = week(number) + Days::new(6);
        let asked = super::input::read("a", Some(end), &seen(&facts, at(end, 12)));
        let (input, _) = asked.unwrap();
        input.enough_history
    };
    assert_eq!([5, 6].map(enough), [false, true]);
}

#[test]
fn hours_are_expected_of_the_sheets_known_of() {
    let mut facts = facts();
    let hours = |facts: &Facts| {
        let work = seen(facts, at(week(8), 12));
        Known::of(&subject(week(8)), &work).expected_hours()
    };
    // Of none yet: as much as last time.
    assert_eq!(hours(&facts), Some(6.0 * 8.5));
    for who in 0..5 {
        add(&mut facts, who, week(8), None);
    }
    assert_eq!(hours(&facts), Some(5.0 * 7.5));
    // One is away, as its plan says.
    let monday = week(8);
    let away = json!({"id": format!("s0-{monday}"), "employee_id": "e0", "team": "a",
        "period_start": monday, "period_end": monday + Days::new(6), "due_at": at(monday + Days::new(7), 10),
        "lines": [{"day": monday, "task": "leave", "hours": "0", "planned_hours": "0"}]});
    facts
        .insert(RecordKind::Timesheet, at(monday, 9), 2, away)
        .unwrap();
    assert_eq!(hours(&facts), Some(4.0 * 7.5));
}

#[test]
fn a_day_is_off_only_if_nothing_is_planned_on_it() {
    let line = |project: &str, planned: &str| json!({"day": week(0), "project_id": project, "hours": "0", "planned_hours": planned});
    let away = |lines: Vec<Value>| {
        let body = json!({"id": "s", "employee_id": "e", "team": "a", "period_start": week(0),
            "period_end": week(0) + Days::new(6), "lines": lines});
        let mut facts = Facts::default();
        facts
            .insert(RecordKind::Timesheet, at(week(0), 8), 1, body)
            .unwrap();
        let found = periods("a", &seen(&facts, at(week(1), 0)), week(0), week(1));
        found[0].sheets[0].away.len()
    };
    assert_eq!(away(vec![line("p1", "0")]), 1);
    assert_eq!(away(vec![line("p1", "0"), line("p2", "7.5")]), 0);
    let leave = json!({"day": week(0), "task": "annual leave", "hours": "0"});
    assert_eq!(away(vec![line("p2", "4"), leave]), 1);
}

#[test]
fn a_bill_of_a_project_on_the_sheets_is_held_up_until_it_is_sent() {
    let mut facts = facts();
    let bill = |id: &str, project: &str, issued: Option<&str>| -> Value {
        json!({"id": id, "project_id": project, "period_start": "2026-03-01", "period_end": "2026-03-31",
            "planned_on": "2026-04-06", "issued_on": issued, "currency": "EUR", "planned_amount": "900"})
    };
    let known = at(day("2026-02-01"), 0);
    for (id, project) in [("b1", "p1"), ("b2", "p2")] {
        facts
            .insert(RecordKind::Bill, known, 1, bill(id, project, None))
            .unwrap();
    }
    for who in 0..6 {
        add(&mut facts, who, week(8), None);
    }
    let sent = at(day("2026-03-06"), 9);
    facts
        .insert(
            RecordKind::Bill,
            sent,
            2,
            bill("b1", "p1", Some("2026-03-06")),
        )
        .unwrap();
    // The week from 2 March is billed with that month.
    let held = |facts: &Facts, moment| -> Vec<String> {
        let found = holds_up(&subject(week(8)), &seen(facts, moment));
        found.into_iter().map(|bill| bill.id).collect()
    };
    assert_eq!(held(&facts, at(day("2026-03-04"), 0)), ["b1"]);
    assert!(held(&facts, at(day("2026-03-07"), 0)).is_empty());
    // Whoever starts within the week hides nothing, and whose sheet is in keeps nobody waiting.
    let mut more = facts.clone();
    part_week(
        &mut more,
        "starter",
        week(8) + Days::new(3),
        week(8) + Days::new(6),
    );
    assert_eq!(held(&more, at(day("2026-03-04"), 0)), ["b1"]);
    let other = bill("b3", "p3", None);
    more.insert(RecordKind::Bill, known, 1, other).unwrap();
    let mut elsewhere = json!({"id": format!("s5-{}", week(8)), "employee_id": "e5", "team": "a",
        "period_start": week(8), "period_end": week(8) + Days::new(6), "project_id": "p3",
        "due_at": at(week(9), 10)});
    let changed = at(week(8), 9);
    more.insert(RecordKind::Timesheet, changed, 2, elsewhere.clone())
        .unwrap();
    assert_eq!(held(&more, at(day("2026-03-04"), 0)), ["b1", "b3"]);
    elsewhere["submitted_at"] = json!(at(week(8), 10));
    let changed = at(week(8), 11);
    more.insert(RecordKind::Timesheet, changed, 3, elsewhere)
        .unwrap();
    assert_eq!(held(&more, at(day("2026-03-04"), 0)), ["b1"]);
    // All sheets of the week before are in, and what is billed at a fixed fee waits for none.
    let moment = at(day("2026-03-05"), 0);
    assert!(holds_up(&subject(week(7)), &seen(&facts, moment)).is_empty());
    let fixed = json!({"id": "p1", "name": "p", "contract_type": "fixed_fee"});
    facts.insert(RecordKind::Project, known, 1, fixed).unwrap();
    assert!(holds_up(&subject(week(8)), &seen(&facts, moment)).is_empty());
}

#[test]
fn one_sheet_is_told_by_its_own_past() {
    let facts = facts();
    let sunday = week(7) + Days::new(6);
    let work = seen(&facts, at(sunday, 0));
    let team = row(&subject(week(7)), &work);
    let of = |who: u64| {
        let (id, employee) = (format!("s{who}-{}", week(7)), format!("e{who}"));
        let asked = SheetSubject {
            id: &id,
            employee: &employee,
            start: week(7),
            end: sunday,
        };
        let row = sheet_row(&asked, &team, &work);
        assert_eq!(row.len(), SHEET_NAMES.len());
        (row[0], row[1])
    };
    assert_eq!(of(0), (7.0, 3.0 / 7.0));
    assert_eq!(of(1), (7.0, 0.0));
}
