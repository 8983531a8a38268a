//! Tampered copies of the database are found, whatever was done to them.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Connection as _, Row as _};
use tempfile::TempDir;

use super::{accepted, canonical, decide, open, tenant};
use crate::store::committer::MAX_TOGETHER;
use crate::store::{AuditReport, DecisionFilter, FaultKind, KeptHead, Store};

/// Two tenants' chains of six entries each: four answers, two of them with feedback.
async fn original() -> TempDir {
    let (folder, store) = open().await;
    for name in ["alpha", "beta"] {
        let tenant = tenant(name);
        for n in 0..4 {
            let answer = decide(&store, &tenant, "document", &format!("d{n}")).await;
            if n % 2 == 0 {
                let mut feedback = accepted();
                feedback.about = Some("total".to_owned());
                let id = answer.recommendation_id;
                store
                    .append_feedback(&tenant, id, &feedback, "key")
                    .await
                    .unwrap();
            }
        }
    }
    let report = store.audit_verify(&[]).await.unwrap();
    assert!(report.ok, "{:?}", report.faults);
    store.close().await;
    folder
}

fn copy(original: &Path) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["scrutineer.db", "audit.head"] {
        std::fs::copy(original.join(name), folder.path().join(name)).unwrap();
    }
    folder
}

async fn raw(folder: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new()
        .filename(folder.join("scrutineer.db"))
        .foreign_keys(false);
    SqliteConnection::connect_with(&options).await.unwrap()
}

async fn tamper(original: &Path, statements: &[&str]) -> AuditReport {
    let folder = copy(original);
    let mut connection = raw(folder.path()).await;
    for statement in statements {
        let changed = sqlx::query(AssertSqlSafe(*statement))
            .execute(&mut connection)
            .await
            .unwrap();
        assert!(changed.rows_affected() > 0, "{statement} changed nothing");
    }
    connection.close().await.unwrap();
    verify(folder.path(), &[]).await
}

async fn verify(folder: &Path, kept: &[KeptHead]) -> AuditReport {
    let store = Store::open(folder).await.unwrap();
    let report = store.audit_verify(kept).await.unwrap();
    store.close().await;
    report
}

const TABLES: [&str; 5] = [
    "audit_entries",
    "audit_parts",
    "audit_heads",
    "recommendations",
    "feedback",
];

#[tokio::test]
async fn an_edit_of_any_column_of_the_chain_is_found() {
    let original = original().await;
    let mut connection = raw(original.path()).await;
    for table in TABLES {
        let columns = sqlx::query(AssertSqlSafe(format!("PRAGMA table_info({table})")))
            .fetch_all(&mut connection)
            .await
            .unwrap();
        assert!(columns.len() >= 3, "{table}");
        // Not by `rowid`, which a table in the order of its key does not have.
        let is_key = |column: &&SqliteRow| column.get::<i64, _>("pk") > 0;
        let keys = columns.iter().filter(is_key);
        let keys: Vec<&str> = keys.map(|column| column.get("name")).collect();
        let key = keys.join(", ");
        let middle = format!(
            "({key}) = (SELECT {key} FROM {table} ORDER BY {key} LIMIT 1 OFFSET (SELECT COUNT(*) / 2 FROM {table}))"
        );
        for column in &columns {
            let name: String = column.get("name");
            let kind: String = column.get("type");
            let value = if kind == "BIGINT" {
                format!("{name} + 1000")
            } else {
                format!("COALESCE({name}, '') || 'x'")
            };
            let one = format!("UPDATE {table} SET {name} = {value} WHERE {middle}");
            let report = tamper(original.path(), &[&one]).await;
            assert!(!report.ok, "{table}.{name}");
        }
    }
}

#[tokio::test]
async fn deletions_and_moves_are_found_and_named() {
    let original = original().await;
    let everywhere = |filter: &str| -> Vec<String> {
        [
            "audit_parts",
            "recommendations",
            "feedback",
            "audit_entries",
        ]
        .iter()
        .map(|table| format!("DELETE FROM {table} WHERE tenant = 'alpha' AND {filter}"))
        .collect()
    };
    let mend_head = "UPDATE audit_heads SET (entries, head_sha256) = (SELECT seq, entry_sha256 \
        FROM audit_entries WHERE tenant = 'alpha' ORDER BY seq DESC LIMIT 1) WHERE tenant = 'alpha'";
    let swap = |table: &str, column: &str| {
        format!(
            "UPDATE {table} SET {column} = (SELECT b.{column} FROM {table} b WHERE b.tenant = 'alpha' \
             AND b.seq = CASE {table}.seq WHEN 3 THEN 4 ELSE 3 END LIMIT 1) \
             WHERE tenant = 'alpha' AND seq IN (3, 4)"
        )
    };
    let middle = everywhere("seq IN (1, 2, 3)");
    let middle: Vec<&str> = middle.iter().map(String::as_str).collect();
    let mut tail = everywhere("seq IN (4, 5, 6)");
    tail.push(mend_head.to_owned());
    let tail: Vec<&str> = tail.iter().map(String::as_str).collect();
    let swap_entry = swap("audit_entries", "header");
    let swap_part = swap("audit_parts", "content");
    let moves = [
        ("middle", middle, FaultKind::EntriesMissing),
        ("tail, stored head mended", tail, FaultKind::TailMissing),
        (
            "tail entry only",
            vec!["DELETE FROM audit_entries WHERE tenant = 'alpha' AND seq = 6"],
            FaultKind::TailMissing,
        ),
        (
            "one entry",
            vec!["DELETE FROM audit_entries WHERE tenant = 'alpha' AND seq = 3"],
            FaultKind::EntriesMissing,
        ),
        (
            "parts",
            vec!["DELETE FROM audit_parts WHERE tenant = 'alpha' AND seq = 3"],
            FaultKind::PartMissing,
        ),
        (
            "content emptied",
            vec![
                "UPDATE audit_parts SET salt = NULL, content = NULL WHERE tenant = 'alpha' AND seq = 3",
            ],
            FaultKind::PartMissing,
        ),
        (
            "listing",
            vec!["DELETE FROM recommendations WHERE tenant = 'alpha' AND seq = 3"],
            FaultKind::IndexDiffers,
        ),
        (
            "last listing",
            vec![
                "DELETE FROM feedback WHERE tenant = 'alpha' AND seq = (SELECT MAX(seq) FROM feedback WHERE tenant = 'alpha')",
            ],
            FaultKind::IndexDiffers,
        ),
        (
            "head",
            vec!["DELETE FROM audit_heads WHERE tenant = 'alpha'"],
            FaultKind::HeadDiffers,
        ),
        (
            "listing invented",
            vec!["INSERT INTO feedback VALUES ('alpha', 'f', 99, 'r', 'accepted', NULL, 'now')"],
            FaultKind::IndexDiffers,
        ),
        (
            "content invented",
            vec!["INSERT INTO audit_parts VALUES ('alpha', 3, 'extra', 's', 'c')"],
            FaultKind::PartUnknown,
        ),
        (
            "reordered",
            vec![
                "UPDATE audit_entries SET seq = 99 WHERE tenant = 'alpha' AND seq = 3",
                "UPDATE audit_entries SET seq = 3 WHERE tenant = 'alpha' AND seq = 4",
                "UPDATE audit_entries SET seq = 4 WHERE tenant = 'alpha' AND seq = 99",
            ],
            FaultKind::LinkBroken,
        ),
        ("texts swapped", vec![&swap_entry], FaultKind::EntryEdited),
        ("contents swapped", vec![&swap_part], FaultKind::PartEdited),
        (
            "given to another tenant",
            vec![
                "UPDATE audit_entries SET tenant = 'beta', seq = 7 WHERE tenant = 'alpha' AND seq = 6",
            ],
            FaultKind::LinkBroken,
        ),
    ];
    for (name, statements, expected) in moves {
        let report = tamper(original.path(), &statements).await;
        assert!(!report.ok, "{name}");
        assert!(
            report.faults.iter().any(|fault| fault.kind == expected),
            "{name}: {:?}",
            report.faults
        );
    }
}

#[tokio::test]
async fn a_tail_cut_from_the_database_and_the_file_needs_a_head_kept_elsewhere() {
    let original = original().await;
    let kept = verify(original.path(), &[]).await.chains;
    let folder = copy(original.path());
    let mut connection = raw(folder.path()).await;
    for table in TABLES {
        sqlx::query(AssertSqlSafe(format!(
            "DELETE FROM {table} WHERE tenant = 'alpha'"
        )))
        .execute(&mut connection)
        .await
        .unwrap();
    }
    connection.close().await.unwrap();
    let head_file = folder.path().join("audit.head");
    let lines = std::fs::read_to_string(&head_file).unwrap();
    let lines: String = lines
        .split_inclusive('\n')
        .filter(|line| line.starts_with("beta"))
        .collect();
    std::fs::write(&head_file, lines).unwrap();

    assert!(verify(folder.path(), &[]).await.ok);
    let head = KeptHead {
        tenant: tenant("alpha"),
        seq: kept[0].entries,
        sha256: kept[0].head_sha256.clone(),
    };
    let report = verify(folder.path(), std::slice::from_ref(&head)).await;
    assert_eq!(report.faults[0].kind, FaultKind::TailMissing);
    let report = verify(original.path(), &[head]).await;
    assert!(report.ok, "{:?}", report.faults);
}

#[tokio::test]
async fn a_line_cut_short_by_a_power_failure_is_no_fault_but_a_lost_file_is() {
    let original = original().await;
    let folder = copy(original.path());
    let path = folder.path().join("audit.head");
    let lines = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, &lines[..lines.len() - 30]).unwrap();
    assert!(verify(folder.path(), &[]).await.ok);
    // The next entry's line is written behind the remains.
    let store = Store::open(folder.path()).await.unwrap();
    decide(&store, &tenant("beta"), "document", "next").await;
    assert!(store.audit_verify(&[]).await.unwrap().ok);
    store.close().await;

    let store = Store::open(folder.path()).await.unwrap();
    for n in 0..MAX_TOGETHER {
        decide(&store, &tenant("alpha"), "document", &n.to_string()).await;
    }
    store.close().await;
    // Of all that one commit holds the line may be missing.
    let lines = std::fs::read_to_string(&path).unwrap();
    let (first, _) = lines.split_once('\n').unwrap();
    std::fs::write(&path, format!("{first}\n")).unwrap();
    assert!(verify(folder.path(), &[]).await.ok);
    std::fs::remove_file(&path).unwrap();
    let report = verify(folder.path(), &[]).await;
    assert_eq!(report.faults[0].kind, FaultKind::HeadDiffers);
}

#[tokio::test]
async fn answers_come_back_as_they_were_given_and_only_to_their_tenant() {
    let (_folder, store) = open().await;
    let (a, b) = (tenant("a"), tenant("b"));
    let mut given = Vec::new();
    for n in 0..3 {
        given.push(decide(&store, &a, "document", &format!("d{n}")).await);
    }
    for answer in &given {
        let id = answer.recommendation_id;
        let decision = store.decision(&a, id).await.unwrap().unwrap();
        assert_eq!(&decision.recommendation, answer);
        assert_eq!(decision.features, serde_json::json!({"amount": 0.1}));
        assert!(store.decision(&b, id).await.unwrap().is_none());
        let refused = store.append_feedback(&b, id, &accepted(), "k").await;
        assert!(matches!(
            refused,
            Err(crate::store::StoreError::Missing("recommendation"))
        ));
        store
            .append_feedback(&a, id, &accepted(), "k")
            .await
            .unwrap();
        assert_eq!(store.feedback(&a, id).await.unwrap().len(), 1);
        assert!(store.feedback(&b, id).await.unwrap().is_empty());
    }
    let all = DecisionFilter::default();
    let page = store.decisions(&a, &all, None, 2).await.unwrap();
    assert_eq!(page.items[0].recommendation, given[2]);
    let rest = store
        .decisions(&a, &all, page.next.as_ref(), 2)
        .await
        .unwrap();
    assert_eq!(rest.items.len(), 1);
    assert_eq!(rest.next, None);
    assert!(
        store
            .decisions(&b, &all, None, 2)
            .await
            .unwrap()
            .items
            .is_empty()
    );
    let twice = store
        .append_decision(
            &a,
            &mut given[0],
            &canonical(&serde_json::json!({})),
            &canonical(&serde_json::json!({})),
        )
        .await;
    assert!(twice.is_err());
}
