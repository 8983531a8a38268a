//! The queue of copies: both records side by side first, the score after; confirm, except or dismiss.

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
use crate::web::view::duplicates::{DuplicatesView, documents};

#[derive(Template)]
#[template(path = "duplicates.html")]
struct DuplicatesPage {
    frame: Frame,
    csrf: String,
    page: DuplicatesView,
    may_decide: bool,
    dismissals: [FeedbackReason; 3],
}

/// The page.
pub(in crate::web) async fn show(
    State(pages): State<Pages>,
    who: SignedIn,
) -> Result<Response, Failure> {
    who.require(Scope::Read, "see worklists")?;
    let service = pages.service();
    let queue = service.duplicate_queue(who.tenant(), Utc::now()).await?;
    let documents = review::shown(&pages, &who, &documents(&queue)).await?;
    let shown = DuplicatesPage {
        frame: Frame::inside(&who.session, "duplicates"),
        csrf: who.session.csrf.clone(),
        page: DuplicatesView::new(&queue, &documents),
        may_decide: who.require(Scope::Feedback, "decide on copies").is_ok(),
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
    review::decide(&pages, &who, (Case::Duplicate, "/duplicates"), id, &form).await
}
