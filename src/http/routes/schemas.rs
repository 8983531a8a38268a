//! The published JSON Schemas: those of the contract and those of the canonical records.

use axum::response::{IntoResponse, Response};
use axum::{Json, http::header};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::advice;
use crate::domain::RecordKind;
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

/// Addresses of the published JSON Schemas (2020-12), the contract's and the records'.
#[utoipa::path(
    get,
    path = "/v1/schema",
    tag = "Service",
    security(()),
    responses((status = 200, description = "The addresses.", body = Schemas))
)]
pub(super) async fn list() -> Json<Schemas> {
    let contract = advice::schema::documents().into_iter();
    let names = contract.map(|(name, _)| name.to_owned());
    let schemas = names
        .chain(RecordKind::ALL.iter().map(|kind| file(*kind)))
        .map(|name| format!("{BASE}{name}"))
        .collect();
    Json(Schemas { schemas })
}

/// One JSON Schema.
#[utoipa::path(
    get,
    path = "/v1/schema/{name}",
    tag = "Service",
    security(()),
    params(("name" = String, Path, description = "File name, such as `recommendation.json` or `vendor_invoice.json`.")),
    responses(
        (status = 200, description = "The schema.", body = Object, content_type = "application/schema+json"),
        (status = 404, description = "No such schema.", body = Problem, content_type = PROBLEM_JSON),
    )
)]
pub(super) async fn schema(Path(name): Path<String>) -> ApiResult<Response> {
    let schema = find(&name)
        .ok_or_else(|| ApiError::new(ErrorCode::NotFound, "There is no such schema."))?;
    let kind = [(header::CONTENT_TYPE, "application/schema+json")];
    Ok((kind, schema.to_string()).into_response())
}

fn find(name: &str) -> Option<Value> {
    let mut records = RecordKind::ALL.iter();
    match records.find(|kind| file(**kind) == name) {
        Some(kind) => Some(kind.schema()),
        None => advice::schema::documents()
            .into_iter()
            .find(|(known, _)| *known == name)
            .map(|(_, schema)| schema),
    }
}

fn file(kind: RecordKind) -> String {
    format!("{kind}.json")
}
