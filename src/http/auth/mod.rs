//! Who asks, and what they may do.

mod allowed;
mod oidc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::Utc;

use super::problem::{ApiError, ApiResult};
use super::state::AppState;
use crate::domain::{Scope, Scopes, TenantId};
use crate::error::ErrorCode;

pub(super) use allowed::{
    Allowed, AllowedCase, Audit, Documents, GiveFeedback, Invoice, Read, Records, Remind,
};
pub use oidc::{Oidc, OidcError};

/// Whoever sent an authenticated request.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Whose rows it may see.
    pub tenant: TenantId,
    /// A key's prefix or a user's id: what is written beside what they did.
    pub actor: String,
    /// What it may do.
    pub scopes: Scopes,
}

impl Caller {
    /// Checks that the caller may do this.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`] naming the scope that is missing.
    pub fn require(&self, scope: Scope) -> ApiResult<()> {
        if self.scopes.allow(scope) {
            return Ok(());
        }
        Err(ApiError::new(
            ErrorCode::Forbidden,
            format!("This needs the scope `{scope}`."),
        ))
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> ApiResult<Self> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| ApiError::new(ErrorCode::Unauthenticated, "No credential was sent."))
    }
}

/// Lets a request pass whose credential is accepted and whose rate is not used up.
pub(super) async fn admit(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let caller = match authenticate(&state, request.headers()).await {
        Ok(caller) => caller,
        Err(error) => return error.into_response(),
    };
    let standing = state.rate().check(&caller);
    let mut response = if standing.refused() {
        ApiError::new(ErrorCode::RateLimited, "This key sent too many requests.")
            .retry_after(standing.wait_seconds)
            .into_response()
    } else {
        request.extensions_mut().insert(caller);
        next.run(request).await
    };
    standing.write(response.headers_mut());
    response
}

/// Whoever holds the credential in these headers.
///
/// # Errors
/// [`ErrorCode::Unauthenticated`] without saying which part was wrong.
pub async fn authenticate(state: &AppState, headers: &HeaderMap) -> ApiResult<Caller> {
    let token = bearer(headers)
        .ok_or_else(|| ApiError::new(ErrorCode::Unauthenticated, "No bearer token was sent."))?;
    caller_of(state, token)
        .await?
        .ok_or_else(|| ApiError::new(ErrorCode::Unauthenticated, "The token is not accepted."))
}

async fn caller_of(state: &AppState, token: &str) -> ApiResult<Option<Caller>> {
    if token.starts_with("scr_") {
        let key = state.store().authenticate(token, Utc::now()).await?;
        return Ok(key.map(|key| Caller {
            tenant: key.tenant,
            actor: key.prefix,
            scopes: key.scopes,
        }));
    }
    let Some(oidc) = state.oidc() else {
        return Ok(None);
    };
    match oidc.caller(token) {
        Ok(caller) => Ok(Some(caller)),
        Err(error) => {
            tracing::info!(reason = %error, "token refused");
            Ok(None)
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim())
        .filter(|token| !token.is_empty())
}
