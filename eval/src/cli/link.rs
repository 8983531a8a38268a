//! `scrutineer-eval link`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use scrutineer::learn::linkage::LinkOptions;
use scrutineer_datasets::sets::{self, linkage};
use scrutineer_eval::{EvalError, link, results};

#[derive(Debug, Args)]
pub(super) struct LinkArgs {
    /// A table as CSV with a header.
    #[arg(long, required_unless_present = "set")]
    left: Option<PathBuf>,
    /// The table to link it with; without it, rows of the one table among themselves.
    #[arg(long, requires = "left", group = "other")]
    right: Option<PathBuf>,
    /// Pairs that are one thing, as CSV with a header: the ids of two rows in two columns.
    #[arg(long, requires = "left")]
    truth: Option<PathBuf>,
    /// Column of ids; without it `id`, `unique_id` or `rec_id`.
    #[arg(long, requires = "left")]
    id: Option<String>,
    /// A public set of `SCRUTINEER_DATA`.
    #[arg(long, conflicts_with = "left", group = "other")]
    set: Option<LinkSet>,
    /// Each row has one partner at most.
    #[arg(long, requires = "other")]
    one_to_one: bool,
    /// Least probability of a link.
    #[arg(long, default_value_t = LinkOptions::default().least_probability)]
    least_probability: f64,
    /// Write the figures as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LinkSet {
    /// Persons, and each again with faults.
    Febrl4,
    /// Payments at two banks.
    Transactions,
}

pub(super) fn run(args: &LinkArgs) -> Result<ExitCode, EvalError> {
    let options = LinkOptions {
        one_to_one: args.one_to_one,
        least_probability: args.least_probability,
    };
    let data = sets::data_dir();
    let (set, tables) = match (args.set, &args.left) {
        (Some(LinkSet::Febrl4), _) => ("febrl4".to_owned(), linkage::febrl4(&data)?),
        (Some(LinkSet::Transactions), _) => {
            ("transactions".to_owned(), linkage::transactions(&data)?)
        }
        (None, Some(left)) => (
            left.display().to_string(),
            link::read(
                left,
                args.right.as_deref(),
                args.truth.as_deref(),
                args.id.as_deref(),
            )?,
        ),
        _ => return Err(EvalError::Absent("neither tables nor a set".to_owned())),
    };
    let evaluation = link::evaluate(&set, &tables, &options)?;
    if let Some(path) = &args.json {
        results::write_json(path, &evaluation)?;
    }
    super::say(&results::as_text(&evaluation));
    Ok(ExitCode::SUCCESS)
}
