//! What document is this, what does it say, and what is odd about it?

mod assessment;
pub mod document_type;
pub mod findings;
mod input;
mod recommendation;

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

pub use assessment::{Assessment, PageSize, TypeAnswer};
pub use document_type::{DocumentType, TypeVerdict};
pub use findings::Finding;
pub use input::InvoiceInput;
pub use recommendation::SCORE_KIND;

use self::recommendation::Judged;
use crate::documents::Parsed;
use crate::domain::{canonical_json, sha256_hex};
use crate::registry::{Registry, RegistryError};

/// What is known of the document beside its bytes.
#[derive(Debug, Clone)]
pub struct Context {
    /// Its id in the store, or the name of its file.
    pub document_id: String,
    /// Only facts known at this moment count.
    pub as_of: DateTime<Utc>,
}

/// An answer with what it was made from, ready for the record of decisions.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// The answer.
    pub assessment: Assessment,
    /// What was asked, as JSON.
    pub input: Value,
    /// The features it was scored on, as JSON.
    pub features: Value,
}

/// The case with its models.
#[derive(Debug)]
pub struct InvoiceCase {}

impl InvoiceCase {
    /// Loads the versions of the models that answer.
    ///
    /// # Errors
    /// [`RegistryError`] that names the file.
    pub fn load(_registry: &Registry) -> Result<Self, RegistryError> {
        Ok(Self {})
    }

    /// Judges one document. Time grows with its words, which the parser bounds.
    #[must_use]
    pub fn assess(&self, parsed: &Parsed, context: &Context) -> Judgement {
        let input = InvoiceInput::new(parsed, None, context);
        let features = Value::Null;
        let assessment = self.decide(&input, &features, Uuid::now_v7());
        Judgement {
            assessment,
            input: serde_json::to_value(&input).unwrap_or_default(),
            features,
        }
    }

    fn decide(&self, input: &InvoiceInput, features: &Value, id: Uuid) -> Assessment {
        let judged = Judged {
            input,
            verdict: None,
            findings: &[],
            model: None,
            features_sha256: sha256_hex(canonical_json(features)),
        };
        let recommendation = recommendation::recommend(&judged, id);
        Assessment::new(&judged, recommendation)
    }
}
