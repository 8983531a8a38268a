//! Canonical records, as events (CloudEvents 1.0.2, HTTP protocol binding 1.0.2:
//! structured, batched and binary content mode).

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::cases::record_case::moment;
use crate::domain::records::UnknownKind;
use crate::domain::{CheckedRecord, RecordKind};
use crate::error::ErrorCode;
use crate::http::auth::{Allowed, Records};
use crate::http::body_kind;
use crate::http::extract::{NoQuery, Payload, Query};
use crate::http::gate::Turn;
use crate::http::problem::{ApiError, ApiResult, FieldError, PROBLEM_JSON, Problem};
use crate::http::shape;
use crate::http::state::AppState;
use crate::store::UpsertCounts;

const SINGLE: &str = "application/cloudevents+json";
const BATCH: &str = "application/cloudevents-batch+json";
/// What an event's type begins with; the kind of the record follows.
const TYPE_PREFIX: &str = "scrutineer.record.";

/// One event. Members beyond these are CloudEvents extensions and are passed over.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct CloudEvent {
    /// `1.0`.
    #[schema(pattern = "^1\\.0$")]
    specversion: String,
    /// Id of the event within its source.
    #[schema(min_length = 1)]
    id: String,
    /// Where it happened: a URI reference.
    #[schema(min_length = 1)]
    source: String,
    /// `scrutineer.record.` and the kind of the record.
    #[serde(rename = "type")]
    #[schema(example = "scrutineer.record.vendor")]
    kind: String,
    /// When it happened: when the record became known, unless its `known_at` says otherwise.
    #[serde(default, deserialize_with = "moment")]
    time: Option<DateTime<Utc>>,
    /// The record.
    #[schema(value_type = Object)]
    data: Map<String, Value>,
}

/// What became of the events.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EventReport {
    /// Events received.
    received: usize,
    /// What became of the good ones.
    #[serde(flatten)]
    counts: UpsertCounts,
    /// What is wrong with the others.
    problems: Vec<EventProblem>,
}

/// One event that did not land.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EventProblem {
    /// 0-based place in the batch.
    index: usize,
    /// What is wrong.
    errors: Vec<FieldError>,
}

/// Upserts the record that each event carries. The same event again changes nothing.
///
/// In a batch, bad events are reported by place and the good ones land. In binary mode the
/// attributes are `ce-` headers and the body is the record.
#[utoipa::path(
    post,
    path = "/v1/events",
    tag = "Records",
    request_body(content(
        (CloudEvent = "application/cloudevents+json"),
        (Vec<CloudEvent> = "application/cloudevents-batch+json"),
    )),
    responses(
        (status = 200, description = "What became of the events.", body = EventReport),
        (status = 503, description = "Too much work is waiting.", body = Problem, content_type = PROBLEM_JSON),
    )
)]
pub(super) async fn receive(
    State(state): State<AppState>,
    Allowed { caller, .. }: Allowed<Records>,
    headers: HeaderMap,
    _turn: Turn,
    Query(NoQuery {}): Query<NoQuery>,
    Payload(body): Payload,
) -> ApiResult<Json<EventReport>> {
    let kind = body_kind::of(&headers);
    let batch = kind == BATCH;
    let events = read(&kind, &headers, &body)?;
    let most = state.config().limits.batch_rows;
    if events.len() > most {
        return Err(ApiError::new(
            ErrorCode::PayloadTooLarge,
            format!("At most {most} events are taken."),
        ));
    }
    let received = events.len();
    let mut records = Vec::with_capacity(received);
    let mut problems = Vec::new();
    for (index, event) in events.into_iter().enumerate() {
        match event.and_then(CloudEvent::into_record) {
            Ok(record) => records.push(record),
            Err(errors) if batch => problems.push(EventProblem { index, errors }),
            Err(errors) => {
                return Err(
                    ApiError::new(ErrorCode::InvalidContent, "The event cannot be used.")
                        .with_errors(errors),
                );
            }
        }
    }
    let counts = state
        .store()
        .upsert_records(&caller.tenant, &records, Utc::now())
        .await?;
    Ok(Json(EventReport {
        received,
        counts,
        problems,
    }))
}

type Read = Result<CloudEvent, Vec<FieldError>>;

fn read(kind: &str, headers: &HeaderMap, body: &Bytes) -> ApiResult<Vec<Read>> {
    match kind {
        BATCH => {
            let events: Vec<Value> = shape::read(body)?;
            Ok(events.into_iter().map(event).collect())
        }
        SINGLE => Ok(vec![event(shape::read(body)?)]),
        "application/json" if headers.contains_key("ce-specversion") => {
            Ok(vec![event(binary(headers, shape::read(body)?))])
        }
        other => Err(body_kind::unsupported(other)),
    }
}

fn event(value: Value) -> Read {
    shape::from_value(value).map_err(|fault| vec![fault])
}

/// An event in binary mode as if it were in structured mode.
fn binary(headers: &HeaderMap, data: Value) -> Value {
    let mut members: Map<String, Value> = headers
        .iter()
        .filter_map(|(name, value)| {
            let name = name.as_str().strip_prefix("ce-")?;
            Some((name.to_owned(), Value::from(value.to_str().ok()?)))
        })
        .collect();
    members.insert("data".to_owned(), data);
    Value::Object(members)
}

fn fault(field: Option<String>, detail: String) -> FieldError {
    FieldError {
        field,
        line: None,
        detail,
    }
}

impl CloudEvent {
    fn into_record(mut self) -> Result<CheckedRecord, Vec<FieldError>> {
        let wrong =
            |field: &str, detail: &str| Err(vec![fault(Some(field.to_owned()), detail.to_owned())]);
        if self.specversion != "1.0" {
            return wrong("specversion", "must be `1.0`");
        }
        if self.id.is_empty() {
            return wrong("id", "is empty");
        }
        if self.source.is_empty() {
            return wrong("source", "is empty");
        }
        let Some(kind) = self.kind.strip_prefix(TYPE_PREFIX) else {
            return wrong("type", "must be `scrutineer.record.` and a kind of record");
        };
        let kind: RecordKind = match kind.parse() {
            Ok(kind) => kind,
            Err(UnknownKind { .. }) => return wrong("type", "names no kind of record"),
        };
        if let Some(time) = self.time {
            self.data
                .entry("known_at")
                .or_insert_with(|| time.to_rfc3339().into());
        }
        kind.check(self.data).map_err(|problems| {
            problems
                .into_iter()
                .map(|problem| fault(Some(format!("data.{}", problem.field)), problem.problem))
                .collect()
        })
    }
}
