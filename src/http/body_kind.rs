//! What a body says it is.

use axum::http::{HeaderMap, header};

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
