//! What a body says it is, and how it is sent.

use axum::http::{HeaderMap, HeaderValue, header};

use super::problem::ApiError;
use crate::error::ErrorCode;

/// The media type without its parameters, in lower case; empty if none is named.
pub(super) fn of(headers: &HeaderMap) -> String {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

/// Refuses a body that is compressed or coded otherwise: its bytes would be taken for what they stand for.
pub(super) fn refuse_coded(headers: &HeaderMap) -> Result<(), ApiError> {
    let is_plain = |value: &HeaderValue| {
        let mut codings = value.to_str().unwrap_or("?").split(',').map(str::trim);
        codings.all(|coding| coding.is_empty() || coding.eq_ignore_ascii_case("identity"))
    };
    let mut named = headers.get_all(header::CONTENT_ENCODING).iter();
    if named.all(is_plain) {
        return Ok(());
    }
    Err(ApiError::new(
        ErrorCode::UnsupportedMediaType,
        "A body that is compressed or coded otherwise is not read here.",
    )
    .with_field("Content-Encoding", "must be `identity`, or left out"))
}

/// The refusal of a kind that a route does not read.
pub(super) fn unsupported(kind: &str) -> ApiError {
    let named = if kind.is_empty() {
        "no media type"
    } else {
        kind
    };
    ApiError::new(
        ErrorCode::UnsupportedMediaType,
        format!("A body of this kind is not read here: {named}."),
    )
}
