//! The command line.
//!
//! Exit codes: 0 done, 1 a gate is missed or a file is wrong, 2 wrong usage,
//! 3 results could not be written, 4 the data or models are absent, 5 there is too little
//! history to fit or to ask.

mod duplicate;
mod expense;
mod link;
mod picture;
mod project_setup;

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use scrutineer::cases::timesheet::TOLERATED_PERCENT;
use scrutineer_datasets::sets::{self, InvoiceSet};
use scrutineer_datasets::split::Split;
use scrutineer_eval::billing::{self, BillingOptions};
use scrutineer_eval::collections::{self, CollectionsOptions};
use scrutineer_eval::invoice::{self, Disagreement, InvoiceOptions, InvoiceOutcome, Protocol};
use scrutineer_eval::plotted::Plotted;
use scrutineer_eval::timesheet::{self, TimesheetOptions};
use scrutineer_eval::{EvalError, Evaluation, gate, results};

/// Measures what Scrutineer would have told, on data it has never seen.
#[derive(Debug, Parser)]
#[command(name = "scrutineer-eval", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Fields read from documents, against their truth.
    Invoice(InvoiceArgs),
    /// When invoices of ours were paid, foretold before they were.
    Collections(CollectionsArgs),
    /// Which teams' time sheets were late, foretold before they were due.
    Timesheet(TimesheetArgs),
    /// Which bills slipped, foretold a week before they should have gone out.
    Billing(BillingArgs),
    /// Which claims are unusual for their peers, without labels.
    Expense(expense::ExpenseArgs),
    /// How long requests still took and whether they came late, foretold at each step.
    #[command(name = "project_setup")]
    ProjectSetup(Box<project_setup::ProjectSetupArgs>),
    /// Which records are copies of earlier ones.
    Duplicate(duplicate::DuplicateArgs),
    /// Which rows of two tables are one thing.
    Link(link::LinkArgs),
    /// Whether pictures are known again that were saved anew.
    Picture(picture::PictureArgs),
    /// Every protocol of a gate file; fails when a threshold is missed.
    Gate {
        /// Such as `eval/gates/invoice.toml`.
        file: PathBuf,
        /// Folder of the models.
        #[arg(long, default_value = "models")]
        models: PathBuf,
    },
    /// Runs every protocol and writes the page of results with its plots.
    Results {
        /// Folder that `RESULTS.md` and `plots/` are written to.
        #[arg(long, default_value = "eval")]
        out: PathBuf,
        /// Make this part alone anew, and leave the others of the page as they stand.
        #[arg(long, value_enum)]
        part: Option<PartArg>,
        /// Folder of the models.
        #[arg(long, default_value = "models")]
        models: PathBuf,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PartArg {
    /// The HighRadius backtest.
    Receivables,
    /// Event logs.
    Requests,
    /// Claims, copies and linkage.
    Scrutiny,
}

impl From<PartArg> for results::Part {
    fn from(part: PartArg) -> Self {
        match part {
            PartArg::Receivables => Self::Receivables,
            PartArg::Requests => Self::Requests,
            PartArg::Scrutiny => Self::Scrutiny,
        }
    }
}

#[derive(Debug, Args)]
struct InvoiceArgs {
    /// Folder of documents.
    #[arg(long, requires = "truth", required_unless_present = "set")]
    documents: Option<PathBuf>,
    /// Truth rows, one JSON object a line: `file`, then any fields.
    #[arg(long, requires = "documents", conflicts_with = "set")]
    truth: Option<PathBuf>,
    /// A public set of `SCRUTINEER_DATA`.
    #[arg(long, value_parser = parse_set)]
    set: Option<InvoiceSet>,
    /// Read the page alone; count only values that are printed on it.
    #[arg(long)]
    strip_xml: bool,
    /// Only documents on this side of the split by seller and number.
    #[arg(long)]
    split: Option<SplitArg>,
    /// Write the figures as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Write every disagreement as NDJSON. Not for held-out documents.
    #[arg(long)]
    disagreements: Option<PathBuf>,
    /// Folder of the models.
    #[arg(long, default_value = "models")]
    models: PathBuf,
}

/// Where figures go beside the terminal.
#[derive(Debug, Args)]
struct OutputArgs {
    /// Write the figures as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Write plots of calibration, lift and coverage, with a page that shows them, to a folder.
    #[arg(long, value_name = "DIR")]
    plots: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct CollectionsArgs {
    /// Folder of `customer_invoice.csv` (or `.ndjson`), and `payment.csv` where there is one.
    #[arg(long, requires = "cut", required_unless_present = "set")]
    records: Option<PathBuf>,
    /// A public set of `SCRUTINEER_DATA`.
    #[arg(long, conflicts_with = "records")]
    set: Option<ReceivableSet>,
    /// Invoices issued from this day on are asked about; earlier ones are fitted on.
    #[arg(long)]
    cut: Option<NaiveDate>,
    /// Invoices issued from this day on are left out.
    #[arg(long)]
    end: Option<NaiveDate>,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Debug, Args)]
struct TimesheetArgs {
    /// Folder of `timesheet.csv` (or `.ndjson`), and `employee.csv` where there is one.
    #[arg(long)]
    records: PathBuf,
    /// Periods that end from this day on are asked about; those due before it are fitted on.
    #[arg(long)]
    cut: NaiveDate,
    /// A team's period is late when more than so many of a hundred sheets are.
    #[arg(long, default_value_t = TOLERATED_PERCENT)]
    tolerated_percent: f64,
    /// Ask about each sheet that is not in, as for reminders that go to the submitter alone.
    #[arg(long)]
    per_sheet: bool,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Debug, Args)]
struct BillingArgs {
    /// Folder of `bill.csv` (or `.ndjson`), and `project`, `timesheet`, `approval` and
    /// `employee` where they are there.
    #[arg(long)]
    records: PathBuf,
    /// Bills asked about from this day on, a week before the day planned, are the test;
    /// earlier ones are fitted on.
    #[arg(long)]
    cut: NaiveDate,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ReceivableSet {
    /// The HighRadius extract.
    Highradius,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SplitArg {
    /// Identities used in building.
    Build,
    /// Identities held out.
    Heldout,
}

fn parse_set(name: &str) -> Result<InvoiceSet, String> {
    InvoiceSet::of_name(name).ok_or_else(|| {
        let known: Vec<&str> = InvoiceSet::ALL.iter().map(|set| set.name()).collect();
        format!("expected one of {}", known.join(", "))
    })
}

/// Runs the command line and says how it ended.
pub(crate) fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Invoice(args) => run_invoice(&args),
        Command::Collections(args) => run_collections(&args),
        Command::Timesheet(args) => run_timesheet(&args),
        Command::Billing(args) => run_billing(&args),
        Command::Expense(args) => expense::run(&args),
        Command::ProjectSetup(args) => project_setup::run(&args),
        Command::Link(args) => link::run(&args),
        Command::Picture(args) => picture::run(&args),
        Command::Duplicate(args) => duplicate::run(&args),
        Command::Gate { file, models } => run_gate(&file, &models),
        Command::Results { out, part, models } => run_results(&out, part, &models),
    };
    outcome.unwrap_or_else(|error| {
        tell(&format!("scrutineer-eval: {error}"));
        match error {
            EvalError::Absent(_) => ExitCode::from(4),
            EvalError::File { .. } => ExitCode::from(1),
            EvalError::Write { .. } => ExitCode::from(3),
            EvalError::Insufficient(_) => ExitCode::from(5),
        }
    })
}

fn run_invoice(args: &InvoiceArgs) -> Result<ExitCode, EvalError> {
    let (set, documents, rows) = match (&args.set, &args.documents, &args.truth) {
        (Some(set), _, _) => {
            let loaded = set.load(&sets::data_dir())?;
            (set.name().to_owned(), loaded.folder, loaded.rows)
        }
        (None, Some(documents), Some(truth)) => (
            truth.display().to_string(),
            documents.clone(),
            sets::read_truth(truth)?,
        ),
        _ => {
            return Err(EvalError::Absent(
                "name --set, or --documents and --truth".to_owned(),
            ));
        }
    };
    let options = InvoiceOptions {
        set,
        documents,
        rows,
        protocol: if args.strip_xml {
            Protocol::Page
        } else {
            Protocol::Whole
        },
        split: args.split.map(|split| match split {
            SplitArg::Build => Split::Build,
            SplitArg::Heldout => Split::HeldOut,
        }),
        models: args.models.clone(),
    };
    let bar = progress_bar(options.rows.len());
    let outcome = invoice::evaluate(&options, || bar.inc(1))?;
    bar.finish_and_clear();
    if let Some(path) = &args.json {
        results::write_json(path, &outcome.evaluation)?;
    }
    if let Some(path) = &args.disagreements {
        write_disagreements(path, &outcome.disagreements)?;
    }
    say(&results::as_text(&outcome.evaluation));
    if outcome.types.count() > 0 {
        say(&outcome.types.to_string());
    }
    Ok(ExitCode::SUCCESS)
}

fn run_collections(args: &CollectionsArgs) -> Result<ExitCode, EvalError> {
    let outcome = match (&args.records, args.cut) {
        (Some(folder), Some(cut)) => {
            let options = CollectionsOptions {
                set: folder.display().to_string(),
                protocol: format!("asked on the day of issue, fitted before {cut}"),
                cut,
                end: args.end,
            };
            collections::on_records(folder, &options)?
        }
        (_, cut) => collections::on_highradius(&sets::data_dir(), cut, args.end)?,
    };
    tell_figures(&outcome.evaluation, &outcome.plotted, &args.output)
}

fn run_timesheet(args: &TimesheetArgs) -> Result<ExitCode, EvalError> {
    let unit = if args.per_sheet {
        "each sheet that is not in"
    } else {
        "each team"
    };
    let options = TimesheetOptions {
        set: args.records.display().to_string(),
        protocol: format!(
            "{unit} asked about on the last day of the period, fitted before {}",
            args.cut
        ),
        cut: args.cut,
        tolerated_percent: args.tolerated_percent,
        per_sheet: args.per_sheet,
    };
    let outcome = timesheet::on_records(&args.records, &options)?;
    tell_figures(&outcome.evaluation, &outcome.plotted, &args.output)
}

fn run_billing(args: &BillingArgs) -> Result<ExitCode, EvalError> {
    let options = BillingOptions {
        set: args.records.display().to_string(),
        protocol: format!(
            "asked a week before the day planned, fitted before {}",
            args.cut
        ),
        cut: args.cut,
    };
    let outcome = billing::on_records(&args.records, &options)?;
    tell_figures(&outcome.evaluation, &outcome.plotted, &args.output)
}

fn tell_figures(
    evaluation: &Evaluation,
    plotted: &Plotted,
    output: &OutputArgs,
) -> Result<ExitCode, EvalError> {
    if let Some(path) = &output.json {
        results::write_json(path, evaluation)?;
    }
    if let Some(folder) = &output.plots {
        plotted.write_page(folder, evaluation)?;
    }
    say(&results::as_text(evaluation));
    Ok(ExitCode::SUCCESS)
}

fn run_gate(file: &Path, models: &Path) -> Result<ExitCode, EvalError> {
    let gate = gate::Gate::load(file)?;
    let mut missed = 0;
    for check in gate::run(&gate, models, measured)? {
        missed += usize::from(!check.passed);
        say(&format!("{check}\n"));
    }
    if missed == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    tell(&format!("{missed} thresholds missed"));
    Ok(ExitCode::from(1))
}

fn run_results(out: &Path, part: Option<PartArg>, models: &Path) -> Result<ExitCode, EvalError> {
    match part {
        Some(part) => results::write_part(out, part.into())?,
        None => results::write_page(out, models, measured)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Evaluates with a progress bar.
fn measured(options: &InvoiceOptions) -> Result<InvoiceOutcome, EvalError> {
    let bar = progress_bar(options.rows.len());
    bar.set_message(options.set.clone());
    let outcome = invoice::evaluate(options, || bar.inc(1));
    bar.finish_and_clear();
    outcome
}

fn progress_bar(length: usize) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(length).unwrap_or(u64::MAX));
    if !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    bar
}

fn write_disagreements(path: &Path, disagreements: &[Disagreement]) -> Result<(), EvalError> {
    let mut text = String::new();
    for disagreement in disagreements {
        let line = serde_json::to_string(disagreement).map_err(|error| EvalError::Write {
            path: path.display().to_string(),
            message: error.to_string(),
        })?;
        text.push_str(&line);
        text.push('\n');
    }
    results::write(path, &text)
}

fn say(text: &str) {
    // A closed pipe is the reader's choice.
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn tell(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
