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
use crate::store::{
    AlikeDocument, DocumentRow, Erasures, NewDecision, NewDocument, Sought, StoreError,
};
use crate::telemetry::metric;

/// Tries at an answer between erasures.
const TRIES: usize = 2;

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
    /// The same bytes again get the answer that they got. Where something of the firm's is erased
    /// meanwhile, the file is judged anew without that.
    ///
    /// # Errors
    /// [`ServiceError`] if the answer could not be computed or kept: [`StoreError::Busy`] also where
    /// erasures go on.
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
        let assessment = self.answer(tenant, put.row.id, parsed, as_of).await?;
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

    /// Judges what was read and keeps the answer.
    async fn answer(
        &self,
        tenant: &TenantId,
        document: Uuid,
        parsed: Parsed,
        as_of: DateTime<Utc>,
    ) -> Result<Assessment, ServiceError> {
        let parsed = Arc::new(parsed);
        for _ in 0..TRIES {
            // Before all that it is laid beside, so that it tells of an erasure after any of it.
            let read = self.store().erasures(tenant).await?;
            let judgement = self.judge(tenant, document, &parsed, as_of).await?;
            if let Some(kept) = self.keep(tenant, document, judgement, read).await? {
                return Ok(kept);
            }
        }
        Err(StoreError::Busy.into())
    }

    async fn judge(
        &self,
        tenant: &TenantId,
        document: Uuid,
        parsed: &Arc<Parsed>,
        as_of: DateTime<Utc>,
    ) -> Result<Judgement, ServiceError> {
        let sha256 = parsed.sha256.clone();
        let mut pictures = Vec::new();
        if let Some(look) = parsed.look {
            let store = self.store();
            store.put_look(tenant, document, look).await?;
            pictures = store.showing(tenant, look, &sha256, as_of).await?;
        }
        let (case, reading) = (Arc::clone(self.invoice()), Arc::clone(parsed));
        let readings = on_own_thread(move || case.read(&reading)).await?;
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
        let (case, parsed) = (Arc::clone(self.invoice()), Arc::clone(parsed));
        Ok(on_own_thread(move || case.assess(&parsed, readings, &context)).await??)
    }

    /// Chains the decision and stores what is shown of it; none where something was erased since what it was
    /// made of was read.
    async fn keep(
        &self,
        tenant: &TenantId,
        document: Uuid,
        judgement: Judgement,
        read: Erasures,
    ) -> Result<Option<Assessment>, ServiceError> {
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
            read,
        };
        let is_kept = self
            .store()
            .append_document_decision(tenant, document, decision, &mut shown)
            .await?;
        Ok(is_kept.then_some(assessment))
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
