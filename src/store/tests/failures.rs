//! Disks that are full, read-only or hold something else.

use super::{canonical, decide, open, put, tenant};
use crate::store::{NewDocument, Store, StoreError};

#[tokio::test]
async fn a_full_database_is_told_and_nothing_is_lost() {
    let (_folder, store) = open().await;
    let a = tenant("a");
    decide(&store, &a, "document", "before").await;
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count")
        .fetch_one(store.writer())
        .await
        .unwrap();
    // The page limit makes SQLite answer as it does on a full disk.
    sqlx::query(sqlx::AssertSqlSafe(format!(
        "PRAGMA max_page_count = {pages}"
    )))
    .execute(store.writer())
    .await
    .unwrap();
    let mut answer = crate::advice::samples::recommendation();
    let huge = canonical(&serde_json::json!({"text": "x".repeat(1 << 20)}));
    let refused = store.append_decision(&a, &mut answer, &huge, &huge).await;
    assert!(matches!(refused, Err(StoreError::Full)), "{refused:?}");
    assert_eq!(answer.decision_sha256, None);

    sqlx::query("PRAGMA max_page_count = 1000000")
        .execute(store.writer())
        .await
        .unwrap();
    let given = store
        .append_decision(&a, &mut answer, &huge, &huge)
        .await
        .unwrap();
    assert!(answer.decision_sha256.is_some());
    assert_eq!(given, serde_json::to_string(&answer).unwrap());
    let report = store.audit_verify(&[]).await.unwrap();
    assert!(report.ok, "{:?}", report.faults);
    assert_eq!(report.chains[0].entries, 2);
}

#[tokio::test]
async fn a_read_only_database_is_told_and_still_read() {
    let (_folder, store) = open().await;
    let a = tenant("a");
    let answer = decide(&store, &a, "document", "before").await;
    sqlx::query("PRAGMA query_only = ON")
        .execute(store.writer())
        .await
        .unwrap();
    let mut next = crate::advice::samples::recommendation();
    let nothing = canonical(&serde_json::json!({}));
    let refused = store
        .append_decision(&a, &mut next, &nothing, &nothing)
        .await;
    assert!(matches!(refused, Err(StoreError::ReadOnly)), "{refused:?}");
    assert!(
        store
            .recommendation(&a, answer.recommendation_id)
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn an_answer_that_breaks_the_contract_is_neither_kept_nor_linked() {
    let (_folder, store) = open().await;
    let a = tenant("a");
    let mut answer = crate::advice::samples::recommendation();
    answer.reasons.clear();
    answer.counter_reasons.clear();
    let nothing = canonical(&serde_json::json!({}));
    let refused = store
        .append_decision(&a, &mut answer, &nothing, &nothing)
        .await;
    let Err(StoreError::Contract(broken)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(broken.to_string(), "a score needs a reason");
    assert_eq!(answer.decision_sha256, None);
    let id = answer.recommendation_id;
    assert!(store.recommendation(&a, id).await.unwrap().is_none());
    assert!(store.audit_verify(&[]).await.unwrap().chains.is_empty());
}

#[tokio::test]
async fn what_is_no_store_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, b"x").unwrap();
    let refused = Store::open(&file).await;
    assert!(
        matches!(refused, Err(StoreError::Open { .. })),
        "{refused:?}"
    );

    std::fs::write(folder.path().join("scrutineer.db"), vec![b'x'; 8192]).unwrap();
    let refused = Store::open(folder.path()).await;
    assert!(
        matches!(refused, Err(StoreError::Open { .. })),
        "{refused:?}"
    );
    assert!(refused.unwrap_err().to_string().contains("not a database"));
}

#[tokio::test]
async fn a_documents_folder_that_cannot_be_made_is_told() {
    let (folder, store) = open().await;
    let a = tenant("a");
    put(&store, &a, b"good").await;
    // A file where the next folder should be, whoever runs the test.
    let bytes = b"bad";
    let sha256 = crate::domain::sha256_hex(bytes);
    let place = folder.path().join("documents/a").join(&sha256[..2]);
    std::fs::write(&place, b"").unwrap();
    let new = NewDocument {
        bytes: bytes.as_slice().into(),
        media: crate::documents::Media::Pdf,
        filename: None,
    };
    let refused = store.put_document(&a, new).await;
    assert!(
        matches!(refused, Err(StoreError::File { .. })),
        "{refused:?}"
    );
    let inbox = store
        .count_documents(&a, &crate::store::InboxFilter::default())
        .await
        .unwrap();
    assert_eq!(inbox.total, 1);
}
