//! `scrutineer-eval expense`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use scrutineer_datasets::sets;
use scrutineer_eval::{EvalError, expense, results};

use super::say;

#[derive(Debug, Args)]
pub(super) struct ExpenseArgs {
    /// Folder of `expense_claim.csv`, `card_transaction.csv` or `vendor_invoice.csv` (or `.ndjson`).
    #[arg(long, required_unless_present = "set")]
    records: Option<PathBuf>,
    /// Which are odd, as `id,label`; counted, never fitted on.
    #[arg(long, requires = "records")]
    truth: Option<PathBuf>,
    /// A public set of `SCRUTINEER_DATA`.
    #[arg(long, conflicts_with = "records")]
    set: Option<ExpenseSet>,
    /// Claims that the firm can review in a week.
    #[arg(long, default_value_t = 20)]
    per_week: u32,
    /// Write the figures as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ExpenseSet {
    /// Purchasing-card lines.
    Pcard,
}

pub(super) fn run(args: &ExpenseArgs) -> Result<ExitCode, EvalError> {
    let outcome = match &args.records {
        Some(folder) => expense::on_records(folder, args.truth.as_deref(), args.per_week)?,
        None => expense::on_pcard(&sets::data_dir(), args.per_week)?,
    };
    if let Some(path) = &args.json {
        results::write_json(path, &outcome.evaluation)?;
    }
    say(&results::as_text(&outcome.evaluation));
    if let Some(plan) = outcome.plan {
        let precision = plan.precision.map_or_else(
            || "unknown before reviewers have said".to_owned(),
            |share| format!("{share:.2}"),
        );
        say(&format!(
            "for {} reviews a week: above {:.1} points, {:.1} a week, precision {precision}\n",
            args.per_week, plan.threshold, plan.expected_per_week
        ));
    }
    for shown in &outcome.top {
        say(&shown.to_string());
    }
    Ok(ExitCode::SUCCESS)
}
