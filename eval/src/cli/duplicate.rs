//! `scrutineer-eval duplicate`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use scrutineer_datasets::sets;
use scrutineer_eval::duplicate::{self, DuplicateOptions};
use scrutineer_eval::{EvalError, results};

#[derive(Debug, Args)]
pub(super) struct DuplicateArgs {
    /// Folder of `vendor_invoice`, `expense_claim` and `card_transaction` (`.csv` or `.ndjson`), any of them.
    #[arg(long, required_unless_present = "set")]
    records: Option<PathBuf>,
    /// Pairs that are copies: `id_a,id_b[,kind]` with a header.
    #[arg(long, requires = "records")]
    truth: Option<PathBuf>,
    /// A public set of `SCRUTINEER_DATA`.
    #[arg(long, conflicts_with = "records")]
    set: Option<PaymentSet>,
    /// Measure on copies of our own making with this seed instead of the set's truth.
    #[arg(long, requires = "set", value_name = "SEED")]
    own_copies: Option<u64>,
    /// Take the truth of so many of the likeliest pairs for what people said, learn from it, and measure how
    /// the others are ranked before and after.
    #[arg(long, value_name = "PAIRS")]
    reviewed: Option<usize>,
    /// Write the figures as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PaymentSet {
    /// Payments to vendors with injected copies.
    Payments,
}

pub(super) fn run(args: &DuplicateArgs) -> Result<ExitCode, EvalError> {
    let evaluation = match &args.records {
        Some(folder) => {
            let options = DuplicateOptions {
                set: folder.display().to_string(),
                protocol: "every record against those known before it".to_owned(),
                least_minor: None,
                window_days: None,
                reviewed: args.reviewed,
            };
            duplicate::on_records(folder, args.truth.as_deref(), &options)?
        }
        None => duplicate::on_payments(&sets::data_dir(), args.own_copies, args.reviewed)?,
    };
    if let Some(path) = &args.json {
        results::write_json(path, &evaluation)?;
    }
    super::say(&results::as_text(&evaluation));
    Ok(ExitCode::SUCCESS)
}
