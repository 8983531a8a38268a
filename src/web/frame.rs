//! What every page has around it, and how a template becomes an answer.

use askama::Template;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::assets;
use super::session::Session;

/// Nothing from elsewhere, nothing inline; forms go back here only.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What every page has around it.
pub(super) struct Frame {
    /// Digest of the embedded style and script.
    pub(super) assets: &'static str,
    /// Who is signed in.
    pub(super) who: Option<Who>,
}

/// Who is signed in.
pub(super) struct Who {
    /// Public part of the key.
    pub(super) prefix: String,
    /// The firm.
    pub(super) tenant: String,
    /// Token of every form.
    pub(super) csrf: String,
    /// Which part of the house it is: `inbox`, `collections`, `delays`, `expenses`, `duplicates` or `detectors`.
    pub(super) here: &'static str,
}

impl Frame {
    /// For someone who is not signed in.
    pub(super) fn outside() -> Self {
        Self {
            assets: assets::digest(),
            who: None,
        }
    }

    /// For someone who is.
    pub(super) fn inside(session: &Session, here: &'static str) -> Self {
        Self {
            who: Some(Who {
                prefix: session.prefix.clone(),
                tenant: session.tenant.as_str().to_owned(),
                csrf: session.csrf.clone(),
                here,
            }),
            ..Self::outside()
        }
    }
}

/// A page with its headers; one that cannot be rendered is a fault of ours.
pub(super) fn page(status: StatusCode, template: &impl Template) -> Response {
    let html = match template.render() {
        Ok(html) => html,
        Err(error) => {
            tracing::error!(%error, "page not rendered");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let headers: [(HeaderName, HeaderValue); 3] = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(POLICY),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, html).into_response()
}
