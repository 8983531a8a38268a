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
    /// Files, or folders whose files are all taken; links within a folder are left out
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
    let Found { files, links } = match found(&args.paths) {
        Ok(found) => found,
        Err(message) => return exit::input(&message),
    };
    for link in links {
        // Nobody is left to tell if standard error is closed.
        let _ = writeln!(
            io::stderr().lock(),
            "{}: left out: a link may lead out of its folder; name it to take in the file",
            link.display()
        );
    }
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

/// What is to be taken in, and what is left out.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    files: Vec<PathBuf>,
    /// Those in folders: whoever may write a file there need not be allowed to read what they lead to.
    links: Vec<PathBuf>,
}

/// The files named, and those of the folders named, in order of name.
fn found(paths: &[PathBuf]) -> Result<Found, String> {
    let mut found = Found::default();
    for path in paths {
        if !path.is_dir() {
            found.files.push(path.clone());
            continue;
        }
        let listed =
            std::fs::read_dir(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let (mut files, mut links) = (Vec::new(), Vec::new());
        for entry in listed.filter_map(Result::ok) {
            // Of the entry itself, and not of what a link leads to.
            match entry.file_type() {
                Ok(kind) if kind.is_symlink() => links.push(entry.path()),
                Ok(kind) if kind.is_file() => files.push(entry.path()),
                _ => {}
            }
        }
        files.sort();
        links.sort();
        found.files.append(&mut files);
        found.links.append(&mut links);
    }
    Ok(found)
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

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_link_in_a_folder_is_left_out_and_one_that_is_named_is_followed() {
        let outside = tempfile::tempdir().unwrap();
        let secret = outside.path().join("secret");
        std::fs::write(&secret, "s").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let within = |name: &str| folder.path().join(name);
        for name in ["b.pdf", "a.pdf"] {
            std::fs::write(within(name), name).unwrap();
        }
        std::fs::create_dir(within("sub")).unwrap();
        for (to, name) in [
            (secret, "out"),
            (within("a.pdf"), "in"),
            (folder.path().to_owned(), "loop"),
        ] {
            symlink(to, within(name)).unwrap();
        }
        assert_eq!(
            found(&[folder.path().to_owned(), within("out")]),
            Ok(Found {
                files: ["a.pdf", "b.pdf", "out"].map(within).to_vec(),
                links: ["in", "loop", "out"].map(within).to_vec(),
            })
        );
    }
}
