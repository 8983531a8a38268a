//! Who asks: the session of the cookie, and its key as it stands now.

use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::request::Parts;
use chrono::Utc;

use super::cookies;
use super::failure::Failure;
use super::query::encode;
use super::session::Session;
use super::state::Pages;
use crate::domain::{Scope, TenantId};
use crate::store::ApiKey;

/// Someone who is signed in, as a handler's argument; anyone else is sent to sign in.
pub(super) struct SignedIn {
    /// The session.
    pub(super) session: Session,
    key: ApiKey,
}

impl SignedIn {
    /// Whose data it is.
    pub(super) fn tenant(&self) -> &TenantId {
        &self.session.tenant
    }

    /// Who says something: the public part of the key.
    pub(super) fn actor(&self) -> &str {
        &self.session.prefix
    }

    /// Whether the key may do this.
    pub(super) fn may(&self, scope: Scope) -> bool {
        self.key.scopes.allow(scope)
    }

    /// Lets only keys through that may.
    pub(super) fn require(&self, scope: Scope, what: &'static str) -> Result<(), Failure> {
        self.may(scope)
            .then_some(())
            .ok_or(Failure::Forbidden(what))
    }

    /// Lets only forms of this session through.
    pub(super) fn check_form(&self, csrf: &str) -> Result<(), Failure> {
        self.session
            .accepts(csrf)
            .then_some(())
            .ok_or(Failure::Forged)
    }
}

/// The page with the form that is sent to an address.
fn page_of(address: &str) -> &str {
    if let Some(customer) = address.strip_suffix("/contact") {
        return customer;
    }
    let lists = ["/expenses", "/duplicates", "/inbox/upload"];
    match lists.into_iter().find(|list| address.starts_with(list)) {
        Some("/inbox/upload") => "/inbox",
        Some(list) => list,
        // A document's form is sent to its page.
        None => address,
    }
}

impl FromRequestParts<Pages> for SignedIn {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, pages: &Pages) -> Result<Self, Failure> {
        let here = parts
            .uri
            .path_and_query()
            .map_or("/inbox", axum::http::uri::PathAndQuery::as_str);
        // What was sent is lost, and no page stands where it was sent to: that of the same part does.
        let unsaved = parts.method != Method::GET && here != "/sign-out";
        let here = if unsaved { page_of(here) } else { here };
        let signed_out = || Failure::SignedOut {
            next: encode(here),
            unsaved,
        };
        let now = Utc::now();
        let session = cookies::get(&parts.headers, cookies::SESSION)
            .and_then(|cookie| pages.sessions().read(cookie, now))
            .ok_or_else(signed_out)?;
        let key = pages
            .store()
            .list_keys(&session.tenant)
            .await?
            .into_iter()
            .find(|key| key.prefix == session.prefix)
            .filter(|key| key.revoked_at.is_none())
            .filter(|key| key.expires_at.is_none_or(|end| end > now))
            .ok_or_else(signed_out)?;
        Ok(Self { session, key })
    }
}

#[cfg(test)]
mod tests {
    use super::page_of;

    #[test]
    fn a_form_is_on_a_page() {
        for (sent_to, page) in [
            (
                "/collections/customers/C%2F1/contact",
                "/collections/customers/C%2F1",
            ),
            ("/expenses/E1", "/expenses"),
            ("/duplicates/D1", "/duplicates"),
            ("/inbox/upload", "/inbox"),
            ("/inbox/0190", "/inbox/0190"),
        ] {
            assert_eq!(page_of(sent_to), page);
        }
    }
}
