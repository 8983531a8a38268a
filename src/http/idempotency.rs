//! `Idempotency-Key`: one answer for one request, however often it is sent
//! (draft-ietf-httpapi-idempotency-key-header-07).

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::Utc;
use sha2::{Digest as _, Sha256};
use tracing::Instrument as _;

use super::auth::Caller;
use super::extract::Payload;
use super::layers;
use super::problem::{ApiError, ApiResult};
use super::state::AppState;
use crate::error::ErrorCode;
use crate::store::{IdempotencyStart, StoredResponse};

/// Longest answer that is kept, in bytes.
const ANSWER_BYTES: usize = 64 * 1024 * 1024;
const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Set on an answer that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Gives the stored answer to a `POST` that was answered before under the same key.
pub(super) async fn once(
    State(state): State<AppState>,
    caller: Caller,
    request: Request,
    next: Next,
) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    match request.headers().get(KEY).map(read_key) {
        None => next.run(request).await,
        Some(Err(error)) => error.into_response(),
        Some(Ok(key)) => answer(state, caller, key, request, next)
            .await
            .unwrap_or_else(IntoResponse::into_response),
    }
}

fn read_key(value: &HeaderValue) -> ApiResult<String> {
    value
        .to_str()
        .ok()
        .filter(|key| (1..=200).contains(&key.len()))
        .map(ToOwned::to_owned)
        .ok_or_else(|| {
            ApiError::new(ErrorCode::InvalidParameter, "A header is not usable.").with_field(
                "Idempotency-Key",
                "must be 1 to 200 visible ASCII characters",
            )
        })
}

async fn answer(
    state: AppState,
    caller: Caller,
    key: String,
    request: Request,
    next: Next,
) -> ApiResult<Response> {
    // Two callers of one firm may choose the same key.
    let key = format!("{}:{key}", caller.actor);
    let (parts, body) = request.into_parts();
    let mut digest = Sha256::new();
    digest.update(parts.method.as_str());
    digest.update([0]);
    digest.update(parts.uri.to_string());
    digest.update([0]);
    let bytes = whole(&state, body).await?;
    digest.update(&bytes);
    let digest = hex::encode(digest.finalize());
    let store = state.store();
    let start = store
        .idempotency_start(&caller.tenant, &key, &digest, Utc::now())
        .await?;
    match start {
        IdempotencyStart::Done(stored) => Ok(replay(stored)),
        IdempotencyStart::Running => Err(ApiError::new(
            ErrorCode::IdempotencyConflict,
            "A request with this `Idempotency-Key` is still running.",
        )
        .retry_after(1)),
        IdempotencyStart::Mismatch => Err(ApiError::new(
            ErrorCode::IdempotencyMismatch,
            "This `Idempotency-Key` was used with another body or address.",
        )),
        IdempotencyStart::Fresh => {
            let request = Request::from_parts(parts, Body::from(bytes));
            // On its own task: the answer is kept also if the caller hangs up.
            let work = keep(state, caller, key, next.run(request));
            let work = layers::same_request(layers::current_request_id(), work).in_current_span();
            tokio::spawn(work)
                .await
                .unwrap_or_else(|failure| Err(ApiError::internal(&failure)))
        }
    }
}

async fn whole(state: &AppState, body: Body) -> ApiResult<Bytes> {
    use axum::extract::FromRequest as _;
    let Payload(bytes) = Payload::from_request(Request::new(body), state).await?;
    Ok(bytes)
}

async fn keep(
    state: AppState,
    caller: Caller,
    key: String,
    response: impl Future<Output = Response>,
) -> ApiResult<Response> {
    let store = state.store();
    let (mut parts, body) = response.await.into_parts();
    let bytes = to_bytes(body, ANSWER_BYTES).await;
    let text = bytes
        .as_ref()
        .ok()
        .and_then(|bytes| std::str::from_utf8(bytes).ok());
    match text {
        Some(text) if is_final(parts.status) => {
            let stored = StoredResponse {
                status: parts.status.as_u16(),
                content_type: content_type(&parts.headers),
                body: text.to_owned(),
            };
            store
                .idempotency_finish(&caller.tenant, &key, &stored, Utc::now())
                .await?;
        }
        _ => store.idempotency_abandon(&caller.tenant, &key).await?,
    }
    let bytes = bytes.map_err(|error| ApiError::internal(&error))?;
    parts.headers.remove(header::CONTENT_LENGTH);
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

/// Whether the same request would be answered the same again.
fn is_final(status: StatusCode) -> bool {
    !status.is_server_error()
        && !matches!(
            status,
            StatusCode::UNAUTHORIZED
                | StatusCode::FORBIDDEN
                | StatusCode::REQUEST_TIMEOUT
                | StatusCode::TOO_MANY_REQUESTS
        )
}

fn content_type(headers: &axum::http::HeaderMap) -> String {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("application/json")
        .to_owned()
}

fn replay(stored: StoredResponse) -> Response {
    let status = StatusCode::from_u16(stored.status).unwrap_or(StatusCode::OK);
    let mut response = (status, stored.body).into_response();
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::try_from(stored.content_type) {
        headers.insert(header::CONTENT_TYPE, value);
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
