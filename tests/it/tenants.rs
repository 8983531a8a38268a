//! Tenants never see each other: each route is asked by a stranger.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::app::{Ask, TestApp};
use crate::samples::{cii, pdf};

#[tokio::test]
async fn a_stranger_sees_nothing_of_a_firm() {
    let app = TestApp::start().await;
    let stranger = app.new_key("rival", "*").await;
    let answer = app.upload(pdf("Secret")).await.json();
    let document = answer["document"]["id"].as_str().unwrap();
    let recommendation = answer["analysis"]["recommendation"]["recommendation_id"]
        .as_str()
        .unwrap();
    let job = app
        .send(
            Ask::post("/v1/documents")
                .key(&app.key)
                .header("prefer", "respond-async")
                .body(cii("T-1")),
        )
        .await
        .json();
    let job = job["id"].as_str().unwrap();
    for ask in [
        Ask::get(&format!("/v1/documents/{document}")),
        Ask::get(&format!("/v1/documents/{document}/pages/1.png")),
        Ask::get(&format!("/v1/jobs/{job}")),
        Ask::get(&format!("/v1/recommendations/{recommendation}")),
        Ask::post(&format!("/v1/recommendations/{recommendation}/feedback"))
            .json(&json!({"verdict": "accepted"})),
        Ask::post(&format!("/v1/recommendations/{recommendation}/replay")),
        Ask::post("/v1/invoice/score").json(&json!({ "document_id": document })),
    ] {
        app.send(ask.key(&stranger))
            .await
            .assert_problem(404, "not_found");
    }
    for path in ["/v1/documents", "/v1/worklists/invoice_review"] {
        let listing = app.send(Ask::get(path).key(&stranger)).await.json();
        assert_eq!(listing["items"], json!([]), "{path}");
    }
    let batch = Ask::post("/v1/invoice/score-batch")
        .key(&stranger)
        .header("content-type", "application/x-ndjson")
        .body(json!({ "document_id": document }).to_string());
    let line: serde_json::Value = serde_json::from_slice(&app.send(batch).await.body).unwrap();
    assert_eq!(line["problem"]["code"], "not_found");
}

#[tokio::test]
async fn the_same_bytes_of_two_firms_are_two_documents() {
    let app = TestApp::start().await;
    let rival = app.new_key("rival", "*").await;
    let item = json!({"content": STANDARD.encode(cii("T-2"))});
    let score = |key: &str| Ask::post("/v1/invoice/score").key(key).json(&item);
    let ours = app.send(score(&app.key)).await.json();
    let theirs = app.send(score(&rival)).await.json();
    assert_ne!(ours["subject"]["id"], theirs["subject"]["id"]);
    assert_ne!(ours["recommendation_id"], theirs["recommendation_id"]);
}

#[tokio::test]
async fn the_same_record_of_two_firms_is_two_records() {
    let app = TestApp::start().await;
    let rival = app.new_key("rival", "*").await;
    for key in [&app.key, &rival] {
        let ask = Ask::post("/v1/records/vendor")
            .key(key)
            .header("content-type", "application/x-ndjson")
            .body("{\"id\":\"V1\",\"name\":\"Muster\"}\n");
        assert_eq!(app.send(ask).await.json()["inserted"], 1);
    }
}
