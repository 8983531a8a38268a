//! Bounds on what a caller may use.

use serde_json::json;

use crate::app::{Ask, TestApp};

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
