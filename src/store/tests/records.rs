//! Records in versions, imports, concurrent writers.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::{open, record, tenant};
use crate::domain::loader::{Rows, Source};
use crate::domain::{CheckedRecord, RecordKind};
use crate::store::{ImportOptions, Store, UpsertCounts};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

async fn vendor_name(store: &Store, moment: &str) -> Option<String> {
    let found = store
        .record_as_of(&tenant("a"), RecordKind::Vendor, "v", at(moment))
        .await
        .unwrap();
    let listed = store
        .records_as_of(&tenant("a"), RecordKind::Vendor, at(moment), None, 10)
        .await
        .unwrap();
    assert_eq!(found.as_ref(), listed.first());
    found.map(|record| record.body["name"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn what_was_known_later_is_not_seen_and_the_same_again_changes_nothing() {
    let (_folder, store) = open().await;
    let (a, b) = (tenant("a"), tenant("b"));
    let rows = [
        ("Old", "2026-01-01T00:00:00Z"),
        ("New", "2026-03-01T00:00:00Z"),
        ("Old", "2026-05-01T00:00:00Z"),
    ]
    .map(|(name, known_at)| {
        record(
            RecordKind::Vendor,
            json!({"id": "v", "name": name, "known_at": known_at}),
        )
    });
    let first = store.upsert_records(&a, &rows, Utc::now()).await.unwrap();
    assert_eq!(
        first,
        UpsertCounts {
            inserted: 1,
            updated: 2,
            unchanged: 0
        }
    );
    let again = store.upsert_records(&a, &rows, Utc::now()).await.unwrap();
    assert_eq!(
        again,
        UpsertCounts {
            inserted: 0,
            updated: 0,
            unchanged: 3
        }
    );

    assert_eq!(vendor_name(&store, "2025-12-31T23:59:59Z").await, None);
    assert_eq!(
        vendor_name(&store, "2026-01-01T00:00:00Z").await.as_deref(),
        Some("Old")
    );
    assert_eq!(
        vendor_name(&store, "2026-04-01T01:59:00+02:00")
            .await
            .as_deref(),
        Some("New")
    );
    assert_eq!(
        vendor_name(&store, "2026-06-01T00:00:00Z").await.as_deref(),
        Some("Old")
    );
    let other = store
        .record_as_of(&b, RecordKind::Vendor, "v", Utc::now())
        .await
        .unwrap();
    assert_eq!(other, None);
    let other = store
        .records_as_of(&b, RecordKind::Vendor, Utc::now(), None, 9)
        .await
        .unwrap();
    assert!(other.is_empty());

    // A correction in the same moment counts, and comes last.
    let corrected = record(
        RecordKind::Vendor,
        json!({"id": "v", "name": "Newer", "known_at": "2026-03-01T00:00:00Z"}),
    );
    let counts = store
        .upsert_records(&a, &[corrected], Utc::now())
        .await
        .unwrap();
    assert_eq!(counts.updated, 1);
    assert_eq!(
        vendor_name(&store, "2026-04-01T00:00:00Z").await.as_deref(),
        Some("Newer")
    );
    let again = store.upsert_records(&a, &rows, Utc::now()).await.unwrap();
    assert_eq!(again.unchanged, 3);
}

#[tokio::test]
async fn what_arrives_late_does_not_undo_what_was_said_after_it() {
    let row = |name: &str, known_at: &str| {
        record(
            RecordKind::Vendor,
            json!({"id": "v", "name": name, "known_at": known_at}),
        )
    };
    let before = row("Open", "2026-01-01T00:00:00Z");
    let late = row("Disputed", "2026-02-01T00:00:00Z");
    let after = row("Open", "2026-03-01T00:00:00Z");
    for together in [true, false] {
        let (_folder, store) = open().await;
        let a = tenant("a");
        let rows = [before.clone(), after.clone(), late.clone()];
        // In one import, or in three.
        let lots = if together {
            vec![&rows[..]]
        } else {
            rows.chunks(1).collect()
        };
        for lot in &lots {
            store.upsert_records(&a, lot, Utc::now()).await.unwrap();
        }
        for (moment, name) in [
            ("2026-01-15T00:00:00Z", "Open"),
            ("2026-02-15T00:00:00Z", "Disputed"),
            ("2026-03-15T00:00:00Z", "Open"),
        ] {
            let found = vendor_name(&store, moment).await;
            assert_eq!(found.as_deref(), Some(name), "{together} {moment}");
        }
        let again = store.upsert_records(&a, &rows, Utc::now()).await.unwrap();
        assert_eq!(again.unchanged, 3);
    }
}

#[tokio::test]
async fn rows_that_say_nothing_new_renew_nothing_that_was_made_of_the_records() {
    let (_folder, store) = open().await;
    let a = tenant("a");
    let row = |name: &str, known_at: &str| {
        record(
            RecordKind::Vendor,
            json!({"id": "v", "name": name, "known_at": known_at}),
        )
    };
    let upserted = async |rows: &[CheckedRecord]| {
        store.upsert_records(&a, rows, Utc::now()).await.unwrap();
        store.records_generation(&a).await.unwrap()
    };
    let first = row("Acme", "2026-01-01T00:00:00Z");
    let stored = upserted(std::slice::from_ref(&first)).await;
    assert_eq!(upserted(&[]).await, stored);
    assert_eq!(upserted(std::slice::from_ref(&first)).await, stored);
    // It is remembered, but says what was known.
    let restated = row("Acme", "2026-03-01T00:00:00Z");
    assert_eq!(upserted(std::slice::from_ref(&restated)).await, stored);
    let late = row("Disputed", "2026-02-01T00:00:00Z");
    let with_late = upserted(&[first, restated, late]).await;
    assert_ne!(with_late, stored);
    let name = vendor_name(&store, "2026-03-15T00:00:00Z").await;
    assert_eq!(name.as_deref(), Some("Acme"));
    let report = store
        .import_records(&a, rows("id,name\nw,N\n"), ImportOptions::default(), |_| {})
        .await;
    assert_eq!(report.unwrap().counts.inserted, 1);
    let imported = store.records_generation(&a).await.unwrap();
    assert_eq!(imported, with_late + 1);
}

#[tokio::test]
async fn rows_without_a_time_are_known_from_their_arrival() {
    let (_folder, store) = open().await;
    let a = tenant("a");
    let row = record(RecordKind::Vendor, json!({"id": "v", "name": "N"}));
    for (arrived, unchanged) in [("2026-01-01T00:00:00Z", 0), ("2026-02-01T00:00:00Z", 1)] {
        let counts = store
            .upsert_records(&a, std::slice::from_ref(&row), at(arrived))
            .await
            .unwrap();
        assert_eq!(counts.unchanged, unchanged);
    }
    assert_eq!(
        vendor_name(&store, "2026-01-01T00:00:00Z").await.as_deref(),
        Some("N")
    );
}

fn rows(text: &str) -> Rows<'_> {
    let source = Source {
        name: "v.csv".to_owned(),
        kind: RecordKind::Vendor,
        format: None,
    };
    Rows::new(text.as_bytes(), source)
}

async fn known(store: &Store) -> usize {
    let a = tenant("a");
    let listed = store
        .records_as_of(&a, RecordKind::Vendor, Utc::now(), None, 100_000)
        .await;
    listed.unwrap().len()
}

#[tokio::test]
async fn good_rows_land_and_with_strict_none_does() {
    let (_folder, store) = open().await;
    let a = tenant("a");
    let mut text = "id,name\n".to_owned();
    for n in 0..4_500 {
        text.push_str(&format!("{n},{}\n", if n == 4_400 { "" } else { "N" }));
    }
    let strict = ImportOptions { strict: true };
    let report = store
        .import_records(&a, rows(&text), strict, |_| {})
        .await
        .unwrap();
    assert!(!report.landed);
    assert_eq!((report.rows, report.rejected), (4_500, 1));
    assert_eq!(
        report.problems[0].to_string(),
        "v.csv:4402: `name` is required and missing"
    );
    assert_eq!(known(&store).await, 0);

    let loose = ImportOptions::default();
    let report = store
        .import_records(&a, rows(&text), loose, |_| {})
        .await
        .unwrap();
    assert_eq!((report.landed, report.counts.inserted), (true, 4_499));
    assert_eq!(known(&store).await, 4_499);
    let again = store
        .import_records(&a, rows(&text), loose, |_| {})
        .await
        .unwrap();
    assert_eq!((again.counts.inserted, again.counts.unchanged), (0, 4_499));
    let good = text.replace("4400,\n", "4400,N\n");
    let report = store
        .import_records(&a, rows(&good), strict, |_| {})
        .await
        .unwrap();
    assert_eq!((report.landed, report.counts.inserted), (true, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_writers_lose_nothing() {
    let (folder, store) = open().await;
    // A second handle stands for a second process.
    let second = Store::open(folder.path()).await.unwrap();
    let a = tenant("a");
    let mut tasks = tokio::task::JoinSet::new();
    for worker in 0..8 {
        let store = if worker % 2 == 0 {
            store.clone()
        } else {
            second.clone()
        };
        let a = a.clone();
        tasks.spawn(async move {
            for n in 0..10 {
                super::decide(&store, &a, "document", &format!("{worker}-{n}")).await;
                let row = json!({"id": format!("v{n}"), "name": format!("w{worker}")});
                let row = record(RecordKind::Vendor, row);
                store.upsert_records(&a, &[row], Utc::now()).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    let report = store.audit_verify(&[]).await.unwrap();
    assert!(report.ok, "{:?}", report.faults);
    assert_eq!(report.chains[0].entries, 80);
    assert_eq!(known(&store).await, 10);
}
