//! Canonical records, as rows.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::RecordKind;
use crate::domain::loader::{Format, RowProblem, Rows, Source};
use crate::domain::records::UnknownKind;
use crate::error::ErrorCode;
use crate::http::auth::{Allowed, Records};
use crate::http::body_kind;
use crate::http::extract::{Path, Payload, Query};
use crate::http::gate::Turn;
use crate::http::problem::{ApiError, ApiResult, FieldError, PROBLEM_JSON, Problem};
use crate::http::state::AppState;
use crate::store::{ImportOptions, ImportReport};

/// How rows land.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordsQuery {
    /// None lands unless all are good; otherwise the good ones land.
    strict: Option<bool>,
}

/// Upserts canonical records of one kind. The same rows again change nothing.
///
/// A bad row is reported by line and member, and the good ones land; with `strict`, none
/// lands if one is bad (422).
#[utoipa::path(
    post,
    path = "/v1/records/{kind}",
    tag = "Records",
    params(("kind" = RecordKind, Path, description = "Kind of the records."), RecordsQuery),
    request_body(
        content((String = "application/x-ndjson"), (String = "text/csv")),
        description = "One record a line as JSON, or CSV with a header. The members are those of `/v1/schema/{kind}.json`.",
    ),
    responses(
        (status = 200, description = "What became of the rows.", body = ImportReport),
        (status = 404, description = "No such kind of record.", body = Problem, content_type = PROBLEM_JSON),
        (status = 503, description = "Too much work is waiting.", body = Problem, content_type = PROBLEM_JSON),
    )
)]
pub(super) async fn upsert(
    State(state): State<AppState>,
    Allowed { caller, .. }: Allowed<Records>,
    Path(kind): Path<String>,
    Query(query): Query<RecordsQuery>,
    headers: HeaderMap,
    _turn: Turn,
    Payload(body): Payload,
) -> ApiResult<Json<ImportReport>> {
    let kind: RecordKind = kind
        .parse()
        .map_err(|error: UnknownKind| ApiError::new(ErrorCode::NotFound, error.to_string()))?;
    let format = match body_kind::of(&headers).as_str() {
        "application/x-ndjson" | "application/jsonl" | "application/json" => Format::Ndjson,
        "text/csv" => Format::Csv,
        other => return Err(body_kind::unsupported(other)),
    };
    bounded(&body, state.config().limits.batch_rows)?;
    let source = Source {
        name: "body".to_owned(),
        kind,
        format: Some(format),
    };
    let options = ImportOptions {
        strict: query.strict.unwrap_or_default(),
    };
    let rows = Rows::new(std::io::Cursor::new(body), source);
    let report = state
        .store()
        .import_records(&caller.tenant, rows, options, |_| {})
        .await?;
    if report.landed {
        Ok(Json(report))
    } else {
        Err(refused(&report))
    }
}

fn bounded(body: &[u8], most: usize) -> ApiResult<()> {
    let rows = body.split(|byte| *byte == b'\n').count();
    if rows <= most.saturating_add(1) {
        return Ok(());
    }
    Err(ApiError::new(
        ErrorCode::PayloadTooLarge,
        format!("The body has {rows} lines; at most {most} are taken."),
    ))
}

fn refused(report: &ImportReport) -> ApiError {
    ApiError::new(
        ErrorCode::InvalidContent,
        format!(
            "{} of {} rows are bad; none landed.",
            report.rejected, report.rows
        ),
    )
    .with_errors(report.problems.iter().flat_map(faults).collect())
}

fn faults(row: &RowProblem) -> impl Iterator<Item = FieldError> {
    row.problems.iter().map(|problem| FieldError {
        field: (!problem.field.is_empty()).then(|| problem.field.clone()),
        line: Some(row.line),
        detail: problem.problem.clone(),
    })
}
