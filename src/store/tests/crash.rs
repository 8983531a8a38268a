//! kill -9 in the middle of writes loses nothing that was answered.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use chrono::Utc;
use serde_json::json;

use super::{accepted, decide, id, put, record, tenant};
use crate::domain::RecordKind;
use crate::store::Store;

const FOLDER: &str = "SCRUTINEER_CRASH_FOLDER";

/// Not a test of its own: the process that is killed. It writes and says what was answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let store = Store::open(Path::new(&folder)).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for worker in 0..4 {
        let store = store.clone();
        tasks.spawn(async move {
            let a = tenant("a");
            let run = uuid::Uuid::now_v7();
            for n in 0..100_000_u32 {
                let said = match worker {
                    0 => {
                        let row = put(&store, &a, format!("{run} {n}").as_bytes()).await.row;
                        format!("document {}", row.id)
                    }
                    1 => {
                        let row = json!({"id": format!("{run}-{n}"), "name": "N"});
                        let row = record(RecordKind::Vendor, row);
                        store.upsert_records(&a, &[row], Utc::now()).await.unwrap();
                        format!("record {run}-{n}")
                    }
                    _ => {
                        let answer = decide(&store, &a, "document", "d").await;
                        let answer = answer.recommendation_id;
                        store
                            .append_feedback(&a, answer, &accepted(), "k")
                            .await
                            .unwrap();
                        format!("feedback {answer}")
                    }
                };
                let mut out = std::io::stdout().lock();
                writeln!(out, "\nanswered {said}").unwrap();
                out.flush().unwrap();
            }
        });
    }
    tasks.join_all().await;
}

fn run_and_kill(folder: &Path, answers: usize) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["store::tests::crash::child", "--exact", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said = Vec::new();
    while said.len() < answers {
        let line = lines.next().expect("the child ended early").unwrap();
        said.extend(line.strip_prefix("answered ").map(str::to_owned));
    }
    // SIGKILL: no handler, no flush.
    child.kill().unwrap();
    child.wait().unwrap();
    // What was in the pipe had been answered as well.
    said.extend(
        lines
            .map_while(Result::ok)
            .filter_map(|line| line.strip_prefix("answered ").map(str::to_owned)),
    );
    said
}

#[tokio::test]
async fn what_was_answered_before_a_kill_is_there_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let a = tenant("a");
    let mut said = Vec::new();
    for round in 1..=4 {
        said.extend(run_and_kill(folder.path(), 15 * round));
        let store = Store::open(folder.path()).await.unwrap();
        for line in &said {
            let (what, which) = line.split_once(' ').unwrap();
            let there = match what {
                "document" => store.document_bytes(&a, id(which)).await.unwrap().is_some(),
                "record" => store
                    .record_as_of(&a, RecordKind::Vendor, which, Utc::now())
                    .await
                    .unwrap()
                    .is_some(),
                _ => store.feedback(&a, id(which)).await.unwrap().len() == 1,
            };
            assert!(there, "round {round}: lost {line}");
        }
        let report = store.audit_verify(&[]).await.unwrap();
        assert!(report.ok, "round {round}: {:?}", report.faults);
        store.close().await;
    }
    for what in ["document", "record", "feedback"] {
        assert!(said.iter().any(|line| line.starts_with(what)), "{what}");
    }
}
