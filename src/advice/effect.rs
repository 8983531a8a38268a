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
