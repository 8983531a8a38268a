//! `scrutineer import`: canonical records from CSV or NDJSON into the store.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::exit;
use super::input::Input;
use super::progress;
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
    let input = match Input::open(&args.file) {
        Ok(input) => input,
        Err(message) => return exit::input(&message),
    };
    let source = Source {
        name: input.name,
        kind: args.kind,
        format: None,
    };
    let template = "{wide_bar} {bytes}/{total_bytes} {msg} {eta}";
    let bar = progress::bar(input.bytes, template, args.store.json);
    let options = ImportOptions {
        strict: args.strict,
    };
    let outcome = with_store(&args.store, async |store| {
        let rows = Rows::new(bar.wrap_read(input.reader), source);
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
                "{}: {}: {} new, {} changed, {} known, {} refused{end}",
                args.kind,
                rows(report.rows),
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

fn rows(count: u64) -> String {
    match count {
        1 => "1 row".to_owned(),
        many => format!("{many} rows"),
    }
}
