//! Pages for clerks and collectors: sign-in, inbox, document, worklist, customer, delays, expenses, duplicates,
//! detectors. They work without script; script
//! only adds shortcuts, linked boxes and dropping files.

mod assets;
mod attempts;
mod cookies;
mod failure;
mod frame;
mod pages;
mod peer;
mod query;
mod session;
mod signed_in;
mod state;
mod view;

pub use session::SessionError;
pub use state::Pages;

use axum::Router;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

use failure::Failure;

/// The routes of the pages, to be served beside the interface.
pub fn router<S: Clone + Send + Sync + 'static>(pages: Pages) -> Router<S> {
    Router::new()
        .route("/", get(pages::sign_in::start))
        .route(
            "/sign-in",
            get(pages::sign_in::form).post(pages::sign_in::sign_in),
        )
        .route("/sign-out", post(pages::sign_in::sign_out))
        .route("/inbox", get(pages::inbox::show))
        .route("/inbox/upload", post(pages::upload::upload))
        .route(
            "/inbox/{id}",
            get(pages::document::show).post(pages::decision::decide),
        )
        .route("/inbox/{id}/pages/{file}", get(pages::sheet::show))
        .route("/collections", get(pages::collections::show))
        .route("/collections.csv", get(pages::collections::csv))
        .route("/collections/customers/{id}", get(pages::customer::show))
        .route(
            "/collections/customers/{id}/contact",
            post(pages::customer::contact),
        )
        .route("/delays", get(pages::delays::show))
        .route("/expenses", get(pages::expenses::show))
        .route("/expenses/{id}", post(pages::expenses::decide))
        .route("/duplicates", get(pages::duplicates::show))
        .route("/duplicates/{id}", post(pages::duplicates::decide))
        .route("/detectors", get(pages::detectors::show))
        .merge(assets::routes())
        .with_state(pages)
}

/// The page of an address at which there is none.
pub(crate) fn no_page() -> Response {
    Failure::NotFound("page").into_response()
}
