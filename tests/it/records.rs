//! Canonical records as rows.

use serde_json::json;

use crate::app::{Answer, Ask, TestApp};

async fn post(app: &TestApp, path: &str, kind: &str, body: &str) -> Answer {
    let ask = Ask::post(path)
        .key(&app.key)
        .header("content-type", kind)
        .body(body.to_owned());
    app.send(ask).await
}

const NDJSON: &str = "application/x-ndjson";
const GOOD: &str = "{\"id\":\"V1\",\"name\":\"Muster GmbH\"}\n{\"id\":\"V2\",\"name\":\"Other\"}\n";

#[tokio::test]
async fn good_rows_land_and_the_same_rows_again_change_nothing() {
    let app = TestApp::start().await;
    let first = post(&app, "/v1/records/vendor", NDJSON, GOOD).await;
    assert_eq!(first.status, 200, "{}", first.text());
    let report = first.json();
    assert_eq!(
        (&report["rows"], &report["inserted"]),
        (&json!(2), &json!(2))
    );
    let again = post(&app, "/v1/records/vendor", NDJSON, GOOD).await.json();
    assert_eq!(
        (&again["inserted"], &again["unchanged"]),
        (&json!(0), &json!(2))
    );
    let csv = post(
        &app,
        "/v1/records/vendor",
        "text/csv",
        "id,name\nV1,Muster GmbH\nV3,Third\n",
    )
    .await;
    assert_eq!(csv.json()["inserted"], 1, "{}", csv.text());
}

#[tokio::test]
async fn a_bad_row_is_named_by_line_and_member() {
    let app = TestApp::start().await;
    let body = format!("{GOOD}{{\"id\":\"V3\"}}\n");
    let report = post(&app, "/v1/records/vendor", NDJSON, &body).await;
    assert_eq!(report.status, 200);
    let report = report.json();
    assert_eq!(
        (&report["inserted"], &report["rejected"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(report["problems"][0]["line"], 3);
    assert_eq!(report["problems"][0]["problems"][0]["field"], "name");
}

#[tokio::test]
async fn strict_rows_land_together_or_not_at_all() {
    let app = TestApp::start().await;
    let body = format!("{GOOD}{{\"id\":\"V3\"}}\n");
    let problem = post(&app, "/v1/records/vendor?strict=true", NDJSON, &body)
        .await
        .assert_problem(422, "invalid_content");
    assert_eq!(problem["errors"][0]["line"], 3);
    assert_eq!(problem["errors"][0]["field"], "name");
    let after = post(&app, "/v1/records/vendor", NDJSON, GOOD).await.json();
    assert_eq!(after["inserted"], 2);
}

#[tokio::test]
async fn unknown_kinds_other_bodies_and_too_many_rows_are_refused() {
    let app = TestApp::start_with(|config, _| config.limits.batch_rows = 2).await;
    post(&app, "/v1/records/planet", NDJSON, GOOD)
        .await
        .assert_problem(404, "not_found");
    post(&app, "/v1/records/vendor", "text/plain", GOOD)
        .await
        .assert_problem(415, "unsupported_media_type");
    post(&app, "/v1/records/vendor", NDJSON, &GOOD.repeat(2))
        .await
        .assert_problem(413, "payload_too_large");
    post(&app, "/v1/records/vendor?strict=perhaps", NDJSON, GOOD)
        .await
        .assert_problem(400, "invalid_parameter");
}
