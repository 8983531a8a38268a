//! An answer with what it was made from.

use super::Recommendation;
use crate::domain::CanonicalJson;

/// An answer with what it was made from, ready for the record of decisions.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The answer.
    pub recommendation: Recommendation,
    /// What was asked.
    pub input: CanonicalJson,
    /// The features it was scored on.
    pub features: CanonicalJson,
}
