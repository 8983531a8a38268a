//! Whether the process runs, and whether it can answer.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

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
