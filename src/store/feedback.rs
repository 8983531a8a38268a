//! What people said about recommendations: labels for the next training.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::audit_chain::{self, EntryKind, NewEntry};
use super::error::{Result, StoreError};
use super::{Store, time};
use crate::advice::{Case, Feedback, Recommendation, Subject};
use crate::domain::{CanonicalJson, TenantId};

/// Stored feedback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StoredFeedback {
    /// UUID version 7.
    pub id: Uuid,
    /// The recommendation it is about.
    pub recommendation_id: Uuid,
    /// What was said.
    pub feedback: Feedback,
    /// Who said it: a key's prefix or a user's id.
    pub actor: String,
    /// When.
    pub given_at: DateTime<Utc>,
    /// Link in the audit chain; set by the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision_sha256: Option<String>,
}

/// What was last said of a subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// What.
    pub feedback: Feedback,
    /// When.
    pub given_at: DateTime<Utc>,
    /// Of which answer.
    pub answer: Recommendation,
}

impl Store {
    /// Stores feedback as the next link of the tenant's chain, durably.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if the tenant has no such recommendation or it was erased,
    /// [`StoreError::Invalid`] if the feedback makes no sense.
    pub async fn append_feedback(
        &self,
        tenant: &TenantId,
        recommendation_id: Uuid,
        feedback: &Feedback,
        actor: &str,
    ) -> Result<StoredFeedback> {
        feedback
            .validate()
            .map_err(|error| StoreError::Invalid(error.to_string()))?;
        let mut stored = StoredFeedback {
            id: Uuid::now_v7(),
            recommendation_id,
            feedback: feedback.clone(),
            actor: actor.to_owned(),
            given_at: time::now(),
            decision_sha256: None,
        };
        let content = serde_json::to_value(&stored)
            .map_err(|error| StoreError::Invalid(format!("not feedback: {error}")))?;
        let entry = NewEntry {
            kind: EntryKind::Feedback,
            id: stored.id,
            at: stored.given_at,
            parts: vec![("feedback", CanonicalJson::of(&content)?.into_string())],
        };
        let mut transaction = self.begin_unmarked().await?;
        let known: Option<i64> =
            sqlx::query_scalar("SELECT seq FROM recommendations WHERE tenant = $1 AND id = $2")
                .bind(tenant.as_str())
                .bind(recommendation_id.to_string())
                .fetch_optional(&mut *transaction)
                .await?;
        if known.is_none() {
            return Err(StoreError::Missing("recommendation"));
        }
        let link = audit_chain::append(&mut transaction, tenant, entry).await?;
        sqlx::query(
            "INSERT INTO feedback \
             (tenant, id, seq, recommendation_id, verdict, about, given_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(tenant.as_str())
        .bind(stored.id.to_string())
        .bind(i64::try_from(link.seq).unwrap_or(i64::MAX))
        .bind(recommendation_id.to_string())
        .bind(super::name_of(&feedback.verdict)?)
        .bind(feedback.about.as_deref())
        .bind(time::text(stored.given_at))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        self.head_file().append(&[(tenant, &link)]).await?;
        stored.decision_sha256 = Some(link.sha256);
        Ok(stored)
    }

    /// What was last said of each subject of a case, with the answer it was said of. What speaks of one
    /// reason alone decides nothing, and is left out.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn said_of(&self, tenant: &TenantId, case: Case) -> Result<HashMap<Subject, Said>> {
        let rows: Vec<String> = sqlx::query_scalar(
            "SELECT content FROM (SELECT p.content, ROW_NUMBER() OVER \
              (PARTITION BY r.subject_kind, r.subject_id ORDER BY f.seq DESC) AS latest \
              FROM feedback f \
              JOIN recommendations r ON r.tenant = f.tenant AND r.id = f.recommendation_id \
              JOIN audit_parts p ON p.tenant = f.tenant AND p.seq = f.seq \
              WHERE f.tenant = $1 AND r.case_name = $2 AND f.about IS NULL \
              AND p.content IS NOT NULL) AS said WHERE latest = 1",
        )
        .bind(tenant.as_str())
        .bind(case.as_str())
        .fetch_all(self.readers())
        .await?;
        let mut last: HashMap<Uuid, StoredFeedback> = HashMap::with_capacity(rows.len());
        for content in rows {
            let stored: StoredFeedback = serde_json::from_str(&content)?;
            last.insert(stored.recommendation_id, stored);
        }
        let ids: Vec<Uuid> = last.keys().copied().collect();
        let answers = self.recommendations(tenant, &ids).await?;
        let said = answers.into_iter().filter_map(|answer| {
            let stored = last.remove(&answer.recommendation_id)?;
            let subject = answer.subject.clone();
            let said = Said {
                feedback: stored.feedback,
                given_at: stored.given_at,
                answer,
            };
            Some((subject, said))
        });
        Ok(said.collect())
    }

    /// How much was said of answers of a case as a whole, and what of it is still known: changes whenever
    /// [`Self::said_of`] does.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn said_until(&self, tenant: &TenantId, case: Case) -> Result<(i64, i64)> {
        let until = sqlx::query_as(
            "SELECT COALESCE(MAX(f.seq), 0), COUNT(p.content) FROM feedback f \
             JOIN recommendations r ON r.tenant = f.tenant AND r.id = f.recommendation_id \
             JOIN audit_parts p ON p.tenant = f.tenant AND p.seq = f.seq \
             WHERE f.tenant = $1 AND r.case_name = $2 AND f.about IS NULL",
        )
        .bind(tenant.as_str())
        .bind(case.as_str())
        .fetch_one(self.readers())
        .await?;
        Ok(until)
    }

    /// What was said about one recommendation, oldest first.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn feedback(
        &self,
        tenant: &TenantId,
        recommendation_id: Uuid,
    ) -> Result<Vec<StoredFeedback>> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT p.content, e.entry_sha256 FROM feedback f \
             JOIN audit_parts p ON p.tenant = f.tenant AND p.seq = f.seq \
             JOIN audit_entries e ON e.tenant = f.tenant AND e.seq = f.seq \
             WHERE f.tenant = $1 AND f.recommendation_id = $2 AND p.content IS NOT NULL \
             ORDER BY f.seq",
        )
        .bind(tenant.as_str())
        .bind(recommendation_id.to_string())
        .fetch_all(self.readers())
        .await?;
        rows.into_iter()
            .map(|(content, sha256)| {
                let mut feedback: StoredFeedback = serde_json::from_str(&content)?;
                feedback.decision_sha256 = Some(sha256);
                Ok(feedback)
            })
            .collect()
    }
}
