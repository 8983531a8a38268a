//! `scrutineer import`: canonical records from CSV or NDJSON into the store.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::exit;
use super::store_args::{StoreArgs, with_store};
use crate::domain::RecordKind;
use crate::domain::loader::{Rows, Source};
use crate::store::{ImportOptions, ImportReport};

/// Arguments of `scrutineer import`.
#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// Kind of record, such as vendor_invoice.
    kind: RecordKind,
    /// CSV or NDJSON, told apart by content; `-` for standard input.
    file: PathBuf,
    /// Nothing lands unless every row is good.
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    store: StoreArgs,
}

/// Runs `scrutineer import`; ends with 1 if a row was refused.
pub(super) fn run(args: &ImportArgs) -> ExitCode {
    let from_stdin = args.file.as_os_str() == "-";
    let (input, bytes): (Box<dyn Read + Send>, Option<u64>) = if from_stdin {
        (Box::new(io::stdin()), None)
    } else {
        match File::open(&args.file) {
            Ok(file) => {
                let bytes = file.metadata().ok().map(|found| found.len());
                (Box::new(file), bytes)
            }
            Err(error) => {
                return exit::input(&format!("{}: {error}", args.file.display()));
            }
        }
    };
    let name = if from_stdin {
        "standard input".to_owned()
    } else {
        args.file.display().to_string()
    };
    let source = Source {
        name,
        kind: args.kind,
        format: None,
    };
    let bar = progress_bar(bytes, args.store.json);
    let options = ImportOptions {
        strict: args.strict,
    };
    let outcome = with_store(&args.store, async |store| {
        let rows = Rows::new(bar.wrap_read(input), source);
        let progress = |rows| bar.set_message(format!("{rows} rows"));
        store
            .import_records(&args.store.tenant, rows, options, progress)
            .await
    });
    bar.finish_and_clear();
    match outcome {
        Ok(report) => tell(args, &report),
        Err(code) => code,
    }
}

fn progress_bar(bytes: Option<u64>, json: bool) -> ProgressBar {
    if json || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    match bytes {
        Some(bytes) => ProgressBar::new(bytes).with_style(
            ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes} {msg} {eta}")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        ),
        None => ProgressBar::new_spinner(),
    }
}

fn tell(args: &ImportArgs, report: &ImportReport) -> ExitCode {
    let mut errors = io::stderr().lock();
    let mut output = io::stdout().lock();
    let written = if args.store.json {
        serde_json::to_string(report)
            .map_err(io::Error::from)
            .and_then(|line| writeln!(output, "{line}"))
    } else {
        let hidden = report.rejected.saturating_sub(report.problems.len() as u64);
        let counts = report.counts;
        let end = if report.landed {
            ""
        } else {
            "; nothing landed"
        };
        (|| {
            for problem in &report.problems {
                writeln!(errors, "{problem}")?;
            }
            if hidden > 0 {
                writeln!(errors, "and {hidden} more rows")?;
            }
            writeln!(
                output,
                "{}: {} rows: {} new, {} changed, {} known, {} refused{end}",
                args.kind,
                report.rows,
                counts.inserted,
                counts.updated,
                counts.unchanged,
                report.rejected
            )
        })()
    };
    match written {
        Ok(()) if report.rejected == 0 => ExitCode::SUCCESS,
        Ok(()) => ExitCode::from(1),
        Err(error) => exit::environment(&error.to_string()),
    }
}
