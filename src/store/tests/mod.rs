//! What the store promises.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod audit;
mod changes;
mod crash;
mod documents;
mod erasure;
mod failures;
mod feedback;
mod history;
mod jobs;
mod keys;
mod leftovers;
mod records;

use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use super::error::Result;
use super::{NewDocument, PutDocument, Store};
use crate::advice::{Feedback, Judged, Recommendation, Verdict, samples};
use crate::documents::Media;
use crate::domain::{CanonicalJson, CheckedRecord, RecordKind, TenantId};

/// A store of its own, removed with the folder.
pub(super) async fn open() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    (folder, store)
}

pub(super) fn tenant(name: &str) -> TenantId {
    TenantId::new(name).unwrap()
}

pub(super) fn accepted() -> Feedback {
    Feedback {
        verdict: Verdict::Accepted,
        reason: None,
        about: None,
        corrected: std::collections::BTreeMap::new(),
    }
}

pub(super) async fn put(store: &Store, tenant: &TenantId, bytes: &[u8]) -> PutDocument {
    let new = NewDocument {
        bytes: bytes.into(),
        media: Media::Pdf,
        filename: Some("Rechnung.pdf".to_owned()),
    };
    store.put_document(tenant, new).await.unwrap()
}

pub(super) fn canonical(value: &Value) -> CanonicalJson {
    CanonicalJson::of(value).unwrap()
}

impl Store {
    /// Chains an answer that was made of nothing in the store, and gives it as JSON.
    pub(super) async fn append_decision(
        &self,
        tenant: &TenantId,
        recommendation: &mut Recommendation,
        input: &CanonicalJson,
        features: &CanonicalJson,
    ) -> Result<String> {
        let judged = Judged {
            recommendation: recommendation.clone(),
            input: input.clone(),
            features: features.clone(),
        };
        let read = self.erasures(tenant).await?;
        let text = self.append_judged(tenant, &judged, read).await?.unwrap();
        *recommendation = serde_json::from_str(&text).unwrap();
        Ok(text)
    }
}

/// Stores an answer about a subject and gives it back chained.
pub(super) async fn decide(
    store: &Store,
    tenant: &TenantId,
    kind: &str,
    id: &str,
) -> Recommendation {
    let mut recommendation = samples::recommendation();
    recommendation.subject.kind = kind.to_owned();
    recommendation.subject.id = id.to_owned();
    let input = canonical(&json!({"secret input": id}));
    let features = canonical(&json!({"amount": 0.1}));
    store
        .append_decision(tenant, &mut recommendation, &input, &features)
        .await
        .unwrap();
    recommendation
}

/// An analysis as clients see it.
pub(super) fn analysis(recommendation: &Recommendation, seller: &str, issued: &str) -> Value {
    json!({
        "status": recommendation.status,
        "type": {"value": "po_invoice"},
        "fields": {
            "seller": {"value": seller}, "number": {"value": "R-100%"},
            "issue_date": {"value": issued}, "total": {"value": "119.00"},
        },
        "findings": [{"code": "x"}],
        "recommendation": recommendation,
    })
}

pub(super) fn record(kind: RecordKind, body: Value) -> CheckedRecord {
    kind.check(body.as_object().unwrap().clone()).unwrap()
}

pub(super) fn id(text: &str) -> Uuid {
    text.parse().unwrap()
}
