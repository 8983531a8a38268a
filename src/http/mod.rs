//! Wire types, router, auth, problems, idempotency, OpenAPI.
//!
//! A handler extracts, calls, wraps: it takes no decision of its own.

mod docs_page;
mod extract;
mod gate;
mod layers;
mod openapi;
mod problem;
mod routes;
mod state;
mod trace_context;

pub use gate::{Gate, Turn};
pub use problem::{ApiError, ApiResult, FieldError, PROBLEM_JSON, Problem};
pub use state::AppState;
pub use trace_context::TraceContext;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::{Extension, Router};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;

/// All routes of the interface and the description generated from them.
fn api(state: &AppState) -> (Router<AppState>, utoipa::openapi::OpenApi) {
    let _ = state;
    OpenApiRouter::with_openapi(openapi::base())
        .merge(routes::public())
        .split_for_parts()
}

/// The whole service: the interface and whatever else is to be served beside it
/// (pages for people), behind the layers that every request passes.
pub fn router(state: AppState, beside: Router<AppState>) -> Router {
    let (interface, description) = api(&state);
    let published = Arc::new(openapi::Published::new(description));
    interface
        .merge(beside)
        .fallback(layers::no_route)
        .method_not_allowed_fallback(layers::no_method)
        .layer(Extension(published))
        .layer(DefaultBodyLimit::max(state.config().limits.body_bytes))
        .layer(from_fn_with_state(state.clone(), layers::bound_time))
        .layer(CatchPanicLayer::custom(layers::panicked))
        .layer(from_fn(layers::protect))
        .layer(from_fn(layers::observe))
        .with_state(state)
}
