//! The description of the interface, for machines and for people.

use std::sync::Arc;

use axum::Extension;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::http::etag;
use crate::http::openapi::{Page, Published};

/// The description of the interface (OpenAPI 3.1).
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "Service",
    security(()),
    responses(
        (status = 200, description = "The description.", body = Object),
        (status = 304, description = "Unchanged since the `ETag` in `If-None-Match`."),
    )
)]
pub(super) async fn openapi(
    Extension(published): Extension<Arc<Published>>,
    headers: HeaderMap,
) -> Response {
    answer(&published.json, &headers)
}

/// The same description as a page for people.
#[utoipa::path(
    get,
    path = "/docs",
    tag = "Service",
    security(()),
    responses(
        (status = 200, description = "The page.", body = String, content_type = "text/html"),
        (status = 304, description = "Unchanged since the `ETag` in `If-None-Match`."),
    )
)]
pub(super) async fn docs(
    Extension(published): Extension<Arc<Published>>,
    headers: HeaderMap,
) -> Response {
    let mut response = answer(&published.html, &headers);
    if let Ok(policy) = published.content_security_policy.parse() {
        response
            .headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn answer(page: &Page, headers: &HeaderMap) -> Response {
    let known = etag::is_known(headers, &page.etag);
    let caching = [
        (header::ETAG, page.etag.clone()),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::CONTENT_TYPE, page.content_type.to_owned()),
    ];
    if known {
        let [etag, cache, _] = caching;
        (StatusCode::NOT_MODIFIED, [etag, cache]).into_response()
    } else {
        (caching, page.body.clone()).into_response()
    }
}
