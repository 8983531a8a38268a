//! What is erased is gone from disk, and the chain still proves that it was there.

use chrono::{NaiveDate, Utc};
use serde_json::json;

use super::{accepted, analysis, canonical, decide, open, put, record, tenant};
use crate::advice::{Case, Judged, samples};
use crate::domain::{RecordKind, TenantId};
use crate::store::{
    ErasureTarget, FaultKind, IdempotencyStart, InboxFilter, NewDecision, Store, StoreError,
    StoredResponse, WorklistRun,
};

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
    store.idempotency_start(&a, "k", "d", || now).await.unwrap();
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

fn judged() -> Judged {
    let nothing = canonical(&json!({}));
    Judged {
        recommendation: samples::recommendation(),
        input: nothing.clone(),
        features: nothing,
    }
}

/// The last run of the list, of whichever day.
async fn last_run(store: &Store, tenant: &TenantId) -> Option<WorklistRun> {
    let last = store.last_run_until(tenant, "list", NaiveDate::MAX).await;
    last.unwrap()
}

#[tokio::test]
async fn what_was_read_before_an_erasure_is_kept_no_more() {
    let (folder, store) = open().await;
    let a = tenant("a");
    // A second handle stands for a second process.
    let other = Store::open(folder.path()).await.unwrap();
    let vendor = |id: &str| record(RecordKind::Vendor, json!({"id": id, "name": "Acme"}));
    let rows = [vendor("v1"), vendor("v2")];
    store.upsert_records(&a, &rows, Utc::now()).await.unwrap();
    let document = put(&store, &a, b"the bytes").await.row.id;
    let run = WorklistRun {
        day: Utc::now().date_naive(),
        generation: 1,
        body: json!({}),
        answers: json!({}),
    };
    let (_, first) = store.history_read(&a, Utc::now()).await.unwrap();
    assert_eq!(store.erasures(&a).await.unwrap(), first);
    assert!(store.put_run(&a, "list", &run, first).await.unwrap());
    let kept = store.append_judged(&a, &judged(), first).await.unwrap();
    assert!(kept.is_some());
    let targets = [
        ErasureTarget::Record(RecordKind::Vendor, "v1".to_owned()),
        ErasureTarget::Document(document),
    ];
    for target in targets {
        let (_, read) = store.history_read(&a, Utc::now()).await.unwrap();
        other.erase(&a, &target, "asked for", "key").await.unwrap();
        assert!(last_run(&store, &a).await.is_none());
        assert!(!store.put_run(&a, "list", &run, read).await.unwrap());
        assert!(last_run(&store, &a).await.is_none());
        let many = [judged(), judged()];
        assert!(!store.append_decisions(&a, &many, read).await.unwrap());
        // One of those that come together may be older than another.
        let (_, now) = store.history_read(&a, Utc::now()).await.unwrap();
        let (old, new) = (judged(), judged());
        let (old, new) = tokio::join!(
            store.append_judged(&a, &old, read),
            store.append_judged(&a, &new, now),
        );
        assert_eq!(old.unwrap(), None);
        assert!(new.unwrap().is_some());
        assert!(store.append_decisions(&a, &many, now).await.unwrap());
        assert!(store.put_run(&a, "list", &run, now).await.unwrap());
    }
    let report = store.audit_verify(&[]).await.unwrap();
    assert!(report.ok, "{:?}", report.faults);
    // The first, and each time the erasure and three answers.
    assert_eq!(report.chains[0].entries, 1 + 2 * 4);
}

/// Keeps an answer to a request under a key.
async fn answered(store: &Store, tenant: &TenantId, key: &str, body: &str) {
    let now = Utc::now();
    let start = store.idempotency_start(tenant, key, "d", || now).await;
    assert_eq!(start.unwrap(), IdempotencyStart::Fresh);
    let response = StoredResponse {
        status: 200,
        content_type: "application/json".to_owned(),
        body: body.to_owned(),
    };
    let finish = store.idempotency_finish(tenant, key, &response, now);
    finish.await.unwrap();
}

/// Whether the answer under a key is still there; if not, the key is claimed anew.
async fn is_kept(store: &Store, tenant: &TenantId, key: &str) -> bool {
    let start = store.idempotency_start(tenant, key, "d", Utc::now).await;
    matches!(start.unwrap(), IdempotencyStart::Done(_))
}

#[tokio::test]
async fn answers_kept_for_requests_go_with_whatever_is_erased() {
    let (_folder, store) = open().await;
    let (a, b) = (tenant("a"), tenant("b"));
    for body in ["{}", r#"{"id":"v1"}"#] {
        answered(&store, &a, body, body).await;
    }
    answered(&store, &b, "k", "{}").await;
    // Nobody is found, and nothing dropped.
    let nobody = ErasureTarget::Person("e1".to_owned());
    let refused = store.erase(&a, &nobody, "asked for", "key").await;
    assert!(
        matches!(refused, Err(StoreError::Missing("employee"))),
        "{refused:?}"
    );
    assert!(is_kept(&store, &a, "{}").await);
    let vendor = record(RecordKind::Vendor, json!({"id": "v1", "name": "Acme"}));
    let stored = store.upsert_records(&a, &[vendor], Utc::now()).await;
    stored.unwrap();
    let target = ErasureTarget::Record(RecordKind::Vendor, "v1".to_owned());
    store.erase(&a, &target, "asked for", "key").await.unwrap();
    for key in ["{}", r#"{"id":"v1"}"#] {
        assert!(!is_kept(&store, &a, key).await, "{key}");
    }
    assert!(is_kept(&store, &b, "k").await);
}

#[tokio::test]
async fn a_request_that_runs_while_something_is_erased_runs_once_and_is_not_kept() {
    let (_folder, store) = open().await;
    let a = tenant("a");
    let now = Utc::now();
    let start = async |key| {
        let start = store.idempotency_start(&a, key, "d", || now).await;
        start.unwrap()
    };
    let finish = async |key| {
        let response = StoredResponse {
            status: 200,
            content_type: "application/json".to_owned(),
            body: "of before".to_owned(),
        };
        let finish = store.idempotency_finish(&a, key, &response, now);
        finish.await.unwrap();
    };
    for key in ["finished", "abandoned"] {
        assert_eq!(start(key).await, IdempotencyStart::Fresh);
    }
    let document = put(&store, &a, b"the bytes").await.row.id;
    let target = ErasureTarget::Document(document);
    store.erase(&a, &target, "asked for", "key").await.unwrap();
    for key in ["finished", "abandoned"] {
        let again = start(key).await;
        let is_running = matches!(again, IdempotencyStart::Running { .. });
        assert!(is_running, "{key}: {again:?}");
        let renewed = store.idempotency_renew(&a, key, || now).await;
        assert!(renewed.unwrap(), "{key}");
    }
    finish("finished").await;
    store.idempotency_abandon(&a, "abandoned").await.unwrap();
    for key in ["finished", "abandoned"] {
        assert_eq!(start(key).await, IdempotencyStart::Fresh, "{key}");
    }
    // What is asked anew has not read what is gone.
    finish("finished").await;
    assert!(matches!(start("finished").await, IdempotencyStart::Done(_)));
}

#[tokio::test]
async fn what_was_read_of_a_document_before_an_erasure_is_kept_no_more() {
    let (_folder, store) = open().await;
    let a = tenant("a");
    let document = put(&store, &a, b"the bytes").await.row.id;
    let vendor = record(RecordKind::Vendor, json!({"id": "v1", "name": "Acme"}));
    let stored = store.upsert_records(&a, &[vendor], Utc::now()).await;
    stored.unwrap();
    let nothing = canonical(&json!({}));
    let keep = async |read| {
        let mut answer = samples::recommendation();
        let mut shown = analysis(&answer, "ACME", "2026-01-01");
        let decision = NewDecision {
            recommendation: &mut answer,
            input: &nothing,
            features: &nothing,
            read,
        };
        let kept = store.append_document_decision(&a, document, decision, &mut shown);
        kept.await.unwrap()
    };
    let before = store.erasures(&a).await.unwrap();
    // A record that the document was laid beside.
    let target = ErasureTarget::Record(RecordKind::Vendor, "v1".to_owned());
    store.erase(&a, &target, "asked for", "key").await.unwrap();
    assert!(!keep(before).await);
    assert!(store.analysis(&a, document).await.unwrap().is_none());
    assert!(keep(store.erasures(&a).await.unwrap()).await);
    assert!(store.analysis(&a, document).await.unwrap().is_some());
    let report = store.audit_verify(&[]).await.unwrap();
    assert!(report.ok, "{:?}", report.faults);
    assert_eq!(report.chains[0].entries, 2);
}
