//! The cases that judge records: one record, or many as NDJSON.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Response};

use super::batch::{self, BatchQuery, Sent};
use crate::advice::Recommendation;
use crate::cases::record_case::RecordItem;
use crate::http::auth::AllowedCase;
use crate::http::extract::{self, NoQuery, Payload, Query};
use crate::http::gate::{BatchTurn, ScoreTurn};
use crate::http::problem::{ApiResult, PROBLEM_JSON, Problem};
use crate::http::state::AppState;

/// Judges one record by what the firm's other records say.
#[utoipa::path(
    post,
    path = "/v1/{case}/score",
    tag = "Cases",
    params(("case" = String, Path, description = "`collections`, `timesheet`, `project_setup`, `billing`, `expense` or `duplicate`.", pattern = "^(collections|timesheet|project_setup|billing|expense|duplicate)$")),
    request_body = RecordItem,
    responses(
        (status = 200, description = "The recommendation.", body = Recommendation),
        (status = 404, description = "No such case or record.", body = Problem, content_type = PROBLEM_JSON),
        (status = 503, description = "Too much work is waiting.", body = Problem, content_type = PROBLEM_JSON),
    )
)]
pub(super) async fn score_record(
    State(state): State<AppState>,
    AllowedCase { caller, case }: AllowedCase,
    _turn: ScoreTurn,
    Query(NoQuery {}): Query<NoQuery>,
    extract::Json(item): extract::Json<RecordItem>,
) -> ApiResult<Response> {
    let answer = state
        .service()
        .score_record(case, &caller.tenant, &item)
        .await?;
    let json = HeaderValue::from_static("application/json");
    Ok(([(CONTENT_TYPE, json)], answer).into_response())
}

/// Judges many records. Each line of the body is as the body of `/v1/{case}/score`, each line
/// of the answer names the line it answers; one bad line does not touch the others. A batch
/// that broke off is resumed by sending the whole body again with `from_line`.
#[utoipa::path(
    post,
    path = "/v1/{case}/score-batch",
    tag = "Cases",
    params(
        ("case" = String, Path, description = "`collections`, `timesheet`, `project_setup`, `billing`, `expense` or `duplicate`.", pattern = "^(collections|timesheet|project_setup|billing|expense|duplicate)$"),
        BatchQuery,
    ),
    request_body(content = String, content_type = "application/x-ndjson",
        description = "One `RecordItem` a line; empty lines are passed over."),
    responses(
        (status = 200, description = "One `BatchLine` a line.", body = String, content_type = "application/x-ndjson"),
        (status = 404, description = "No such case.", body = Problem, content_type = PROBLEM_JSON),
        (status = 503, description = "Too much work is waiting.", body = Problem, content_type = PROBLEM_JSON),
    )
)]
pub(super) async fn score_records(
    State(state): State<AppState>,
    AllowedCase { caller, case }: AllowedCase,
    headers: HeaderMap,
    Query(query): Query<BatchQuery>,
    turn: BatchTurn,
    Payload(body): Payload,
) -> ApiResult<Response> {
    let sent = Sent {
        case,
        tenant: &caller.tenant,
        headers: &headers,
        query,
        body,
        most: state.config().limits.batch_rows,
    };
    batch::answer(&state, sent, turn)
}
