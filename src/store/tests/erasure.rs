//! What is erased is gone from disk, and the chain still proves that it was there.

use chrono::Utc;
use serde_json::json;

use super::{accepted, analysis, canonical, decide, open, put, record, tenant};
use crate::advice::{Case, samples};
use crate::domain::RecordKind;
use crate::store::{ErasureTarget, FaultKind, InboxFilter, StoredResponse};

/// Whether any file of the store holds the text.
fn on_disk(folder: &std::path::Path, text: &str) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            on_disk(&path, text)
        } else {
            let bytes = std::fs::read(&path).unwrap();
            bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes())
        }
    })
}

#[tokio::test]
async fn an_erased_document_is_gone_and_the_chain_still_holds() {
    let (folder, store) = open().await;
    let (a, b) = (tenant("a"), tenant("b"));
    let document = put(&store, &a, b"the bytes of Jane Doe").await.row;
    put(&store, &b, b"other bytes").await;
    let answer = decide(&store, &a, "document", &document.id.to_string()).await;
    let kept = decide(&store, &a, "document", "another").await;
    let body = analysis(&answer, "Jane Doe Ltd", "2026-01-01");
    store.put_analysis(&a, document.id, &body).await.unwrap();
    let mut edited = accepted();
    edited.verdict = crate::advice::Verdict::Edited;
    edited
        .corrected
        .insert("seller".to_owned(), "Jane Doe Inc".to_owned());
    let id = answer.recommendation_id;
    store.append_feedback(&a, id, &edited, "key").await.unwrap();
    let now = Utc::now();
    store.idempotency_start(&a, "k", "d", now).await.unwrap();
    let response = StoredResponse {
        status: 200,
        content_type: "application/json".to_owned(),
        body: body.to_string(),
    };
    store
        .idempotency_finish(&a, "k", &response, now)
        .await
        .unwrap();
    assert!(on_disk(folder.path(), "Jane Doe"));

    let target = ErasureTarget::Document(document.id);
    assert!(store.erase(&b, &target, "asked for", "key").await.is_err());
    let erasure = store.erase(&a, &target, "asked for", "key").await.unwrap();
    assert_eq!(erasure.entries, 2);
    assert!(!on_disk(folder.path(), "Jane Doe"));
    assert!(
        store
            .document_bytes(&a, document.id)
            .await
            .unwrap()
            .is_none()
    );
    assert!(store.analysis(&a, document.id).await.unwrap().is_none());
    assert!(store.recommendation(&a, id).await.unwrap().is_none());
    assert!(store.feedback(&a, id).await.unwrap().is_empty());
    assert!(
        store
            .recommendation(&a, kept.recommendation_id)
            .await
            .unwrap()
            .is_some()
    );
    let inbox = store
        .list_documents(&a, &InboxFilter::default(), None, 9)
        .await
        .unwrap();
    assert!(inbox.items.is_empty());

    let report = store.audit_verify(&[]).await.unwrap();
    assert!(report.ok, "{:?}", report.faults);
    assert_eq!(report.chains[0].entries, 4);
    assert_eq!(report.chains[0].erased_parts, 4);

    // The same bytes may come again, under the same id.
    let again = put(&store, &a, b"the bytes of Jane Doe").await;
    assert!(again.created);
    assert_eq!(again.row.id, document.id);

    // Without the erasure's own entry the gap is a fault.
    sqlx::query("DELETE FROM audit_parts WHERE tenant = 'a' AND name = 'erased'")
        .execute(store.writer())
        .await
        .unwrap();
    let report = store.audit_verify(&[]).await.unwrap();
    assert!(
        report
            .faults
            .iter()
            .any(|fault| fault.kind == FaultKind::PartMissing)
    );
}

#[tokio::test]
async fn a_person_goes_with_every_record_that_names_them_and_nobody_else() {
    let (folder, store) = open().await;
    let a = tenant("a");
    let claim = |id: &str, employee: &str| {
        record(
            RecordKind::ExpenseClaim,
            json!({"id": id, "employee_id": employee, "incurred_on": "2026-01-01",
                   "amount": "1", "currency": "EUR", "description": format!("by <{employee}>")}),
        )
    };
    let rows = [
        record(RecordKind::Employee, json!({"id": "E%1", "team": "north"})),
        record(RecordKind::Employee, json!({"id": "e%1", "team": "south"})),
        claim("c1", "E%1"),
        claim("c2", "e%1"),
        claim("c3", "E%11"),
    ];
    store.upsert_records(&a, &rows, Utc::now()).await.unwrap();
    let gone = decide(&store, &a, "expense_claim", "c1")
        .await
        .recommendation_id;
    let kept = decide(&store, &a, "expense_claim", "c2")
        .await
        .recommendation_id;
    // An answer about another's claim that lays theirs beside it.
    let mut beside = samples::recommendation();
    beside.case = Case::Duplicate;
    beside.subject.kind = "expense_claim".to_owned();
    beside.subject.id = "c2".to_owned();
    beside.evidence =
        vec![serde_json::from_value(json!({"kind": "record", "ref": "expense_claim/c1"})).unwrap()];
    let nothing = canonical(&json!({}));
    store
        .append_decision(&a, &mut beside, &nothing, &nothing)
        .await
        .unwrap();
    let target = ErasureTarget::Person("E%1".to_owned());
    let erasure = store
        .erase(&a, &target, "left the firm", "key")
        .await
        .unwrap();
    assert_eq!((erasure.entries, erasure.record_versions), (2, 2));
    assert!(store.recommendation(&a, gone).await.unwrap().is_none());
    let beside = store.recommendation(&a, beside.recommendation_id).await;
    assert!(beside.unwrap().is_none());
    assert!(store.recommendation(&a, kept).await.unwrap().is_some());
    let claims = store
        .records_as_of(&a, RecordKind::ExpenseClaim, Utc::now(), None, 9)
        .await
        .unwrap();
    let left: Vec<_> = claims.iter().map(|claim| claim.id.as_str()).collect();
    assert_eq!(left, ["c2", "c3"]);
    assert!(!on_disk(folder.path(), "by <E%1>"));
    assert!(on_disk(folder.path(), "by <e%1>"));
    assert!(store.audit_verify(&[]).await.unwrap().ok);
}
