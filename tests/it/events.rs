//! Canonical records as CloudEvents.

use serde_json::{Value, json};

use crate::app::{Ask, TestApp};

fn event(id: &str, kind: &str, data: &Value) -> Value {
    json!({
        "specversion": "1.0", "id": id, "source": "/erp", "type": kind,
        "time": "2026-03-01T10:00:00Z", "data": data,
    })
}

fn vendor(id: &str) -> Value {
    event(
        id,
        "scrutineer.record.vendor",
        &json!({"id": id, "name": "Muster GmbH"}),
    )
}

fn structured(app: &TestApp, kind: &str, body: &Value) -> Ask {
    Ask::post("/v1/events")
        .key(&app.key)
        .header("content-type", kind)
        .body(body.to_string())
}

const SINGLE: &str = "application/cloudevents+json; charset=utf-8";
const BATCH: &str = "application/cloudevents-batch+json";

#[tokio::test]
async fn one_event_lands_once_however_often_it_comes() {
    let app = TestApp::start().await;
    let first = app.send(structured(&app, SINGLE, &vendor("V1"))).await;
    assert_eq!(first.status, 200, "{}", first.text());
    assert_eq!(first.json()["inserted"], 1);
    let again = app
        .send(structured(&app, SINGLE, &vendor("V1")))
        .await
        .json();
    assert_eq!(
        (&again["inserted"], &again["unchanged"]),
        (&json!(0), &json!(1))
    );
}

#[tokio::test]
async fn a_batch_names_its_bad_events_and_lands_the_others() {
    let app = TestApp::start().await;
    let batch = json!([
        vendor("V1"),
        event("V2", "scrutineer.record.planet", &json!({"id": "P"})),
        event("V3", "scrutineer.record.vendor", &json!({"id": "V3"})),
        7,
        vendor("V4"),
    ]);
    let report = app.send(structured(&app, BATCH, &batch)).await;
    assert_eq!(report.status, 200, "{}", report.text());
    let report = report.json();
    assert_eq!(
        (&report["received"], &report["inserted"]),
        (&json!(5), &json!(2))
    );
    let problems = report["problems"].as_array().unwrap();
    let places: Vec<_> = problems
        .iter()
        .map(|one| one["index"].as_u64().unwrap())
        .collect();
    assert_eq!(places, [1, 2, 3]);
    assert_eq!(problems[0]["errors"][0]["field"], "type");
    assert_eq!(problems[1]["errors"][0]["field"], "data.name");
}

#[tokio::test]
async fn in_binary_mode_the_attributes_are_headers() {
    let app = TestApp::start().await;
    let ask = |version: &str| {
        Ask::post("/v1/events")
            .key(&app.key)
            .header("ce-specversion", version)
            .header("ce-id", "1")
            .header("ce-source", "/erp")
            .header("ce-type", "scrutineer.record.vendor")
            .json(&json!({"id": "V9", "name": "Nine"}))
    };
    let answer = app.send(ask("1.0")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["inserted"], 1);
    let problem = app
        .send(ask("0.3"))
        .await
        .assert_problem(422, "invalid_content");
    assert_eq!(problem["errors"][0]["field"], "specversion");
}

#[tokio::test]
async fn what_is_no_event_is_refused() {
    let app = TestApp::start().await;
    for (kind, body, status, code) in [
        (SINGLE, json!({"id": "1"}), 422, "invalid_content"),
        (BATCH, json!({"id": "1"}), 422, "invalid_content"),
        (
            "application/json",
            vendor("V1"),
            415,
            "unsupported_media_type",
        ),
        (
            SINGLE,
            event("1", "com.example.other", &json!({})),
            422,
            "invalid_content",
        ),
    ] {
        app.send(structured(&app, kind, &body))
            .await
            .assert_problem(status, code);
    }
    let ask = Ask::post("/v1/events")
        .key(&app.key)
        .header("content-type", BATCH)
        .body("[{");
    app.send(ask).await.assert_problem(400, "invalid_request");
}
