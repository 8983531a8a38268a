//! Bad input to each route, and what a stranger to a tenant sees.

use scrutineer::domain::RecordKind;
use serde_json::json;

use crate::app::{Ask, TestApp};

const NOBODY: &str = "01890000-0000-7000-8000-000000000000";

#[tokio::test]
async fn an_empty_firm_has_empty_listings() {
    let app = TestApp::start().await;
    for path in ["/v1/documents", "/v1/worklists/invoice_review"] {
        let answer = app.get(path).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json(), json!({"items": [], "next": null}));
    }
}

#[tokio::test]
async fn parameters_are_checked_and_named() {
    let app = TestApp::start().await;
    for path in [
        "/v1/documents?limit=0",
        "/v1/documents?limit=201",
        "/v1/documents?limit=x",
        "/v1/documents?cursor=%25",
        "/v1/documents?needs_review=perhaps",
        "/v1/documents?received_from=yesterday",
        "/v1/documents?unknown=1",
        "/v1/documents/not-an-id",
        "/v1/jobs/1",
        "/v1/worklists/invoice_review?cursor=high.",
        "/v1/worklists/invoice_review?cursor=0.%25",
    ] {
        app.get(path).await.assert_problem(400, "invalid_parameter");
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_404() {
    let app = TestApp::start().await;
    for path in [
        format!("/v1/documents/{NOBODY}"),
        format!("/v1/jobs/{NOBODY}"),
        format!("/v1/recommendations/{NOBODY}"),
        "/v1/worklists/everything".to_owned(),
    ] {
        app.get(&path).await.assert_problem(404, "not_found");
    }
}

#[tokio::test]
async fn published_schemas_are_public() {
    let app = TestApp::start().await;
    let listed = app.get_public("/v1/schema").await.json();
    let listed = listed["schemas"].as_array().unwrap();
    assert!(listed.contains(&json!("/v1/schema/recommendation.json")));
    for kind in RecordKind::ALL {
        let path = format!("/v1/schema/{kind}.json");
        assert!(listed.contains(&json!(path)), "{path}");
        assert_eq!(app.get_public(&path).await.json(), kind.schema());
    }
    for path in listed {
        let answer = app.get_public(path.as_str().unwrap()).await;
        assert_eq!(answer.header("content-type"), "application/schema+json");
        assert_eq!(answer.json()["$id"], *path);
    }
    app.get_public("/v1/schema/none.json")
        .await
        .assert_problem(404, "not_found");
}

#[tokio::test]
async fn feedback_that_makes_no_sense_is_refused() {
    let app = TestApp::start().await;
    let path = format!("/v1/recommendations/{NOBODY}/feedback");
    for (body, status, code) in [
        (json!({"verdict": "rejected"}), 422, "invalid_content"),
        (json!({"verdict": "approved"}), 422, "invalid_content"),
        (
            json!({"verdict": "accepted", "x": 1}),
            422,
            "invalid_content",
        ),
        (json!({"verdict": "accepted"}), 404, "not_found"),
    ] {
        app.send(Ask::post(&path).key(&app.key).json(&body))
            .await
            .assert_problem(status, code);
    }
    app.send(
        Ask::post(&path)
            .key(&app.key)
            .header("content-type", "application/json")
            .body("{"),
    )
    .await
    .assert_problem(400, "invalid_request");
    app.send(Ask::post(&path).key(&app.key).body("x=1"))
        .await
        .assert_problem(415, "unsupported_media_type");
}
