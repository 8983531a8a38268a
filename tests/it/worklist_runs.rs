//! When a worklist is made anew, what it says of who moved, and how much of it is shown.

use chrono::{DateTime, Days, NaiveDate, Utc};
use scrutineer::cases::collections::{Action, CollectionsRun, Suppressed};
use scrutineer::domain::TenantId;
use scrutineer::service::{COLLECTIONS, DelaysRun};
use scrutineer::store::WorklistRun;
use serde_json::{Value, json};

use crate::app::{Ask, TestApp};

/// Sheets of the week before are due at its noon.
fn monday() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 16).unwrap()
}

fn at(hour: u32, minute: u32) -> DateTime<Utc> {
    monday().and_hms_opt(hour, minute, 0).unwrap().and_utc()
}

fn firm() -> TenantId {
    TenantId::new("firm").unwrap()
}

async fn with_customers(today: NaiveDate) -> TestApp {
    let app = TestApp::start().await;
    let (customers, invoices) = crate::collections::records(today);
    app.put_records("customer", customers).await;
    app.put_records("customer_invoice", invoices).await;
    app
}

async fn customers(app: &TestApp, now: DateTime<Utc>) -> CollectionsRun {
    app.service.collections_run(&firm(), now).await.unwrap()
}

#[tokio::test]
async fn a_list_is_made_anew_when_a_moment_comes_that_a_record_states_and_not_before() {
    let app = with_customers(monday()).await;
    let rows = [
        json!({"id": "K1", "customer_id": "C1", "kind": "call", "time": at(14, 0), "known_at": at(8, 0)}),
        json!({"id": "D2", "customer_id": "C2", "kind": "dispute", "time": at(8, 0), "known_at": at(17, 0)}),
    ];
    let rows: Vec<String> = rows.iter().map(Value::to_string).collect();
    app.put_records("interaction", rows.join("\n")).await;
    let why_not = |run: &CollectionsRun, customer: &str| -> Vec<Suppressed> {
        let row = run.row(customer).unwrap();
        row.suppressed_by.clone()
    };
    let morning = customers(&app, at(9, 0)).await;
    assert!(why_not(&morning, "C1").is_empty() && why_not(&morning, "C2").is_empty());
    assert_eq!(customers(&app, at(13, 59)).await, morning);
    let called = customers(&app, at(14, 0)).await;
    assert_eq!(why_not(&called, "C1"), [Suppressed::ContactedRecently]);
    assert!(why_not(&called, "C2").is_empty());
    assert_eq!(customers(&app, at(16, 59)).await, called);
    let contested = customers(&app, at(17, 0)).await;
    assert_eq!(why_not(&contested, "C2"), [Suppressed::Disputed]);
    assert_eq!(customers(&app, at(23, 59)).await, contested);
}

#[tokio::test]
async fn the_board_tells_of_sheets_that_are_late_as_soon_as_they_are() {
    let app = TestApp::start().await;
    for (kind, rows) in crate::delays::records(monday()) {
        app.put_records(kind, rows).await;
    }
    let board = async |now| app.service.delays_run(&firm(), now).await.unwrap();
    let sunday = monday().pred_opt().unwrap();
    let told = |run: &DelaysRun| {
        let mut teams = run.timesheet.iter();
        let period = teams.find(|one| one.subject.id == format!("audit {sunday}"));
        period.unwrap().score
    };
    let before = board(at(11, 0)).await;
    assert_eq!(board(at(12, 0)).await, before, "due and not late");
    let late = board(at(12, 1)).await;
    assert_eq!(late.as_of, at(12, 1));
    let ask = Ask::post("/v1/timesheet/score").key(&app.key);
    let item = json!({"id": "audit", "period_end": sunday, "as_of": at(12, 1)});
    let answer = app.send(ask.json(&item)).await.json();
    assert_eq!(told(&late), answer["score"].as_f64(), "{answer}");
    assert_ne!(told(&late), told(&before));
    assert_eq!(board(at(23, 59)).await, late);
}

#[tokio::test]
async fn what_another_model_says_of_the_same_records_is_told_as_that() {
    let app = with_customers(monday()).await;
    let run = customers(&app, at(9, 0)).await;
    assert_eq!(run.model.unwrap().name, "collections");
    // As if half as much had been at stake by the model of then.
    let halve = |stake: &mut Value| *stake = json!(stake.as_f64().unwrap() / 2.0);
    for (version, why) in [
        (Some("0"), "Another model answers."),
        (None, "100 % more at stake."),
    ] {
        let tenant = firm();
        let last = app.store.last_run_until(&tenant, COLLECTIONS, monday());
        let mut last: WorklistRun = last.await.unwrap().unwrap();
        for row in last.body["ranked"].as_array_mut().unwrap() {
            halve(&mut row["at_stake"]);
            for invoice in row["invoices"].as_array_mut().unwrap() {
                halve(&mut invoice["at_stake"]);
            }
        }
        match version {
            Some(version) => last.body["model"]["version"] = json!(version),
            // Runs of before do not say.
            None => drop(last.body.as_object_mut().unwrap().remove("model")),
        }
        last.generation = last.generation.wrapping_add(1);
        let read = app.store.erasures(&tenant).await.unwrap();
        let kept = app.store.put_run(&tenant, COLLECTIONS, &last, read).await;
        assert!(kept.unwrap());
        let run = customers(&app, at(10, 0)).await;
        let moved = run.ranked[0].moved.clone().unwrap();
        assert_eq!(moved.why, why);
    }
}

#[tokio::test]
async fn customers_beyond_the_capacity_are_counted() {
    let app = with_customers(Utc::now().date_naive()).await;
    let list = async |capacity: &str| {
        let path = format!("/v1/worklists/collections?capacity={capacity}");
        let run = app.get(&path).await.json();
        let shown = run["ranked"].as_array().unwrap().len();
        (shown, run["beyond_capacity"].as_u64())
    };
    let (all, none) = list("1000").await;
    assert!(all > 1 && none == Some(0), "{all} {none:?}");
    let beyond = u64::try_from(all - 1).unwrap();
    assert_eq!(list("1").await, (1, Some(beyond)));
    assert_eq!(list("1000").await, (all, Some(0)), "kept whole");
}

#[tokio::test]
async fn who_has_no_record_where_others_have_one_may_be_a_person() {
    let today = monday();
    let app = with_customers(today).await;
    let (issued, due) = (today - Days::new(40), today - Days::new(20));
    let invoice = json!({"id": "I9", "customer_id": "C9", "known_at": at(8, 0) - Days::new(40), "issued_on": issued,
        "due_on": due, "currency": "EUR", "total": "9000.00"});
    app.put_records("customer_invoice", invoice.to_string())
        .await;
    let scored = async || {
        let asked = json!({"id": "I9", "as_of": at(9, 0)});
        let ask = Ask::post("/v1/collections/score").key(&app.key);
        let answer = app.send(ask.json(&asked)).await.json();
        (answer["suggestion"].clone(), answer["data_quality"].clone())
    };
    let (suggestion, quality) = scored().await;
    assert_eq!(suggestion["action"], "decide_by_person");
    assert_eq!(suggestion["suppressed_by"], json!(["customer_unknown"]));
    assert_eq!(quality["missing"], json!(["customer"]));
    let record = json!({"id": "C9", "name": "Nine", "known_at": at(8, 0)});
    app.put_records("customer", record.to_string()).await;
    let (suggestion, quality) = scored().await;
    assert_eq!(suggestion["suppressed_by"], json!([]));
    assert_eq!(quality["missing"], json!([]));
}

#[tokio::test]
async fn old_debts_neither_sink_nor_jump_where_the_forecasts_end() {
    let today = monday();
    let app = with_customers(today).await;
    let ages = [40_u64, 90, 190, 400, 2970];
    let rows = ages.map(|age| {
        let (issued, due) = (today - Days::new(age + 14), today - Days::new(age));
        json!({"id": format!("old{age}"), "customer_id": "C2", "known_at": at(8, 0) - Days::new(age + 14),
            "issued_on": issued, "due_on": due, "currency": "EUR", "total": "2000.00"})
    });
    let rows: Vec<String> = rows.iter().map(Value::to_string).collect();
    app.put_records("customer_invoice", rows.join("\n")).await;
    let run = customers(&app, at(9, 0)).await;
    assert!(!run.usual_days.is_empty());
    let row = run.row("C2").unwrap();
    let days = |age: u64| {
        let mut invoices = row.invoices.iter();
        let one = invoices.find(|one| one.customer_invoice_id == format!("old{age}"));
        let one = one.unwrap();
        let days = one.at_stake * run.usual_amounts[&one.currency] / 2000.0;
        (days, one.score)
    };
    for age in ages {
        let (days, _) = days(age);
        let least = (age as f64 / 2.0).min(90.0);
        assert!(
            days > least - 1e-6 && days < 90.0 + 1e-6,
            "{age} days overdue count {days}"
        );
    }
    assert_eq!(days(2970).1, None, "longer than any seen");
}

#[tokio::test]
async fn who_broke_a_promise_is_called_and_told_as_such() {
    let app = with_customers(monday()).await;
    let promise = json!({"id": "P1", "customer_id": "C3", "kind": "promise", "time": at(8, 0),
        "known_at": at(8, 0), "promised_on": monday() + Days::new(1)});
    app.put_records("interaction", promise.to_string()).await;
    let run = customers(&app, at(9, 0)).await;
    let row = run.row("C3").unwrap();
    assert_eq!(row.suppressed_by, [Suppressed::PromisePending]);
    assert!(!row.is_promise_broken());
    let run = customers(&app, at(9, 0) + Days::new(5)).await;
    let row = run.row("C3").unwrap();
    assert!(row.rank.is_some() && row.is_promise_broken(), "{row:?}");
    assert_eq!(row.action, Action::Call);
    let moved = row.moved.clone().unwrap();
    assert_eq!(moved.why, "A promise was broken.");
}

#[tokio::test]
async fn a_score_tells_of_a_credit_as_the_list_does_and_stays_what_it_was() {
    let app = with_customers(monday()).await;
    let scored = async || {
        let asked = json!({"id": "I3-25", "as_of": at(9, 0)});
        let ask = Ask::post("/v1/collections/score").key(&app.key);
        app.send(ask.json(&asked)).await.json()
    };
    let before = scored().await;
    assert!(before["suggestion"].get("set_off_amount").is_none());
    // Less than any invoice of the customer.
    let credit = json!({"id": "credit", "customer_id": "C3", "known_at": at(8, 0), "issued_on": monday(),
        "due_on": monday(), "currency": "EUR", "total": "-500.00"});
    app.put_records("customer_invoice", credit.to_string())
        .await;
    let after = scored().await;
    let told = "500.00 EUR of credits or unmatched money: set off first";
    assert!(after["evidence"].to_string().contains(told), "{after}");
    let run = customers(&app, at(9, 0)).await;
    let amount = run.row("C3").unwrap().set_off_amount.to_string();
    assert_eq!(after["suggestion"]["set_off_amount"], amount);
    assert_eq!(amount, "500.00");
    for member in ["score", "interval", "level", "effect", "reasons"] {
        assert_eq!(after[member], before[member], "{member}");
    }
    let action = |answer: &Value| answer["suggestion"]["action"].clone();
    assert_eq!(action(&after), action(&before));
}
