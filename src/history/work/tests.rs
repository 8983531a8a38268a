use serde_json::json;

use super::super::sheet::usually_due;
use super::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn seen(facts: &Facts, moment: &str) -> WorkAsOf {
    WorkAsOf::new(Arc::new(facts.clone()), at(moment))
}

fn sheet(team: Option<&str>, submitted: Option<&str>) -> Value {
    json!({"id": "s1", "employee_id": "e1", "team": team, "period_start": "2026-03-02",
        "period_end": "2026-03-08", "due_at": "2026-03-09T10:00:00Z", "submitted_at": submitted,
        "lines": [{"day": "2026-03-02", "project_id": "p1", "hours": "7", "planned_hours": "7.5"},
            {"day": "2026-03-03", "task": "annual leave", "hours": "0"}]})
}

#[test]
fn a_sheet_is_late_when_that_is_known_and_a_leak_is_not_seen() {
    let mut facts = Facts::default();
    let kind = RecordKind::Timesheet;
    // The plan already claims to know when it will be handed in.
    let leak = sheet(Some("a"), Some("2026-03-11T09:00:00Z"));
    facts
        .insert(kind, at("2026-02-27T12:00:00Z"), 1, leak)
        .unwrap();
    let late = |moment: &str| {
        let sheets = seen(&facts, moment).sheets_of_team("a", day("2026-01-01"), day("2026-12-31"));
        assert_eq!(sheets.len(), 1);
        (sheets[0].submitted_at.is_some(), sheets[0].late(at(moment)))
    };
    assert_eq!(late("2026-03-08T00:00:00Z"), (false, None));
    assert_eq!(late("2026-03-10T00:00:00Z"), (false, Some(true)));
    assert_eq!(late("2026-03-11T09:00:00Z"), (true, Some(true)));
    let found = seen(&facts, "2026-03-08T00:00:00Z");
    let of_project = found.sheets_of_project("p1", day("2026-03-08"), day("2026-03-08"));
    assert_eq!(of_project[0].away, [day("2026-03-03")]);
    assert_eq!(of_project[0].planned_hours, Some(7.5));
    assert!(
        found
            .sheets_of_team("a", day("2026-03-09"), day("2026-03-20"))
            .is_empty()
    );
    assert!(
        found
            .sheets_of_team("a", day("2026-03-20"), day("2026-03-09"))
            .is_empty()
    );
}

#[test]
fn a_sheet_without_a_team_is_of_its_employee_s() {
    let mut facts = Facts::default();
    let known = at("2026-01-01T00:00:00Z");
    let employee = json!({"id": "e1", "team": "b"});
    facts
        .insert(RecordKind::Employee, known, 1, employee)
        .unwrap();
    facts
        .insert(RecordKind::Timesheet, known, 1, sheet(None, None))
        .unwrap();
    let found = seen(&facts, "2026-03-08T00:00:00Z");
    assert_eq!(found.teams(), ["b"]);
    assert_eq!(
        found
            .sheets_of_team("b", day("2026-03-08"), day("2026-03-08"))
            .len(),
        1
    );
}

#[test]
fn who_moves_takes_no_sheets_of_before_along() {
    let mut facts = Facts::default();
    let known = at("2026-01-01T00:00:00Z");
    let kind = RecordKind::Employee;
    let in_team = |team: &str| json!({"id": "e1", "team": team});
    facts.insert(kind, known, 1, in_team("b")).unwrap();
    let moved = at("2026-03-20T00:00:00Z");
    facts.insert(kind, moved, 2, in_team("c")).unwrap();
    facts
        .insert(RecordKind::Timesheet, known, 1, sheet(None, None))
        .unwrap();
    let found = seen(&facts, "2026-04-01T00:00:00Z");
    let sheets = |team: &str| {
        let day = day("2026-03-08");
        found.sheets_of_team(team, day, day).len()
    };
    assert_eq!((sheets("b"), sheets("c")), (1, 0));
}

#[test]
fn who_moves_on_the_last_day_of_a_period_hands_in_with_the_new_team() {
    let known = at("2026-01-01T00:00:00Z");
    let kind = RecordKind::Employee;
    let in_team = |team: &str| json!({"id": "e1", "team": team});
    // Sheets of either team, by when the employee moves and when somebody asks.
    let sheets = |moved: &str, asked: &str| {
        let mut facts = Facts::default();
        facts.insert(kind, known, 1, in_team("b")).unwrap();
        facts.insert(kind, at(moved), 2, in_team("c")).unwrap();
        facts
            .insert(RecordKind::Timesheet, known, 1, sheet(None, None))
            .unwrap();
        let (found, day) = (seen(&facts, asked), day("2026-03-08"));
        ["b", "c"].map(|team| found.sheets_of_team(team, day, day).len())
    };
    let (last_day, next_day) = ("2026-03-08T09:00:00Z", "2026-03-09T00:00:00Z");
    assert_eq!(sheets(last_day, "2026-04-01T00:00:00Z"), [0, 1]);
    assert_eq!(sheets(last_day, last_day), [0, 1]);
    assert_eq!(
        sheets(last_day, "2026-03-08T08:59:59Z"),
        [1, 0],
        "the move is a leak here"
    );
    assert_eq!(sheets(next_day, "2026-04-01T00:00:00Z"), [1, 0]);
}

#[test]
fn a_project_waits_for_no_sheet_of_who_had_left() {
    let mut facts = Facts::default();
    let known = at("2026-01-01T00:00:00Z");
    let left = json!({"id": "e1", "left_on": "2026-03-01"});
    facts.insert(RecordKind::Employee, known, 1, left).unwrap();
    let kind = RecordKind::Timesheet;
    facts.insert(kind, known, 1, sheet(None, None)).unwrap();
    let found = |facts: &Facts| {
        let seen = seen(facts, "2026-03-20T00:00:00Z");
        let sheets = seen.sheets_of_project("p1", day("2026-03-08"), day("2026-03-08"));
        sheets.len()
    };
    assert_eq!(found(&facts), 0);
    // What is there counts, whoever left.
    let came = "2026-03-09T09:00:00Z";
    let handed_in = sheet(None, Some(came));
    facts.insert(kind, at(came), 2, handed_in).unwrap();
    assert_eq!(found(&facts), 1);
}

#[test]
fn a_bill_says_nothing_of_days_to_come() {
    let mut facts = Facts::default();
    let bill = json!({"id": "b1", "project_id": "p1", "planned_on": "2026-03-10",
        "issued_on": "2026-03-20", "amount": "10", "currency": "EUR", "status": "issued"});
    let known = at("2026-03-01T00:00:00Z");
    facts.insert(RecordKind::Bill, known, 1, bill).unwrap();
    let approval = json!({"id": "a1", "subject_kind": "bill", "subject_id": "b1", "step": "review",
        "requested_at": "2026-03-05T00:00:00Z", "decided_at": "2026-03-07T00:00:00Z", "outcome": "approved"});
    facts
        .insert(RecordKind::Approval, known, 1, approval)
        .unwrap();
    let before = seen(&facts, "2026-03-06T00:00:00Z");
    let found = before.bill("b1").unwrap();
    assert!(found.issued_on.is_none() && found.amount.is_none() && found.status.is_none());
    assert!(
        before.approvals_of(RecordKind::Bill, "b1")[0]
            .decided_at
            .is_none()
    );
    let after = seen(&facts, "2026-03-20T08:00:00Z");
    let bills = after.bills_of("p1", day("2026-03-01"), day("2026-03-31"));
    assert_eq!(bills[0].issued_on, Some(day("2026-03-20")));
    assert!(
        after.approvals_of(RecordKind::Bill, "b1")[0]
            .decided_at
            .is_some()
    );
}

#[test]
fn where_nothing_is_said_a_sheet_is_due_on_the_next_weekday() {
    // A Friday, a Sunday.
    assert_eq!(usually_due(day("2026-03-06")), at("2026-03-10T00:00:00Z"));
    assert_eq!(usually_due(day("2026-03-08")), at("2026-03-10T00:00:00Z"));
}
