//! Bounds on what a caller may use.

use std::time::Duration;

use http_body_util::BodyExt as _;
use serde_json::json;

use crate::app::{Ask, TestApp};
use crate::samples::pdf;

#[tokio::test]
async fn each_key_has_its_own_rate() {
    let app = TestApp::start_with(|config, _| {
        config.limits.request_burst = 2;
        config.limits.requests_per_minute = 1;
    })
    .await;
    let first = app.get("/v1/models").await;
    assert_eq!(first.header("ratelimit-policy"), "\"key\";q=2;w=120");
    assert!(first.header("ratelimit").starts_with("\"key\";r=1;t="));
    assert_eq!(app.get("/v1/models").await.status, 200);
    let refused = app.get("/v1/models").await;
    refused.assert_problem(429, "rate_limited");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert!(refused.header("ratelimit").starts_with("\"key\";r=0;t="));
    let other = app.new_key("firm", "read").await;
    assert_eq!(
        app.send(Ask::get("/v1/models").key(&other)).await.status,
        200
    );
    assert_eq!(app.get_public("/health/live").await.status, 200);
}

#[tokio::test]
async fn a_body_past_the_limit_is_refused() {
    let app = TestApp::start_with(|config, _| config.limits.body_bytes = 1_000).await;
    let path = "/v1/recommendations/01890000-0000-7000-8000-000000000000/feedback";
    let long = json!({"verdict": "accepted", "about": "x".repeat(1_000)});
    let ask = || Ask::post(path).key(&app.key).json(&long);
    app.send(ask())
        .await
        .assert_problem(413, "payload_too_large");
    app.send(ask().header("idempotency-key", "k"))
        .await
        .assert_problem(413, "payload_too_large");
}

/// Lines of a batch whose answers are longer than what may lie ready for whoever reads them.
const LINES: usize = 4_000;

fn long_batch(app: &TestApp) -> Ask {
    Ask::post("/v1/collections/score-batch")
        .key(&app.key)
        .header("content-type", "application/x-ndjson")
        .body("{}\n".repeat(LINES))
}

#[tokio::test]
async fn who_does_not_read_the_answers_of_a_batch_holds_nobody_up() {
    let app = TestApp::start_with(|config, _| config.limits.concurrency = 1).await;
    let mut unread = Vec::new();
    for _ in 0..3 {
        unread.push(app.send_unread(long_batch(&app)).await);
    }
    let records = "{\"id\":\"V-1\",\"name\":\"Zweigelt\"}\n";
    app.put_records("vendor", records).await;
    let list = app.get("/v1/worklists/collections").await;
    assert_eq!(list.status, 200, "{}", list.text());
    // Whoever reads after all gets all.
    for response in unread {
        assert_eq!(response.status(), 200);
        let answers = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(answers.split(|byte| *byte == b'\n').count(), LINES + 1);
    }
}

#[tokio::test]
async fn a_batch_whose_answers_are_not_read_breaks_off_and_does_not_end_as_if_whole() {
    let app = TestApp::start_with(|config, _| {
        config.limits.parse_seconds = 1;
        config.limits.request_seconds = 2;
    })
    .await;
    let unread = app.send_unread(long_batch(&app)).await;
    assert_eq!(unread.status(), 200);
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert!(unread.into_body().collect().await.is_err());
}

/// The codes of what could not be read.
fn problems(assessment: &serde_json::Value) -> Vec<&str> {
    let problems = assessment["problems"].as_array().unwrap();
    problems
        .iter()
        .map(|p| p["code"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn what_bounds_the_parser_is_set_once_for_server_and_command() {
    let app = TestApp::start_with(|config, _| {
        config.limits.parse_page_words = 2;
        config.limits.page_pixels = 50_000;
    })
    .await;
    let file = pdf("Invoice number 4711");
    let answer = app.upload(file.clone()).await;
    let analysis = answer.json()["analysis"].clone();
    assert_eq!(problems(&analysis), ["truncated_words"]);
    let id = analysis["recommendation"]["subject"]["id"].clone();
    let page = format!("/v1/documents/{}/pages/1.png", id.as_str().unwrap());
    let small = app.get(&format!("{page}?width=100")).await;
    assert_eq!(small.status, 200, "{}", small.text());
    app.get(&page).await.assert_problem(422, "invalid_content");

    let path = app.folder().join("file.pdf");
    std::fs::write(&path, file).unwrap();
    let read = |words: &str| {
        std::process::Command::new(env!("CARGO_BIN_EXE_scrutineer"))
            .args(["read", "--json"])
            .arg(&path)
            .env("SCRUTINEER_LIMITS_PARSE_PAGE_WORDS", words)
            .env(
                "SCRUTINEER_MODELS_DIR",
                concat!(env!("CARGO_MANIFEST_DIR"), "/models"),
            )
            .output()
            .unwrap()
    };
    let row: serde_json::Value = serde_json::from_slice(&read("2").stdout).unwrap();
    assert_eq!(problems(&row), ["truncated_words"]);
    let refused = read("0");
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("`limits.parse_page_words`"), "{said}");
}
