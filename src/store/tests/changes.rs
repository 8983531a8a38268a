//! Only who changes what is held in memory makes everybody ask the database.

use chrono::{Duration, Utc};
use serde_json::json;

use super::{accepted, analysis, canonical, decide, open, put, record, tenant};
use crate::advice::{Judged, samples};
use crate::domain::RecordKind;
use crate::store::{ErasureTarget, NewDecision, NewKey, WorklistRun};

#[tokio::test]
async fn keys_records_and_erasures_are_told_and_nothing_else() {
    let (folder, store) = open().await;
    let a = tenant("a");
    let now = Utc::now();
    let number = || std::fs::read(folder.path().join("changes")).unwrap();
    let vendor = record(RecordKind::Vendor, json!({"id": "v1", "name": "Acme"}));
    let before = number();
    store.upsert_records(&a, &[vendor], now).await.unwrap();
    let stored = number();
    assert_ne!(stored, before);

    let document = put(&store, &a, b"the bytes").await.row.id;
    let look = "0".repeat(64).parse().unwrap();
    store.put_look(&a, document, look).await.unwrap();
    store.create_job(&a, document).await.unwrap();
    let claimed = store.claim_job(now, Duration::minutes(1)).await.unwrap();
    let (_, job) = claimed.unwrap();
    assert!(store.finish_job(&a, &job, None).await.unwrap());
    let read = store.erasures(&a).await.unwrap();
    let nothing = canonical(&json!({}));
    let mut answer = samples::recommendation();
    let mut shown = analysis(&answer, "ACME", "2026-01-01");
    store.put_analysis(&a, document, &shown).await.unwrap();
    let decision = NewDecision {
        recommendation: &mut answer,
        input: &nothing,
        features: &nothing,
        read,
    };
    let kept = store.append_document_decision(&a, document, decision, &mut shown);
    assert!(kept.await.unwrap());
    let many = [Judged {
        recommendation: samples::recommendation(),
        input: nothing.clone(),
        features: nothing,
    }];
    assert!(store.append_decisions(&a, &many, read).await.unwrap());
    let answer = decide(&store, &a, "vendor", "v1").await.recommendation_id;
    let said = store.append_feedback(&a, answer, &accepted(), "key").await;
    said.unwrap();
    store.idempotency_start(&a, "k", "d", || now).await.unwrap();
    store.draw_key(&a).await.unwrap();
    let run = WorklistRun {
        day: now.date_naive(),
        generation: 1,
        body: json!({}),
        answers: json!({}),
    };
    assert!(store.put_run(&a, "list", &run, read).await.unwrap());
    assert_eq!(number(), stored);

    let new = NewKey {
        label: String::new(),
        scopes: "read".parse().unwrap(),
        expires_at: None,
    };
    let key = store.create_key(&a, new).await.unwrap().key;
    let made = number();
    assert_ne!(made, stored);
    assert!(store.revoke_key(&a, &key.prefix).await.unwrap());
    let withdrawn = number();
    assert_ne!(withdrawn, made);
    let target = ErasureTarget::Record(RecordKind::Vendor, "v1".to_owned());
    store.erase(&a, &target, "asked for", "key").await.unwrap();
    assert_ne!(number(), withdrawn);
}
