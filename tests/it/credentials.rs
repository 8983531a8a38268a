//! Who may ask for what.

use chrono::{Duration, Utc};
use scrutineer::domain::TenantId;
use scrutineer::store::NewKey;
use serde_json::Value;

use crate::app::{Ask, TestApp};
use crate::published::operations;

fn is_public(operation: &Value) -> bool {
    operation["security"]
        .as_array()
        .is_some_and(|needed| needed.iter().any(|one| one == &serde_json::json!({})))
}

#[tokio::test]
async fn the_public_list_is_short_and_all_else_needs_a_credential() {
    let app = TestApp::start().await;
    let description = app.get_public("/openapi.json").await.json();
    let mut public = Vec::new();
    for (method, path, operation) in operations(&description) {
        let answer = app.send(Ask::new(method, &path)).await;
        if is_public(operation) {
            assert_ne!(answer.status, 401, "{path}");
            public.push(path);
        } else {
            answer.assert_problem(401, "unauthenticated");
            assert!(answer.header("www-authenticate").starts_with("Bearer"));
        }
    }
    public.sort();
    assert_eq!(
        public,
        [
            "/docs",
            "/health/live",
            "/health/ready",
            "/openapi.json",
            "/v1/schema",
            "/v1/schema/none"
        ]
    );
}

#[tokio::test]
async fn a_key_without_a_fitting_scope_may_do_nothing() {
    let app = TestApp::start().await;
    let key = app.new_key("firm", "case:expense").await;
    let description = app.get_public("/openapi.json").await.json();
    for (method, path, operation) in operations(&description) {
        if is_public(operation) {
            continue;
        }
        let answer = app
            .send(
                Ask::new(method.clone(), &path)
                    .key(&key)
                    .json(&serde_json::json!({"verdict": "accepted"})),
            )
            .await;
        assert!(
            matches!(answer.status.as_u16(), 403),
            "{method} {path}: {} {}",
            answer.status,
            answer.text()
        );
    }
}

#[tokio::test]
async fn wrong_withdrawn_and_expired_keys_are_refused_alike() {
    let app = TestApp::start().await;
    let firm = TenantId::new("firm").unwrap();
    let withdrawn = app.new_key("firm", "*").await;
    assert_eq!(
        app.send(Ask::get("/v1/models").key(&withdrawn))
            .await
            .status,
        200
    );
    let prefix = withdrawn.split('_').nth(1).unwrap();
    assert!(app.store.revoke_key(&firm, prefix).await.unwrap());
    let expired = app
        .store
        .create_key(
            &firm,
            NewKey {
                label: "old".to_owned(),
                scopes: "*".parse().unwrap(),
                expires_at: Some(Utc::now() - Duration::seconds(1)),
            },
        )
        .await
        .unwrap()
        .token;
    let mut guessed = app.key.clone();
    guessed.pop();
    guessed.push('g');
    let mut details = Vec::new();
    for key in [
        withdrawn.as_str(),
        &expired,
        &guessed,
        "scr_x_y",
        "x",
        "a.b.c",
    ] {
        let answer = app.send(Ask::get("/v1/models").key(key)).await;
        details.push(answer.assert_problem(401, "unauthenticated")["detail"].clone());
    }
    details.dedup();
    assert_eq!(details.len(), 1, "{details:?}");
    let basic = Ask::get("/v1/models").header("authorization", "Basic eDp5");
    app.send(basic).await.assert_problem(401, "unauthenticated");
}
