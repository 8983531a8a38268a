//! What people say of answers, checked against what was answered.

use uuid::Uuid;

use super::{Service, ServiceError};
use crate::advice::{Case, Feedback, Recommendation};
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
        if let Some(answer) = store.recommendation(tenant, recommendation_id).await?
            && answer.case == Case::Invoice
        {
            let codes = self.codes(tenant, &answer).await?;
            invoice::check_feedback(feedback, &codes)?;
        }
        Ok(store
            .append_feedback(tenant, recommendation_id, feedback, actor)
            .await?)
    }

    /// Codes of the reasons and findings that a person was shown with the answer.
    async fn codes(
        &self,
        tenant: &TenantId,
        answer: &Recommendation,
    ) -> Result<Vec<String>, ServiceError> {
        let reasons = answer.reasons.iter().chain(&answer.counter_reasons);
        let mut codes: Vec<String> = reasons.map(|reason| reason.code.clone()).collect();
        let analysis = match answer.subject.id.parse() {
            Ok(document) => self.store().analysis(tenant, document).await?,
            Err(_) => None,
        };
        let findings = analysis
            .as_ref()
            .and_then(|stored| stored.body["findings"].as_array());
        let found = findings.into_iter().flatten();
        codes.extend(found.filter_map(|finding| finding["code"].as_str().map(str::to_owned)));
        Ok(codes)
    }
}
