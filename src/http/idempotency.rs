//! `Idempotency-Key`: one answer for one request, however often it is sent
//! (draft-ietf-httpapi-idempotency-key-header-07).

use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _, to_bytes};
use axum::extract::{Request, State};
use axum::http::response::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::Utc;
use sha2::{Digest as _, Sha256};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};
use tracing::Instrument as _;

use super::auth::Caller;
use super::extract::Payload;
use super::layers;
use super::problem::{ApiError, ApiResult};
use super::state::AppState;
use crate::domain::TenantId;
use crate::error::{BrokenOff, ErrorCode};
use crate::store::{IDEMPOTENCY_RENEWAL, IdempotencyStart, Store, StoredResponse};

/// Longest answer that is kept, in bytes.
const ANSWER_BYTES: usize = 64 * 1024 * 1024;
/// After this a renewal that failed is tried again.
const RENEWED_AGAIN: Duration = Duration::from_secs(1);
/// Longest wait that is told to whoever finds a key in use, in seconds: as a rule the request ends long
/// before its key would be free.
const ASK_AGAIN_SECONDS: u64 = 5;
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
    let bytes = whole(&state, Request::from_parts(parts.clone(), body)).await?;
    digest.update(&bytes);
    let digest = hex::encode(digest.finalize());
    let store = state.store();
    let start = store
        .idempotency_start(&caller.tenant, &key, &digest, Utc::now)
        .await?;
    match start {
        IdempotencyStart::Done(stored) => Ok(replay(stored)),
        IdempotencyStart::Running { free_after_seconds } => Err(in_use(free_after_seconds)),
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
                .unwrap_or_else(|failure| Err(ApiError::internal(&BrokenOff::from(failure))))
        }
    }
}

fn in_use(free_after_seconds: u64) -> ApiError {
    ApiError::new(
        ErrorCode::IdempotencyConflict,
        format!(
            "A request with this `Idempotency-Key` is still running. If its process died, the key \
             is free in {free_after_seconds} s."
        ),
    )
    .retry_after(free_after_seconds.min(ASK_AGAIN_SECONDS))
}

/// The body, under the limit that lies in the extensions of the request.
async fn whole(state: &AppState, request: Request) -> ApiResult<Bytes> {
    use axum::extract::FromRequest as _;
    let Payload(bytes) = Payload::from_request(request, state).await?;
    Ok(bytes)
}

async fn keep(
    state: AppState,
    caller: Caller,
    key: String,
    response: impl Future<Output = Response>,
) -> ApiResult<Response> {
    let store = state.store();
    let whole = async { gathered(response.await, ANSWER_BYTES).await };
    let (mut parts, bytes) = match claimed_while(store, &caller.tenant, &key, whole).await {
        Ok(whole) => whole,
        Err(error) => {
            store.idempotency_abandon(&caller.tenant, &key).await?;
            return Err(ApiError::internal(&error));
        }
    };
    match std::str::from_utf8(&bytes) {
        Ok(text) if is_final(parts.status) => {
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
    parts.headers.remove(header::CONTENT_LENGTH);
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

/// Renews the key for as long as the work takes. Both go on at once: the work may hold the one way to
/// write.
async fn claimed_while<T>(
    store: &Store,
    tenant: &TenantId,
    key: &str,
    work: impl Future<Output = T>,
) -> T {
    let renewing = async {
        let mut due = interval_at(Instant::now() + IDEMPOTENCY_RENEWAL, IDEMPOTENCY_RENEWAL);
        // Those missed while one had to wait are not made up for.
        due.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            due.tick().await;
            if !renewed(store, tenant, key).await {
                break;
            }
        }
        tracing::warn!("idempotency key was claimed no longer while its request ran");
        pending::<T>().await
    };
    tokio::select! {
        done = work => done,
        never = renewing => never,
    }
}

/// Renews a key, trying again where that fails; `false` where it is claimed no longer.
async fn renewed(store: &Store, tenant: &TenantId, key: &str) -> bool {
    loop {
        match store.idempotency_renew(tenant, key, Utc::now).await {
            Ok(is_claimed) => return is_claimed,
            Err(error) => tracing::warn!(%error, "idempotency key not renewed"),
        }
        sleep(RENEWED_AGAIN).await;
    }
}

/// The answer with its whole body. In place of one that is too long to be kept comes a problem
/// that says so: how long it will be is not known before it is made.
async fn gathered(answer: Response, most: usize) -> Result<(Parts, Bytes), axum::Error> {
    let (parts, mut body) = answer.into_parts();
    let mut bytes = Vec::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(data) = frame?.into_data() else {
            continue;
        };
        if bytes.len() + data.len() > most {
            // A batch ends where nobody reads its answers.
            drop(body);
            let (parts, body) = too_long(most).into_response().into_parts();
            return Ok((parts, to_bytes(body, usize::MAX).await?));
        }
        bytes.extend_from_slice(&data);
    }
    Ok((parts, bytes.into()))
}

fn too_long(most: usize) -> ApiError {
    ApiError::new(
        ErrorCode::PayloadTooLarge,
        format!(
            "The answer is longer than {most} bytes, the most that is kept for an \
             `Idempotency-Key`. What was judged until then is in the store. Send the batch \
             without a key, or in parts."
        ),
    )
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn who_finds_a_key_in_use_asks_again_soon_and_at_the_latest_when_it_is_free() {
        for (free_after, wait) in [(120, "5"), (3, "3")] {
            let answer = in_use(free_after).into_response();
            assert_eq!(answer.status(), StatusCode::CONFLICT);
            assert_eq!(answer.headers()[header::RETRY_AFTER], wait);
        }
    }

    #[tokio::test]
    async fn an_answer_as_long_as_is_kept_passes_and_one_byte_more_is_a_problem() {
        let answer = || Response::new(Body::from("12345678"));
        let (parts, bytes) = gathered(answer(), 8).await.unwrap();
        assert_eq!(
            (parts.status, &bytes[..]),
            (StatusCode::OK, &b"12345678"[..])
        );
        let (parts, bytes) = gathered(answer(), 7).await.unwrap();
        assert_eq!(parts.status, StatusCode::PAYLOAD_TOO_LARGE);
        let problem: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(problem["code"], "payload_too_large");
    }
}
