//! What people say of answers, checked against what was answered.

use uuid::Uuid;

use super::{Service, ServiceError};
use crate::advice::{Case, Feedback, InvalidFeedback, Recommendation};
use crate::cases::invoice;
use crate::domain::TenantId;
use crate::store::StoredFeedback;

impl Service {
    /// Stores what a person said of an answer, if it speaks of what the answer's case has.
    ///
    /// # Errors
    /// [`ServiceError::Feedback`] naming the member that makes no sense; that of the store
    /// where there is no such answer.
    pub async fn give_feedback(
        &self,
        tenant: &TenantId,
        recommendation_id: Uuid,
        feedback: &Feedback,
        actor: &str,
    ) -> Result<StoredFeedback, ServiceError> {
        let store = self.store();
        if let Some(answer) = store.recommendation(tenant, recommendation_id).await? {
            let codes = self.codes(tenant, &answer).await?;
            if answer.case == Case::Invoice {
                invoice::check_feedback(feedback, &codes)?;
            } else {
                check(feedback, &codes)?;
            }
        }
        Ok(store
            .append_feedback(tenant, recommendation_id, feedback, actor)
            .await?)
    }

    /// Codes of the reasons, findings and flags that a person was shown with the answer.
    async fn codes(
        &self,
        tenant: &TenantId,
        answer: &Recommendation,
    ) -> Result<Vec<String>, ServiceError> {
        let reasons = answer.reasons.iter().chain(&answer.counter_reasons);
        let mut codes: Vec<String> = reasons.map(|reason| reason.code.clone()).collect();
        let suggestion = answer.suggestion.as_ref();
        let flags = suggestion.and_then(|suggestion| suggestion["flags"].as_array());
        let detectors = flags.into_iter().flatten();
        codes.extend(detectors.filter_map(|flag| flag["detector"].as_str().map(str::to_owned)));
        let analysis = match answer.subject.id.parse() {
            Ok(document) if answer.case == Case::Invoice => {
                self.store().analysis(tenant, document).await?
            }
            _ => None,
        };
        let findings = analysis
            .as_ref()
            .and_then(|stored| stored.body["findings"].as_array());
        let found = findings.into_iter().flatten();
        codes.extend(found.filter_map(|finding| finding["code"].as_str().map(str::to_owned)));
        Ok(codes)
    }
}

/// An answer about a record has no fields to correct; `about` names one of its codes.
fn check(feedback: &Feedback, codes: &[String]) -> Result<(), InvalidFeedback> {
    if let Some(name) = feedback.corrected.keys().next() {
        return Err(InvalidFeedback::Member {
            member: format!("corrected.{name}"),
            what: "is not a field of this answer",
        });
    }
    match &feedback.about {
        Some(about) if !codes.contains(about) => Err(InvalidFeedback::Member {
            member: "about".to_owned(),
            what: "names neither a reason nor a flag of this answer",
        }),
        _ => Ok(()),
    }
}
