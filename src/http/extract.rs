//! Extractors whose refusals are problems.

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::body_kind;
use super::problem::ApiError;
use super::shape;
use super::state::AppState;
use crate::error::ErrorCode;

/// Path parameters.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(ApiError))]
pub(super) struct Path<T>(pub T);

/// Query parameters.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(ApiError))]
pub(super) struct Query<T>(pub T);

/// Of a query without parameters: any is refused, and not passed over.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoQuery {}

/// Refuses JSON that is a list: one of an object's members, in their order, would be read as the object.
pub(super) fn refuse_list(what: &str, json: &[u8]) -> Result<(), ApiError> {
    if !json.trim_ascii_start().starts_with(b"[") {
        return Ok(());
    }
    let detail = format!("The {what} is a list and not an object.");
    Err(ApiError::new(ErrorCode::InvalidContent, detail))
}

/// A JSON body: one object.
#[derive(Debug)]
pub(super) struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<AppState> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        body_kind::refuse_coded(request.headers())?;
        let kind = body_kind::of(request.headers());
        if kind != "application/json" && !kind.ends_with("+json") {
            return Err(body_kind::unsupported(&kind));
        }
        let body = Bytes::from_request(request, state).await?;
        refuse_list("body", &body)?;
        Ok(Self(shape::read(&body)?))
    }
}

/// A whole body as it was sent, bounded in length and in the time it may take to arrive.
#[derive(Debug)]
pub(super) struct Payload(pub Bytes);

impl FromRequest<AppState> for Payload {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        body_kind::refuse_coded(request.headers())?;
        let limit = state.config().limits.request_time() / 2;
        match tokio::time::timeout(limit, Bytes::from_request(request, state)).await {
            Ok(bytes) => Ok(Self(bytes?)),
            Err(_elapsed) => Err(ApiError::new(
                ErrorCode::RequestTimeout,
                format!("The body took longer than {} s to arrive.", limit.as_secs()),
            )),
        }
    }
}

fn body_error(status: StatusCode, detail: String) -> ApiError {
    let code = match status {
        StatusCode::PAYLOAD_TOO_LARGE => ErrorCode::PayloadTooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ErrorCode::UnsupportedMediaType,
        StatusCode::UNPROCESSABLE_ENTITY => ErrorCode::InvalidContent,
        _ => ErrorCode::InvalidRequest,
    };
    ApiError::new(code, detail)
}

impl From<BytesRejection> for ApiError {
    fn from(rejection: BytesRejection) -> Self {
        body_error(rejection.status(), rejection.body_text())
    }
}

impl From<axum::extract::multipart::MultipartError> for ApiError {
    fn from(error: axum::extract::multipart::MultipartError) -> Self {
        body_error(error.status(), error.body_text())
    }
}

impl From<axum::extract::multipart::MultipartRejection> for ApiError {
    fn from(rejection: axum::extract::multipart::MultipartRejection) -> Self {
        body_error(rejection.status(), rejection.body_text())
    }
}

impl From<PathRejection> for ApiError {
    fn from(rejection: PathRejection) -> Self {
        Self::new(ErrorCode::InvalidParameter, rejection.body_text())
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        match shape::of_query(&rejection) {
            Some(fault) => Self::new(ErrorCode::InvalidParameter, "A parameter is not valid.")
                .with_errors(vec![fault]),
            None => Self::new(ErrorCode::InvalidParameter, rejection.body_text()),
        }
    }
}
