//! Every error is one problem document (RFC 9457).

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::advice::InvalidFeedback;
use crate::cases::record_case::JudgeError;
use crate::documents::sandbox::SandboxError;
use crate::error::ErrorCode;
use crate::service::ServiceError;
use crate::store::StoreError;

/// Media type of a problem.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// What went wrong, for machines and people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ProblemDetails)]
pub struct Problem {
    /// Stable identifier of the kind of problem: `urn:scrutineer:problem:` and the code.
    #[serde(rename = "type")]
    #[schema(example = "urn:scrutineer:problem:not_found")]
    pub type_uri: String,
    /// The same short phrase for every problem of this type.
    pub title: String,
    /// HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// Stable code: the end of `type`.
    pub code: ErrorCode,
    /// What is wrong this time, for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Where in the input it is wrong; empty where there is no one place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// Id of the request, as in the logs and in `X-Request-Id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// One fault in the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// Name of the parameter or member, or a JSON pointer into the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// 1-based line of an NDJSON body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// What is wrong with it.
    pub detail: String,
}

/// An error on its way out of a handler.
#[derive(Debug)]
pub struct ApiError {
    code: ErrorCode,
    detail: Option<String>,
    errors: Vec<FieldError>,
    retry_after_seconds: Option<u64>,
}

/// What handlers return.
pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    /// An error with one sentence about this occurrence.
    #[must_use]
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: Some(detail.into()),
            errors: Vec::new(),
            retry_after_seconds: None,
        }
    }

    /// A fault on our side: logged here, nothing of it shown.
    #[must_use]
    pub fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        let mut causes = error.to_string();
        let mut next = error.source();
        while let Some(cause) = next {
            let text = cause.to_string();
            // Many errors say their cause in their own text already.
            if !causes.ends_with(&text) {
                causes.push_str(": ");
                causes.push_str(&text);
            }
            next = cause.source();
        }
        tracing::error!(error = %causes, "request failed");
        Self {
            code: ErrorCode::Internal,
            detail: None,
            errors: Vec::new(),
            retry_after_seconds: None,
        }
    }

    /// Adds a fault in the named parameter or member.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>, detail: impl Into<String>) -> Self {
        self.errors.push(FieldError {
            field: Some(field.into()),
            line: None,
            detail: detail.into(),
        });
        self
    }

    /// Replaces the list of faults.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors;
        self
    }

    /// Says when to come again.
    #[must_use]
    pub const fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// The code.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        self.code
    }

    /// The problem, without a request id.
    #[must_use]
    pub fn into_problem(self) -> Problem {
        let row = self.code.row();
        Problem {
            type_uri: self.code.type_uri(),
            title: row.title.to_owned(),
            status: row.status,
            code: self.code,
            detail: self.detail,
            errors: self.errors,
            request_id: super::layers::current_request_id(),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Missing(what) => {
                Self::new(ErrorCode::NotFound, format!("There is no such {what}."))
            }
            StoreError::Invalid(detail) => Self::new(ErrorCode::InvalidContent, detail),
            StoreError::Busy => {
                Self::new(ErrorCode::Overloaded, "The store is busy; try again.").retry_after(1)
            }
            StoreError::Full | StoreError::ReadOnly => {
                tracing::error!(%error, "store not writable");
                Self::new(ErrorCode::Unavailable, "The store cannot be written.").retry_after(60)
            }
            other => Self::internal(&other),
        }
    }
}

impl From<SandboxError> for ApiError {
    fn from(error: SandboxError) -> Self {
        match error {
            SandboxError::Busy => {
                Self::new(ErrorCode::Overloaded, "Too many files wait; try again.").retry_after(2)
            }
            SandboxError::NotStarted { .. } => {
                tracing::error!(%error, "no file can be read");
                Self::new(ErrorCode::Unavailable, "Files cannot be read now.").retry_after(30)
            }
            about_the_file => {
                Self::new(ErrorCode::InvalidContent, about_the_file.to_problem().text)
            }
        }
    }
}

impl From<ServiceError> for ApiError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Store(error) => error.into(),
            ServiceError::Sandbox(error) => error.into(),
            ServiceError::Feedback(InvalidFeedback::Member { member, what }) => {
                Self::new(ErrorCode::InvalidContent, "The feedback cannot be used.")
                    .with_field(member, what)
            }
            ServiceError::Feedback(other) => {
                Self::new(ErrorCode::InvalidContent, other.to_string())
            }
            ServiceError::UnknownCase => {
                Self::new(ErrorCode::UnknownCase, "This case is not answered here.")
            }
            off @ ServiceError::SwitchedOff { .. } => {
                Self::new(ErrorCode::Conflict, format!("This is {off}."))
            }
            ServiceError::Judge(JudgeError::NotAsked {
                field,
                unknown,
                why,
            }) => {
                let code = if unknown {
                    ErrorCode::NotFound
                } else {
                    ErrorCode::InvalidContent
                };
                Self::new(code, "There is nothing to ask.").with_field(field, why)
            }
            internal @ (ServiceError::Case(_)
            | ServiceError::Judge(_)
            | ServiceError::Internal(_)) => Self::internal(&internal),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let code = self.code;
        let retry_after = self.retry_after_seconds;
        let status =
            StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self.into_problem())).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if code == ErrorCode::Unauthenticated {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"scrutineer\""),
            );
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advice::InvalidRecommendation;

    #[test]
    fn an_answer_that_breaks_the_contract_is_our_fault_and_reveals_nothing() {
        let broken = StoreError::Contract(InvalidRecommendation::Expiry);
        let problem = ApiError::from(ServiceError::Store(broken)).into_problem();
        assert_eq!((problem.status, problem.code), (500, ErrorCode::Internal));
        assert_eq!(problem.detail, None);
        assert!(problem.errors.is_empty());
    }
}
