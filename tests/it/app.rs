//! The service under test, built as `main` builds it, in a folder of its own.

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::response::Response;
use http_body_util::BodyExt;
use scrutineer::config::Config;
use scrutineer::domain::TenantId;
use scrutineer::service::Service;
use scrutineer::startup::App;
use scrutineer::store::{NewKey, Store};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

/// A service with its own empty store, and a key that may do everything in the tenant `firm`.
pub(crate) struct TestApp {
    pub(crate) store: Store,
    pub(crate) service: Service,
    pub(crate) key: String,
    router: Router,
    data: TempDir,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// One request to be, with a credential or without.
pub(crate) struct Ask {
    builder: axum::http::request::Builder,
    body: Body,
}

impl Ask {
    pub(crate) fn new(method: Method, path: &str) -> Self {
        Self {
            builder: Request::builder().method(method).uri(path),
            body: Body::empty(),
        }
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn post(path: &str) -> Self {
        Self::new(Method::POST, path)
    }

    pub(crate) fn key(self, key: &str) -> Self {
        self.header("authorization", &format!("Bearer {key}"))
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json")
            .body(body.to_string())
    }

    /// As if it came over a connection from this address.
    pub(crate) fn from(mut self, address: &str) -> Self {
        let address = std::net::SocketAddr::new(address.parse().unwrap(), 40_000);
        self.builder = self.builder.extension(ConnectInfo(address));
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }
}

impl TestApp {
    /// With the settings a stranger gets.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_, _| {}).await
    }

    /// With settings changed; the second argument is a folder for files of the test.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Config, &std::path::Path)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut config = Config {
            data_dir: data.path().join("data"),
            models_dir: Some(concat!(env!("CARGO_MANIFEST_DIR"), "/models").into()),
            worker_program: Some(env!("CARGO_BIN_EXE_scrutineer").into()),
            ..Config::default()
        };
        change(&mut config, data.path());
        let app = App::build(config).await.unwrap();
        let mut started = Self {
            store: app.state().store().clone(),
            service: app.state().service().clone(),
            router: app.router(),
            key: String::new(),
            data,
        };
        started.key = started.new_key("firm", "*").await;
        started
    }

    /// `POST` of records as NDJSON, of which none is refused.
    pub(crate) async fn put_records(&self, kind: &str, rows: impl Into<Body>) {
        let ask = Ask::post(&format!("/v1/records/{kind}"))
            .header("content-type", "application/x-ndjson")
            .key(&self.key)
            .body(rows);
        let answer = self.send(ask).await;
        assert_eq!(answer.status, 200, "{kind}: {}", answer.text());
        assert_eq!(answer.json()["rejected"], 0, "{}", answer.text());
    }

    /// `POST` of a file with the key that may do everything.
    pub(crate) async fn upload(&self, bytes: impl Into<Body>) -> Answer {
        let ask = Ask::post("/v1/documents")
            .header("content-type", "application/octet-stream")
            .key(&self.key)
            .body(bytes);
        self.send(ask).await
    }

    /// The folder given to `start_with`.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.data.path()
    }

    /// A new key of a tenant with these scopes.
    pub(crate) async fn new_key(&self, tenant: &str, scopes: &str) -> String {
        let new = NewKey {
            label: "test".to_owned(),
            scopes: scopes.parse().unwrap(),
            expires_at: None,
        };
        let tenant = TenantId::new(tenant).unwrap();
        self.store.create_key(&tenant, new).await.unwrap().token
    }

    /// Sends one request as it is; of the answer, no more than the head is read.
    pub(crate) async fn send_unread(&self, ask: Ask) -> Response {
        let request = ask.builder.body(ask.body).unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Sends one request as it is.
    pub(crate) async fn send(&self, ask: Ask) -> Answer {
        let (parts, body) = self.send_unread(ask).await.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: body.collect().await.unwrap().to_bytes().to_vec(),
        }
    }

    /// `GET` without a credential.
    pub(crate) async fn get_public(&self, path: &str) -> Answer {
        self.send(Ask::get(path)).await
    }

    /// `GET` with the key that may do everything.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Ask::get(path).key(&self.key)).await
    }
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header as text; empty if absent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Checks that this is a problem of this code and status, whole and consistent.
    #[track_caller]
    pub(crate) fn assert_problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        assert_eq!(
            self.header(header::CONTENT_TYPE.as_str()),
            "application/problem+json"
        );
        let problem = self.json();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["status"], status);
        assert_eq!(problem["type"], format!("urn:scrutineer:problem:{code}"));
        assert!(problem["title"].as_str().is_some_and(|t| !t.is_empty()));
        assert_eq!(problem["request_id"], self.header("x-request-id"));
        problem
    }
}
