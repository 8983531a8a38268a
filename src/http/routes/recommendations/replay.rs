//! Proof that an answer can be had again.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::advice::Recommendation;
use crate::error::{BrokenOff, ErrorCode};
use crate::http::auth::{Allowed, Audit};
use crate::http::extract::Path;
use crate::http::gate::Turn;
use crate::http::problem::{ApiError, ApiResult, PROBLEM_JSON, Problem};
use crate::http::state::AppState;
use crate::store::StoreError;

/// What a replay gave.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct Replay {
    /// Whether the answer came out again.
    outcome: Outcome,
    /// The answer as it came out.
    recomputed: Recommendation,
}

/// Whether the answer came out again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    /// Bit for bit, by the same version of the model.
    Equal,
    /// The same version of the model gave another answer: by another version of the service, which may
    /// add in another order, or by a defect.
    Different,
    /// The version of the model that answered is no longer there, so there is nothing to compare.
    ModelChanged,
}

/// Computes a recommendation again from its stored input and features, and says whether
/// it is equal bit for bit.
#[utoipa::path(
    post,
    path = "/v1/recommendations/{id}/replay",
    tag = "Recommendations",
    params(("id" = Uuid, Path, description = "Id of the recommendation.")),
    responses(
        (status = 200, description = "What came out.", body = Replay),
        (status = 404, description = "No such recommendation.", body = Problem, content_type = PROBLEM_JSON),
        (status = 409, description = "What was stored is of an earlier version of the service.", body = Problem, content_type = PROBLEM_JSON),
        (status = 503, description = "Too much work is waiting.", body = Problem, content_type = PROBLEM_JSON),
    )
)]
pub(in crate::http) async fn replay(
    State(state): State<AppState>,
    Allowed { caller, .. }: Allowed<Audit>,
    Path(id): Path<Uuid>,
    _turn: Turn,
) -> ApiResult<Json<Replay>> {
    let stored = state
        .store()
        .decision(&caller.tenant, id)
        .await?
        .ok_or(StoreError::Missing("recommendation"))?;
    let service = state.service().clone();
    let case = stored.recommendation.case;
    let (input, features) = (stored.input, stored.features);
    let model = stored.recommendation.model.clone();
    let work = move || service.replay(case, &input, &features, (id, model.as_ref()));
    let recomputed = tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| ApiError::internal(&BrokenOff::from(error)))?;
    let mut recomputed = recomputed.map_err(|error| {
        tracing::warn!(%error, "not replayed");
        ApiError::new(
            ErrorCode::Conflict,
            "What was stored is of an earlier version of the service.",
        )
    })?;
    // The link is made when an answer is stored and is no part of what is computed.
    recomputed
        .decision_sha256
        .clone_from(&stored.recommendation.decision_sha256);
    Ok(Json(Replay {
        outcome: compare(&stored.recommendation, &recomputed)?,
        recomputed,
    }))
}

fn compare(stored: &Recommendation, recomputed: &Recommendation) -> ApiResult<Outcome> {
    if stored.model != recomputed.model {
        return Ok(Outcome::ModelChanged);
    }
    let text = |one: &Recommendation| {
        serde_json::to_string(one).map_err(|error| ApiError::internal(&error))
    };
    Ok(if text(stored)? == text(recomputed)? {
        Outcome::Equal
    } else {
        Outcome::Different
    })
}
