//! One odd thing about a document.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::advice::{Evidence, Level};

/// One odd thing about a document, with where to look.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// Stable code in snake case.
    pub code: String,
    /// One sentence for a person.
    pub text: String,
    /// How much attention it asks for.
    pub level: Level,
    /// Where to look.
    pub evidence: Vec<Evidence>,
}
