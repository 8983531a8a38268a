//! The invoice case: one document, or many as NDJSON.

mod batch;
mod item;

use axum::Json;
use axum::extract::State;

pub(super) use batch::{__path_score_batch, score_batch};

pub(in crate::http) use item::score as score_item;

use self::item::ScoreItem;
use crate::advice::Recommendation;
use crate::http::auth::{Allowed, Invoice};
use crate::http::extract::{self, NoQuery, Query};
use crate::http::gate::Turn;
use crate::http::problem::{ApiResult, PROBLEM_JSON, Problem};
use crate::http::state::AppState;

/// What is this document, what does it say, and what is odd about it?
///
/// A document that was analysed before gets the answer that it got.
#[utoipa::path(
    post,
    path = "/v1/invoice/score",
    tag = "Cases",
    request_body = ScoreItem,
    responses(
        (status = 200, description = "The recommendation.", body = Recommendation),
        (status = 404, description = "No such document.", body = Problem, content_type = PROBLEM_JSON),
        (status = 503, description = "Too much work is waiting.", body = Problem, content_type = PROBLEM_JSON),
    )
)]
pub(super) async fn score(
    State(state): State<AppState>,
    Allowed { caller, .. }: Allowed<Invoice>,
    _turn: Turn,
    Query(NoQuery {}): Query<NoQuery>,
    extract::Json(item): extract::Json<ScoreItem>,
) -> ApiResult<Json<Recommendation>> {
    score_item(state.service(), &caller.tenant, item)
        .await
        .map(Json)
}
