//! Callers that a route was made for, as handlers' arguments: they stand first, so
//! that nothing is read for somebody who may not send it.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::Caller;
use crate::advice::Case;
use crate::domain::Scope;
use crate::http::extract::Path;
use crate::http::problem::{ApiError, ApiResult};
use crate::http::scoring;
use crate::http::state::AppState;

/// What a route asks of its callers.
pub(in crate::http) trait Needs {
    /// The scope without which it answers 403.
    const SCOPE: Scope;
}

/// A caller that has the scope `N`.
pub(in crate::http) struct Allowed<N> {
    /// Whoever it is.
    pub(in crate::http) caller: Caller,
    needed: PhantomData<N>,
}

impl<N: Needs> FromRequestParts<AppState> for Allowed<N> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> ApiResult<Self> {
        let caller = Caller::from_request_parts(parts, state).await?;
        caller.require(N::SCOPE)?;
        Ok(Self {
            caller,
            needed: PhantomData,
        })
    }
}

/// A caller that may ask the case that the path names, one of those that judge records.
pub(in crate::http) struct AllowedCase {
    /// Whoever it is.
    pub(in crate::http) caller: Caller,
    /// What is asked.
    pub(in crate::http) case: Case,
}

impl FromRequestParts<AppState> for AllowedCase {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> ApiResult<Self> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let Path(name) = Path::<String>::from_request_parts(parts, state).await?;
        let known = state.service().records().cases();
        let case = known.iter().copied().find(|case| case.as_str() == name);
        let case = case.ok_or_else(scoring::unknown_case)?;
        caller.require(Scope::Case(case))?;
        Ok(Self { caller, case })
    }
}

macro_rules! needs {
    ($($(#[$doc:meta])* $name:ident => $scope:expr,)+) => {
        $($(#[$doc])* pub(in crate::http) struct $name;

        impl Needs for $name {
            const SCOPE: Scope = $scope;
        })+
    };
}

needs! {
    /// Send documents and see them.
    Documents => Scope::Documents,
    /// Send canonical records and events.
    Records => Scope::Records,
    /// Say what became of a recommendation.
    GiveFeedback => Scope::Feedback,
    /// See recommendations, worklists and models.
    Read => Scope::Read,
    /// Have the list of sheets to remind of.
    Remind => Scope::Reminders,
    /// See the audit chain and replay decisions.
    Audit => Scope::Audit,
    /// Ask for scores of the invoice case.
    Invoice => Scope::Case(Case::Invoice),
}
