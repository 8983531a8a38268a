//! What an erasure leaves is removed, and only that.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::SqliteExecutor;
use uuid::Uuid;

use super::{open, put, tenant};
use crate::store::{DocumentRow, ErasureTarget, blobs};

fn place(folder: &Path, row: &DocumentRow) -> PathBuf {
    blobs::path(folder, &tenant("a"), &row.sha256)
}

/// Leaves a document as an erasure does that is committed, its bytes not yet removed.
async fn commit_erasure(executor: impl SqliteExecutor<'_>, document: Uuid) {
    sqlx::query("UPDATE documents SET erased_at = received_at WHERE id = $1")
        .bind(document.to_string())
        .execute(executor)
        .await
        .unwrap();
}

#[tokio::test]
async fn bytes_that_come_again_before_they_are_removed_stay() {
    let (_folder, store) = open().await;
    let a = tenant("a");
    let row = put(&store, &a, b"the bytes").await.row;
    commit_erasure(store.writer(), row.id).await;
    assert!(put(&store, &a, b"the bytes").await.created);
    store.remove_erased_bytes(&a, &row.sha256).await.unwrap();
    let bytes = store.document_bytes(&a, row.id).await.unwrap();
    assert_eq!(bytes.as_deref(), Some(b"the bytes".as_slice()));
}

#[tokio::test]
async fn bytes_that_are_removed_while_they_come_again_are_written_again() {
    let (folder, store) = open().await;
    let a = tenant("a");
    let row = put(&store, &a, b"the bytes").await.row;
    let mut erasing = store.begin_unmarked().await.unwrap();
    let coming = tokio::spawn({
        let (store, a) = (store.clone(), a.clone());
        async move { put(&store, &a, b"the bytes").await }
    });
    // Finds its bytes where they lie, and then waits for the one way to write.
    tokio::time::sleep(Duration::from_millis(200)).await;
    commit_erasure(&mut *erasing, row.id).await;
    std::fs::remove_file(place(folder.path(), &row)).unwrap();
    erasing.commit().await.unwrap();
    assert!(coming.await.unwrap().created);
    let bytes = store.document_bytes(&a, row.id).await.unwrap();
    assert_eq!(bytes.as_deref(), Some(b"the bytes".as_slice()));
}

#[tokio::test]
async fn bytes_that_a_killed_process_left_are_removed_and_no_others() {
    let (folder, store) = open().await;
    let a = tenant("a");
    let left = put(&store, &a, b"left").await.row;
    let alive = put(&store, &a, b"alive").await.row;
    let gone = put(&store, &a, b"gone").await.row;
    let target = ErasureTarget::Document(gone.id);
    store.erase(&a, &target, "asked for", "key").await.unwrap();
    commit_erasure(store.writer(), left.id).await;
    let lies = |row| place(folder.path(), row).exists();
    assert!(lies(&left) && lies(&alive) && !lies(&gone));
    store.remove_bytes_left().await.unwrap();
    assert!(!lies(&left) && lies(&alive) && !lies(&gone));
    assert!(put(&store, &a, b"left").await.created);
    store.remove_bytes_left().await.unwrap();
    let bytes = store.document_bytes(&a, left.id).await.unwrap();
    assert_eq!(bytes.as_deref(), Some(b"left".as_slice()));
}

#[tokio::test]
async fn a_log_that_somebody_reads_from_is_not_said_to_be_emptied() {
    let (_folder, store) = open().await;
    let a = tenant("a");
    let mut targets = Vec::new();
    for bytes in [b"first", b"other"] {
        let id = put(&store, &a, bytes).await.row.id;
        targets.push(ErasureTarget::Document(id));
    }
    let mut reading = store.readers().begin().await.unwrap();
    let seen: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM documents")
        .fetch_one(&mut *reading)
        .await
        .unwrap();
    assert_eq!(seen, 2);
    let erase = async |target| {
        let erasure = store.erase(&a, target, "asked for", "key").await;
        erasure.unwrap()
    };
    assert!(!erase(&targets[0]).await.log_emptied);
    reading.rollback().await.unwrap();
    assert!(erase(&targets[1]).await.log_emptied);
}
