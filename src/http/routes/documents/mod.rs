//! Documents: sending, listing, reading back.

mod pages;
mod upload;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::cases::invoice::Assessment;
use crate::cases::record_case::{day, moment};
use crate::http::auth::{Allowed, Documents};
use crate::http::extract::{NoQuery, Path, Query};
use crate::http::paging::{self, Listing};
use crate::http::problem::{ApiResult, PROBLEM_JSON, Problem};
use crate::http::state::AppState;
use crate::store::{DocumentRow, InboxFilter, InboxRow, StoreError};

pub(super) use pages::{__path_page, page};
pub(super) use upload::{__path_upload, upload};

/// A document and what was made of it.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct DocumentAnswer {
    /// The stored file.
    document: DocumentRow,
    /// What it is, what it says and what is odd about it; null while a job works on it.
    #[schema(value_type = Option<Assessment>, required)]
    analysis: Option<Value>,
}

/// Which documents to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct DocumentQuery {
    /// Recommendation status, or `pending` for documents without an analysis.
    status: Option<String>,
    /// Document type, such as `credit_note`.
    #[serde(rename = "type")]
    document_type: Option<String>,
    /// Level of attention.
    level: Option<String>,
    /// Whether a person should look.
    needs_review: Option<bool>,
    /// Whether a person has said what became of it.
    decided: Option<bool>,
    /// Part of the file name, seller, number, buyer, order number or total, in any case.
    text: Option<String>,
    /// Received at or after.
    #[serde(default, deserialize_with = "moment")]
    received_from: Option<DateTime<Utc>>,
    /// Received before.
    #[serde(default, deserialize_with = "moment")]
    received_before: Option<DateTime<Utc>>,
    /// Issued on or after.
    #[serde(default, deserialize_with = "day")]
    issued_from: Option<NaiveDate>,
    /// Issued on or before.
    #[serde(default, deserialize_with = "day")]
    issued_to: Option<NaiveDate>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Items of a page; 50 if not said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

impl From<DocumentQuery> for InboxFilter {
    fn from(query: DocumentQuery) -> Self {
        Self {
            status: query.status,
            document_type: query.document_type,
            level: query.level,
            needs_review: query.needs_review,
            decided: query.decided,
            text: query.text,
            received_from: query.received_from,
            received_before: query.received_before,
            issued_from: query.issued_from,
            issued_to: query.issued_to,
        }
    }
}

/// The tenant's documents, newest first.
#[utoipa::path(
    get,
    path = "/v1/documents",
    tag = "Documents",
    params(DocumentQuery),
    responses((status = 200, description = "A page of documents.", body = Listing<InboxRow>))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    Allowed { caller, .. }: Allowed<Documents>,
    Query(query): Query<DocumentQuery>,
) -> ApiResult<Json<Listing<InboxRow>>> {
    let limit = paging::limit(query.limit)?;
    let cursor = paging::cursor(query.cursor.as_deref())?;
    let page = state
        .store()
        .list_documents(&caller.tenant, &query.into(), cursor.as_ref(), limit)
        .await?;
    Ok(Json(page.into()))
}

/// A document and its analysis.
#[utoipa::path(
    get,
    path = "/v1/documents/{id}",
    tag = "Documents",
    params(("id" = Uuid, Path, description = "Id of the document.")),
    responses(
        (status = 200, description = "The document.", body = DocumentAnswer),
        (status = 404, description = "No such document.", body = Problem, content_type = PROBLEM_JSON),
    )
)]
pub(super) async fn document(
    State(state): State<AppState>,
    Allowed { caller, .. }: Allowed<Documents>,
    Path(id): Path<Uuid>,
    Query(NoQuery {}): Query<NoQuery>,
) -> ApiResult<Json<DocumentAnswer>> {
    let store = state.store();
    let document = store
        .document(&caller.tenant, id)
        .await?
        .ok_or(StoreError::Missing("document"))?;
    let analysis = store.analysis(&caller.tenant, id).await?;
    Ok(Json(DocumentAnswer {
        document,
        analysis: analysis.map(|stored| stored.body),
    }))
}
