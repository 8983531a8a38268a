//! What the case hands over, and why it cannot.

use super::assessment::Assessment;
use super::document_type::TypeError;
use crate::advice::InvalidRecommendation;
use crate::domain::CanonicalJson;
use crate::registry::RegistryError;

/// An answer with what it was made from, ready for the record of decisions.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// The answer.
    pub assessment: Assessment,
    /// What was asked.
    pub input: CanonicalJson,
    /// The features it was scored on.
    pub features: CanonicalJson,
}

/// Why there is no answer. A document that cannot be read is no reason: that is
/// an answer too.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// A model is absent or not what its manifest says.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The type could not be judged.
    #[error(transparent)]
    Type(#[from] TypeError),
    /// The answer breaks the contract: a defect of ours.
    #[error("the answer breaks the contract: {0}")]
    Contract(#[from] InvalidRecommendation),
    /// What was kept of an answer is not what this version keeps.
    #[error("not an input or features of this case: {0}")]
    Kept(#[from] serde_json::Error),
}
