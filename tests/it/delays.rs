//! Timesheets and bills from records to answers and the board. The records are made up here.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike as _, Days, NaiveDate, Utc};
use serde_json::{Value, json};

use crate::app::{Ask, TestApp};

fn at(day: NaiveDate, hour: u32) -> DateTime<Utc> {
    day.and_hms_opt(hour, 0, 0).unwrap().and_utc()
}

/// A team of six and one of three, weekly sheets for half a year: the last two of the six are
/// always late. A project billed every two weeks, every other time nine days late; the last bill
/// is to come.
pub(crate) fn records(today: NaiveDate) -> Vec<(&'static str, String)> {
    let monday = today - Days::new(u64::from(today.weekday().num_days_from_monday()));
    let mut sheets = String::new();
    for week in 0..27_u64 {
        let start = monday - Days::new(7 * (26 - week));
        let end = start + Days::new(6);
        for person in 0..9_u64 {
            let team = if person < 6 { "audit" } else { "tax" };
            let due = at(end + Days::new(1), 12);
            let late = person == 4 || person == 5;
            let handed_in = at(end + Days::new(if late { 4 } else { 0 }), 17);
            let mut sheet = json!({"id": format!("S{person}-{week}"), "employee_id": format!("E{person}"),
                "team": team, "period_start": start, "period_end": end, "due_at": due,
                "known_at": at(start, 6),
                "lines": [{"day": start, "project_id": "P1", "hours": "0", "planned_hours": "40"}]});
            sheets += &format!("{sheet}\n");
            if handed_in < at(today, 0) {
                sheet["submitted_at"] = json!(handed_in);
                sheet["known_at"] = json!(handed_in);
                sheet["hours"] = json!("40");
                sheets += &format!("{sheet}\n");
            }
        }
    }
    let project = json!({"id": "P1", "name": "Yearly audit", "contract_type": "time_and_materials",
        "billing_cycle": "monthly", "currency": "EUR", "known_at": at(today - Days::new(700), 0)});
    let mut bills = String::new();
    for number in 0..30_u64 {
        let planned = today + Days::new(5) - Days::new(14 * (29 - number));
        let mut bill = json!({"id": format!("B{number}"), "project_id": "P1", "customer_id": "C1",
            "planned_on": planned, "period_start": planned - Days::new(20), "period_end": planned - Days::new(7),
            "planned_amount": "5000.00", "currency": "EUR", "known_at": at(planned - Days::new(25), 0)});
        bills += &format!("{bill}\n");
        let issued = planned + Days::new(if number % 2 == 0 { 9 } else { 0 });
        if issued < today {
            bill["issued_on"] = json!(issued);
            bill["amount"] = json!("5000.00");
            bill["known_at"] = json!(at(issued + Days::new(1), 0));
            bills += &format!("{bill}\n");
        }
    }
    vec![
        ("project", project.to_string()),
        ("timesheet", sheets),
        ("bill", bills),
        ("project_setup", setups(today)),
    ]
}

/// Forty set-ups, one every five days: the contract takes four days, the rate card after it
/// two, or twelve for every third; the last waits for its rate card.
fn setups(today: NaiveDate) -> String {
    let mut rows = String::new();
    for number in 0..40_u64 {
        let asked = today - Days::new(5 + 5 * (39 - number));
        let signed = asked + Days::new(4);
        let card = signed + Days::new(if number % 3 == 0 { 12 } else { 2 });
        let done = card < today;
        let state = |done: bool| if done { "done" } else { "in_progress" };
        let contract = json!({"name": "contract signed", "owner_role": "customer", "state": "done",
            "started_at": at(asked, 9), "done_at": at(signed, 9)});
        let mut rates = json!({"name": "rate card", "owner_role": "pricing", "state": state(done),
            "started_at": at(signed, 9)});
        let mut setup = json!({"id": format!("SU{number}"), "project_id": format!("P{number}"),
            "requested_at": at(asked, 8), "planned_activation_on": asked + Days::new(8)});
        if done {
            rates["done_at"] = json!(at(card, 9));
            setup["activated_at"] = json!(at(card, 10));
        }
        setup["known_at"] = json!(at(if done { card } else { signed }, 11));
        setup["dependencies"] = json!([contract, rates]);
        rows += &format!("{setup}\n");
    }
    rows
}

async fn firm() -> TestApp {
    firm_on(Utc::now().date_naive()).await
}

async fn firm_on(today: NaiveDate) -> TestApp {
    let app = TestApp::start().await;
    for (kind, rows) in records(today) {
        app.put_records(kind, rows).await;
    }
    app
}

async fn scored(app: &TestApp, case: &str, item: &Value) -> Value {
    let ask = Ask::post(&format!("/v1/{case}/score"))
        .key(&app.key)
        .json(item);
    let answer = app.send(ask).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[tokio::test]
async fn what_is_not_an_object_or_has_parameters_that_are_none_is_refused() {
    let app = TestApp::start().await;
    let ask = |path: &str, body: &Value| Ask::post(path).key(&app.key).json(body);
    let item = json!({"id": "B1"});
    let listed = ask("/v1/billing/score", &json!(["B1", null, null]));
    app.send(listed)
        .await
        .assert_problem(422, "invalid_content");
    let batch = Ask::post("/v1/billing/score-batch")
        .key(&app.key)
        .header("content-type", "application/x-ndjson")
        .body("[\"B1\",null,null]\n");
    let line = app.send(batch).await.json();
    assert_eq!(line["problem"]["status"], 422, "{line}");
    let slip = ask("/v1/billing/score?as_of=2026-01-01T00:00:00Z", &item);
    app.send(slip)
        .await
        .assert_problem(400, "invalid_parameter");
    for path in ["/v1/models?limit=1", "/v1/detectors/dry-run?x=1"] {
        let answer = app.get(path).await;
        answer.assert_problem(400, "invalid_parameter");
    }
    app.send(ask("/v1/billing/score", &item))
        .await
        .assert_problem(404, "not_found");
}

#[tokio::test]
async fn a_teams_period_is_foretold_and_no_person_is_named() {
    // A Thursday, whatever day the test runs on: on the Monday after, most sheets are in and little is left
    // to foretell.
    let thursday = NaiveDate::from_ymd_opt(2026, 3, 12).unwrap();
    let noon = at(thursday, 12);
    let app = firm_on(thursday).await;
    let answer = scored(&app, "timesheet", &json!({"id": "audit", "as_of": noon})).await;
    assert_eq!(answer["status"], "scored");
    assert!(answer["score"].as_f64().unwrap() > 0.5, "{answer}");
    let advice = &answer["suggestion"];
    assert_eq!(advice["sheets"], 6);
    assert!(advice["missing_hours"].as_f64().unwrap() > 0.0);
    assert!(!answer.to_string().contains("\"E4\"") && !answer.to_string().contains("S4-"));
    // Of three people nothing is said, of an unknown team nothing is known.
    for (team, status) in [("tax", 422), ("nobody", 404)] {
        let ask = Ask::post("/v1/timesheet/score")
            .key(&app.key)
            .json(&json!({"id": team, "as_of": noon}));
        assert_eq!(app.send(ask).await.status, status, "{team}");
    }
    let id = answer["recommendation_id"].as_str().unwrap();
    let replay = Ask::post(&format!("/v1/recommendations/{id}/replay")).key(&app.key);
    assert_eq!(app.send(replay).await.json()["outcome"], "equal");
}

#[tokio::test]
async fn the_next_bill_is_foretold_with_what_it_waits_for() {
    let app = firm().await;
    let by_project = scored(&app, "billing", &json!({"id": "P1"})).await;
    let subject = by_project["subject"]["id"].as_str().unwrap();
    let by_bill = scored(
        &app,
        "billing",
        &json!({"id": subject, "as_of": by_project["as_of"]}),
    )
    .await;
    assert_eq!(by_bill["score"], by_project["score"]);
    assert_eq!(by_bill["status"], "scored");
    let chain = by_bill["suggestion"]["chain"].as_array().unwrap();
    let steps: Vec<&str> = chain
        .iter()
        .map(|step| step["step"].as_str().unwrap())
        .collect();
    assert_eq!(
        steps,
        [
            "timesheet",
            "approval",
            "milestone",
            "work_in_progress",
            "bill"
        ]
    );
    let id = by_bill["recommendation_id"].as_str().unwrap();
    let replay = Ask::post(&format!("/v1/recommendations/{id}/replay")).key(&app.key);
    assert_eq!(app.send(replay).await.json()["outcome"], "equal");
    let sent = Ask::post("/v1/billing/score")
        .key(&app.key)
        .json(&json!({"id": "B3"}));
    app.send(sent).await.assert_problem(422, "invalid_content");
}

#[tokio::test]
async fn a_set_up_is_foretold_with_what_is_missing_and_who_sees_to_it() {
    let app = firm().await;
    let answer = scored(&app, "project_setup", &json!({"id": "SU39"})).await;
    assert_eq!(answer["status"], "scored", "{answer}");
    let missing = answer["suggestion"]["missing"].as_array().unwrap();
    assert_eq!(missing.len(), 1, "{answer}");
    assert_eq!(missing[0]["name"], "rate card");
    assert_eq!(missing[0]["owner_role"], "pricing");
    assert_eq!(missing[0]["critical"], true);
    assert!(missing[0]["adds_days"].as_f64().unwrap() > 0.0);
    assert_eq!(answer["counterfactuals"][0]["field"], "rate card");
    let id = answer["recommendation_id"].as_str().unwrap();
    let replay = Ask::post(&format!("/v1/recommendations/{id}/replay")).key(&app.key);
    assert_eq!(app.send(replay).await.json()["outcome"], "equal");
    for (id, status) in [("SU3", 422), ("nobody", 404)] {
        let ask = Ask::post("/v1/project_setup/score")
            .key(&app.key)
            .json(&json!({"id": id}));
        assert_eq!(app.send(ask).await.status, status, "{id}");
    }
}

#[tokio::test]
async fn the_board_holds_every_answer_and_is_stable() {
    let app = firm().await;
    let ask = || Ask::get("/v1/worklists/delays").key(&app.key);
    let board = app.send(ask()).await.json();
    // By the hour, the week that is being closed, the one to come, or both.
    let periods = board["timesheet"].as_array().unwrap().iter();
    let periods: BTreeSet<&str> = periods
        .map(|one| one["subject"]["id"].as_str().unwrap())
        .collect();
    assert!(periods.iter().all(|id| id.starts_with("audit ")));
    assert!((1..=2).contains(&periods.len()), "{periods:?}");
    assert_eq!(board["timesheet"].as_array().unwrap().len(), periods.len());
    assert!(!board["billing"].as_array().unwrap().is_empty());
    assert!(!board["project_setup"].as_array().unwrap().is_empty());
    assert_eq!(app.send(ask()).await.json(), board);
    let empty = TestApp::start().await;
    let board = empty
        .send(Ask::get("/v1/worklists/delays").key(&empty.key))
        .await
        .json();
    assert_eq!(board["billing"], json!([]));
}
