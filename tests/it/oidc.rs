//! Tokens of an identity provider.

use std::path::Path;

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::app::{Ask, TestApp};

const ISSUER: &str = "https://id.example";

/// Seeds of two signing keys (Ed25519) made for these tests alone.
const FIRST: u8 = 0x11;
const SECOND: u8 = 0x22;

fn signing(seed: u8) -> EncodingKey {
    // PKCS #8 version 1 (RFC 8410): a fixed head, then the 32 bytes of the key.
    let mut der = hex::decode("302e020100300506032b657004220420").unwrap();
    der.extend([seed; 32]);
    EncodingKey::from_ed_der(&der)
}

fn write_keys(file: &Path, keys: &[(&str, u8)]) {
    let keys: Vec<Jwk> = keys
        .iter()
        .map(|(id, seed)| {
            let mut jwk = Jwk::from_encoding_key(&signing(*seed), Algorithm::EdDSA).unwrap();
            jwk.common.key_id = Some((*id).to_owned());
            jwk
        })
        .collect();
    std::fs::write(file, json!({"keys": keys}).to_string()).unwrap();
}

fn claims() -> Value {
    let now = chrono::Utc::now().timestamp();
    json!({
        "iss": ISSUER, "aud": "scrutineer", "sub": "user-1", "exp": now + 300,
        "tenant": "firm", "scope": "openid read",
    })
}

fn token(id: &str, seed: u8, claims: &Value) -> String {
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(id.to_owned());
    encode(&header, claims, &signing(seed)).unwrap()
}

async fn start() -> TestApp {
    TestApp::start_with(|config, folder| {
        let file = folder.join("jwks.json");
        write_keys(&file, &[("one", FIRST)]);
        config.oidc.issuer = Some(ISSUER.to_owned());
        config.oidc.audience = Some("scrutineer".to_owned());
        config.oidc.jwks_file = Some(file);
    })
    .await
}

async fn status(app: &TestApp, path: &str, token: &str) -> u16 {
    app.send(Ask::get(path).key(token)).await.status.as_u16()
}

#[tokio::test]
async fn a_sound_token_may_do_what_its_scopes_say() {
    let app = start().await;
    let token = token("one", FIRST, &claims());
    assert_eq!(status(&app, "/v1/models", &token).await, 200);
    assert_eq!(status(&app, "/v1/documents", &token).await, 403);
}

#[tokio::test]
async fn a_token_with_any_fault_is_refused() {
    let app = start().await;
    let now = chrono::Utc::now().timestamp();
    for (name, value) in [
        ("iss", json!("https://other.example")),
        ("aud", json!("other")),
        ("exp", json!(now - 120)),
        ("nbf", json!(now + 120)),
        ("tenant", json!("../firm")),
        ("tenant", Value::Null),
        ("sub", Value::Null),
        ("scope", Value::Null),
    ] {
        let mut claims = claims();
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
        let token = token("one", FIRST, &claims);
        assert_eq!(
            status(&app, "/v1/models", &token).await,
            401,
            "{name} {value}"
        );
    }
    for token in [
        token("one", SECOND, &claims()),
        token("two", FIRST, &claims()),
    ] {
        assert_eq!(status(&app, "/v1/models", &token).await, 401);
    }
}

#[tokio::test]
async fn unsigned_and_shared_secret_tokens_are_refused() {
    use base64::Engine as _;
    let app = start().await;
    let part =
        |value: &Value| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string());
    let body = part(&claims());
    let none = format!("{}.{body}.", part(&json!({"alg": "none", "kid": "one"})));
    assert_eq!(status(&app, "/v1/models", &none).await, 401);
    // The published key as a shared secret: the classic confusion of algorithms.
    let published = std::fs::read(app.folder().join("jwks.json")).unwrap();
    let jwks: Value = serde_json::from_slice(&published).unwrap();
    let x = jwks["keys"][0]["x"].as_str().unwrap();
    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some("one".to_owned());
    let shared =
        EncodingKey::from_base64_secret(&format!("{}=", x.replace('-', "+").replace('_', "/")))
            .unwrap();
    let forged = encode(&header, &claims(), &shared).unwrap();
    assert_eq!(status(&app, "/v1/models", &forged).await, 401);
}

#[tokio::test]
async fn rotated_keys_are_read_without_a_restart_and_a_broken_file_changes_nothing() {
    let app = start().await;
    let old = token("one", FIRST, &claims());
    let new = token("new-key", SECOND, &claims());
    assert_eq!(status(&app, "/v1/models", &new).await, 401);
    let file = app.folder().join("jwks.json");
    std::fs::write(&file, "{").unwrap();
    assert_eq!(status(&app, "/v1/models", &old).await, 200);
    write_keys(&file, &[("new-key", SECOND)]);
    assert_eq!(status(&app, "/v1/models", &new).await, 200);
    assert_eq!(status(&app, "/v1/models", &old).await, 401);
}
