//! One file a resource.

mod batch;
mod detectors;
mod documents;
mod events;
mod health;
pub(super) mod invoice;
mod jobs;
mod models;
mod published;
mod recommendations;
mod record_cases;
mod records;
mod schemas;
mod worklists;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::state::AppState;

/// Routes that need no credential: the short public list.
pub(super) fn public() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
        .routes(routes!(published::openapi))
        .routes(routes!(published::docs))
        .routes(routes!(schemas::list))
        .routes(routes!(schemas::schema))
}

/// Routes behind a credential.
pub(super) fn protected() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(documents::list, documents::upload))
        .routes(routes!(documents::document))
        .routes(routes!(documents::page))
        .routes(routes!(jobs::job))
        .routes(routes!(invoice::score))
        .routes(routes!(invoice::score_batch))
        .routes(routes!(record_cases::score_record))
        .routes(routes!(record_cases::score_records))
        .routes(routes!(records::upsert))
        .routes(routes!(events::receive))
        .routes(routes!(recommendations::recommendation))
        .routes(routes!(recommendations::feedback))
        .routes(routes!(recommendations::replay))
        .routes(routes!(models::list))
        .routes(routes!(worklists::collections))
        .routes(routes!(worklists::delays))
        .routes(routes!(worklists::expenses))
        .routes(routes!(worklists::duplicates))
        .routes(routes!(worklists::reminders))
        .routes(routes!(worklists::worklist))
        .routes(routes!(detectors::dry_run))
        .routes(routes!(health::metrics))
}
