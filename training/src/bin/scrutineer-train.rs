//! Fits the models of a case: `scrutineer-train CASE`.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};
use scrutineer_eval::Evaluation;
use scrutineer_training::progress::Progress;
use scrutineer_training::work::{self, Source};
use scrutineer_training::{collections, document_type, fields, notes, text_encoder};

/// Fits shipped models; seeds are fixed.
#[derive(Debug, Parser)]
#[command(name = "scrutineer-train", version)]
struct Cli {
    /// Folder of models to write to.
    #[arg(long, global = true, default_value = "models")]
    models_dir: PathBuf,
    /// No progress bars.
    #[arg(long, global = true)]
    quiet: bool,
    #[command(subcommand)]
    case: Case,
}

#[derive(Debug, Subcommand)]
enum Case {
    /// What does it say, and what document is it: `invoice_fields`, `invoice_type`.
    Invoice {
        /// Folder of the public sets; without it, both are fitted on generated documents alone.
        #[arg(long)]
        data: Option<PathBuf>,
        /// Fit one of the two.
        #[arg(long)]
        only: Option<InvoiceModel>,
    },
    /// When will each open invoice be paid: `collections`.
    Collections {
        /// Folder of the public sets: fits the shipped model anew.
        #[arg(long, required_unless_present = "records")]
        data: Option<PathBuf>,
        /// Folder of the firm's own records, as for `scrutineer-eval collections`: fits the next version.
        #[arg(long, requires = "cut", conflicts_with = "data")]
        records: Option<PathBuf>,
        /// Fit on what was issued and due before it, measure on what came after.
        #[arg(long)]
        cut: Option<NaiveDate>,
    },
    /// Will a team's sheets be late: `timesheet`.
    Timesheet {
        #[command(flatten)]
        work: WorkArgs,
        /// Fit `timesheet_sheet`, of single sheets, for reminders to the submitter.
        #[arg(long)]
        per_sheet: bool,
    },
    /// Will a set-up miss its day: `project_setup`.
    ProjectSetup(WorkArgs),
    /// Will the next bill slip: `billing`.
    Billing(WorkArgs),
    /// What does a note about money owed speak of: `interaction_note`.
    InteractionNote,
    /// Measure the shipped 16-bit encoder against the original weights.
    TextEncoder {
        /// The original `model.safetensors`, 32 bits.
        #[arg(long)]
        weights: PathBuf,
    },
}

#[derive(Debug, Args)]
struct WorkArgs {
    /// Folder of the firm's own records, as for `scrutineer-eval`: fits the next version.
    #[arg(long, requires = "cut", required_unless_present = "generated")]
    records: Option<PathBuf>,
    /// Fit on what was known before it, measure on what came after.
    #[arg(long)]
    cut: Option<NaiveDate>,
    /// Fit the shipped model anew, on a generated firm.
    #[arg(long, conflicts_with = "records")]
    generated: bool,
}

impl WorkArgs {
    fn source(self) -> Source {
        match (self.records, self.cut) {
            (Some(records), Some(cut)) => Source::Own { records, cut },
            _ => Source::Generated,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum InvoiceModel {
    /// `invoice_fields`.
    Fields,
    /// `invoice_type`.
    Type,
}

fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    let progress = Progress { shown: !cli.quiet };
    let out = &mut std::io::stdout();
    match cli.case {
        Case::Invoice { data, only } => {
            if only != Some(InvoiceModel::Type) {
                fit_fields(&cli.models_dir, data.as_deref(), progress, out)?;
            }
            if only != Some(InvoiceModel::Fields) {
                fit_type(&cli.models_dir, data.as_deref(), progress, out)?;
            }
        }
        Case::Collections { data, records, cut } => {
            let (dir, outcome) = match (data, records, cut) {
                (_, Some(records), Some(cut)) => {
                    collections::train_own(&cli.models_dir, &records, cut)?
                }
                (data, _, _) => collections::train_shipped(
                    &cli.models_dir,
                    &data.context("name --data or --records")?,
                )?,
            };
            tell(&dir, &outcome.evaluation, out)?;
        }
        Case::Timesheet { work, per_sheet } => {
            let source = work.source();
            let (dir, evaluation) = work::train_timesheet(&cli.models_dir, &source, per_sheet)?;
            tell(&dir, &evaluation, out)?;
        }
        Case::ProjectSetup(args) => {
            let (dir, evaluation) = work::train_setup(&cli.models_dir, &args.source())?;
            tell(&dir, &evaluation, out)?;
        }
        Case::Billing(args) => {
            let (dir, evaluation) = work::train_billing(&cli.models_dir, &args.source())?;
            tell(&dir, &evaluation, out)?;
        }
        Case::InteractionNote => {
            let (dir, outcome) = notes::train(&cli.models_dir, &progress)?;
            writeln!(out, "{}\n{}", dir.display(), outcome.table())?;
        }
        Case::TextEncoder { weights } => {
            let least = text_encoder::measure(&cli.models_dir, &weights)?;
            writeln!(out, "least cosine to 32 bits: {least:.6}")?;
            let [singly, batched] = text_encoder::speed(&cli.models_dir)?;
            writeln!(
                out,
                "sentences a second: {singly:.0} singly, {batched:.0} in batches of 32"
            )?;
        }
    }
    Ok(())
}

fn tell(dir: &Path, evaluation: &Evaluation, out: &mut impl Write) -> anyhow::Result<()> {
    writeln!(out, "{}", dir.display())?;
    write!(out, "{}", scrutineer_eval::results::as_text(evaluation))?;
    Ok(())
}

fn fit_fields(
    models_dir: &Path,
    data: Option<&Path>,
    progress: Progress,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    if data.is_none() {
        writeln!(
            out,
            "no --data: fields are fitted on generated documents alone"
        )?;
    }
    let fitted = fields::train(models_dir, data, &progress)?;
    writeln!(out, "{fitted}")?;
    Ok(())
}

fn fit_type(
    models_dir: &Path,
    data: Option<&Path>,
    progress: Progress,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let tested = document_type::train(models_dir, data, &progress)?;
    writeln!(out, "{}\n{}", tested.pages, tested.structures)?;
    for (name, value) in tested.metrics() {
        writeln!(out, "{name:<36} {value:.4}")?;
    }
    Ok(())
}
