//! Writes the demo firm: its records and its mail.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Result;
use chrono::{Days, NaiveDate, Utc};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use scrutineer::domain::RecordKind;
use scrutineer_datasets::firm;

/// Makes a demo firm of professional services with 36 months of records and its mail.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Folder for KIND.ndjson, documents/ and truth/; made if absent.
    #[arg(long)]
    out: PathBuf,
    /// The same seed and day give the same bytes.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The last day on record; the last working day before this one if not said.
    #[arg(long)]
    today: Option<NaiveDate>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    // Nothing on record is of a moment to come.
    let yesterday = Utc::now().date_naive() - Days::new(1);
    let today = arguments
        .today
        .unwrap_or_else(|| firm::last_workday(yesterday));
    // Draws nothing unless standard error is a terminal.
    let bar = ProgressBar::new(firm::STAGES).with_style(ProgressStyle::with_template(
        "making the firm {bar:30} {pos}/{len}",
    )?);
    let made = firm::make(arguments.seed, today, || bar.inc(1))?;
    made.write(&arguments.out)?;
    bar.finish_and_clear();
    let mut out = io::stdout().lock();
    for kind in RecordKind::ALL {
        writeln!(out, "{:>7} {kind}", made.records.rows(*kind).len())?;
    }
    writeln!(out, "{:>7} documents", made.documents.len())?;
    writeln!(out, "in {}", arguments.out.display())?;
    Ok(())
}
