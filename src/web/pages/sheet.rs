//! The picture of one page of a document.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use uuid::Uuid;

use crate::domain::Scope;
use crate::web::failure::Failure;
use crate::web::signed_in::SignedIn;
use crate::web::state::Pages;

/// Sharp at twice the usual pane.
const WIDTH_PX: u32 = 1_600;
const LEAST_WIDTH_PX: u32 = 100;

/// How large the picture is to be.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Size {
    /// Width in pixels.
    width: Option<u32>,
}

/// The page as PNG; kept by the browser for as long as the session lasts.
pub(in crate::web) async fn show(
    State(pages): State<Pages>,
    who: SignedIn,
    Path((id, file)): Path<(Uuid, String)>,
    Query(size): Query<Size>,
) -> Result<Response, Failure> {
    who.require(Scope::Documents, "see documents")?;
    let number: u32 = file
        .strip_suffix(".png")
        .and_then(|number| number.parse().ok())
        .filter(|number| *number >= 1)
        .ok_or(Failure::NotFound("page"))?;
    let bytes = pages
        .store()
        .document_bytes(who.tenant(), id)
        .await?
        .ok_or(Failure::NotFound("document"))?;
    let width = size.width.unwrap_or(WIDTH_PX).max(LEAST_WIDTH_PX);
    let width = width.min(pages.page_width_px());
    let drawn = pages
        .service()
        .sandbox()
        .render(Arc::from(bytes), number, width)
        .await;
    let png = drawn.map_err(|error| {
        if error.is_about_the_file() {
            Failure::NotFound("page, or it cannot be drawn")
        } else {
            tracing::error!(%error, "page not drawn");
            Failure::Busy
        }
    })?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/png")),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, max-age=3600"),
        ),
    ];
    Ok((headers, png).into_response())
}
