//! Many documents as NDJSON: one answer or one problem for each line, in its order.

use std::collections::VecDeque;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio::io::{AsyncWriteExt as _, DuplexStream};
use tokio_util::io::ReaderStream;
use utoipa::ToSchema;

use super::item::{self, ScoreItem};
use crate::advice::Recommendation;
use crate::domain::TenantId;
use crate::error::ErrorCode;
use crate::http::auth::{Allowed, Invoice};
use crate::http::body_kind;
use crate::http::extract::Payload;
use crate::http::gate::Turn;
use crate::http::layers;
use crate::http::problem::{ApiError, ApiResult, PROBLEM_JSON, Problem};
use crate::http::state::AppState;
use crate::service::Service;

const NDJSON: &str = "application/x-ndjson";
/// Answers that may lie ready before the caller has read those before them.
const PIPE_BYTES: usize = 256 * 1024;

/// What became of one line: a recommendation or a problem.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct BatchLine {
    /// 1-based line of the request.
    line: usize,
    /// The answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    recommendation: Option<Recommendation>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

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
    let lines = lines(&body);
    if lines.len() > limits.batch_items {
        return Err(ApiError::new(
            ErrorCode::PayloadTooLarge,
            format!(
                "{} items were sent; at most {} are taken.",
                lines.len(),
                limits.batch_items
            ),
        ));
    }
    let (answers, pipe) = tokio::io::duplex(PIPE_BYTES);
    let batch = Batch {
        service: state.service().clone(),
        tenant: caller.tenant,
        at_once: limits.parse_processes,
    };
    let work = async move {
        batch.run(lines, pipe).await;
        drop(turn);
    };
    tokio::spawn(layers::same_request(layers::current_request_id(), work));
    let stream = Body::from_stream(ReaderStream::new(answers));
    Ok(([(header::CONTENT_TYPE, NDJSON)], stream).into_response())
}

/// The lines that hold something, with their 1-based numbers.
fn lines(body: &Bytes) -> VecDeque<(usize, Bytes)> {
    let mut found = VecDeque::new();
    let mut start = 0;
    for (index, line) in body.split(|byte| *byte == b'\n').enumerate() {
        if !line.trim_ascii().is_empty() {
            found.push_back((index + 1, body.slice(start..start + line.len())));
        }
        start += line.len() + 1;
    }
    found
}

struct Batch {
    service: Service,
    tenant: TenantId,
    at_once: usize,
}

impl Batch {
    /// Answers the lines in their order, a few being worked on at once. Ends early if nobody
    /// reads the answers any more.
    async fn run(&self, mut lines: VecDeque<(usize, Bytes)>, mut pipe: DuplexStream) {
        let mut running = VecDeque::new();
        loop {
            while running.len() < self.at_once
                && let Some((number, line)) = lines.pop_front()
            {
                let (service, tenant) = (self.service.clone(), self.tenant.clone());
                let work = async move { answer(&service, &tenant, number, &line).await };
                running.push_back(tokio::spawn(layers::same_request(
                    layers::current_request_id(),
                    work,
                )));
            }
            let Some(next) = running.pop_front() else {
                return;
            };
            let written = match next.await {
                Ok(line) => pipe.write_all(line.as_bytes()).await,
                Err(error) => {
                    tracing::error!(%error, "batch item failed");
                    return;
                }
            };
            if written.is_err() {
                return;
            }
        }
    }
}

async fn answer(service: &Service, tenant: &TenantId, line: usize, text: &[u8]) -> String {
    let outcome = match serde_json::from_slice::<ScoreItem>(text) {
        Ok(item) => item::score(service, tenant, item).await,
        Err(error) => Err(ApiError::new(
            ErrorCode::InvalidContent,
            format!("The line is not an item: {error}"),
        )),
    };
    let answer = match outcome {
        Ok(recommendation) => BatchLine {
            line,
            recommendation: Some(recommendation),
            problem: None,
        },
        Err(error) => BatchLine {
            line,
            recommendation: None,
            problem: Some(error.into_problem()),
        },
    };
    // Plain data; serialising it cannot fail.
    let mut text = serde_json::to_string(&answer).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_their_numbers() {
        let body = Bytes::from_static(b"{}\n\n [1]\r\nlast");
        let found: Vec<_> = lines(&body).into_iter().collect();
        assert_eq!(
            found,
            [
                (1, Bytes::from_static(b"{}")),
                (3, Bytes::from_static(b" [1]\r")),
                (4, Bytes::from_static(b"last")),
            ]
        );
    }
}
