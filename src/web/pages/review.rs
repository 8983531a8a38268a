//! Confirm, except or dismiss: the decision on one answer of a review queue.

use std::collections::BTreeMap;

use axum::response::{IntoResponse as _, Redirect, Response};
use uuid::Uuid;

use crate::advice::{Case, Feedback, FeedbackReason, Verdict};
use crate::domain::Scope;
use crate::web::failure::Failure;
use crate::web::pages::decision::{named, unusable};
use crate::web::signed_in::SignedIn;
use crate::web::state::Pages;
use crate::web::view::sheets::Shown;

/// Why something is dismissed.
pub(super) const DISMISSALS: [FeedbackReason; 3] = [
    FeedbackReason::FalseAlarm,
    FeedbackReason::AlreadyKnown,
    FeedbackReason::Other,
];

/// Which of the documents with these digests can be shown; none to whom documents are not.
pub(super) async fn shown(
    pages: &Pages,
    who: &SignedIn,
    digests: &[String],
) -> Result<Shown, Failure> {
    if !who.may(Scope::Documents) {
        return Ok(Shown::new());
    }
    let found = pages.store().drawable_documents(who.tenant(), digests);
    Ok(found.await?)
}

/// Stores the decision on an answer of a case and goes back to its queue.
pub(super) async fn decide(
    pages: &Pages,
    who: &SignedIn,
    (case, queue): (Case, &str),
    id: Uuid,
    form: &BTreeMap<String, String>,
) -> Result<Response, Failure> {
    let value = |name: &str| form.get(name).map_or("", String::as_str);
    who.check_form(value("csrf"))?;
    who.require(Scope::Feedback, "decide on answers")?;
    let answer = pages.store().recommendation(who.tenant(), id).await?;
    if answer.is_none_or(|answer| answer.case != case) {
        return Err(Failure::NotFound("answer"));
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
    Ok(Redirect::to(queue).into_response())
}
