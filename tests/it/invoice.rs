//! Scores of the invoice case, one and many.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::app::{Answer, Ask, TestApp};
use crate::samples::cii;

const SCORE: &str = "/v1/invoice/score";
const BATCH: &str = "/v1/invoice/score-batch";

async fn batch(app: &TestApp, body: String) -> Answer {
    let ask = Ask::post(BATCH)
        .key(&app.key)
        .header("content-type", "application/x-ndjson")
        .body(body);
    app.send(ask).await
}

fn lines(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    answer
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test]
async fn by_bytes_and_then_by_id_the_answer_is_the_same() {
    let app = TestApp::start().await;
    let item = json!({"content": STANDARD.encode(cii("S-1")), "filename": "s.xml"});
    let first = app.send(Ask::post(SCORE).key(&app.key).json(&item)).await;
    assert_eq!(first.status, 200, "{}", first.text());
    let id = first.json()["subject"]["id"].clone();
    let item = json!({ "document_id": id });
    let again = app.send(Ask::post(SCORE).key(&app.key).json(&item)).await;
    assert_eq!(again.json(), first.json());
}

#[tokio::test]
async fn an_item_names_one_document() {
    let app = TestApp::start().await;
    let nobody = "01890000-0000-7000-8000-000000000000";
    for (item, status, code) in [
        (json!({}), 422, "invalid_content"),
        (
            json!({"content": "eA==", "document_id": nobody}),
            422,
            "invalid_content",
        ),
        (json!({"content": "%"}), 422, "invalid_content"),
        (json!({"content": ""}), 422, "invalid_content"),
        (
            json!({"content": "eA==", "approve": true}),
            422,
            "invalid_content",
        ),
        (json!({"document_id": nobody}), 404, "not_found"),
    ] {
        app.send(Ask::post(SCORE).key(&app.key).json(&item))
            .await
            .assert_problem(status, code);
    }
}

#[tokio::test]
async fn in_a_batch_each_line_gets_its_own_answer_in_order() {
    let app = TestApp::start().await;
    let good = |number: &str| json!({"content": STANDARD.encode(cii(number))}).to_string();
    let body = format!("{}\n\nnot json\n{}\n{{}}", good("B-1"), good("B-2"));
    let answers = lines(&batch(&app, body).await);
    let numbers: Vec<_> = answers
        .iter()
        .map(|line| line["line"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, [1, 3, 4, 5]);
    assert_eq!(answers[0]["recommendation"]["case"], "invoice");
    assert_eq!(answers[1]["problem"]["code"], "invalid_content");
    assert_eq!(answers[2]["recommendation"]["case"], "invoice");
    assert_eq!(answers[3]["problem"]["errors"][0]["field"], "document_id");
}

#[tokio::test]
async fn a_batch_is_bounded_and_may_be_replayed() {
    let app = TestApp::start_with(|config, _| config.limits.batch_items = 2).await;
    batch(&app, "{}\n".repeat(3))
        .await
        .assert_problem(413, "payload_too_large");
    let ask = || {
        Ask::post(BATCH)
            .key(&app.key)
            .header("content-type", "application/x-ndjson")
            .header("idempotency-key", "batch-1")
            .body(json!({"content": STANDARD.encode(cii("B-3"))}).to_string())
    };
    let first = app.send(ask()).await;
    let again = app.send(ask()).await;
    assert_eq!(lines(&first), lines(&again));
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(
        lines(&batch(&app, String::new()).await),
        Vec::<Value>::new()
    );
    app.send(Ask::post(BATCH).key(&app.key).body("{}"))
        .await
        .assert_problem(415, "unsupported_media_type");
}

#[tokio::test]
async fn an_unknown_case_is_named_as_such() {
    let app = TestApp::start().await;
    for path in ["/v1/astrology/score", "/v1/bottleneck/score-batch"] {
        let problem = app
            .send(Ask::post(path).key(&app.key))
            .await
            .assert_problem(404, "unknown_case");
        assert!(problem["detail"].as_str().unwrap().contains("`invoice`"));
    }
}
