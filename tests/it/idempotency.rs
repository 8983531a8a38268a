//! One answer for one request, however often it is sent.

use serde_json::json;

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
