//! Damaged, odd and hostile files, made from a small good one: each is answered,
//! in time, and the next file is read as if nothing had happened.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use scrutineer::documents::Parsed;
use scrutineer::documents::parse::ParseOptions;
use scrutineer::documents::sandbox::{Limits, Sandbox, SandboxConfig, SandboxError};

use crate::damaged_variants::{Variant, broken_attachments, broken_content, broken_structure};
use crate::damaged_variants::{cut_and_flipped, hostile_pictures};
use crate::pdf_files::small_invoice;

/// Wall-clock time that no file may exceed, waiting included.
const PATIENCE: Duration = Duration::from_secs(10);

fn sandbox() -> Sandbox {
    Sandbox::new(SandboxConfig {
        workers: 2,
        max_waiting: 16,
        limits: Limits {
            memory_bytes: 256 * 1024 * 1024,
            cpu_seconds: 2,
        },
        wall_time: Duration::from_secs(4),
        ..SandboxConfig::for_program(PathBuf::from(env!("CARGO_BIN_EXE_scrutineer")))
    })
}

async fn parse(sandbox: &Sandbox, bytes: Vec<u8>) -> Result<Parsed, SandboxError> {
    sandbox.parse(bytes.into(), ParseOptions::default()).await
}

async fn assert_still_reads(sandbox: &Sandbox, after: &str) {
    let parsed = parse(sandbox, small_invoice().bytes()).await.unwrap();
    let words: Vec<&str> = parsed.pages[0]
        .words
        .iter()
        .map(|word| word.text.as_str())
        .collect();
    assert_eq!(
        words,
        ["Invoice", "4711", "Total", "EUR", "119.00"],
        "after {after}"
    );
}

async fn assert_survives(variants: Vec<Variant>) {
    let sandbox = sandbox();
    for Variant {
        name,
        bytes,
        problem,
    } in variants
    {
        let begun = Instant::now();
        let outcome = parse(&sandbox, bytes.clone()).await;
        assert!(
            begun.elapsed() < PATIENCE,
            "{name} took {:?}",
            begun.elapsed()
        );
        let codes: Vec<String> = match outcome {
            Ok(parsed) => parsed
                .problems
                .into_iter()
                .map(|problem| problem.code)
                .collect(),
            Err(error) => {
                assert!(error.is_about_the_file(), "{name}: {error}");
                vec![error.code().to_owned()]
            }
        };
        if let Some(expected) = problem {
            assert!(
                codes.iter().any(|code| code == expected),
                "{name}: {codes:?}"
            );
        }
        let begun = Instant::now();
        if let Err(error) = sandbox.render(bytes.into(), 1, 300).await {
            assert!(error.is_about_the_file(), "drawing {name}: {error}");
        }
        assert!(
            begun.elapsed() < PATIENCE,
            "drawing {name} took {:?}",
            begun.elapsed()
        );
    }
    assert_still_reads(&sandbox, "all of them").await;
}

#[tokio::test]
async fn cut_and_flipped_files_are_answered() {
    assert_survives(cut_and_flipped()).await;
}

#[tokio::test]
async fn broken_structure_is_answered() {
    assert_survives(broken_structure()).await;
}

#[tokio::test]
async fn broken_content_is_answered() {
    assert_survives(broken_content()).await;
}

#[tokio::test]
async fn broken_attachments_are_answered() {
    assert_survives(broken_attachments()).await;
}

#[tokio::test]
async fn hostile_pictures_are_answered() {
    assert_survives(hostile_pictures()).await;
}

#[test]
fn there_are_at_least_eighty_variants() {
    let all = [
        cut_and_flipped(),
        broken_structure(),
        broken_content(),
        broken_attachments(),
        hostile_pictures(),
    ];
    assert!(all.iter().map(Vec::len).sum::<usize>() >= 80);
}

#[tokio::test]
async fn an_attached_invoice_is_read_unless_it_is_left_aside() {
    let sandbox = sandbox();
    let bytes: Arc<[u8]> = small_invoice().bytes().into();
    let read = sandbox
        .parse(Arc::clone(&bytes), ParseOptions::default())
        .await
        .unwrap();
    let structured = read.structured.unwrap();
    assert_eq!(structured.attachment.as_deref(), Some("factur-x.xml"));
    let aside = ParseOptions {
        ignore_xml: true,
        ..ParseOptions::default()
    };
    let read = sandbox.parse(bytes, aside).await.unwrap();
    assert!(read.structured.is_none());
    assert!(read.pages[0].words.iter().all(|word| word.bold));
}

#[tokio::test]
async fn a_page_is_drawn_as_wide_as_asked_for() {
    let bytes: Arc<[u8]> = small_invoice().bytes().into();
    let png = sandbox().render(Arc::clone(&bytes), 1, 300).await.unwrap();
    assert!(png.starts_with(b"\x89PNG"));
    assert_eq!(u32::from_be_bytes(png[16..20].try_into().unwrap()), 300);
    let refused = sandbox()
        .render(Arc::clone(&bytes), 9, 300)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "page_not_found");
    let refused = sandbox().render(bytes, 1, 60_000).await.unwrap_err();
    assert_eq!(refused.code(), "page_too_large");
}

#[tokio::test]
async fn a_full_queue_turns_files_away() {
    let sandbox = Sandbox::new(SandboxConfig {
        workers: 1,
        max_waiting: 1,
        ..SandboxConfig::for_program(PathBuf::from(env!("CARGO_BIN_EXE_scrutineer")))
    });
    let bytes: Arc<[u8]> = small_invoice().bytes().into();
    let outcomes = futures_of(&sandbox, &bytes, 8).await;
    let turned_away = outcomes
        .iter()
        .filter(|code| code.as_deref() == Some("busy"))
        .count();
    assert_eq!(turned_away, 6, "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(|code| code.is_none()).count(), 2);
}

/// Starts `count` readings at once and returns the error code of each, if any.
async fn futures_of(sandbox: &Sandbox, bytes: &Arc<[u8]>, count: usize) -> Vec<Option<String>> {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..count {
        let sandbox = sandbox.clone();
        let bytes = Arc::clone(bytes);
        tasks.spawn(async move {
            let outcome = sandbox.parse(bytes, ParseOptions::default()).await;
            outcome.err().map(|error| error.code().to_owned())
        });
    }
    tasks.join_all().await
}

#[tokio::test]
async fn a_program_that_cannot_be_started_is_said_so() {
    let missing = SandboxConfig::for_program(PathBuf::from("/nowhere/scrutineer"));
    let sandbox = Sandbox::new(missing);
    let error = parse(&sandbox, small_invoice().bytes()).await.unwrap_err();
    assert_eq!(error.code(), "worker_not_started");
    assert!(!error.is_about_the_file());
}
