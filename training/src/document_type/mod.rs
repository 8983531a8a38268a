//! Fits `invoice_type`: what kind of document it is.

mod card;
mod examples;
mod fit;

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use scrutineer::cases::invoice::DocumentType;
use scrutineer::cases::invoice::document_type::{
    Calibration, TYPE_FORMAT_VERSION, TYPE_MODEL, TypeModel, TypeWeights,
};
use scrutineer::learn::conformal::ConformalSets;
use scrutineer::learn::encoder::TextEncoder;
use scrutineer::registry::{Golden, GoldenCase, Manifest, Registry};
use scrutineer_datasets::type_parts::TypePart;
use scrutineer_eval::document_type::{OnGenerated, on_generated};

use self::examples::Example;
use crate::artefact::{self, ArtefactFile};
use crate::logistic;
use crate::pictures;
use crate::progress::Progress;
use crate::rounded;

/// Documents drawn for each part; about a quarter, or a half for fitting, has
/// one of its layouts.
const DRAWN_FIT: usize = 3600;
const DRAWN_CALIBRATION: usize = 3200;
const DRAWN_TEST: usize = 2000;

/// Share of documents whose type is to be in the set.
const COVERAGE: f64 = 0.9;

/// Last day of the texts and word lists that documents are generated from.
const TRAINED_UNTIL: &str = "2026-11-23";

/// Texts that the fitted model must judge the same wherever it is loaded.
const GOLDEN: [&str; 3] = [
    "Credit Note\nWe credit your account\nTotal 120.00",
    "Rechnung\nBestellnummer 4500012345\n10 Stück Artikel\nGesamt 119,00 EUR",
    "Sollecito di pagamento\nfattura scaduta",
];

/// What is fitted or calibrated on.
struct Part {
    examples: Vec<Example>,
    /// How many of them are public receipts.
    receipts: usize,
}

/// Fits, calibrates, tests and writes the model; returns what the test found.
///
/// # Errors
/// Files that cannot be read or written, or documents that do not support a fit.
pub fn train(
    models_dir: &Path,
    data: Option<&Path>,
    progress: &Progress,
) -> anyhow::Result<OnGenerated> {
    let registry = Registry::open(models_dir)?;
    let encoder = Arc::new(TextEncoder::load(&registry)?);
    let options = pictures::options(models_dir)?;
    let part = |part, drawn| -> anyhow::Result<Part> {
        let mut examples = examples::of(part, drawn, &encoder, progress)?;
        let photographed = examples::photographed(part, drawn, &encoder, &options, progress)?;
        let receipts = match data {
            Some(data) => examples::receipts(part, data, &encoder, &options, progress)?,
            None => Vec::new(),
        };
        let count = receipts.len();
        examples.extend(photographed.into_iter().chain(receipts));
        Ok(Part {
            examples,
            receipts: count,
        })
    };
    let fitting = part(TypePart::Fit, DRAWN_FIT)?;
    let calibrating = part(TypePart::Calibration, DRAWN_CALIBRATION)?;
    let weights = fitted(&fitting.examples, &calibrating.examples)?;
    let reference = encoder.reference().clone();
    let weights_file = ArtefactFile::json("weights.json", &weights)?;
    let model = TypeModel::new(encoder, weights, reference)?;
    let spinner = progress.bar("testing", 1);
    let tested = on_generated(&model, DRAWN_TEST)?;
    spinner.finish_and_clear();
    let golden = golden(&model)?;
    let manifest = Manifest {
        name: TYPE_MODEL.to_owned(),
        version: 1,
        format_version: TYPE_FORMAT_VERSION,
        description: "Which of ten types a document is".to_owned(),
        licence: "Apache-2.0".to_owned(),
        trained_until: TRAINED_UNTIL.parse().context("TRAINED_UNTIL")?,
        data: format!(
            "Generated documents, each also as an e-invoice, some also as a photograph: {} fitted on, {} calibrated on, {} tested on, of other seeds and layouts each; {} and {} public receipts of the build half",
            fitting.examples.len() - fitting.receipts,
            calibrating.examples.len() - calibrating.receipts,
            tested.pages.count() + tested.structures.count(),
            fitting.receipts,
            calibrating.receipts,
        ),
        metrics: tested
            .metrics()
            .into_iter()
            .map(|(name, x)| (name, rounded(x, 4)))
            .collect(),
        baseline: None,
        files: Vec::new(),
        sources: Vec::new(),
    };
    let dir = artefact::write(models_dir, manifest, vec![weights_file, golden])?;
    card::write(&dir, &tested, [&fitting, &calibrating])?;
    Ok(tested)
}

/// Weights, then what their scores are worth on documents not used for them:
/// once for pages, once for e-invoices without pages.
fn fitted(fitting: &[Example], calibrating: &[Example]) -> anyhow::Result<TypeWeights> {
    let mut weights = fit::weights(fitting)?;
    let (pages, structures): (Vec<&Example>, Vec<&Example>) =
        calibrating.iter().partition(|example| example.has_pages());
    weights.pages = calibrated(&weights, &pages)?;
    weights.structure = calibrated(&weights, &structures)?;
    // Types that are not sent as e-invoices cannot be calibrated on them.
    let thresholds = weights.structure.sets.thresholds.iter_mut();
    let known = thresholds.zip(&weights.pages.sets.thresholds);
    for ((threshold, of_pages), kind) in known.zip(DocumentType::ALL) {
        if kind.type_code().is_none() {
            *threshold = *of_pages;
        }
    }
    Ok(weights)
}

fn calibrated(weights: &TypeWeights, examples: &[&Example]) -> anyhow::Result<Calibration> {
    let scored = examples
        .iter()
        .map(|example| Ok(weights.linear.scores(&weights.vector(&example.features))?))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let truth: Vec<usize> = examples.iter().map(|example| example.class).collect();
    let temperature = logistic::temperature(&scored, &truth)?;
    let probabilities: Vec<Vec<f64>> = scored
        .iter()
        .map(|scores| temperature.probabilities(scores))
        .collect();
    let mut sets = ConformalSets::calibrate(COVERAGE, &probabilities, &truth);
    sets.thresholds
        .iter_mut()
        .for_each(|threshold| *threshold = rounded(*threshold, 6));
    Ok(Calibration { temperature, sets })
}

fn golden(model: &TypeModel) -> anyhow::Result<ArtefactFile> {
    let inputs = GOLDEN.map(str::to_owned);
    let outputs = model.golden_outputs(&inputs.each_ref())?;
    let cases = inputs.into_iter().zip(outputs).map(|(input, expected)| {
        let expected = expected.into_iter().map(|(kind, p)| (kind, rounded(p, 6)));
        GoldenCase {
            name: input.lines().next().unwrap_or_default().to_owned(),
            expected: expected.collect(),
            input,
        }
    });
    let golden = Golden {
        tolerance: 1e-3,
        cases: cases.collect(),
    };
    ArtefactFile::json("golden.json", &golden)
}

/// Names of all types, in the order of the model.
fn class_names() -> Vec<String> {
    DocumentType::ALL
        .iter()
        .map(|kind| kind.as_str().to_owned())
        .collect()
}
