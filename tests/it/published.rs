//! The description of the interface and the page made from it.

use axum::http::Method;
use serde_json::Value;

use crate::app::{Ask, TestApp};

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
        let ask = Ask::get(path).header("if-none-match", &format!("\"other\", {etag}"));
        let again = app.send(ask).await;
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

/// Every operation as method and path, placeholders filled in.
pub(crate) fn operations(description: &Value) -> Vec<(Method, String, &Value)> {
    let mut found = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        let filled = path
            .replace("{id}", "01890000-0000-7000-8000-000000000000")
            .replace("{name}", "none")
            .replace("{kind}", "vendor")
            .replace("{case}", "collections")
            .replace("{page}", "1.png");
        assert!(!filled.contains('{'), "{filled}");
        for (method, operation) in item.as_object().unwrap() {
            let method = method.to_uppercase().parse().unwrap();
            found.push((method, filled.clone(), operation));
        }
    }
    found
}

#[tokio::test]
async fn every_route_is_described() {
    let app = TestApp::start().await;
    let description = app.get_public("/openapi.json").await.json();
    let described: Vec<&String> = description["paths"].as_object().unwrap().keys().collect();
    // The router cannot be asked for its routes; the sources can.
    let sources = concat!(env!("CARGO_MANIFEST_DIR"), "/src/http");
    let mut pending = vec![std::path::PathBuf::from(sources)];
    let mut seen = 0;
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            pending.extend(std::fs::read_dir(path).unwrap().map(|e| e.unwrap().path()));
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            !text.contains(".route(\""),
            "{path:?} adds a route without a description"
        );
        for line in text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("path = \""))
        {
            let route = line.trim_end_matches("\",").to_owned();
            assert!(described.contains(&&route), "{route} is not described");
            seen += 1;
        }
    }
    assert!(seen >= described.len());
}

#[tokio::test]
async fn every_operation_documents_its_errors_as_problems() {
    let app = TestApp::start().await;
    let description = app.get_public("/openapi.json").await.json();
    for (method, path, operation) in operations(&description) {
        let answers = operation["responses"].as_object().unwrap();
        assert!(answers.contains_key("500"), "{method} {path}");
        assert!(operation["operationId"].is_string(), "{method} {path}");
        assert!(operation["tags"].is_array(), "{method} {path}");
        for (status, answer) in answers {
            if status.starts_with(['4', '5']) {
                let schema = &answer["content"]["application/problem+json"]["schema"];
                assert_eq!(
                    schema["$ref"], "#/components/schemas/ProblemDetails",
                    "{method} {path} {status}"
                );
            }
        }
    }
}
