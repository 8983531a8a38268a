//! What a person should look at, most pressing first.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::error::ErrorCode;
use crate::http::auth::{Allowed, Read};
use crate::http::extract::{Path, Query};
use crate::http::paging::{self, Listing};
use crate::http::problem::{ApiError, ApiResult, PROBLEM_JSON, Problem};
use crate::http::state::AppState;
use crate::store::{InboxRow, WORKLISTS, Worklist, WorklistCursor};

/// Which part of the worklist.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct WorklistQuery {
    /// `next` of the page before.
    cursor: Option<String>,
    /// Items of a page; 50 if not said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// Documents that a person should look at and has not decided, by level and then newest
/// first. The one worklist is `invoice_review`.
#[utoipa::path(
    get,
    path = "/v1/worklists/{name}",
    tag = "Recommendations",
    params(
        ("name" = String, Path, description = "`invoice_review`.", pattern = "^invoice_review$"),
        WorklistQuery,
    ),
    responses(
        (status = 200, description = "A page of the worklist.", body = Listing<InboxRow>),
        (status = 404, description = "No such worklist.", body = Problem, content_type = PROBLEM_JSON),
    )
)]
pub(super) async fn worklist(
    State(state): State<AppState>,
    Allowed { caller, .. }: Allowed<Read>,
    Path(name): Path<String>,
    Query(query): Query<WorklistQuery>,
) -> ApiResult<Json<Listing<InboxRow>>> {
    let list = Worklist::named(&name).ok_or_else(|| {
        let names: Vec<_> = WORKLISTS.iter().map(|list| list.name).collect();
        let detail = format!("There is no such worklist; there is: {}.", names.join(", "));
        ApiError::new(ErrorCode::NotFound, detail)
    })?;
    let limit = paging::limit(query.limit)?;
    let cursor: Option<WorklistCursor> = paging::cursor(query.cursor.as_deref())?;
    let page = state
        .store()
        .worklist(&caller.tenant, list, cursor.unwrap_or_default(), limit)
        .await?;
    Ok(Json(Listing {
        items: page.items,
        next: page.next.map(|cursor| cursor.to_string()),
    }))
}
