//! What document is this, what does it say, and what is odd about it?
//!
//! [`InvoiceInput`] unites page and structure, [`document_type`] judges the
//! type, [`findings`] tells what is odd, and the recommendation asks for what follows.

mod as_record;
mod assessment;
pub(crate) mod controls;
mod copies;
mod counterfactuals;
mod detected;
pub mod document_type;
mod feedback;
pub mod findings;
mod firm;
mod input;
mod judgement;
mod recommendation;

use std::sync::Arc;

use uuid::Uuid;

pub use assessment::{Assessment, PageSize, TypeAnswer};
pub use copies::EarlierDocument;
pub use document_type::{DocumentType, TypeVerdict};
pub use feedback::check_feedback;
pub use findings::Finding;
pub use input::{Context, Firm, InvoiceInput, Readings};
pub use judgement::{CaseError, Judgement};
pub use recommendation::SCORE_KIND;

use self::document_type::{TypeFeatures, TypeInput, TypeModel};
use self::findings::FindingsInput;
use self::recommendation::Judged;
use crate::advice::{Recommendation, check_weights};
use crate::documents::Parsed;
use crate::documents::fields::{self, FieldModel};
use crate::domain::{CanonicalJson, sha256_hex};
use crate::learn::encoder::TextEncoder;
use crate::registry::{Registry, together};

/// The case with its models; synchronous, shared freely between threads.
#[derive(Debug)]
pub struct InvoiceCase {
    types: TypeModel,
    fields: FieldModel,
}

impl InvoiceCase {
    /// Loads the versions of the models that answer.
    ///
    /// # Errors
    /// [`CaseError`] that names the file.
    pub fn load(registry: &Registry) -> Result<Self, CaseError> {
        let (fields, types) = together(|| FieldModel::load(registry), || TypeModel::load(registry));
        Ok(Self {
            types: types?,
            fields: fields?,
        })
    }

    /// The text encoder it reads with, which others may share.
    #[must_use]
    pub const fn encoder(&self) -> &Arc<TextEncoder> {
        self.types.encoder()
    }

    /// Reads what one document says. Time grows with its words, which the parser bounds.
    #[must_use]
    pub fn read(&self, parsed: &Parsed) -> Readings {
        let has_words = parsed.pages.iter().any(|page| !page.words.is_empty());
        let page = has_words.then(|| fields::extract(&parsed.pages, &self.fields));
        Readings::new(parsed, page)
    }

    /// Judges one document by what it says.
    ///
    /// # Errors
    /// [`CaseError::Type`] if the text encoder fails, [`CaseError::Contract`] if the
    /// weights of the reasons do not sum to the raw score less its baseline.
    pub fn assess(
        &self,
        parsed: &Parsed,
        readings: Readings,
        context: &Context,
    ) -> Result<Judgement, CaseError> {
        let input = InvoiceInput::new(parsed, readings, context);
        let features = self.types.features(&TypeInput {
            pages: &parsed.pages,
            reading: &input.merged,
        })?;
        let kept = CanonicalJson::of(&features)?;
        let digest = sha256_hex(kept.as_str());
        Ok(Judgement {
            assessment: self.decide(&input, &features, digest, Uuid::now_v7())?,
            input: CanonicalJson::of(&input)?,
            features: kept,
        })
    }

    /// Computes an answer again from what was kept of it: the same models give
    /// the same answer, bit for bit.
    ///
    /// # Errors
    /// [`CaseError::Kept`] if what was kept is of another version.
    pub fn replay(
        &self,
        input: &serde_json::Value,
        features: &serde_json::Value,
        recommendation_id: Uuid,
    ) -> Result<Recommendation, CaseError> {
        let input: InvoiceInput = serde_json::from_value(input.clone())?;
        let digest = sha256_hex(CanonicalJson::of(features)?.as_str());
        let features: TypeFeatures = serde_json::from_value(features.clone())?;
        Ok(self
            .decide(&input, &features, digest, recommendation_id)?
            .recommendation)
    }

    fn decide(
        &self,
        input: &InvoiceInput,
        features: &TypeFeatures,
        features_sha256: String,
        recommendation_id: Uuid,
    ) -> Result<Assessment, CaseError> {
        let verdict = self.types.judge(features, &input.document_id)?;
        if let Some(verdict) = &verdict {
            let reasons = verdict.reasons.iter().chain(&verdict.counter_reasons);
            check_weights(reasons, verdict.raw_score - verdict.baseline)?;
        }
        let asked = FindingsInput {
            document_id: &input.document_id,
            as_of: input.as_of.date_naive(),
            page: input.page.as_ref(),
            xml: input.structure.as_ref(),
            merged: &input.merged,
            problems: &input.problems,
            credit_note: verdict
                .as_ref()
                .and_then(|verdict| verdict.value)
                .and_then(DocumentType::is_credit_note),
            firm: &input.firm,
        };
        let findings = findings::find(&asked);
        let mut counterfactuals = counterfactuals::of_findings(&asked, &findings, |findings| {
            recommendation::level(recommendation::status(verdict.as_ref()), findings)
        });
        if let Some(verdict) = &verdict {
            counterfactuals.extend(counterfactuals::of_type(
                &self.types,
                features,
                verdict,
                &findings,
                &input.merged,
            )?);
        }
        let judged = Judged {
            input,
            verdict: verdict.as_ref(),
            findings: &findings,
            counterfactuals: &counterfactuals,
            model: self.types.reference(),
            features_sha256,
        };
        let recommendation = recommendation::recommend(&judged, recommendation_id);
        Ok(Assessment::new(&judged, recommendation))
    }
}

#[cfg(test)]
mod tests;
