//! One file a resource.

mod health;
mod published;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::state::AppState;

/// Routes that need no credential: the short public list.
pub(super) fn public() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(health::live))
        .routes(routes!(published::openapi))
        .routes(routes!(published::docs))
}
