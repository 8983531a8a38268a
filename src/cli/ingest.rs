//! `scrutineer ingest`: documents into the store, each read, judged and chained.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::Utc;
use clap::Args;
use serde_json::json;

use super::exit;
use super::progress;
use super::with_service::{ServiceArgs, with_service};
use crate::advice::Level;
use crate::documents::sandbox::MAX_FILE_BYTES;
use crate::service::{Incoming, Service};

/// Arguments of `ingest`.
#[derive(Debug, Args)]
pub(super) struct IngestArgs {
    #[command(flatten)]
    service: ServiceArgs,
    /// Files, or folders whose files are all taken
    #[arg(required = true)]
    paths: Vec<PathBuf>,
}

#[derive(Debug, Default)]
struct Counts {
    new: u64,
    known: u64,
    to_review: u64,
    failed: u64,
}

/// Takes every file in; exit code 1 if one could not be opened or kept.
pub(super) fn run(args: &IngestArgs) -> ExitCode {
    let files = match files(&args.paths) {
        Ok(files) => files,
        Err(message) => return exit::input(&message),
    };
    let config = match args.service.store.load() {
        Ok(config) => config,
        Err(code) => return code,
    };
    with_service(&args.service, config, async |service| {
        let counts = take_all(service, args, &files).await;
        tell(&counts, args.service.store.json)
    })
}

async fn take_all(service: &Service, args: &IngestArgs, files: &[PathBuf]) -> Counts {
    let bar = progress::bar(
        Some(files.len() as u64),
        "{wide_bar} {pos}/{len} documents {eta}",
        args.service.store.json,
    );
    let mut counts = Counts::default();
    for path in files {
        match take(service, args, path).await {
            Ok(outcome) => {
                counts.new += u64::from(outcome.created);
                counts.known += u64::from(!outcome.created);
                counts.to_review += u64::from(outcome.level >= Level::Medium);
            }
            Err(message) => {
                counts.failed += 1;
                bar.suspend(|| {
                    // Standard error closed: the exit code still says that a file failed.
                    let _ = writeln!(io::stderr().lock(), "{}: {message}", path.display());
                });
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    counts
}

struct Outcome {
    created: bool,
    level: Level,
}

async fn take(service: &Service, args: &IngestArgs, path: &Path) -> Result<Outcome, String> {
    let size = std::fs::metadata(path)
        .map_err(|error| error.to_string())?
        .len();
    if size > MAX_FILE_BYTES as u64 {
        return Err(format!("{size} bytes; at most {MAX_FILE_BYTES} are read"));
    }
    let incoming = Incoming {
        bytes: std::fs::read(path)
            .map_err(|error| error.to_string())?
            .into(),
        filename: path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned()),
    };
    let analysed = service
        .analyse(&args.service.store.tenant, incoming, Utc::now())
        .await
        .map_err(|error| error.to_string())?;
    Ok(Outcome {
        created: analysed.created,
        level: analysed.assessment.recommendation.level,
    })
}

/// The files named, and those of the folders named, in order of name.
fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let listed =
            std::fs::read_dir(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let mut inside: Vec<PathBuf> = listed
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| path.is_file())
            .collect();
        inside.sort();
        files.append(&mut inside);
    }
    Ok(files)
}

fn tell(counts: &Counts, json: bool) -> ExitCode {
    let Counts {
        new,
        known,
        to_review,
        failed,
    } = counts;
    let line = if json {
        json!({ "new": new, "known": known, "to_review": to_review, "failed": failed }).to_string()
    } else {
        format!("documents: {new} new, {known} known, {to_review} worth a look, {failed} failed")
    };
    match writeln!(io::stdout().lock(), "{line}") {
        Ok(()) if *failed == 0 => ExitCode::SUCCESS,
        Ok(()) => ExitCode::from(1),
        Err(error) => exit::environment(&error.to_string()),
    }
}
