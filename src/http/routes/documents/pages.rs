//! Pictures of a document's pages.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::documents::sandbox::SandboxError;
use crate::error::ErrorCode;
use crate::http::auth::{Allowed, Documents};
use crate::http::etag;
use crate::http::extract::{Path, Query};
use crate::http::gate::Turn;
use crate::http::openapi::FileBytes;
use crate::http::problem::{ApiError, ApiResult, PROBLEM_JSON, Problem};
use crate::http::state::AppState;
use crate::store::StoreError;

const WIDTH_PX: u32 = 1_000;
const LEAST_WIDTH_PX: u32 = 100;

/// How large the picture is to be.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct PageQuery {
    /// Width in pixels; 1000 if not said.
    #[param(minimum = 100, maximum = 2000)]
    width: Option<u32>,
}

/// A page of a PDF, or a picture, as PNG.
#[utoipa::path(
    get,
    path = "/v1/documents/{id}/pages/{page}",
    tag = "Documents",
    params(
        ("id" = Uuid, Path, description = "Id of the document."),
        ("page" = String, Path, description = "Number of the page from 1, then `.png`.",
            pattern = "^[1-9][0-9]{0,3}\\.png$", example = "1.png"),
        PageQuery,
    ),
    responses(
        (status = 200, description = "The picture.", body = FileBytes, content_type = "image/png"),
        (status = 304, description = "Unchanged since the `ETag` in `If-None-Match`."),
        (status = 404, description = "No such document or page.", body = Problem, content_type = PROBLEM_JSON),
        (status = 422, description = "The page cannot be drawn.", body = Problem, content_type = PROBLEM_JSON),
        (status = 503, description = "Too much work is waiting.", body = Problem, content_type = PROBLEM_JSON),
    )
)]
pub(in crate::http) async fn page(
    State(state): State<AppState>,
    Allowed { caller, .. }: Allowed<Documents>,
    Path((id, page)): Path<(Uuid, String)>,
    Query(query): Query<PageQuery>,
    headers: HeaderMap,
    _turn: Turn,
) -> ApiResult<Response> {
    let number = number(&page)?;
    let width = width(query.width, state.config().limits.page_width_px)?;
    let store = state.store();
    let row = store
        .document(&caller.tenant, id)
        .await?
        .ok_or(StoreError::Missing("document"))?;
    // The bytes never change, so neither does their picture.
    let tag = format!("\"{}-{number}-{width}\"", row.sha256);
    let caching = [
        (header::ETAG, tag.clone()),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    if etag::is_known(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    let bytes = store
        .document_bytes(&caller.tenant, id)
        .await?
        .ok_or(StoreError::Missing("document"))?;
    let picture = state
        .service()
        .sandbox()
        .render(bytes.into(), number, width)
        .await
        .map_err(not_drawn)?;
    let kind = [(header::CONTENT_TYPE, "image/png")];
    Ok((caching, kind, picture).into_response())
}

fn number(page: &str) -> ApiResult<u32> {
    page.strip_suffix(".png")
        .filter(|digits| !digits.starts_with(['0', '+']) && digits.len() <= 4)
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| {
            ApiError::new(ErrorCode::InvalidParameter, "A parameter is not valid.")
                .with_field("page", "must be a number from 1 to 9999 followed by `.png`")
        })
}

fn width(asked: Option<u32>, most: u32) -> ApiResult<u32> {
    match asked {
        None => Ok(WIDTH_PX.min(most)),
        Some(width) if (LEAST_WIDTH_PX..=most).contains(&width) => Ok(width),
        Some(_) => Err(
            ApiError::new(ErrorCode::InvalidParameter, "A parameter is not valid.")
                .with_field("width", format!("must be from {LEAST_WIDTH_PX} to {most}")),
        ),
    }
}

fn not_drawn(error: SandboxError) -> ApiError {
    match error {
        SandboxError::Refused(problem) if problem.code == "page_not_found" => {
            ApiError::new(ErrorCode::NotFound, problem.text)
        }
        error => error.into(),
    }
}
