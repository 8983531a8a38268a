//! Many items as NDJSON: one answer or one problem for each line, in its order.

use std::io;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio_util::io::ReaderStream;
use utoipa::IntoParams;

use crate::advice::Case;
use crate::domain::TenantId;
use crate::error::ErrorCode;
use crate::http::answers;
use crate::http::body_kind;
use crate::http::gate::BatchTurn;
use crate::http::layers;
use crate::http::problem::{ApiError, ApiResult};
use crate::http::scoring::{self, Batch};
use crate::http::state::AppState;

const NDJSON: &str = "application/x-ndjson";

/// Where a batch begins.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct BatchQuery {
    /// Line of the body to begin at; the first if not said. Those before it are passed over and
    /// counted: a batch that broke off goes on with the same body from the line after the last
    /// answer, and answers keep their numbers.
    #[param(minimum = 1)]
    from_line: Option<usize>,
}

impl BatchQuery {
    fn first_line(&self) -> ApiResult<usize> {
        match self.from_line {
            Some(0) => Err(
                ApiError::new(ErrorCode::InvalidParameter, "A parameter is not valid.")
                    .with_field("from_line", "must be at least 1"),
            ),
            line => Ok(line.unwrap_or(1)),
        }
    }
}

/// A body of items and who sent it.
pub(super) struct Sent<'a> {
    /// The case that is asked.
    pub(super) case: Case,
    /// Whose records are seen.
    pub(super) tenant: &'a TenantId,
    /// Headers of the request.
    pub(super) headers: &'a HeaderMap,
    /// Its parameters.
    pub(super) query: BatchQuery,
    /// Its body.
    pub(super) body: Bytes,
    /// Most items that are taken.
    pub(super) most: usize,
}

/// Answers every line; the answers stream while later lines are worked on. The batch breaks off if
/// nobody reads them for half as long as a request may take, as its body may take to arrive.
///
/// # Errors
/// Another kind of body, too many items, line 0 to begin at, or a case that is not answered here.
pub(super) fn answer(state: &AppState, sent: Sent<'_>, turn: BatchTurn) -> ApiResult<Response> {
    let from_line = sent.query.first_line()?;
    let kind = body_kind::of(sent.headers);
    if kind != NDJSON && kind != "application/jsonl" {
        return Err(body_kind::unsupported(&kind));
    }
    let body = sent.body;
    let items = lines(body.clone()).filter(|line| !scoring::is_empty(line));
    let count = items.count();
    if count > sent.most {
        return Err(ApiError::new(
            ErrorCode::PayloadTooLarge,
            format!("{count} items were sent; at most {} are taken.", sent.most),
        ));
    }
    let batch =
        Batch::new(state.service(), sent.tenant, sent.case).ok_or_else(scoring::unknown_case)?;
    let patience = state.config().limits.request_time() / 2;
    let (mut writer, reader) = answers::pipe(turn, patience);
    let work = async move {
        match batch.run(lines(body), from_line, &mut writer).await {
            Ok(()) => writer.finish(),
            Err(error) => log_end(&error),
        }
    };
    tokio::spawn(layers::same_request(layers::current_request_id(), work));
    let stream = Body::from_stream(ReaderStream::new(reader));
    Ok(([(header::CONTENT_TYPE, NDJSON)], stream).into_response())
}

fn log_end(error: &io::Error) {
    match error.kind() {
        // Nobody reads the answers any more.
        io::ErrorKind::BrokenPipe => {}
        io::ErrorKind::TimedOut => {
            tracing::warn!("batch broke off: its answers were not read");
        }
        _ => tracing::error!(%error, "batch broke off"),
    }
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
