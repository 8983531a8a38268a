//! Bytes in, stored answer out.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::history::Wanted;
use super::{Service, ServiceError};
use crate::cases::invoice::{Assessment, Context, Firm, Judgement};
use crate::documents::{Parsed, sniff};
use crate::domain::TenantId;
use crate::store::{DocumentRow, NewDecision, NewDocument};

/// A file as it came in.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// Its bytes.
    pub bytes: Arc<[u8]>,
    /// The name the sender gave, for people only.
    pub filename: Option<String>,
}

/// A document with its stored answer.
#[derive(Debug, Clone)]
pub struct Analysed {
    /// The stored document.
    pub document: DocumentRow,
    /// Whether these bytes are new to the tenant.
    pub created: bool,
    /// The answer.
    pub assessment: Assessment,
}

impl Service {
    /// Stores a file, reads it, judges it and chains the answer before giving it.
    /// The same bytes again get the answer that they got.
    ///
    /// # Errors
    /// [`ServiceError`] if the answer could not be computed or kept.
    pub async fn analyse(
        &self,
        tenant: &TenantId,
        incoming: Incoming,
        as_of: DateTime<Utc>,
    ) -> Result<Analysed, ServiceError> {
        let document = NewDocument {
            bytes: Arc::clone(&incoming.bytes),
            media: sniff::sniff(&incoming.bytes),
            filename: incoming.filename,
        };
        let put = self.store().put_document(tenant, document);
        let (put, parsed) = if self.store().knows_document(tenant, &incoming.bytes).await? {
            (put.await?, None)
        } else {
            // New bytes are read while they are made durable.
            let (put, parsed) = tokio::join!(put, self.parse(&incoming.bytes));
            (put?, Some(parsed))
        };
        if !put.created
            && let Some(assessment) = self.earlier(tenant, put.row.id).await?
        {
            return Ok(Analysed {
                document: put.row,
                created: false,
                assessment,
            });
        }
        let parsed = match parsed {
            Some(parsed) => parsed?,
            None => self.parse(&incoming.bytes).await?,
        };
        let assessment = self.judge(tenant, put.row.id, parsed, as_of).await?;
        Ok(Analysed {
            document: put.row,
            created: put.created,
            assessment,
        })
    }

    async fn earlier(
        &self,
        tenant: &TenantId,
        document: Uuid,
    ) -> Result<Option<Assessment>, ServiceError> {
        let analysis = self.store().analysis(tenant, document).await?;
        // An answer of an older version of the envelope is computed again.
        Ok(analysis.and_then(|analysis| serde_json::from_value(analysis.body).ok()))
    }

    /// Parses in the sandbox; what a file does there is a problem of the file.
    async fn parse(&self, bytes: &Arc<[u8]>) -> Result<Parsed, ServiceError> {
        match self
            .sandbox()
            .parse(Arc::clone(bytes), self.sandbox().options())
            .await
        {
            Ok(parsed) => Ok(parsed),
            Err(error) if error.is_about_the_file() => {
                Ok(Parsed::unreadable(bytes, error.to_problem()))
            }
            Err(error) => Err(ServiceError::Sandbox(error)),
        }
    }

    async fn judge(
        &self,
        tenant: &TenantId,
        document: Uuid,
        parsed: Parsed,
        as_of: DateTime<Utc>,
    ) -> Result<Assessment, ServiceError> {
        if let Some(look) = parsed.look {
            self.store().put_look(tenant, document, look).await?;
        }
        let history = self.history(tenant, as_of, &Wanted::Salt).await?;
        let context = Context {
            document_id: document.to_string(),
            as_of,
            firm: Some(Firm {
                history: Arc::new(history),
                thresholds: Arc::clone(&self.records().thresholds),
            }),
        };
        let case = Arc::clone(self.invoice());
        let judgement = tokio::task::spawn_blocking(move || case.assess(&parsed, &context))
            .await
            .map_err(|error| ServiceError::Internal(error.to_string()))??;
        self.keep(tenant, document, judgement).await
    }

    /// Chains the decision and stores what is shown of it.
    async fn keep(
        &self,
        tenant: &TenantId,
        document: Uuid,
        judgement: Judgement,
    ) -> Result<Assessment, ServiceError> {
        let Judgement {
            mut assessment,
            input,
            features,
        } = judgement;
        let mut shown = serde_json::to_value(&assessment)
            .map_err(|error| ServiceError::Internal(error.to_string()))?;
        let decision = NewDecision {
            recommendation: &mut assessment.recommendation,
            input: &input,
            features: &features,
        };
        self.store()
            .append_document_decision(tenant, document, decision, &mut shown)
            .await?;
        Ok(assessment)
    }
}
