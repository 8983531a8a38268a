//! Many documents as NDJSON.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::advice::Case;
use crate::http::auth::{Allowed, Invoice};
use crate::http::extract::{Payload, Query};
use crate::http::gate::BatchTurn;
use crate::http::problem::{ApiResult, PROBLEM_JSON, Problem};
use crate::http::routes::batch::{self, BatchQuery, Sent};
use crate::http::state::AppState;

/// Scores many documents. Each line of the body is as the body of `/v1/invoice/score`, each
/// line of the answer names the line it answers; one bad line does not touch the others. A batch
/// that broke off is resumed by sending the whole body again with `from_line`.
#[utoipa::path(
    post,
    path = "/v1/invoice/score-batch",
    tag = "Cases",
    params(BatchQuery),
    request_body(content = String, content_type = "application/x-ndjson",
        description = "One `ScoreItem` a line; empty lines are passed over."),
    responses(
        (status = 200, description = "One `BatchLine` a line.", body = String, content_type = "application/x-ndjson"),
        (status = 503, description = "Too much work is waiting.", body = Problem, content_type = PROBLEM_JSON),
    )
)]
pub(in crate::http) async fn score_batch(
    State(state): State<AppState>,
    Allowed { caller, .. }: Allowed<Invoice>,
    headers: HeaderMap,
    Query(query): Query<BatchQuery>,
    turn: BatchTurn,
    Payload(body): Payload,
) -> ApiResult<Response> {
    let sent = Sent {
        case: Case::Invoice,
        tenant: &caller.tenant,
        headers: &headers,
        query,
        body,
        most: state.config().limits.batch_items,
    };
    batch::answer(&state, sent, turn)
}
