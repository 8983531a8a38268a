//! Writes a fitted forecast as a model: weights, golden scores, manifest, card.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{NaiveDate, Utc};
use scrutineer::advice::ModelRef;
use scrutineer::learn::calibrated::Calibration;
use scrutineer::learn::forecast::{
    FORECAST_FILE, FORECAST_FORMAT_VERSION, Forecast, ForecastWeights, GoldenRow,
};
use scrutineer::learn::learner::Learner;
use scrutineer::registry::{Golden, GoldenCase, Manifest, ManifestSource, Registry, RegistryError};

use crate::artefact::{self, ArtefactFile, WriteError};
use crate::baseline::{self, Figures};
use crate::rounded;

/// What a forecast is, beside its weights.
#[derive(Debug)]
pub struct ForecastCard<'a> {
    /// Name of the model.
    pub name: &'a str,
    /// One sentence on what it answers.
    pub description: &'a str,
    /// Names of the features.
    pub features: &'a [&'a str],
    /// What it was fitted on, in words.
    pub data: String,
    /// Last day of that.
    pub trained_until: NaiveDate,
    /// Where the data came from, if not from the firm's own records.
    pub sources: Vec<ManifestSource>,
    /// Figures on what came after, by name.
    pub metrics: &'a Figures,
    /// The same figures of simple baselines, by name.
    pub baselines: &'a BTreeMap<String, Figures>,
    /// The command that makes it again.
    pub made_by: String,
    /// What it cannot do, in Markdown.
    pub limits: &'a str,
}

/// Writes the model under the next free version, or under `version`, with what other files
/// it has.
///
/// # Errors
/// Weights for other features, or a folder that cannot be read or written.
pub fn write(
    models_dir: &Path,
    version: Option<u32>,
    weights: &ForecastWeights,
    card: ForecastCard<'_>,
    others: Vec<ArtefactFile>,
) -> anyhow::Result<PathBuf> {
    let is_next = version.is_none();
    let version = match version {
        Some(version) => version,
        None => next_version(models_dir, card.name)?,
    };
    let file = ArtefactFile::json(FORECAST_FILE, weights)?;
    // What is read again is what is shipped, to the last digit.
    let shipped: ForecastWeights = serde_json::from_slice(&file.bytes)?;
    let reference = ModelRef {
        name: card.name.to_owned(),
        version: version.to_string(),
        sha256: String::new(),
        trained_until: card.trained_until,
    };
    let forecast = Forecast::new(shipped, reference, card.features)?;
    let manifest = manifest(&card, version);
    let text = card_text(&manifest, &card, &learner(weights));
    let mut files = vec![file, golden(&forecast)?];
    files.extend(others);
    keep_answering(models_dir, card.name, version)?;
    let dir = if is_next {
        // Who else fits the same model now may have been given the same number.
        artefact::write_new(models_dir, manifest, files)?
    } else {
        artefact::write(models_dir, manifest, files)?
    };
    artefact::write_card(&dir, &text)?;
    Ok(dir)
}

/// Says what the card says; the files are still to come.
fn manifest(card: &ForecastCard<'_>, version: u32) -> Manifest {
    let figures = card.metrics.iter();
    let known = figures.filter_map(|(name, value)| {
        let value = rounded((*value)?, baseline::DIGITS);
        Some((name.clone(), value))
    });
    Manifest {
        name: card.name.to_owned(),
        version,
        format_version: FORECAST_FORMAT_VERSION,
        description: card.description.to_owned(),
        licence: "Apache-2.0".to_owned(),
        trained_until: card.trained_until,
        data: card.data.clone(),
        metrics: known.collect(),
        baseline: baseline::best(card.metrics, card.baselines),
        files: Vec::new(),
        sources: card.sources.clone(),
    }
}

/// Lets the version that answers go on answering beside a new one, until somebody promotes that: it was
/// looked at by nobody yet.
fn keep_answering(models_dir: &Path, name: &str, new: u32) -> anyhow::Result<()> {
    if !models_dir.is_dir() {
        return Ok(());
    }
    let mut registry = Registry::open(models_dir)?;
    let Ok(answering) = registry.model(name).map(|model| model.manifest.version) else {
        return Ok(());
    };
    if answering < new {
        let kept = registry.keep(name, "scrutineer-train", Utc::now());
        kept.map_err(|error| match error {
            RegistryError::Io { path, source } => WriteError { path, source }.into(),
            error => anyhow::Error::from(error),
        })?;
    }
    Ok(())
}

fn next_version(models_dir: &Path, name: &str) -> anyhow::Result<u32> {
    if !models_dir.is_dir() {
        return Ok(1);
    }
    let registry = Registry::open(models_dir)?;
    let versions = registry
        .all()
        .filter(|(model, _)| model.manifest.name == name)
        .map(|(model, _)| model.manifest.version);
    Ok(versions.max().unwrap_or(0) + 1)
}

/// Three rows that are nobody's: the usual one, one of which nothing is known, and one of
/// rising numbers.
fn golden(forecast: &Forecast) -> anyhow::Result<ArtefactFile> {
    let count = forecast.distribution().features().len();
    let usual: GoldenRow = (0..count).map(|at| forecast.usual(at)).collect();
    let rows = [
        ("usual", usual),
        ("nothing known", vec![None; count]),
        (
            "rising",
            (0..count).map(|at| Some(at as f64 / 4.0)).collect(),
        ),
    ];
    let cases = rows.map(|(name, input)| GoldenCase {
        name: name.to_owned(),
        expected: forecast.golden_output(&input),
        input,
    });
    let golden = Golden {
        tolerance: 1e-9,
        cases: cases.into(),
    };
    ArtefactFile::json("golden.json", &golden)
}

/// What held-back cases chose, in words; all thresholds have the same.
fn learner(weights: &ForecastWeights) -> String {
    let Some(level) = weights.distribution.levels().first() else {
        return String::new();
    };
    let learner = match level.learner {
        Learner::Trees(_) => "one boosted classifier a threshold (forust)",
        Learner::Linear(_) => "one logistic regression a threshold (linfa)",
        Learner::Both(_) => {
            "the mean log odds of one boosted classifier (forust) and one logistic regression (linfa) a threshold"
        }
    };
    let calibration = match level.calibration {
        Calibration::Platt(_) => "Platt",
        Calibration::Beta(_) => "beta",
    };
    format!("{learner}, calibrated ({calibration})")
}

fn card_text(manifest: &Manifest, card: &ForecastCard<'_>, learner: &str) -> String {
    let rows: Vec<String> = manifest
        .metrics
        .iter()
        .map(|(name, value)| format!("| {name} | {value} |"))
        .collect();
    let sources: Vec<String> = manifest
        .sources
        .iter()
        .map(|source| format!("{} ({})", source.name, source.licence))
        .collect();
    let sources = if sources.is_empty() {
        "the firm's own records".to_owned()
    } else {
        sources.join("; ")
    };
    include_str!("forecast_card.md")
        .replace("{name}", &manifest.name)
        .replace("{version}", &manifest.version.to_string())
        .replace("{description}", &manifest.description)
        .replace("{learner}", learner)
        .replace("{data}", &manifest.data)
        .replace("{until}", &manifest.trained_until.to_string())
        .replace("{sources}", &sources)
        .replace("{features}", &card.features.len().to_string())
        .replace("{made_by}", &card.made_by)
        .replace("{metrics}", &rows.join("\n"))
        .replace(
            "{baselines}",
            &baseline::section(card.metrics, card.baselines),
        )
        .replace("{limits}", card.limits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card_of(
        sources: Vec<ManifestSource>,
        metrics: &Figures,
        baselines: &BTreeMap<String, Figures>,
    ) -> (Manifest, String) {
        let card = ForecastCard {
            name: "billing",
            description: "Days",
            features: &[],
            data: "Bills".to_owned(),
            trained_until: NaiveDate::default(),
            sources,
            metrics,
            baselines,
            made_by: "scrutineer-train billing".to_owned(),
            limits: "",
        };
        let manifest = manifest(&card, 1);
        let text = card_text(&manifest, &card, "one learner");
        (manifest, text)
    }

    fn figures(brier: f64) -> Figures {
        Figures::from([
            ("auc".to_owned(), Some(0.7)),
            ("brier".to_owned(), Some(brier)),
            ("coverage80".to_owned(), None),
        ])
    }

    #[test]
    fn a_version_says_what_its_best_baseline_did_and_whether_it_is_better() {
        let baselines = BTreeMap::from([
            ("a share".to_owned(), figures(0.224_04)),
            ("another".to_owned(), figures(0.25)),
        ]);
        for (ours, is_better) in [(0.2, true), (0.231, false)] {
            let (manifest, text) = card_of(Vec::new(), &figures(ours), &baselines);
            assert_eq!(manifest.metrics.len(), 2);
            let baseline = manifest.baseline.as_ref().unwrap();
            assert_eq!(
                (baseline.name.as_str(), baseline.theirs),
                ("a share", 0.224)
            );
            assert_eq!(manifest.no_better().is_none(), is_better);
            assert_eq!(!text.contains("**No better than a share"), is_better);
            assert!(text.contains("| figure | model | a share | another |"));
            assert!(!text.contains('{'));
        }
    }

    #[test]
    fn a_card_says_where_the_data_came_from_and_what_was_held_back() {
        let source = ManifestSource {
            name: "A firm made by a program".to_owned(),
            licence: "Apache-2.0".to_owned(),
            sha256: None,
        };
        let (none, no_baselines) = (Figures::new(), BTreeMap::new());
        let (_, generated) = card_of(vec![source], &none, &no_baselines);
        assert!(generated.contains("| Source | A firm made by a program (Apache-2.0) |"));
        let (manifest, own) = card_of(Vec::new(), &none, &no_baselines);
        assert_eq!(manifest.baseline, None);
        assert!(own.contains("| Source | the firm's own records |"));
        // A short history has more than one part held back.
        assert!(own.contains("short history") && !own.contains('{'));
    }
}
