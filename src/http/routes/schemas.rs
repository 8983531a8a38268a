//! The published JSON Schemas.

use axum::response::{IntoResponse, Response};
use axum::{Json, http::header};
use serde::Serialize;
use utoipa::ToSchema;

use crate::advice::schema;
use crate::domain::schema::BASE;
use crate::error::ErrorCode;
use crate::http::extract::Path;
use crate::http::problem::{ApiError, ApiResult, PROBLEM_JSON, Problem};

/// The published schemas.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Schemas {
    /// Their addresses.
    schemas: Vec<String>,
}

/// Addresses of the published JSON Schemas (2020-12).
#[utoipa::path(
    get,
    path = "/v1/schema",
    tag = "Service",
    security(()),
    responses((status = 200, description = "The addresses.", body = Schemas))
)]
pub(super) async fn list() -> Json<Schemas> {
    let schemas = schema::documents()
        .into_iter()
        .map(|(name, _)| format!("{BASE}{name}"))
        .collect();
    Json(Schemas { schemas })
}

/// One JSON Schema.
#[utoipa::path(
    get,
    path = "/v1/schema/{name}",
    tag = "Service",
    security(()),
    params(("name" = String, Path, description = "File name, such as `recommendation.json`.")),
    responses(
        (status = 200, description = "The schema.", body = Object, content_type = "application/schema+json"),
        (status = 404, description = "No such schema.", body = Problem, content_type = PROBLEM_JSON),
    )
)]
pub(super) async fn schema(Path(name): Path<String>) -> ApiResult<Response> {
    schema::documents()
        .into_iter()
        .find(|(known, _)| *known == name)
        .map(|(_, schema)| {
            let kind = [(header::CONTENT_TYPE, "application/schema+json")];
            (kind, schema.to_string()).into_response()
        })
        .ok_or_else(|| ApiError::new(ErrorCode::NotFound, "There is no such schema."))
}
