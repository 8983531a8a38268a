//! `scrutineer-eval expense`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use scrutineer_datasets::sets::{self, spend::SpendBody};
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
    /// What Calderdale paid, with odd lines planted.
    SpendCalderdale,
    /// What Harrogate paid.
    SpendHarrogate,
    /// What the Greater London Authority paid.
    SpendLondon,
    /// What Salford paid.
    SpendSalford,
}

pub(super) fn run(args: &ExpenseArgs) -> Result<ExitCode, EvalError> {
    let (data, most) = (sets::data_dir(), args.per_week);
    let spend = |body| expense::on_spend(&data, body, most);
    let outcome = match (&args.records, args.set) {
        (Some(folder), _) => expense::on_records(folder, args.truth.as_deref(), most)?,
        (None, Some(ExpenseSet::SpendCalderdale)) => spend(SpendBody::Calderdale)?,
        (None, Some(ExpenseSet::SpendHarrogate)) => spend(SpendBody::Harrogate)?,
        (None, Some(ExpenseSet::SpendLondon)) => spend(SpendBody::London)?,
        (None, Some(ExpenseSet::SpendSalford)) => spend(SpendBody::Salford)?,
        (None, Some(ExpenseSet::Pcard) | None) => expense::on_pcard(&data, most)?,
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
