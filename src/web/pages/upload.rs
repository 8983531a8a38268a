//! Files from a clerk's browser.

use axum::extract::State;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::Utc;
use uuid::Uuid;

use crate::domain::Scope;
use crate::service::{Incoming, file_name};
use crate::web::failure::Failure;
use crate::web::signed_in::SignedIn;
use crate::web::state::Pages;

/// Most files of one upload.
const MAX_FILES: usize = 100;

/// Reads every file; one goes to its document, several go to the inbox.
pub(in crate::web) async fn upload(
    State(pages): State<Pages>,
    who: SignedIn,
    mut form: Multipart,
) -> Result<Response, Failure> {
    who.require(Scope::Documents, "add documents")?;
    let limit = pages.body_bytes();
    let refuse = |error: MultipartError| refused(&error, limit);
    let mut is_ours = false;
    let (mut added, mut known) = (0_u32, 0_u32);
    let mut last: Option<Uuid> = None;
    while let Some(part) = form.next_field().await.map_err(refuse)? {
        match part.name() {
            Some("csrf") => {
                who.check_form(&part.text().await.map_err(refuse)?)?;
                is_ours = true;
            }
            // The token stands before the files: none is read without it.
            Some("file") if is_ours => {
                if (added + known) as usize >= MAX_FILES {
                    let text = format!("At most {MAX_FILES} files can be sent at once.");
                    return Err(Failure::Unusable(text));
                }
                let filename = part.file_name().and_then(file_name);
                let bytes = part.bytes().await.map_err(refuse)?;
                if bytes.is_empty() {
                    continue;
                }
                let incoming = Incoming {
                    bytes: bytes.as_ref().into(),
                    filename,
                };
                let done = pages
                    .service()
                    .analyse(who.tenant(), incoming, Utc::now())
                    .await?;
                *(if done.created { &mut added } else { &mut known }) += 1;
                last = Some(done.document.id);
            }
            _ => return Err(Failure::Forged),
        }
    }
    match last {
        None => Err(Failure::Unusable(
            "There was no file in it, or an empty one.".to_owned(),
        )),
        Some(id) if added + known == 1 => Ok(Redirect::to(&format!("/inbox/{id}")).into_response()),
        Some(_) => {
            let address = format!("/inbox?added={added}&known={known}");
            Ok(Redirect::to(&address).into_response())
        }
    }
}

fn refused(error: &MultipartError, limit: usize) -> Failure {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Failure::TooLarge(limit)
    } else {
        Failure::Unusable("The upload broke off or was not a form with files.".to_owned())
    }
}
