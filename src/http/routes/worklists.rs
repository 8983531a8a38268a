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
use crate::store::{InboxFilter, InboxRow};

/// Levels of attention, most pressing first: the first key of the order.
const LEVELS: [&str; 3] = ["high", "medium", "low"];

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
    if name != "invoice_review" {
        return Err(ApiError::new(
            ErrorCode::NotFound,
            "There is no such worklist; there is `invoice_review`.",
        ));
    }
    let limit = paging::limit(query.limit)?;
    let (mut level, mut after) = position(query.cursor.as_deref())?;
    let mut items = Vec::new();
    let mut next = None;
    // A page goes on in the next level where one is used up.
    while items.len() < limit && level < LEVELS.len() {
        let filter = InboxFilter {
            level: Some(LEVELS[level].to_owned()),
            needs_review: Some(true),
            decided: Some(false),
            ..InboxFilter::default()
        };
        let page = state
            .store()
            .list_documents(&caller.tenant, &filter, after.as_ref(), limit - items.len())
            .await?;
        items.extend(page.items);
        after = page.next;
        if after.is_none() {
            level += 1;
        }
        next = match (&after, LEVELS.get(level)) {
            (Some(cursor), Some(name)) => Some(format!("{name}.{cursor}")),
            (None, Some(name)) => Some(format!("{name}.")),
            (_, None) => None,
        };
    }
    Ok(Json(Listing { items, next }))
}

/// The level that a cursor points into, and where in it.
fn position(cursor: Option<&str>) -> ApiResult<(usize, Option<crate::store::Cursor>)> {
    let Some(text) = cursor else {
        return Ok((0, None));
    };
    let parts = text.split_once('.').and_then(|(name, rest)| {
        let level = LEVELS.iter().position(|level| *level == name)?;
        Some((level, rest))
    });
    match parts {
        Some((level, "")) => Ok((level, None)),
        Some((level, rest)) => Ok((level, paging::cursor(Some(rest))?)),
        None => paging::cursor(Some("")).map(|after| (0, after)),
    }
}
