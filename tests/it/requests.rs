//! What holds for every request, whatever it asks.

use axum::http::Method;

use crate::app::{Ask, TestApp};

#[tokio::test]
async fn an_unknown_address_is_a_problem() {
    let app = TestApp::start().await;
    for path in ["/v1/none", "/v2"] {
        app.get_public(path).await.assert_problem(404, "not_found");
    }
}

#[tokio::test]
async fn whoever_mistypes_an_address_in_a_browser_gets_a_page() {
    let app = TestApp::start().await;
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let ask = |path: &str, accept: &str| app.send(Ask::get(path).header("accept", accept));
    let page = ask("/nope", browser).await;
    assert_eq!(page.status, 404);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.text().contains("There is no such page."));
    let policy = page.header("content-security-policy");
    assert!(policy.contains("style-src 'self'"), "{policy}");
    for (path, accept) in [
        ("/v1/none", browser),
        ("/v1", browser),
        ("/nope", "*/*"),
        ("/nope", "application/json, text/html;q=0.5"),
        ("/nope", "text/html;q=0"),
    ] {
        ask(path, accept).await.assert_problem(404, "not_found");
    }
}

#[tokio::test]
async fn what_has_another_shape_names_the_member_or_the_parameter_at_fault() {
    let app = TestApp::start().await;
    let item = |body: &str| {
        Ask::post("/v1/collections/score")
            .key(&app.key)
            .header("content-type", "application/json")
            .body(body.to_owned())
    };
    for (body, field) in [
        (r#"{"id":"a","as_of":"2026-11-25"}"#, "as_of"),
        (r#"{"id":"a","asof":"2026-11-25T09:00:00Z"}"#, "asof"),
        ("{}", "id"),
    ] {
        let problem = app
            .send(item(body))
            .await
            .assert_problem(422, "invalid_content");
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
    }
    let problem = app
        .send(item("{\"id\":"))
        .await
        .assert_problem(400, "invalid_request");
    assert!(problem["errors"].is_null(), "{problem}");

    let answer = app.get("/v1/documents?limit=many").await;
    let problem = answer.assert_problem(400, "invalid_parameter");
    assert_eq!(problem["errors"][0]["field"], "limit", "{problem}");

    let lines = Ask::post("/v1/collections/score-batch")
        .key(&app.key)
        .header("content-type", "application/x-ndjson")
        .body("{\"id\":\"a\",\"as_of\":\"\"}\n");
    let answer = app.send(lines).await.json();
    let fault = &answer["problem"]["errors"][0];
    assert_eq!(fault["field"], "as_of", "{answer}");
    let detail = "must be a moment such as 2026-11-25T09:00:00Z";
    assert_eq!(fault["detail"], detail, "{answer}");
}

#[tokio::test]
async fn a_body_that_is_coded_is_refused_wherever_one_is_sent() {
    let app = TestApp::start().await;
    let id = "01890000-0000-7000-8000-000000000000";
    let feedback = format!("/v1/recommendations/{id}/feedback");
    let send = |path: &str, kind: &str, coding: &str| {
        let ask = Ask::post(path).key(&app.key).header("content-type", kind);
        app.send(ask.header("content-encoding", coding).body("\u{1f}x"))
    };
    for (path, kind) in [
        ("/v1/documents", "application/octet-stream"),
        ("/v1/documents", "multipart/form-data; boundary=b"),
        ("/v1/records/vendor", "text/csv"),
        ("/v1/events", "application/cloudevents+json"),
        ("/v1/invoice/score", "application/json"),
        ("/v1/invoice/score-batch", "application/x-ndjson"),
        ("/v1/collections/score", "application/json"),
        ("/v1/collections/score-batch", "application/x-ndjson"),
        (feedback.as_str(), "application/json"),
    ] {
        for coding in ["gzip", "identity, br"] {
            let answer = send(path, kind, coding).await;
            let problem = answer.assert_problem(415, "unsupported_media_type");
            let field = &problem["errors"][0]["field"];
            assert_eq!(field, "Content-Encoding", "{path}: {problem}");
        }
    }
    let plain = send("/v1/documents", "application/octet-stream", "Identity").await;
    assert_eq!(plain.status, 201, "{}", plain.text());
    // Nor is it kept for a key, so that the same request may come again as it should.
    let batch = |coding: &str| {
        let ask = Ask::post("/v1/records/vendor").key(&app.key);
        let ask = ask.header("content-type", "text/csv");
        let ask = ask.header("idempotency-key", "k");
        app.send(
            ask.header("content-encoding", coding)
                .body("id,name\nV,A\n"),
        )
    };
    assert_eq!(batch("gzip").await.status, 415);
    assert_eq!(batch("identity").await.status, 200);
}

#[tokio::test]
async fn a_wrong_method_is_a_problem_that_names_the_right_ones() {
    let app = TestApp::start().await;
    let answer = app.send(Ask::new(Method::DELETE, "/health/live")).await;
    answer.assert_problem(405, "method_not_allowed");
    assert_eq!(answer.header("allow"), "GET,HEAD");
    let answer = app
        .send(Ask::new(Method::PUT, "/v1/documents").key(&app.key))
        .await;
    answer.assert_problem(405, "method_not_allowed");
    assert!(answer.header("allow").contains("GET"));
}

#[tokio::test]
async fn every_answer_carries_an_id_a_trace_and_the_headers_that_protect() {
    let app = TestApp::start().await;
    for path in ["/health/live", "/none", "/v1/documents"] {
        let answer = app.get_public(path).await;
        assert_eq!(answer.header("x-request-id").len(), 36);
        assert_eq!(answer.header("traceparent").len(), 55);
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cache-control"), "no-store");
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
    }
}

#[tokio::test]
async fn the_callers_id_and_trace_are_kept_if_they_are_sound() {
    let app = TestApp::start().await;
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let ask = |id: &str| {
        Ask::get("/health/live")
            .header("x-request-id", id)
            .header("traceparent", trace)
    };
    let answer = app.send(ask("engine-7.a_b")).await;
    assert_eq!(answer.header("x-request-id"), "engine-7.a_b");
    assert!(answer.header("traceparent").starts_with(&trace[..36]));
    assert!(!answer.header("traceparent").contains("00f067aa0ba902b7"));
    let answer = app.send(ask("a b")).await;
    assert_ne!(answer.header("x-request-id"), "a b");
}

#[tokio::test]
async fn it_is_ready_with_a_store_and_counts_what_it_answered() {
    let app = TestApp::start().await;
    assert_eq!(app.get_public("/health/ready").await.status, 200);
    assert_eq!(app.get("/v1/models").await.status, 200);
    app.get_public("/metrics")
        .await
        .assert_problem(401, "unauthenticated");
    let metrics = app.get("/metrics").await;
    assert!(metrics.header("content-type").starts_with("text/plain"));
    let wanted =
        "scrutineer_http_requests_total{method=\"GET\",route=\"/v1/models\",status=\"200\"}";
    assert!(metrics.text().contains(wanted), "{}", metrics.text());
    // Other tests of this process may have counted too.
    app.upload("a letter").await;
    let metrics = app.get("/metrics").await.text();
    for wanted in [
        "scrutineer_documents_analysed_total{status=\"degraded\"}",
        "scrutineer_document_analysis_duration_seconds_count{media=\"unknown\"}",
    ] {
        assert!(metrics.contains(wanted), "{metrics}");
    }
    app.store.close().await;
    app.get_public("/health/ready")
        .await
        .assert_problem(503, "unavailable");
    assert_eq!(app.get_public("/health/live").await.status, 200);
}
