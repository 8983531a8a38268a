//! The operations lead's board: what will be late, and what it waits for.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::Utc;

use crate::domain::Scope;
use crate::web::failure::Failure;
use crate::web::frame::{self, Frame};
use crate::web::signed_in::SignedIn;
use crate::web::state::Pages;
use crate::web::view::delays::DelaysView;

#[derive(Template)]
#[template(path = "delays.html")]
struct DelaysPage {
    frame: Frame,
    page: DelaysView,
}

/// The page.
pub(in crate::web) async fn show(
    State(pages): State<Pages>,
    who: SignedIn,
) -> Result<Response, Failure> {
    who.require(Scope::Read, "see worklists")?;
    let run = pages.service().delays_run(who.tenant(), Utc::now()).await?;
    let shown = DelaysPage {
        frame: Frame::inside(&who.session, "delays"),
        page: DelaysView::new(&run),
    };
    Ok(frame::page(StatusCode::OK, &shown))
}
