//! Fits the models of a case: `scrutineer-train CASE`.
//!
//! Exit codes, as of `scrutineer-eval`: 0 done, 1 a file is wrong or a fit failed, 2 wrong usage,
//! 3 a model or figures could not be written, 4 the data or models are absent, 5 there is too
//! little history to fit.

use std::error::Error;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};
use scrutineer::learn::encoder::EncoderError;
use scrutineer::registry::RegistryError;
use scrutineer_datasets::firm::FirmError;
use scrutineer_datasets::sets::SetError;
use scrutineer_eval::{EvalError, Evaluation, results};
use scrutineer_training::artefact::WriteError;
use scrutineer_training::progress::Progress;
use scrutineer_training::work::{self, Source};
use scrutineer_training::{baseline, collections, document_type, fields, notes, text_encoder};

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
        /// Fit on what was issued and due before it, measure on what came after. The public set has a
        /// cut of its own.
        #[arg(long, conflicts_with = "data")]
        cut: Option<NaiveDate>,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Will a team's sheets be late: `timesheet`.
    Timesheet {
        #[command(flatten)]
        work: WorkArgs,
        /// Fit `timesheet_sheet`, of single sheets that are not in, for reminders to the submitter.
        #[arg(long)]
        per_sheet: bool,
    },
    /// Will a set-up miss its day: `project_setup`.
    #[command(name = "project_setup", alias = "project-setup")]
    ProjectSetup(WorkArgs),
    /// Will the next bill slip: `billing`.
    Billing(WorkArgs),
    /// What does a note about money owed speak of: `interaction_note`.
    #[command(alias = "interaction_note")]
    InteractionNote,
    /// Measure the shipped 16-bit encoder against the original weights.
    #[command(alias = "text_encoder")]
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
    /// Fit on what was known before it, measure on what came after. The shipped model has a cut of its
    /// own.
    #[arg(long, conflicts_with = "generated")]
    cut: Option<NaiveDate>,
    /// Fit the shipped model anew, on a generated firm.
    #[arg(long, conflicts_with = "records")]
    generated: bool,
    #[command(flatten)]
    output: OutputArgs,
}

impl WorkArgs {
    fn source(&self) -> Source {
        match (&self.records, self.cut) {
            (Some(records), Some(cut)) => Source::Own {
                records: records.clone(),
                cut,
            },
            _ => Source::Generated,
        }
    }
}

/// Where figures go beside the terminal.
#[derive(Debug, Args)]
struct OutputArgs {
    /// Write the figures as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum InvoiceModel {
    /// `invoice_fields`.
    Fields,
    /// `invoice_type`.
    Type,
}

fn main() -> ExitCode {
    match run(Cli::parse(), &mut io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell if standard error is closed; the code still says how it ended.
            let _ = writeln!(io::stderr(), "scrutineer-train: {error:#}");
            ExitCode::from(code(&error))
        }
    }
}

/// The exit code of a failure, by the first of its causes that tells.
fn code(error: &anyhow::Error) -> u8 {
    error.chain().find_map(code_of).unwrap_or(1)
}

fn code_of(cause: &(dyn Error + 'static)) -> Option<u8> {
    if let Some(error) = cause.downcast_ref::<EvalError>() {
        return Some(match error {
            EvalError::File { .. } => 1,
            EvalError::Write { .. } => 3,
            EvalError::Absent(_) => 4,
            EvalError::Insufficient(_) => 5,
        });
    }
    let firm = cause.downcast_ref::<FirmError>();
    if cause.is::<WriteError>() || matches!(firm, Some(FirmError::Write { .. })) {
        return Some(3);
    }
    let set = cause.downcast_ref::<SetError>();
    let file = cause.downcast_ref::<io::Error>();
    let absent = matches!(set, Some(SetError::Absent { .. }))
        || registry(cause).is_some_and(is_absent)
        || file.is_some_and(|error| error.kind() == io::ErrorKind::NotFound);
    absent.then_some(4)
}

/// An error of the folder of models, also as the encoder passes it on.
fn registry<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a RegistryError> {
    match cause.downcast_ref::<EncoderError>() {
        Some(EncoderError::Registry(error)) => Some(error),
        _ => cause.downcast_ref::<RegistryError>(),
    }
}

const fn is_absent(error: &RegistryError) -> bool {
    matches!(
        error,
        RegistryError::NoModelsFolder { .. }
            | RegistryError::UnknownModel { .. }
            | RegistryError::UnknownVersion { .. }
    )
}

fn run(cli: Cli, out: &mut impl Write) -> anyhow::Result<()> {
    let progress = Progress { shown: !cli.quiet };
    match cli.case {
        Case::Invoice { data, only } => {
            if only != Some(InvoiceModel::Type) {
                fit_fields(&cli.models_dir, data.as_deref(), progress, out)?;
            }
            if only != Some(InvoiceModel::Fields) {
                fit_type(&cli.models_dir, data.as_deref(), progress, out)?;
            }
        }
        Case::Collections {
            data,
            records,
            cut,
            output,
        } => {
            let (dir, outcome) = match (data, records, cut) {
                (_, Some(records), Some(cut)) => {
                    collections::train_own(&cli.models_dir, &records, cut)?
                }
                (data, _, _) => collections::train_shipped(
                    &cli.models_dir,
                    &data.context("name --data or --records")?,
                )?,
            };
            tell(&dir, &outcome.evaluation, &output, out)?;
        }
        Case::Timesheet { work, per_sheet } => {
            let source = work.source();
            let (dir, evaluation) = work::train_timesheet(&cli.models_dir, &source, per_sheet)?;
            tell(&dir, &evaluation, &work.output, out)?;
        }
        Case::ProjectSetup(args) => {
            let (dir, evaluation) = work::train_setup(&cli.models_dir, &args.source())?;
            tell(&dir, &evaluation, &args.output, out)?;
        }
        Case::Billing(args) => {
            let (dir, evaluation) = work::train_billing(&cli.models_dir, &args.source())?;
            tell(&dir, &evaluation, &args.output, out)?;
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

fn tell(
    dir: &Path,
    evaluation: &Evaluation,
    output: &OutputArgs,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    writeln!(out, "{}", dir.display())?;
    write!(out, "{}", results::as_text(evaluation))?;
    if let Some(warning) = no_better(evaluation) {
        // The version is written all the same; the manifest says so too.
        let _ = writeln!(io::stderr(), "scrutineer-train: {warning}");
    }
    if let Some(path) = &output.json {
        results::write_json(path, evaluation)?;
    }
    Ok(())
}

/// What is said of a version that does not beat the best of its simple baselines.
fn no_better(evaluation: &Evaluation) -> Option<String> {
    let best = baseline::best(&evaluation.metrics, &evaluation.baselines)?;
    (!best.is_beaten()).then(|| {
        format!("this version is no better than {best}: `scrutineer models promote` refuses it unless told why")
    })
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

#[cfg(test)]
mod tests {
    use clap::error::ErrorKind;

    use super::*;

    fn parsed(words: &str) -> Result<Cli, ErrorKind> {
        let words = ["scrutineer-train"].into_iter().chain(words.split(' '));
        Cli::try_parse_from(words).map_err(|error| error.kind())
    }

    #[test]
    fn a_case_is_named_as_its_model_is_and_with_hyphens_too() {
        for name in ["project_setup", "project-setup"] {
            let cli = parsed(&format!("{name} --generated")).unwrap();
            assert!(matches!(cli.case, Case::ProjectSetup(_)), "{name}");
        }
        for name in ["interaction_note", "interaction-note"] {
            assert!(parsed(name).is_ok(), "{name}");
        }
        for name in ["text_encoder", "text-encoder"] {
            assert!(parsed(&format!("{name} --weights w")).is_ok(), "{name}");
        }
    }

    #[test]
    fn a_cut_that_would_be_ignored_is_refused() {
        for words in [
            "collections --data d --cut 2026-01-01",
            "timesheet --generated --cut 2026-01-01",
            "project_setup --generated --cut 2026-01-01",
            "billing --generated --cut 2026-01-01",
        ] {
            let refused = parsed(words).err();
            assert_eq!(refused, Some(ErrorKind::ArgumentConflict), "{words}");
        }
        for words in [
            "collections --records d --cut 2026-01-01 --json f",
            "billing --records d --cut 2026-01-01 --json f",
            "collections --data d",
        ] {
            assert!(parsed(words).is_ok(), "{words}");
        }
    }

    #[test]
    fn a_version_no_better_than_its_baseline_is_told_of() {
        let brier = |value: f64| baseline::Figures::from([("brier".to_owned(), Some(value))]);
        let evaluation = |ours: f64| Evaluation {
            case: "billing".to_owned(),
            set: "s".to_owned(),
            protocol: "p".to_owned(),
            n: 1,
            metrics: brier(ours),
            baselines: [("a share".to_owned(), brier(0.224))].into(),
            fields: [].into(),
            lines: [].into(),
            confusion: [].into(),
        };
        assert_eq!(no_better(&evaluation(0.2)), None);
        let told = no_better(&evaluation(0.231)).unwrap();
        assert!(told.contains("no better than a share (brier .231, .224)"));
    }

    #[test]
    fn exit_codes_say_what_is_the_matter() {
        let nowhere = "/nowhere/at/all";
        for words in [
            format!("billing --models-dir {nowhere} --records {nowhere} --cut 2026-01-01"),
            format!("collections --models-dir {nowhere} --records {nowhere} --cut 2026-01-01"),
            format!("collections --models-dir {nowhere} --data {nowhere}"),
            format!("interaction-note --models-dir {nowhere}"),
        ] {
            let cli = parsed(&words).unwrap();
            let error = run(cli, &mut io::sink()).unwrap_err();
            assert_eq!(code(&error), 4, "{words}: {error:#}");
        }
        let told = |error: anyhow::Error| code(&error.context("while fitting"));
        assert_eq!(told(EvalError::Insufficient(String::new()).into()), 5);
        let unwritable = WriteError {
            path: PathBuf::from(nowhere),
            source: io::ErrorKind::NotFound.into(),
        };
        assert_eq!(told(unwritable.into()), 3);
        assert_eq!(told(anyhow::anyhow!("a booster refuses its data")), 1);
    }
}
