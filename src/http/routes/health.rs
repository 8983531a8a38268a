//! Whether the process runs, whether it can answer, and what it counted.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ErrorCode;
use crate::http::auth::{Allowed, Read};
use crate::http::extract::{NoQuery, Query};
use crate::http::problem::{ApiError, ApiResult, PROBLEM_JSON, Problem};
use crate::http::state::AppState;

/// Answer of the health checks.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    /// `ok`.
    #[schema(pattern = "^ok$")]
    status: &'static str,
}

/// Whether the process runs.
#[utoipa::path(
    get,
    path = "/health/live",
    tag = "Service",
    security(()),
    responses((status = 200, description = "It runs.", body = Health))
)]
pub(super) async fn live() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Whether it can answer: models are loaded before it listens, and the store can be read.
#[utoipa::path(
    get,
    path = "/health/ready",
    tag = "Service",
    security(()),
    responses(
        (status = 200, description = "It can answer.", body = Health),
        (status = 503, description = "The store cannot be used.", body = Problem, content_type = PROBLEM_JSON),
    )
)]
pub(super) async fn ready(State(state): State<AppState>) -> ApiResult<Json<Health>> {
    match state.store().ping().await {
        Ok(()) => Ok(Json(Health { status: "ok" })),
        Err(error) => {
            tracing::error!(%error, "not ready");
            Err(ApiError::new(
                ErrorCode::Unavailable,
                "The store cannot be used.",
            ))
        }
    }
}

/// What the process counted, in the text form of Prometheus.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "Service",
    responses((status = 200, description = "The metrics.", body = String, content_type = "text/plain"))
)]
pub(super) async fn metrics(
    State(state): State<AppState>,
    _: Allowed<Read>,
    Query(NoQuery {}): Query<NoQuery>,
) -> ApiResult<Response> {
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    Ok((kind, state.metrics().render()).into_response())
}
