//! What a person should look at, most pressing first.

use axum::Json;
use axum::extract::State;
use chrono::Utc;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::cases::collections::CollectionsRun;
use crate::config::Collections;
use crate::error::ErrorCode;
use crate::http::auth::{Allowed, Read, Remind};
use crate::http::extract::{NoQuery, Path, Query};
use crate::http::gate::Turn;
use crate::http::paging::{self, Listing};
use crate::http::problem::{ApiError, ApiResult, PROBLEM_JSON, Problem};
use crate::http::state::AppState;
use crate::service::{
    COLLECTIONS, DELAYS, DUPLICATES, DelaysRun, DuplicateQueue, EXPENSES, ExpenseQueue, REMINDERS,
    ReminderList,
};
use crate::store::{InboxRow, WORKLISTS, Worklist, WorklistCursor};

/// Customers that can be asked for at most.
const MOST_CONTACTS: usize = Collections::MOST_CONTACTS as usize;

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

/// How much of the worklist of collections.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct CollectionsQuery {
    /// Customers that can be contacted; what is set for the firm if not said.
    #[param(minimum = 1, maximum = 1000)]
    capacity: Option<usize>,
}

/// Customers to contact, ranked by the money and days that a contact can move, at most as
/// many as the team can contact, and how many more there are; those held back, each with the
/// reason; and the money expected by week. The list is the same while the day and what is known are.
#[utoipa::path(
    get,
    path = "/v1/worklists/collections",
    tag = "Recommendations",
    params(CollectionsQuery),
    responses(
        (status = 200, description = "The worklist.", body = CollectionsRun),
        (status = 503, description = "Too much work is waiting.", body = Problem, content_type = PROBLEM_JSON),
    )
)]
pub(super) async fn collections(
    State(state): State<AppState>,
    Allowed { caller, .. }: Allowed<Read>,
    Query(query): Query<CollectionsQuery>,
    _turn: Turn,
) -> ApiResult<Json<CollectionsRun>> {
    let set = state.config().collections.contacts_a_day as usize;
    let capacity = query.capacity.unwrap_or(set);
    if !(1..=MOST_CONTACTS).contains(&capacity) {
        return Err(
            ApiError::new(ErrorCode::InvalidParameter, "A parameter is not valid.")
                .with_field("capacity", format!("must be from 1 to {MOST_CONTACTS}")),
        );
    }
    let now = Utc::now();
    let run = state.service().collections_run(&caller.tenant, now).await?;
    Ok(Json(run.within(capacity)))
}

/// What will be late: teams' timesheets, set-ups of projects and bills, most pressing first,
/// each a whole answer.
/// The board is the same while the day and what is known are.
#[utoipa::path(
    get,
    path = "/v1/worklists/delays",
    tag = "Recommendations",
    responses(
        (status = 200, description = "The board.", body = DelaysRun),
        (status = 503, description = "Too much work is waiting.", body = Problem, content_type = PROBLEM_JSON),
    )
)]
pub(super) async fn delays(
    State(state): State<AppState>,
    Allowed { caller, .. }: Allowed<Read>,
    Query(NoQuery {}): Query<NoQuery>,
    _turn: Turn,
) -> ApiResult<Json<DelaysRun>> {
    let run = state
        .service()
        .delays_run(&caller.tenant, Utc::now())
        .await?;
    Ok(Json(run))
}

/// Claims, uses of cards and invoices of vendors of the last six weeks that a person should look at:
/// found by score or by detectors, in one order, first whatever the fewest recent records have;
/// then a few drawn at random, by which it is estimated what is missed. One that people decided
/// stays away until it states something else or a detector flags it that had not then: `again`
/// says which.
#[utoipa::path(
    get,
    path = "/v1/worklists/expenses",
    tag = "Recommendations",
    responses(
        (status = 200, description = "The queue.", body = ExpenseQueue),
        (status = 503, description = "Too much work is waiting.", body = Problem, content_type = PROBLEM_JSON),
    )
)]
pub(super) async fn expenses(
    State(state): State<AppState>,
    Allowed { caller, .. }: Allowed<Read>,
    Query(NoQuery {}): Query<NoQuery>,
    _turn: Turn,
) -> ApiResult<Json<ExpenseQueue>> {
    let now = Utc::now();
    Ok(Json(
        state.service().expense_queue(&caller.tenant, now).await?,
    ))
}

/// Invoices, claims and uses of cards of the last six weeks that may be copies of earlier ones, the
/// likeliest first, each with its twins field by field. A record that people decided stays away
/// until a pair of it is new or shows something new: `again` names it.
#[utoipa::path(
    get,
    path = "/v1/worklists/duplicates",
    tag = "Recommendations",
    responses(
        (status = 200, description = "The queue.", body = DuplicateQueue),
        (status = 503, description = "Too much work is waiting.", body = Problem, content_type = PROBLEM_JSON),
    )
)]
pub(super) async fn duplicates(
    State(state): State<AppState>,
    Allowed { caller, .. }: Allowed<Read>,
    Query(NoQuery {}): Query<NoQuery>,
    _turn: Turn,
) -> ApiResult<Json<DuplicateQueue>> {
    let now = Utc::now();
    let queue = state.service().duplicate_queue(&caller.tenant, now);
    Ok(Json(queue.await?))
}

/// Sheets not handed in that whoever must hand them in should be reminded of: each names its
/// one recipient and what to say. By period and sheet; no probability and no order of
/// persons, and nothing is kept of it. Refused until the firm sets
/// `timesheet.remind_submitters`, and without a key of scope `reminders`.
#[utoipa::path(
    get,
    path = "/v1/worklists/reminders",
    tag = "Recommendations",
    responses(
        (status = 200, description = "The reminders.", body = ReminderList),
        (status = 409, description = "Switched off.", body = Problem, content_type = PROBLEM_JSON),
        (status = 503, description = "Too much work is waiting.", body = Problem, content_type = PROBLEM_JSON),
    )
)]
pub(super) async fn reminders(
    State(state): State<AppState>,
    Allowed { caller, .. }: Allowed<Remind>,
    Query(NoQuery {}): Query<NoQuery>,
    _turn: Turn,
) -> ApiResult<Json<ReminderList>> {
    let now = Utc::now();
    Ok(Json(state.service().reminders(&caller.tenant, now).await?))
}

/// Documents that a person should look at and has not decided, by level and then newest
/// first. Of the worklists, `invoice_review` alone is a listing with pages.
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
        let runs = [COLLECTIONS, DELAYS, EXPENSES, DUPLICATES, REMINDERS];
        let names: Vec<_> = WORKLISTS.iter().map(|list| list.name).chain(runs).collect();
        let detail = format!(
            "There is no such worklist; there are: {}.",
            names.join(", ")
        );
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
