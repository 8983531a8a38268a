//! What cases that judge records hand over, and why they cannot.

use serde_json::Value;

use crate::advice::{InvalidRecommendation, Recommendation};

/// An answer with what it was made from, ready for the record of decisions.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The answer.
    pub recommendation: Recommendation,
    /// What was asked.
    pub input: Value,
    /// The features it was scored on.
    pub features: Value,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// There is nothing to ask about this subject.
    #[error("`{field}` {why}")]
    NotAsked {
        /// Member of the item that names the subject.
        field: &'static str,
        /// Whether the subject is not known at all.
        unknown: bool,
        /// Why, to go on from the member's name.
        why: String,
    },
    /// The answer breaks the contract: a defect.
    #[error(transparent)]
    Contract(#[from] InvalidRecommendation),
    /// What was kept of an answer is of another version.
    #[error("what was kept of the answer cannot be read: {0}")]
    Kept(#[from] serde_json::Error),
}
