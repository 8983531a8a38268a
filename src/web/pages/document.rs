//! One document: its page, what it says, what is odd, and the decision.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use uuid::Uuid;

use crate::domain::Scope;
use crate::web::failure::Failure;
use crate::web::frame::{self, Frame};
use crate::web::query::InboxQuery;
use crate::web::signed_in::SignedIn;
use crate::web::state::Pages;
use crate::web::view::analysis::Analysis;
use crate::web::view::document::{DocumentView, Look};
use crate::web::view::inbox::Notice;

#[derive(Template)]
#[template(path = "document.html")]
struct DocumentPage {
    frame: Frame,
    csrf: String,
    page: DocumentView,
}

/// How the document is looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct LookQuery {
    page: Option<u32>,
    zoom: Option<u16>,
    edit: Option<u8>,
    done: Option<String>,
}

/// The page.
pub(in crate::web) async fn show(
    State(pages): State<Pages>,
    who: SignedIn,
    Path(id): Path<Uuid>,
    Query(query): Query<InboxQuery>,
    Query(look): Query<LookQuery>,
) -> Result<Response, Failure> {
    who.require(Scope::Documents, "see documents")?;
    let store = pages.store();
    let tenant = who.tenant();
    let document = store
        .document(tenant, id)
        .await?
        .filter(|document| document.erased_at.is_none())
        .ok_or(Failure::NotFound("document"))?;
    let stored = store.analysis(tenant, id).await?;
    let analysis = stored.map_or_else(Analysis::default, |stored| {
        Analysis::from_json(&stored.body)
    });
    let said = match &analysis.recommendation {
        Some(answer) => store.feedback(tenant, answer.recommendation_id).await?,
        None => Vec::new(),
    };
    let (previous, next) = store.neighbours(tenant, &query.filter(), id).await?;
    let view = DocumentView::new(
        &analysis,
        Look {
            document: &document,
            said: &said,
            query: &query,
            previous,
            next,
            page: look.page.unwrap_or(1),
            zoom: look.zoom.unwrap_or(100),
            editing: look.edit == Some(1),
            may_decide: who.may(Scope::Feedback),
            notice: look.done.as_deref().and_then(notice),
        },
    );
    let shown = DocumentPage {
        frame: Frame::inside(&who.session, "inbox"),
        csrf: who.session.csrf.clone(),
        page: view,
    };
    Ok(frame::page(StatusCode::OK, &shown))
}

/// What the redirect after a decision says.
fn notice(done: &str) -> Option<Notice> {
    let (class, text) = match done {
        "accepted" => ("good", "Accepted."),
        "edited" => ("good", "Corrections saved."),
        "rejected" => ("good", "Rejected."),
        "unchanged" => ("plain", "Nothing was changed, so nothing was saved."),
        _ => return None,
    };
    Some(Notice {
        class,
        text: text.to_owned(),
    })
}
