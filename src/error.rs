//! Public error codes and their HTTP status, in one table; how work on another task broke off.

use serde::{Deserialize, Serialize};
use tokio::task::JoinError;
use utoipa::ToSchema;

/// One way in which a request can fail, as clients see it.
///
/// Codes are stable: a code is never reused for another meaning.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The request is not well formed.
    InvalidRequest,
    /// A path or query parameter is not what it must be.
    InvalidParameter,
    /// No credential, or one that is not accepted.
    Unauthenticated,
    /// The credential does not allow this.
    Forbidden,
    /// There is nothing there that the caller may see.
    NotFound,
    /// No such question is answered here.
    UnknownCase,
    /// The address exists, the method does not.
    MethodNotAllowed,
    /// No form of the answer that the caller accepts.
    NotAcceptable,
    /// The request did not arrive in time.
    RequestTimeout,
    /// A request with the same idempotency key is still running.
    IdempotencyConflict,
    /// The state of the resource does not allow it.
    Conflict,
    /// The body is too long.
    PayloadTooLarge,
    /// The body is of a kind that is not read here.
    UnsupportedMediaType,
    /// The body is well formed but says something that cannot be.
    InvalidContent,
    /// The idempotency key was used for another request.
    IdempotencyMismatch,
    /// Too many requests of this key.
    RateLimited,
    /// The fault is ours.
    Internal,
    /// Too much work is waiting.
    Overloaded,
    /// The answer did not come in time.
    Timeout,
    /// A part that this answer needs is not there.
    Unavailable,
}

/// What is published about a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorRow {
    /// The code.
    pub code: ErrorCode,
    /// HTTP status.
    pub status: u16,
    /// The code on the wire, and the last part of the problem's `type`.
    pub name: &'static str,
    /// One short phrase, the same for every occurrence.
    pub title: &'static str,
}

const fn row(code: ErrorCode, status: u16, name: &'static str, title: &'static str) -> ErrorRow {
    ErrorRow {
        code,
        status,
        name,
        title,
    }
}

/// The table: every code once, in the order of the enum.
pub const TABLE: [ErrorRow; 20] = {
    use ErrorCode as C;
    [
        row(
            C::InvalidRequest,
            400,
            "invalid_request",
            "The request is not well formed",
        ),
        row(
            C::InvalidParameter,
            400,
            "invalid_parameter",
            "A parameter is not valid",
        ),
        row(
            C::Unauthenticated,
            401,
            "unauthenticated",
            "A valid credential is needed",
        ),
        row(
            C::Forbidden,
            403,
            "forbidden",
            "The credential does not allow this",
        ),
        row(C::NotFound, 404, "not_found", "There is nothing here"),
        row(
            C::UnknownCase,
            404,
            "unknown_case",
            "No such case is answered here",
        ),
        row(
            C::MethodNotAllowed,
            405,
            "method_not_allowed",
            "The method is not offered here",
        ),
        row(
            C::NotAcceptable,
            406,
            "not_acceptable",
            "No acceptable form of the answer",
        ),
        row(
            C::RequestTimeout,
            408,
            "request_timeout",
            "The request did not arrive in time",
        ),
        row(
            C::IdempotencyConflict,
            409,
            "idempotency_conflict",
            "The same request is still running",
        ),
        row(
            C::Conflict,
            409,
            "conflict",
            "The present state does not allow this",
        ),
        row(
            C::PayloadTooLarge,
            413,
            "payload_too_large",
            "The body is too long",
        ),
        row(
            C::UnsupportedMediaType,
            415,
            "unsupported_media_type",
            "The body is of a kind not read here",
        ),
        row(
            C::InvalidContent,
            422,
            "invalid_content",
            "The body cannot be used",
        ),
        row(
            C::IdempotencyMismatch,
            422,
            "idempotency_mismatch",
            "The idempotency key belongs to another request",
        ),
        row(C::RateLimited, 429, "rate_limited", "Too many requests"),
        row(
            C::Internal,
            500,
            "internal",
            "Something went wrong on our side",
        ),
        row(C::Overloaded, 503, "overloaded", "Too much work is waiting"),
        row(
            C::Timeout,
            503,
            "timeout",
            "The answer did not come in time",
        ),
        row(
            C::Unavailable,
            503,
            "unavailable",
            "A needed part is not available",
        ),
    ]
};

impl ErrorCode {
    /// What is published about it.
    #[must_use]
    pub const fn row(self) -> &'static ErrorRow {
        &TABLE[self as usize]
    }

    /// HTTP status.
    #[must_use]
    pub const fn status(self) -> u16 {
        self.row().status
    }

    /// The code on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().name
    }

    /// The `type` of its problems (RFC 9457): stable, an identifier and no address.
    #[must_use]
    pub fn type_uri(self) -> String {
        format!("urn:scrutineer:problem:{}", self.as_str())
    }
}

/// How work on another task or thread broke off. What a panic said is not kept: it may hold an id or a
/// value of a record, and errors are logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BrokenOff {
    /// By a panic, whose place in the source was logged when it came.
    #[error("the work panicked")]
    Panicked,
    /// Nobody wants it done any more.
    #[error("the work was cancelled")]
    Cancelled,
}

impl From<JoinError> for BrokenOff {
    fn from(error: JoinError) -> Self {
        if error.is_cancelled() {
            Self::Cancelled
        } else {
            Self::Panicked
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use tokio::task::{JoinHandle, spawn_blocking};

    use super::*;

    #[tokio::test]
    async fn of_work_that_panicked_nothing_is_told_that_it_said() {
        let secret = "Zweigelt";
        let work: JoinHandle<()> = spawn_blocking(move || panic!("of {secret}"));
        let panicked = work.await.unwrap_err();
        assert!(panicked.to_string().contains(secret), "this is why");
        let told = BrokenOff::from(panicked);
        assert_eq!(told.to_string(), "the work panicked");
        let work = tokio::spawn(std::future::pending::<()>());
        work.abort();
        let told = BrokenOff::from(work.await.unwrap_err());
        assert_eq!(told, BrokenOff::Cancelled);
    }

    #[test]
    fn the_table_follows_the_enum_and_the_wire_names() {
        for (position, row) in TABLE.iter().enumerate() {
            assert_eq!(row.code as usize, position, "{}", row.name);
            assert_eq!(row.code.row(), row);
            assert_eq!(serde_json::to_value(row.code).unwrap(), row.name);
            assert!((400..600).contains(&row.status));
        }
    }
}
