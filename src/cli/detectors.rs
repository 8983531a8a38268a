//! `scrutineer detectors`: what each detector would have flagged.

use std::io::{self, Write};
use std::process::ExitCode;

use chrono::Utc;
use clap::Args;

use super::exit;
use super::store_args::must_exist;
use super::with_service::{ServiceArgs, with_service};
use crate::cases::detectors::DryRun;

/// Arguments of `detectors`.
#[derive(Debug, Args)]
pub(super) struct DetectorsArgs {
    #[command(flatten)]
    service: ServiceArgs,
}

/// Shows what `GET /v1/detectors/dry-run` gives.
pub(super) fn run(args: &DetectorsArgs) -> ExitCode {
    let config = match must_exist(&args.service.store) {
        Ok(config) => config,
        Err(code) => return code,
    };
    let store = &args.service.store;
    with_service(&args.service, config, async |service| {
        let run = match service.dry_run(&store.tenant, Utc::now()).await {
            Ok(run) => run,
            Err(error) => return exit::environment(&error.to_string()),
        };
        match show(&run, store.json) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                exit::environment(&error.to_string())
            }
            _ => ExitCode::SUCCESS,
        }
    })
}

fn show(run: &DryRun, json: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if json {
        return writeln!(out, "{}", serde_json::to_string(run)?);
    }
    writeln!(
        out,
        "{} claims, {} uses of cards, {} invoices",
        run.claims, run.cards, run.invoices
    )?;
    let mut of = "";
    for tried in &run.detectors {
        if of != tried.of {
            of = &tried.of;
            writeln!(out, "\n{of}")?;
        }
        let off = if tried.runs { "" } else { "  (off)" };
        writeln!(
            out,
            "{:<22} {:>7} {:>6.1} %  {}{off}",
            tried.detector,
            tried.flagged,
            tried.share * 100.0,
            tried.asks,
        )?;
        if let Some(latest) = tried.examples.first() {
            writeln!(
                out,
                "{:>40}  {}: {}",
                latest.day, latest.subject, latest.text
            )?;
        }
    }
    Ok(())
}
