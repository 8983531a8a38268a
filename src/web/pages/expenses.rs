//! The expense reviewer's queue: evidence first, score second; confirm, except or dismiss.

use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::Utc;
use uuid::Uuid;

use super::review::{self, DISMISSALS};
use crate::advice::{Case, FeedbackReason};
use crate::domain::Scope;
use crate::web::failure::Failure;
use crate::web::frame::{self, Frame};
use crate::web::signed_in::SignedIn;
use crate::web::state::Pages;
use crate::web::view::expenses::{ExpensesView, receipts};

#[derive(Template)]
#[template(path = "expenses.html")]
struct ExpensesPage {
    frame: Frame,
    csrf: String,
    page: ExpensesView,
    may_decide: bool,
    dismissals: [FeedbackReason; 3],
}

/// The page.
pub(in crate::web) async fn show(
    State(pages): State<Pages>,
    who: SignedIn,
) -> Result<Response, Failure> {
    who.require(Scope::Read, "see worklists")?;
    let now = Utc::now();
    let queue = pages.service().expense_queue(who.tenant(), now).await?;
    let history = pages.store().history(who.tenant(), now).await?;
    let receipts = receipts(&queue, &history);
    let digests: Vec<String> = receipts.values().cloned().collect();
    let documents = review::shown(&pages, &who, &digests).await?;
    let shown = ExpensesPage {
        frame: Frame::inside(&who.session, "expenses"),
        csrf: who.session.csrf.clone(),
        page: ExpensesView::new(&queue, &receipts, &documents),
        may_decide: who.require(Scope::Feedback, "decide on claims").is_ok(),
        dismissals: DISMISSALS,
    };
    Ok(frame::page(StatusCode::OK, &shown))
}

/// Stores the decision on one answer and goes back to the queue.
pub(in crate::web) async fn decide(
    State(pages): State<Pages>,
    who: SignedIn,
    Path(id): Path<Uuid>,
    Form(form): Form<BTreeMap<String, String>>,
) -> Result<Response, Failure> {
    review::decide(&pages, &who, (Case::Expense, "/expenses"), id, &form).await
}
