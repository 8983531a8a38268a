//! Reminders of single sheets: off until a firm turns them on, and never a word about a person
//! but that a sheet is missing. The records are made up here.

use chrono::{DateTime, Days, NaiveDate, Utc};
use scrutineer::domain::TenantId;
use scrutineer::store::DecisionFilter;
use serde_json::{Value, json};

use crate::app::{Ask, TestApp};

fn at(day: NaiveDate, hour: u32) -> DateTime<Utc> {
    day.and_hms_opt(hour, 0, 0).unwrap().and_utc()
}

/// A team of six and one of three, weekly sheets for half a year, due at noon of the day after
/// the week; the last week ends on this day. The fifth and sixth person hand in two days late, the
/// others in the morning of the day they are due; all work half of the week. The first has never
/// handed in the sheet of the week before.
fn sheets(today: NaiveDate) -> String {
    let mut rows = String::new();
    for week in 0..27_u64 {
        let end = today - Days::new(7 * (26 - week));
        let start = end - Days::new(6);
        for person in 0..9_u64 {
            let late = matches!(person, 4 | 5 | 7);
            let came = if late {
                at(end + Days::new(3), 17)
            } else {
                at(end + Days::new(1), 8)
            };
            let forgot = person == 0 && week == 25;
            let mut sheet = json!({"id": format!("S{person}-{week}"), "employee_id": format!("E{person}"),
                "team": if person < 6 { "audit" } else { "tax" }, "period_start": start, "period_end": end,
                "due_at": at(end + Days::new(1), 12), "known_at": at(start, 6),
                "lines": [{"day": start, "project_id": "P1", "hours": "0", "planned_hours": "20"}]});
            rows += &format!("{sheet}\n");
            if week < 26 && !forgot {
                sheet["submitted_at"] = json!(came);
                sheet["known_at"] = json!(came);
                rows += &format!("{sheet}\n");
            }
        }
    }
    rows
}

async fn firm(remind: bool, today: NaiveDate) -> TestApp {
    let app = TestApp::start_with(|config, _| config.timesheet.remind_submitters = remind).await;
    app.put_records("timesheet", sheets(today)).await;
    app
}

/// What the service answers at a moment; what is foretold hangs on the calendar, so that it is
/// asked here on days that do not move.
async fn reminders(app: &TestApp, now: DateTime<Utc>) -> Value {
    let tenant = TenantId::new("firm").unwrap();
    json!(app.service.reminders(&tenant, now).await.unwrap())
}

fn ids(list: &Value) -> Vec<&str> {
    let reminders = list["reminders"].as_array().unwrap();
    let ids = reminders
        .iter()
        .map(|one| one["sheet_id"].as_str().unwrap());
    ids.collect()
}

#[tokio::test]
async fn reminders_are_refused_until_the_firm_turns_them_on() {
    let app = firm(false, Utc::now().date_naive()).await;
    let problem = app
        .get("/v1/worklists/reminders")
        .await
        .assert_problem(409, "conflict");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("`timesheet.remind_submitters`"), "{detail}");
}

#[tokio::test]
async fn whoever_must_hand_in_a_sheet_is_reminded_and_nothing_else_is_told() {
    let today = NaiveDate::from_ymd_opt(2026, 6, 18).unwrap();
    let app = firm(true, today).await;
    let list = reminders(&app, at(today, 12)).await;
    // The one overdue first, for its period is; then who is late again and again. Of three
    // people nothing is foretold.
    assert_eq!(ids(&list), ["S0-25", "S4-26", "S5-26"], "{list}");
    let one = &list["reminders"][1];
    assert_eq!(one["employee_id"], "E4");
    let mut members: Vec<&String> = one.as_object().unwrap().keys().collect();
    members.sort();
    assert_eq!(
        members,
        [
            "due_at",
            "employee_id",
            "period_end",
            "period_start",
            "sheet_id",
            "text"
        ]
    );
    // The same words for whoever forgot once and whoever always does.
    let text = |at: usize| {
        let reminder = &list["reminders"][at];
        let text = reminder["text"].as_str().unwrap().to_owned();
        ["period_start", "period_end"]
            .iter()
            .fold(text, |text, member| {
                text.replace(reminder[member].as_str().unwrap(), "DAY")
            })
    };
    let words = |at: usize| text(at).split("its due time").next().unwrap().to_owned();
    assert_eq!(words(0), words(1));
    assert_eq!(text(1), text(2));
    // Who has left since reads no reminder.
    let gone = today - Days::new(2);
    let left = json!({"id": "E4", "left_on": gone, "known_at": at(gone, 8)});
    app.put_records("employee", left.to_string()).await;
    let list = reminders(&app, at(today, 12)).await;
    assert_eq!(ids(&list), ["S0-25", "S5-26"], "{list}");
}

#[tokio::test]
async fn a_key_that_reads_does_not_have_them_and_nothing_is_kept() {
    let app = firm(true, Utc::now().date_naive()).await;
    let tenant = TenantId::new("firm").unwrap();
    for (scopes, status) in [("read", 403), ("case:timesheet", 403), ("reminders", 200)] {
        let key = app.new_key("firm", scopes).await;
        let ask = Ask::get("/v1/worklists/reminders").key(&key);
        let answer = app.send(ask).await;
        assert_eq!(answer.status, status, "{scopes}");
        if status == 200 {
            assert_eq!(ids(&answer.json()).first(), Some(&"S0-25"));
        }
    }
    let filter = DecisionFilter::default();
    let kept = app.store.decisions(&tenant, &filter, None, 10).await;
    assert!(kept.unwrap().items.is_empty());
    assert!(
        app.store
            .last_run_until(&tenant, "reminders", NaiveDate::MAX)
            .await
            .unwrap()
            .is_none()
    );
    let other = app.new_key("other", "reminders").await;
    let ask = Ask::get("/v1/worklists/reminders").key(&other);
    assert!(ids(&app.send(ask).await.json()).is_empty());
}
