//! Errors as pages.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::frame::{self, Frame};
use super::session::SessionError;
use crate::cases::record_case::JudgeError;
use crate::service::ServiceError;
use crate::store::StoreError;

/// Why a page is not shown.
#[derive(Debug)]
pub(super) enum Failure {
    /// Nobody is signed in: sign in first, then come back here.
    SignedOut {
        /// Where to come back to, percent-encoded.
        next: String,
        /// Whether something was sent that is not saved by that.
        unsaved: bool,
    },
    /// The key may not do this.
    Forbidden(&'static str),
    /// The form did not come from our page, or from one too old.
    Forged,
    /// There is no such thing, or it is another firm's.
    NotFound(&'static str),
    /// What was sent makes no sense.
    Unusable(String),
    /// The same of a form, whose page it came from is there still.
    Unsaved {
        /// What is wrong with it.
        what: String,
        /// Address of the page.
        back: String,
    },
    /// More was sent than is taken.
    TooLarge(usize),
    /// Too much is going on.
    Busy,
    /// A fault of ours, already logged.
    Ours,
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    frame: Frame,
    heading: &'static str,
    text: String,
    request_id: Option<String>,
    back: String,
    back_label: &'static str,
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Missing(what) => Self::NotFound(what),
            StoreError::Invalid(what) => Self::Unusable(what),
            StoreError::Busy => Self::Busy,
            other => {
                tracing::error!(error = %other, "page failed");
                Self::Ours
            }
        }
    }
}

impl From<SessionError> for Failure {
    fn from(error: SessionError) -> Self {
        tracing::error!(%error, "no session");
        Self::Ours
    }
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Store(error) => error.into(),
            ServiceError::Feedback(error) => Self::Unusable(format!(
                "{error}. Nothing was saved: go back to correct it."
            )),
            ServiceError::Judge(JudgeError::NotAsked { unknown: true, .. }) => {
                Self::NotFound("record")
            }
            ServiceError::Judge(error @ JudgeError::NotAsked { .. }) => {
                Self::Unusable(error.to_string())
            }
            ServiceError::Sandbox(error) => {
                tracing::error!(%error, "document not read");
                Self::Busy
            }
            fault => {
                tracing::error!(error = %fault, "page failed");
                Self::Ours
            }
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (mut back, mut back_label) = ("/".to_owned(), "To the start");
        let (status, heading, text) = match self {
            Self::SignedOut { next, unsaved } => {
                let unsaved = if unsaved { "&unsaved=true" } else { "" };
                return Redirect::to(&format!("/sign-in?next={next}{unsaved}")).into_response();
            }
            Self::Forbidden(what) => (
                StatusCode::FORBIDDEN,
                "Not with this key",
                format!("Your key may not {what}. Sign in with another, or ask for one that may."),
            ),
            Self::Forged => (
                StatusCode::FORBIDDEN,
                "Please try again",
                "That form was not from this session, so nothing was done. Go back, reload the page and send it again.".to_owned(),
            ),
            Self::NotFound(what) => (
                StatusCode::NOT_FOUND,
                "Not here",
                format!("There is no such {what}."),
            ),
            Self::Unusable(what) => (StatusCode::UNPROCESSABLE_ENTITY, "That did not work", what),
            Self::Unsaved { what, back: page } => {
                (back, back_label) = (page, "Begin anew");
                let text = format!(
                    "{what} Nothing was saved: your browser's way back leads to what you wrote."
                );
                (
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "That was not saved",
                    text,
                )
            }
            Self::TooLarge(bytes) => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "Too large",
                format!("At most {} MB can be sent at once.", bytes / 1_048_576),
            ),
            Self::Busy => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Busy just now",
                "Too much is going on at once. Please try again in a moment; nothing was lost.".to_owned(),
            ),
            Self::Ours => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something went wrong",
                "That is a fault of ours, and it was logged. Your own workflow goes on with its policy meanwhile.".to_owned(),
            ),
        };
        let shown = ErrorPage {
            frame: Frame::outside(),
            heading,
            text,
            request_id: status
                .is_server_error()
                .then(crate::http::current_request_id)
                .flatten(),
            back,
            back_label,
        };
        let mut response = frame::page(status, &shown);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}
