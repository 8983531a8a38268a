//! The description of the interface and the page made from it.

use axum::body::Body;
use axum::http::Request;

use crate::app::TestApp;

#[tokio::test]
async fn the_description_is_the_one_agreed() {
    let app = TestApp::start().await;
    let answer = app.get_public("/openapi.json").await;
    assert_eq!(answer.status, 200);
    let mut description = answer.json();
    assert_eq!(description["openapi"], "3.1.0");
    // Only the version changes with every release.
    description["info"]["version"] = "[version]".into();
    insta::assert_json_snapshot!("openapi", description);
}

#[tokio::test]
async fn an_unchanged_description_is_not_sent_again() {
    let app = TestApp::start().await;
    for path in ["/openapi.json", "/docs"] {
        let first = app.get_public(path).await;
        let etag = first.header("etag");
        let again = Request::get(path)
            .header("if-none-match", format!("\"other\", {etag}"))
            .body(Body::empty())
            .unwrap();
        let again = app.send(again).await;
        assert_eq!(again.status, 304);
        assert!(again.body.is_empty());
        assert_eq!(again.header("etag"), etag);
    }
}

#[tokio::test]
async fn the_page_names_every_operation_and_loads_nothing() {
    let app = TestApp::start().await;
    let description = app.get_public("/openapi.json").await.json();
    let answer = app.get_public("/docs").await;
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    let page = answer.text();
    for path in description["paths"].as_object().unwrap().keys() {
        assert!(page.contains(path), "{path} is not on the page");
    }
    assert!(!page.contains("<script"));
    assert!(!page.contains("src="));
    let policy = answer.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-"),
        "{policy}"
    );
}
