//! What happens to every request: ids, trace, log line, metrics, headers, time, panics.

use std::any::Any;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;
use uuid::Uuid;

use super::problem::{ApiError, PROBLEM_JSON};
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

/// The answer to a request whose handler panicked, which was logged when it did.
#[must_use]
pub(super) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    ApiError::new(ErrorCode::Internal, "The request could not be answered.").into_response()
}

/// The answer to an address that is not there: a page for whoever came with a browser, unless it is
/// one of the interface.
pub(super) async fn no_route(uri: Uri, headers: HeaderMap) -> Response {
    let mut parts = uri.path().split('/').skip(1);
    let of_interface = parts.next() == Some("v1");
    if !of_interface && prefers_page(&headers) {
        return crate::web::no_page();
    }
    let asked_for_score = of_interface
        && parts.next().is_some()
        && matches!(parts.next(), Some("score" | "score-batch"));
    if asked_for_score {
        return scoring::unknown_case().into_response();
    }
    ApiError::new(ErrorCode::NotFound, "There is no such address.").into_response()
}

/// Whether a page is asked for by name, and before JSON.
fn prefers_page(headers: &HeaderMap) -> bool {
    let weight = |kind: &str| {
        let named = headers.get_all(header::ACCEPT).iter();
        let named = named.filter_map(|value| value.to_str().ok());
        named
            .flat_map(|value| value.split(','))
            .filter_map(|one| weight_of(one, kind))
            .fold(0.0, f32::max)
    };
    let json = weight("application/json").max(weight(PROBLEM_JSON));
    weight("text/html") > json
}

/// The weight of one entry of `Accept`, if it names this kind.
fn weight_of(entry: &str, kind: &str) -> Option<f32> {
    let mut parts = entry.split(';').map(str::trim);
    if !parts.next()?.eq_ignore_ascii_case(kind) {
        return None;
    }
    let weight = parts.find_map(|part| part.strip_prefix("q="));
    Some(weight.map_or(1.0, |weight| weight.parse().unwrap_or(0.0)))
}

/// The answer to a method that an address does not offer.
pub(super) async fn no_method() -> ApiError {
    ApiError::new(
        ErrorCode::MethodNotAllowed,
        "The `Allow` header names the methods offered here.",
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use axum::body::to_bytes;

    use super::*;

    #[tokio::test]
    async fn of_a_panic_the_answer_says_that_there_was_one_and_nothing_that_it_said() {
        let answer = panicked(Box::new("of Zweigelt"));
        assert_eq!(answer.status().as_u16(), 500);
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        let problem: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(problem["code"], "internal");
        assert!(!problem.to_string().contains("Zweigelt"), "{problem}");
    }
}
