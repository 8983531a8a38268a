//! What happens to every request: ids, trace, log line, metrics, headers, time, panics.

use std::any::Any;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;
use uuid::Uuid;

use super::problem::ApiError;
use super::scoring;
use super::state::AppState;
use super::trace_context::{TRACEPARENT, TraceContext};
use crate::error::ErrorCode;
use crate::telemetry::metric;

/// Header that carries the id of a request, both ways.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static CURRENT_REQUEST_ID: String;
}

/// Id of the request that this task answers, if it answers one.
#[must_use]
pub(crate) fn current_request_id() -> Option<String> {
    CURRENT_REQUEST_ID.try_with(Clone::clone).ok()
}

/// Runs work on another task under the id of the request that asked for it.
pub(super) async fn same_request<F: Future>(id: Option<String>, work: F) -> F::Output {
    match id {
        Some(id) => CURRENT_REQUEST_ID.scope(id, work).await,
        None => work.await,
    }
}

/// What happens to every request, in one layer since each copies all that lie within it: gives it an id
/// and a place in its trace, bounds its time, writes one log line and the metrics, and puts both ids on
/// the answer and headers that protect who reads it.
pub(super) async fn observe(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let request_id = request
        .headers()
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|value| is_request_id(value))
        .map_or_else(|| Uuid::now_v7().to_string(), ToOwned::to_owned);
    let trace = TraceContext::from_headers(request.headers());
    let method = request.method().as_str().to_owned();
    // The pattern and not the path: a path can hold a name, and patterns are few.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("none", MatchedPath::as_str)
        .to_owned();
    let span = tracing::info_span!(
        "request",
        %request_id,
        trace_id = %trace.trace_id,
        span_id = %trace.span_id,
    );
    let mut response = CURRENT_REQUEST_ID
        .scope(request_id.clone(), bounded(&state, next.run(request)))
        .instrument(span.clone())
        .await;
    let seconds = started.elapsed().as_secs_f64();
    let status = response.status().as_u16();
    span.in_scope(|| {
        tracing::info!(
            method,
            route,
            status,
            duration_ms = seconds * 1e3,
            "answered"
        );
    });
    metrics::counter!(
        metric::HTTP_REQUESTS_TOTAL,
        "method" => method.clone(), "route" => route.clone(), "status" => status.to_string(),
    )
    .increment(1);
    metrics::histogram!(metric::HTTP_REQUEST_SECONDS, "method" => method, "route" => route)
        .record(seconds);
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::try_from(request_id) {
        headers.insert(REQUEST_ID, value);
    }
    if let Some(value) = trace.header() {
        headers.insert(TRACEPARENT, value);
    }
    protect(headers);
    response
}

fn is_request_id(value: &str) -> bool {
    (1..=64).contains(&value.len())
        && value
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

/// Headers that keep a browser from doing more than it is told; a page that needs
/// more sets its own.
fn protect(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ),
    ] {
        headers
            .entry(name)
            .or_insert_with(|| HeaderValue::from_static(value));
    }
}

/// Bounds the time from the request's head to the answer's head.
async fn bounded(state: &AppState, answering: impl Future<Output = Response>) -> Response {
    let limit = state.config().limits.request_time();
    match tokio::time::timeout(limit, answering).await {
        Ok(response) => response,
        Err(_elapsed) => ApiError::new(
            ErrorCode::Timeout,
            format!("The answer took longer than {} s.", limit.as_secs()),
        )
        .retry_after(limit.as_secs())
        .into_response(),
    }
}

/// The answer to a request whose handler panicked.
#[must_use]
pub(super) fn panicked(payload: Box<dyn Any + Send + 'static>) -> Response {
    let message = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!(message, "handler panicked");
    ApiError::new(ErrorCode::Internal, "The request could not be answered.").into_response()
}

/// The answer to an address that is not there.
pub(super) async fn no_route(uri: Uri) -> ApiError {
    let mut parts = uri.path().split('/').skip(1);
    let asked_for_score = parts.next() == Some("v1")
        && parts.next().is_some()
        && matches!(parts.next(), Some("score" | "score-batch"));
    if asked_for_score {
        return scoring::unknown_case();
    }
    ApiError::new(ErrorCode::NotFound, "There is no such address.")
}

/// The answer to a method that an address does not offer.
pub(super) async fn no_method() -> ApiError {
    ApiError::new(
        ErrorCode::MethodNotAllowed,
        "The `Allow` header names the methods offered here.",
    )
}
