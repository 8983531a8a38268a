//! Many documents as NDJSON: one answer or one problem for each line, in its order.

use std::io;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use tokio_util::io::ReaderStream;

use crate::advice::Case;
use crate::error::ErrorCode;
use crate::http::auth::{Allowed, Invoice};
use crate::http::body_kind;
use crate::http::extract::Payload;
use crate::http::gate::Turn;
use crate::http::layers;
use crate::http::problem::{ApiError, ApiResult, PROBLEM_JSON, Problem};
use crate::http::scoring::{self, Batch, PIPE_BYTES};
use crate::http::state::AppState;

const NDJSON: &str = "application/x-ndjson";

/// Scores many documents. Each line of the body is as the body of `/v1/invoice/score`, each
/// line of the answer names the line it answers; one bad line does not touch the others.
#[utoipa::path(
    post,
    path = "/v1/invoice/score-batch",
    tag = "Cases",
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
    turn: Turn,
    Payload(body): Payload,
) -> ApiResult<Response> {
    let kind = body_kind::of(&headers);
    if kind != NDJSON && kind != "application/jsonl" {
        return Err(body_kind::unsupported(&kind));
    }
    let limits = &state.config().limits;
    let items = lines(body.clone()).filter(|line| !scoring::is_empty(line));
    let count = items.count();
    if count > limits.batch_items {
        return Err(ApiError::new(
            ErrorCode::PayloadTooLarge,
            format!(
                "{count} items were sent; at most {} are taken.",
                limits.batch_items
            ),
        ));
    }
    let batch = Batch::new(state.service(), &caller.tenant, Case::Invoice)
        .ok_or_else(|| ApiError::new(ErrorCode::UnknownCase, "This case is not answered here."))?;
    let (answers, pipe) = tokio::io::duplex(PIPE_BYTES);
    let work = async move {
        match batch.run(lines(body), pipe).await {
            // Nobody reads the answers any more.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            Err(error) => tracing::error!(%error, "batch broke off"),
            Ok(()) => {}
        }
        drop(turn);
    };
    tokio::spawn(layers::same_request(layers::current_request_id(), work));
    let stream = Body::from_stream(ReaderStream::new(answers));
    Ok(([(header::CONTENT_TYPE, NDJSON)], stream).into_response())
}

/// The lines of a body; each shares its memory.
fn lines(mut rest: Bytes) -> impl Iterator<Item = io::Result<Bytes>> {
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.iter().position(|byte| *byte == b'\n');
        let line = rest.split_to(end.map_or(rest.len(), |end| end + 1));
        Some(Ok(line))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_line_is_given_the_empty_ones_too() {
        let body = Bytes::from_static(b"{}\n\n [1]\r\nlast");
        let found: Vec<_> = lines(body).map(Result::unwrap).collect();
        assert_eq!(found, ["{}\n", "\n", " [1]\r\n", "last"]);
        assert_eq!(lines(Bytes::new()).count(), 0);
    }
}
