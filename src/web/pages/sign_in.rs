//! Signing in with a key, and out.

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::Utc;
use serde::Deserialize;

use crate::domain::Scope;
use crate::web::cookies;
use crate::web::failure::Failure;
use crate::web::frame::{self, Frame};
use crate::web::peer::Peer;
use crate::web::session::{self, LIFETIME, random_hex};
use crate::web::signed_in::SignedIn;
use crate::web::state::Pages;

/// Seconds that a sign-in form stays good.
const FORM_SECONDS: i64 = 3600;
/// Longest token looked at.
const MAX_KEY_BYTES: usize = 200;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    frame: Frame,
    visitor: String,
    next: String,
    problem: Option<&'static str>,
    unsaved: bool,
}

/// Where to go afterwards.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct SignInQuery {
    next: String,
    /// Whether a form was sent after the session had ended.
    unsaved: bool,
}

/// The form.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct SignInForm {
    key: String,
    visitor: String,
    #[serde(default)]
    next: String,
}

/// The form of any button without other fields.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct SignOutForm {
    csrf: String,
}

/// The page to sign in on.
pub(in crate::web) async fn form(
    State(pages): State<Pages>,
    headers: HeaderMap,
    Query(query): Query<SignInQuery>,
) -> Result<Response, Failure> {
    let unsaved = query.unsaved;
    show(
        &pages,
        &headers,
        StatusCode::OK,
        (&query.next, unsaved),
        None,
    )
}

/// Checks a key and begins a session.
pub(in crate::web) async fn sign_in(
    State(pages): State<Pages>,
    Peer(from): Peer,
    headers: HeaderMap,
    Form(form): Form<SignInForm>,
) -> Result<Response, Failure> {
    let refuse =
        |status, problem| show(&pages, &headers, status, (&form.next, false), Some(problem));
    let visitor = cookies::get(&headers, cookies::VISITOR).unwrap_or_default();
    if !session::same(visitor, &form.visitor) {
        let problem = "This page was open for too long, or cookies are off. Please try again.";
        return refuse(StatusCode::FORBIDDEN, problem);
    }
    let token = form.key.trim();
    if token.len() > MAX_KEY_BYTES || !pages.attempts().allow(token, from) {
        let problem = "Too many tries. Please wait a minute.";
        return refuse(StatusCode::TOO_MANY_REQUESTS, problem);
    }
    let now = Utc::now();
    let Some(key) = pages.store().authenticate(token, now).await? else {
        let problem = "This key is not known, or it was withdrawn or has expired.";
        return refuse(StatusCode::UNAUTHORIZED, problem);
    };
    let sees_documents = key.scopes.allow(Scope::Documents);
    if !sees_documents && !key.scopes.allow(Scope::Read) {
        let problem = "This key may not see documents or worklists. Ask for one with the scope `documents` or `read`.";
        return refuse(StatusCode::FORBIDDEN, problem);
    }
    let session = pages.sessions().begin(&key.prefix, &key.tenant, now)?;
    tracing::info!(key = key.prefix, "signed in");
    let next = match place(&form.next) {
        "/inbox" => first_page(sees_documents),
        next => next,
    };
    let mut response = Redirect::to(next).into_response();
    let secure = is_secure(&pages, &headers);
    let seconds = LIFETIME.num_seconds();
    add_cookie(&mut response, cookies::SESSION, &session, seconds, secure);
    add_cookie(&mut response, cookies::VISITOR, "", 0, secure);
    Ok(response)
}

/// The page that a key begins with.
pub(in crate::web) async fn start(who: SignedIn) -> Redirect {
    Redirect::to(first_page(who.may(Scope::Documents)))
}

/// A collector's key opens no documents: its way begins at the worklist.
const fn first_page(sees_documents: bool) -> &'static str {
    if sees_documents {
        "/inbox"
    } else {
        "/collections"
    }
}

/// Ends the session.
pub(in crate::web) async fn sign_out(
    State(pages): State<Pages>,
    headers: HeaderMap,
    who: SignedIn,
    Form(form): Form<SignOutForm>,
) -> Result<Response, Failure> {
    who.check_form(&form.csrf)?;
    let mut response = Redirect::to("/sign-in").into_response();
    let secure = is_secure(&pages, &headers);
    add_cookie(&mut response, cookies::SESSION, "", 0, secure);
    Ok(response)
}

fn show(
    pages: &Pages,
    headers: &HeaderMap,
    status: StatusCode,
    (next, unsaved): (&str, bool),
    problem: Option<&'static str>,
) -> Result<Response, Failure> {
    let visitor = random_hex()?;
    let shown = SignInPage {
        frame: Frame::outside(),
        visitor: visitor.clone(),
        next: place(next).to_owned(),
        problem,
        unsaved,
    };
    let mut response = frame::page(status, &shown);
    let secure = is_secure(pages, headers);
    add_cookie(
        &mut response,
        cookies::VISITOR,
        &visitor,
        FORM_SECONDS,
        secure,
    );
    Ok(response)
}

/// Only our own pages: an address elsewhere is none.
fn place(next: &str) -> &str {
    let ours = [
        "/inbox",
        "/collections",
        "/delays",
        "/expenses",
        "/duplicates",
        "/detectors",
    ]
    .iter()
    .any(|page| next.starts_with(page))
        && next.len() <= 1_000
        && next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if ours { next } else { "/inbox" }
}

/// Whether cookies go over encrypted connections only. Browsers take a secure cookie
/// from `localhost` without encryption, so this holds for all but plain loopback.
fn is_secure(pages: &Pages, headers: &HeaderMap) -> bool {
    let behind_tls = headers
        .get("x-forwarded-proto")
        .is_some_and(|scheme| scheme.as_bytes() == b"https");
    behind_tls || !pages.listens_on_loopback()
}

fn add_cookie(response: &mut Response, name: &str, value: &str, seconds: i64, secure: bool) {
    if let Some(cookie) = cookies::set(name, value, seconds, secure) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for ours in ["/inbox?level=high", "/collections/customers/C1"] {
            assert_eq!(place(ours), ours);
        }
        for elsewhere in [
            "//evil",
            "https://evil",
            "",
            "/v1/x",
            "/inbox\r\nx",
            "/inbox\\..\\",
        ] {
            assert_eq!(place(elsewhere), "/inbox");
        }
    }
}
