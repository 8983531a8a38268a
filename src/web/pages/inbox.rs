//! The inbox: what came, filtered and counted.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::domain::Scope;
use crate::store::Cursor;
use crate::web::failure::Failure;
use crate::web::frame::{self, Frame};
use crate::web::query::InboxQuery;
use crate::web::signed_in::SignedIn;
use crate::web::state::Pages;
use crate::web::view::inbox::{InboxView, Place, Uploaded};

/// Rows of one page.
const ROWS: usize = 50;

#[derive(Template)]
#[template(path = "inbox.html")]
struct InboxPage {
    frame: Frame,
    csrf: String,
    page: InboxView,
}

/// How many files of an upload were read, as its redirect says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct UploadQuery {
    added: Option<u32>,
    known: Option<u32>,
}

/// The page.
pub(in crate::web) async fn show(
    State(pages): State<Pages>,
    who: SignedIn,
    Query(query): Query<InboxQuery>,
    Query(uploaded): Query<UploadQuery>,
) -> Result<Response, Failure> {
    who.require(Scope::Documents, "see documents")?;
    let filter = query.filter();
    let cursor: Option<Cursor> = match query.cursor.as_str() {
        "" => None,
        text => Some(
            text.parse()
                .map_err(|_| Failure::NotFound("page of the inbox"))?,
        ),
    };
    let store = pages.store();
    let counts = store.count_documents(who.tenant(), &filter).await?;
    let listed = store
        .list_documents(who.tenant(), &filter, cursor.as_ref(), ROWS)
        .await?;
    let place = Place {
        query,
        max_bytes: pages.body_bytes(),
        uploaded: uploaded.added.map(|added| Uploaded {
            added,
            known: uploaded.known.unwrap_or(0),
        }),
    };
    let shown = InboxPage {
        frame: Frame::inside(&who.session, "inbox"),
        csrf: who.session.csrf.clone(),
        page: InboxView::new(&listed, &counts, &place),
    };
    Ok(frame::page(StatusCode::OK, &shown))
}
