//! The closed list of things advice may do.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the caller is asked to do. Advice can only add scrutiny: there is no
/// variant that approves, pays, posts, releases, skips or weakens anything,
/// and none may be added.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Nothing beyond the firm's policy.
    None,
    /// A value a person may accept.
    Suggest,
    /// Ask the sender or owner for something missing.
    RequestInfo,
    /// Have a person look.
    AddReview,
    /// Add a named step.
    AddStep,
    /// Look earlier.
    RaisePriority,
}

impl Effect {
    /// Every effect there is.
    pub const ALL: &'static [Self] = &[
        Self::None,
        Self::Suggest,
        Self::RequestInfo,
        Self::AddReview,
        Self::AddStep,
        Self::RaisePriority,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Suggest => "suggest",
            Self::RequestInfo => "request_info",
            Self::AddReview => "add_review",
            Self::AddStep => "add_step",
            Self::RaisePriority => "raise_priority",
        }
    }

    /// Whether it comes with steps in `controls_to_add`; the others have none.
    #[must_use]
    pub const fn adds_controls(self) -> bool {
        matches!(self, Self::AddReview | Self::AddStep)
    }
}
