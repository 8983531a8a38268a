//! Answers given, what people made of them, and proof that they can be had again.

mod replay;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use uuid::Uuid;

use crate::advice::{Feedback, Recommendation};
use crate::http::auth::{Allowed, GiveFeedback, Read};
use crate::http::extract::{self, NoQuery, Path, Query};
use crate::http::problem::{ApiResult, PROBLEM_JSON, Problem};
use crate::http::state::AppState;
use crate::store::{StoreError, StoredFeedback};

pub(super) use replay::{__path_replay, replay};

/// A recommendation as it was given.
#[utoipa::path(
    get,
    path = "/v1/recommendations/{id}",
    tag = "Recommendations",
    params(("id" = Uuid, Path, description = "Id of the recommendation.")),
    responses(
        (status = 200, description = "The recommendation.", body = Recommendation),
        (status = 404, description = "No such recommendation.", body = Problem, content_type = PROBLEM_JSON),
    )
)]
pub(super) async fn recommendation(
    State(state): State<AppState>,
    Allowed { caller, .. }: Allowed<Read>,
    Path(id): Path<Uuid>,
    Query(NoQuery {}): Query<NoQuery>,
) -> ApiResult<Json<Recommendation>> {
    let found = state.store().recommendation(&caller.tenant, id).await?;
    Ok(Json(found.ok_or(StoreError::Missing("recommendation"))?))
}

/// Says what became of a recommendation; stored beside it as the label for the next training.
#[utoipa::path(
    post,
    path = "/v1/recommendations/{id}/feedback",
    tag = "Recommendations",
    params(("id" = Uuid, Path, description = "Id of the recommendation.")),
    request_body = Feedback,
    responses(
        (status = 201, description = "Stored.", body = StoredFeedback),
        (status = 404, description = "No such recommendation.", body = Problem, content_type = PROBLEM_JSON),
    )
)]
pub(super) async fn feedback(
    State(state): State<AppState>,
    Allowed { caller, .. }: Allowed<GiveFeedback>,
    Path(id): Path<Uuid>,
    Query(NoQuery {}): Query<NoQuery>,
    extract::Json(feedback): extract::Json<Feedback>,
) -> ApiResult<(StatusCode, Json<StoredFeedback>)> {
    let stored = state
        .service()
        .give_feedback(&caller.tenant, id, &feedback, &caller.actor)
        .await?;
    Ok((StatusCode::CREATED, Json(stored)))
}
