//! Bytes in, stored answer out.

use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::history::Wanted;
use super::{Service, ServiceError, on_own_thread};
use crate::cases::invoice::{
    Assessment, Context, DocumentType, EarlierDocument, Firm, Judgement, Readings,
};
use crate::documents::{FieldName, Parsed, sniff};
use crate::domain::TenantId;
use crate::store::{AlikeDocument, DocumentRow, NewDecision, NewDocument, Sought};
use crate::telemetry::metric;

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
        let started = Instant::now();
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
        let status = assessment.recommendation.status.as_str();
        metrics::counter!(metric::DOCUMENTS_TOTAL, "status" => status).increment(1);
        metrics::histogram!(metric::DOCUMENT_SECONDS, "media" => put.row.media.as_str())
            .record(started.elapsed());
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
        let sha256 = parsed.sha256.clone();
        let mut pictures = Vec::new();
        if let Some(look) = parsed.look {
            let store = self.store();
            store.put_look(tenant, document, look).await?;
            pictures = store.showing(tenant, look, &sha256, as_of).await?;
        }
        let case = Arc::clone(self.invoice());
        let (parsed, readings) = on_own_thread(move || {
            let readings = case.read(&parsed);
            (parsed, readings)
        })
        .await?;
        let sought = sought(sha256.clone(), &readings, pictures.clone());
        let earlier = self.store().documents_alike(tenant, &sought, as_of).await?;
        let history = self.history(tenant, as_of, &Wanted::Salt).await?;
        let context = Context {
            document_id: document.to_string(),
            as_of,
            firm: Some(Firm {
                history: Arc::new(history.with_pictures([(sha256, pictures)].into())),
                thresholds: Arc::clone(&self.records().thresholds),
                earlier_documents: earlier.into_iter().filter_map(earlier_document).collect(),
            }),
        };
        let case = Arc::clone(self.invoice());
        let judgement = on_own_thread(move || case.assess(&parsed, readings, &context)).await??;
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

/// What copies of a document share with it.
fn sought(sha256: String, readings: &Readings, pictures: Vec<String>) -> Sought {
    let said = |name| Some(readings.merged.fields.get(&name)?.value.clone());
    Sought {
        total: said(FieldName::Total).and_then(|total| total.parse().ok()),
        number: said(FieldName::Number),
        pictures,
        sha256,
    }
}

/// What was read from an earlier document; `None` where it was kept by an older version.
pub(super) fn earlier_document(found: AlikeDocument) -> Option<EarlierDocument> {
    Some(EarlierDocument {
        fields: serde_json::from_value(found.fields).ok()?,
        is_receipt: found.document_type.as_deref() == Some(DocumentType::Receipt.as_str()),
        id: found.id,
        sha256: found.sha256,
        received_at: found.received_at,
    })
}
