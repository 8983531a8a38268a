//! The auditor's page: what each detector would have flagged.

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
use crate::web::view::detectors::DetectorsView;

#[derive(Template)]
#[template(path = "detectors.html")]
struct DetectorsPage {
    frame: Frame,
    page: DetectorsView,
}

/// The page.
pub(in crate::web) async fn show(
    State(pages): State<Pages>,
    who: SignedIn,
) -> Result<Response, Failure> {
    who.require(Scope::Read, "see what detectors would flag")?;
    let run = pages.service().dry_run(who.tenant(), Utc::now()).await?;
    let shown = DetectorsPage {
        frame: Frame::inside(&who.session, "detectors"),
        page: DetectorsView::new(&run),
    };
    Ok(frame::page(StatusCode::OK, &shown))
}
