//! One answer for one request, however often it is sent.

use chrono::{Duration, SecondsFormat, Utc};
use serde_json::json;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};

use crate::app::{Answer, Ask, TestApp};

const PATH: &str = "/v1/recommendations/01890000-0000-7000-8000-000000000000/feedback";

async fn post(app: &TestApp, key: &str, about: &str) -> Answer {
    let body = json!({"verdict": "accepted", "about": about});
    let ask = Ask::post(PATH)
        .key(&app.key)
        .header("idempotency-key", key)
        .json(&body);
    app.send(ask).await
}

#[tokio::test]
async fn the_answer_is_given_again_and_says_so() {
    let app = TestApp::start().await;
    let first = post(&app, "a", "total").await;
    assert_eq!(first.status, 404);
    assert_eq!(first.header("idempotency-replayed"), "");
    let again = post(&app, "a", "total").await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!((again.status, again.body), (first.status, first.body));
    assert_eq!(again.headers["content-type"], first.headers["content-type"]);
}

#[tokio::test]
async fn another_body_under_the_same_key_is_refused() {
    let app = TestApp::start().await;
    post(&app, "a", "total").await;
    post(&app, "a", "net")
        .await
        .assert_problem(422, "idempotency_mismatch");
}

#[tokio::test]
async fn two_callers_may_choose_the_same_key() {
    let app = TestApp::start().await;
    post(&app, "a", "total").await;
    let other = app.new_key("firm", "feedback").await;
    let ask = Ask::post(PATH)
        .key(&other)
        .header("idempotency-key", "a")
        .json(&json!({"verdict": "accepted"}));
    let answer = app.send(ask).await;
    answer.assert_problem(404, "not_found");
    assert_eq!(answer.header("idempotency-replayed"), "");
}

#[tokio::test]
async fn a_key_that_cannot_be_kept_is_refused() {
    let app = TestApp::start().await;
    post(&app, &"k".repeat(201), "total")
        .await
        .assert_problem(400, "invalid_parameter");
}

/// Leaves all keys as a process leaves them that dies while it works.
async fn leave_running(app: &TestApp, seconds: i64) {
    let file = app.folder().join("data").join("scrutineer.db");
    let options = SqliteConnectOptions::new().filename(file);
    let mut database = SqliteConnection::connect_with(&options).await.unwrap();
    let until = Utc::now() + Duration::seconds(seconds);
    sqlx::query("UPDATE idempotency SET status = NULL, body = NULL, expires_at = $1")
        .bind(until.to_rfc3339_opts(SecondsFormat::Micros, true))
        .execute(&mut database)
        .await
        .unwrap();
    database.close().await.unwrap();
}

#[tokio::test]
async fn a_key_whose_process_died_is_free_when_the_answer_says() {
    let app = TestApp::start().await;
    post(&app, "a", "total").await;
    leave_running(&app, 20).await;
    let refused = post(&app, "a", "total").await;
    let problem = refused.assert_problem(409, "idempotency_conflict");
    let detail = problem["detail"].as_str().unwrap();
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert_eq!(wait, 5, "as a rule it is still running, and done before");
    assert!(detail.contains("the key is free in "), "{detail}");
    leave_running(&app, -1).await;
    let answer = post(&app, "a", "total").await;
    answer.assert_problem(404, "not_found");
    assert_eq!(answer.header("idempotency-replayed"), "");
}

#[tokio::test]
async fn an_answer_too_long_to_be_kept_is_a_problem_that_is_kept_in_its_place() {
    let app = TestApp::start_with(|config, _| config.limits.body_bytes = 80 << 20).await;
    // What is no member of an item is named, so that an answer is as long as its question.
    let line = format!("{{\"{}\":1}}\n", "x".repeat(1 << 20));
    let body = line.repeat(65);
    let ask = || {
        Ask::post("/v1/collections/score-batch")
            .key(&app.key)
            .header("content-type", "application/x-ndjson")
            .body(body.clone())
    };
    let first = app.send(ask().header("idempotency-key", "long")).await;
    let problem = first.assert_problem(413, "payload_too_large");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("without a key, or in parts"), "{detail}");
    let again = app.send(ask().header("idempotency-key", "long")).await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!((again.status, again.body), (first.status, first.body));
    let whole = app.send(ask()).await;
    assert_eq!(whole.status, 200);
    assert_eq!(whole.text().lines().count(), 65);
}
