//! Wire types, router, auth, problems, idempotency, OpenAPI.
//!
//! A handler extracts, calls, wraps: it takes no decision of its own.

mod answers;
mod auth;
mod body_kind;
mod docs_page;
mod etag;
mod extract;
mod gate;
mod idempotency;
mod jobs;
mod layers;
mod openapi;
mod paging;
mod problem;
mod rate;
mod routes;
pub(crate) mod scoring;
mod shape;
mod state;
mod trace_context;

pub(crate) use layers::current_request_id;

pub use auth::{Caller, Oidc, OidcError, authenticate};
pub use problem::{ApiError, ApiResult, FieldError, PROBLEM_JSON, Problem};
pub use state::{AppState, Parts};

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::{Extension, Router};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;

/// The whole service: the interface and whatever else is to be served beside it
/// (pages for people), behind the layers that every request passes.
pub fn router(state: AppState, beside: Router<AppState>) -> Router {
    let (interface, description) = interface(&state).split_for_parts();
    let published = Arc::new(openapi::Published::new(description));
    interface
        .merge(beside)
        .fallback(layers::no_route)
        .method_not_allowed_fallback(layers::no_method)
        .layer(Extension(published))
        .layer(DefaultBodyLimit::max(state.config().limits.body_bytes))
        .layer(CatchPanicLayer::custom(layers::panicked))
        .layer(from_fn_with_state(state.clone(), layers::observe))
        .with_state(state)
}

/// All routes of the interface. Those behind a credential pass the rate limit and,
/// if they write, the idempotency key; the others are the short public list.
fn interface(state: &AppState) -> OpenApiRouter<AppState> {
    let protected = routes::protected()
        .route_layer(from_fn_with_state(state.clone(), idempotency::once))
        .route_layer(from_fn_with_state(state.clone(), auth::admit));
    OpenApiRouter::with_openapi(openapi::base())
        .merge(protected)
        .merge(routes::public())
}
