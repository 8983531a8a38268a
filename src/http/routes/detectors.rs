//! Detectors: what each would have flagged.

use axum::Json;
use axum::extract::State;
use chrono::Utc;

use crate::cases::detectors::DryRun;
use crate::http::auth::{Allowed, Read};
use crate::http::extract::{NoQuery, Query};
use crate::http::gate::Turn;
use crate::http::problem::{ApiResult, PROBLEM_JSON, Problem};
use crate::http::state::AppState;

/// What each detector would have flagged in the claims, uses of cards and vendors' invoices that
/// are known now, with the thresholds as they are set: how many, in which months, the latest of
/// them. Claims and uses of cards are judged beside what is dated no later, invoices beside what was known
/// before them. Detectors that are switched off are tried too. Nothing is kept.
#[utoipa::path(
    get,
    path = "/v1/detectors/dry-run",
    tag = "Recommendations",
    responses(
        (status = 200, description = "Every detector, tried.", body = DryRun),
        (status = 503, description = "Too much work is waiting.", body = Problem, content_type = PROBLEM_JSON),
    )
)]
pub(super) async fn dry_run(
    State(state): State<AppState>,
    Allowed { caller, .. }: Allowed<Read>,
    _turn: Turn,
    Query(NoQuery {}): Query<NoQuery>,
) -> ApiResult<Json<DryRun>> {
    let run = state.service().dry_run(&caller.tenant, Utc::now()).await?;
    Ok(Json(run))
}
