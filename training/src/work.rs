//! Fits `timesheet`, `project_setup` and `billing` on a firm's records, or on a generated firm's where there
//! are none: no public data tells when sheets, set-ups and bills were due and came.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chrono::NaiveDate;
use scrutineer::cases::billing::BillingInput;
use scrutineer::cases::forecast_case::Question as _;
use scrutineer::cases::project_setup::{FACTS_FILE, SETUP_MODEL};
use scrutineer::cases::timesheet::{SHEET_MODEL, TOLERATED_PERCENT, TimesheetInput};
use scrutineer::learn::forecast::ForecastWeights;
use scrutineer::registry::ManifestSource;
use scrutineer_datasets::firm;
use scrutineer_eval::Evaluation;
use scrutineer_eval::billing::{self, BillingOptions};
use scrutineer_eval::project_setup;
use scrutineer_eval::timesheet::{self, TimesheetOptions};

use crate::artefact::ArtefactFile;
use crate::forecast::{self, ForecastCard};

/// Seed of the firm that shipped models are fitted on; the demo is of another.
const SEED: u64 = 1001;
/// Day before which they are fitted; the firm's last months come after it.
const CUT: &str = "2026-06-01";

const GENERATED: &str = "Fitted on a firm made by a program (datasets/FIRM.md), whose delays follow mechanisms that were chosen and not \
measured: the figures say that the learner learns, nothing about any firm. It ranks before a firm has refitted on its own records, \
and its probabilities are not to be relied on until then.";
const OWN: &str = "Fitted on this firm's records; it says nothing of another's.";

/// Where the records come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// The firm's own, as for `scrutineer-eval`, fitted on before a day.
    Own {
        /// Folder of records.
        records: PathBuf,
        /// Fitted on before it, measured after it.
        cut: NaiveDate,
    },
    /// Those of a generated firm: the shipped model.
    Generated,
}

impl Source {
    /// What a model fitted on it says of where its data came from; nothing of the firm's own.
    fn of_manifest(&self) -> Vec<ManifestSource> {
        match self {
            Self::Own { .. } => Vec::new(),
            Self::Generated => vec![ManifestSource {
                name: format!("A firm made by a program (`datasets/FIRM.md`), seed {SEED}"),
                licence: "Apache-2.0".to_owned(),
                sha256: None,
            }],
        }
    }
}

struct Fitted {
    weights: ForecastWeights,
    evaluation: Evaluation,
    others: Vec<ArtefactFile>,
}

/// What a model is called and made of.
struct Model<'a> {
    name: &'a str,
    /// What `scrutineer-train` is told to fit it.
    command: &'a str,
    description: &'a str,
}

/// Fits `timesheet`, or `timesheet_sheet` for reminders of single sheets; returns the folder
/// and what came of it after the cut.
///
/// # Errors
/// Records that are absent, wrong or too few, or a folder that cannot be written.
pub fn train_timesheet(
    models_dir: &Path,
    source: &Source,
    per_sheet: bool,
) -> anyhow::Result<(PathBuf, Evaluation)> {
    let model = if per_sheet {
        Model {
            name: SHEET_MODEL,
            command: "timesheet --per-sheet",
            description: "Days that one sheet is handed in late, as a distribution; for reminders to its submitter alone",
        }
    } else {
        Model {
            name: TimesheetInput::MODEL,
            command: "timesheet",
            description: "Sheets handed in late of a hundred of a team's, as a distribution",
        }
    };
    write(models_dir, source, &model, |records, cut| {
        let options = TimesheetOptions {
            set: records.display().to_string(),
            protocol: format!("fitted before {cut}"),
            cut,
            tolerated_percent: TOLERATED_PERCENT,
            per_sheet,
        };
        let outcome = timesheet::on_records(records, &options)?;
        Ok(Fitted {
            weights: outcome.fitted,
            evaluation: outcome.evaluation,
            others: Vec::new(),
        })
    })
}

/// Fits `billing`; returns the folder and what came of it after the cut.
///
/// # Errors
/// Records that are absent, wrong or too few, or a folder that cannot be written.
pub fn train_billing(models_dir: &Path, source: &Source) -> anyhow::Result<(PathBuf, Evaluation)> {
    let description =
        "Days between the day a bill is planned and the day it goes out, as a distribution";
    let model = Model {
        name: BillingInput::MODEL,
        command: "billing",
        description,
    };
    write(models_dir, source, &model, |records, cut| {
        let options = BillingOptions {
            set: records.display().to_string(),
            protocol: format!("fitted before {cut}"),
            cut,
        };
        let outcome = billing::on_records(records, &options)?;
        Ok(Fitted {
            weights: outcome.fitted,
            evaluation: outcome.evaluation,
            others: Vec::new(),
        })
    })
}

/// Fits `project_setup`; returns the folder and what came of it after the cut.
///
/// # Errors
/// Records that are absent, wrong or too few, or a folder that cannot be written.
pub fn train_setup(models_dir: &Path, source: &Source) -> anyhow::Result<(PathBuf, Evaluation)> {
    let model = Model {
        name: SETUP_MODEL,
        command: "project_setup",
        description: "Days that the set-up of a project still takes after a step, as a distribution",
    };
    write(models_dir, source, &model, |records, cut| {
        let outcome = project_setup::on_records(records, cut)?;
        let (names, weights) = outcome.fitted;
        Ok(Fitted {
            weights,
            evaluation: outcome.evaluation,
            others: vec![ArtefactFile::json(FACTS_FILE, &names)?],
        })
    })
}

fn write(
    models_dir: &Path,
    source: &Source,
    model: &Model<'_>,
    fit: impl FnOnce(&Path, NaiveDate) -> anyhow::Result<Fitted>,
) -> anyhow::Result<(PathBuf, Evaluation)> {
    let (fitted, cut, data, made_by, limits, version) = match source {
        Source::Own { records, cut } => (
            fit(records, *cut)?,
            *cut,
            format!("The firm's records before {cut}"),
            format!(
                "scrutineer-train {} --records DIR --cut {cut}",
                model.command
            ),
            OWN,
            None,
        ),
        Source::Generated => {
            let folder =
                std::env::temp_dir().join(format!("scrutineer-firm-{}", std::process::id()));
            let made = firm::make(SEED, firm::TODAY, || ())?;
            made.write(&folder)?;
            let cut: NaiveDate = CUT.parse().context("CUT")?;
            let fitted = fit(&folder, cut);
            std::fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
            (
                fitted?,
                cut,
                format!("A generated firm (seed {SEED}) before {cut}"),
                format!("scrutineer-train {} --generated", model.command),
                GENERATED,
                Some(1),
            )
        }
    };
    let features: Vec<&str> = fitted
        .weights
        .distribution
        .features()
        .iter()
        .map(String::as_str)
        .collect();
    let card = ForecastCard {
        name: model.name,
        description: model.description,
        features: &features,
        data,
        trained_until: cut,
        sources: source.of_manifest(),
        metrics: &fitted.evaluation.metrics,
        baselines: &fitted.evaluation.baselines,
        made_by,
        limits,
    };
    let dir = forecast::write(models_dir, version, &fitted.weights, card, fitted.others)?;
    Ok((dir, fitted.evaluation))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_says_of_a_generated_firm_that_it_is_generated() {
        let generated = Source::Generated.of_manifest();
        let [source] = generated.as_slice() else {
            panic!("{generated:?}");
        };
        assert!(source.name.contains("program") && source.name.contains(&SEED.to_string()));
        let own = Source::Own {
            records: PathBuf::new(),
            cut: NaiveDate::default(),
        };
        assert_eq!(own.of_manifest(), Vec::new());
    }
}
