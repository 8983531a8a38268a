//! The expense reviewer's queue: evidence first, score second; confirm, except or dismiss.

use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::Utc;
use uuid::Uuid;

use crate::advice::{Case, Feedback, FeedbackReason, Verdict};
use crate::domain::Scope;
use crate::web::failure::Failure;
use crate::web::frame::{self, Frame};
use crate::web::pages::decision::{named, unusable};
use crate::web::signed_in::SignedIn;
use crate::web::state::Pages;
use crate::web::view::expenses::ExpensesView;

/// Why a claim is dismissed.
const DISMISSALS: [FeedbackReason; 3] = [
    FeedbackReason::FalseAlarm,
    FeedbackReason::AlreadyKnown,
    FeedbackReason::Other,
];

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
    let queue = pages
        .service()
        .expense_queue(who.tenant(), Utc::now())
        .await?;
    let shown = ExpensesPage {
        frame: Frame::inside(&who.session, "expenses"),
        csrf: who.session.csrf.clone(),
        page: ExpensesView::new(&queue),
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
    let value = |name: &str| form.get(name).map_or("", String::as_str);
    who.check_form(value("csrf"))?;
    who.require(Scope::Feedback, "decide on claims")?;
    let answer = pages.store().recommendation(who.tenant(), id).await?;
    if answer.is_none_or(|answer| answer.case != Case::Expense) {
        return Err(Failure::NotFound("answer on a claim"));
    }
    let (verdict, reason) = match value("decision") {
        "confirm" => (Verdict::Accepted, None),
        "exception" => (Verdict::Rejected, Some(FeedbackReason::PolicyException)),
        "dismiss" => {
            let reason: FeedbackReason = named(value("reason")).ok_or_else(unusable)?;
            (Verdict::Rejected, Some(reason))
        }
        _ => return Err(unusable()),
    };
    let feedback = Feedback {
        verdict,
        reason,
        about: None,
        corrected: BTreeMap::new(),
    };
    let service = pages.service();
    service
        .give_feedback(who.tenant(), id, &feedback, who.actor())
        .await?;
    Ok(Redirect::to("/expenses").into_response())
}
