//! Fits `interaction_note`: what a sentence of a collector or customer speaks of.

mod card;
mod fit;
mod outcome;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use scrutineer::cases::collections::notes::{
    NOTE_FILE, NOTE_FORMAT_VERSION, NOTE_MODEL, NoteModel, NoteTopic, NoteWeights,
    SentenceFeatures, sentence_features,
};
use scrutineer::learn::conformal::ConformalSets;
use scrutineer::learn::encoder::TextEncoder;
use scrutineer::registry::{Golden, GoldenCase, Manifest, Registry};
use scrutineer_datasets::notes::{NoteTemplate, PARTS, templates};

use self::fit::{Settings, weights};
pub use self::outcome::NoteOutcome;
use crate::artefact::{self, ArtefactFile};
use crate::progress::Progress;
use crate::{logistic, rounded};

/// The part of the templates that is tested on; the others are fitted and calibrated on.
const TEST: usize = 3;
/// Wordings of each template that are fitted on.
const WORDINGS: u64 = 6;
/// Wordings of each template that are tested on.
const TESTED_WORDINGS: u64 = 3;
/// Share of sentences whose topic is to be in the set.
const COVERAGE: f64 = 0.9;
/// Last day of the templates.
const TRAINED_UNTIL: &str = "2026-11-26";

/// Sentences that the fitted model must judge the same wherever it is loaded.
const GOLDEN: [&str; 6] = [
    "They reject the invoice because half of the hours are wrong",
    "Zahlung kommt nächsten Freitag",
    "Ils n'ont plus de trésorerie",
    "Graag een kopie van de factuur sturen",
    "Ya está pagada",
    "Nessuno risponde al telefono",
];

/// A sentence whose topic is known.
#[derive(Debug, Clone)]
pub(crate) struct Example {
    template: NoteTemplate,
    features: SentenceFeatures,
    /// Position of its topic in the list of topics.
    class: usize,
    /// Which of the wordings of its template it is.
    wording: u64,
}

/// Fits, calibrates, tests and writes the model.
///
/// # Errors
/// Files that cannot be read or written.
pub fn train(models_dir: &Path, progress: &Progress) -> anyhow::Result<(PathBuf, NoteOutcome)> {
    let registry = Registry::open(models_dir)?;
    let encoder = Arc::new(TextEncoder::load(&registry)?);
    let examples = examples(&encoder, progress)?;
    let (held_out, building): (Vec<Example>, Vec<Example>) = examples
        .into_iter()
        .partition(|example| example.template.part() == TEST);
    let bar = progress.bar("fitting", PARTS);
    let weights = calibrated(&building, Settings::CHOSEN, || bar.inc(1))?;
    bar.finish_and_clear();
    let file = ArtefactFile::json(NOTE_FILE, &weights)?;
    // What is read again is what is shipped, to the last digit.
    let shipped: NoteWeights = serde_json::from_slice(&file.bytes)?;
    let terms = shipped.places().len();
    let outcome = NoteOutcome::of(&shipped, &held_out)?;
    let model = NoteModel::new(Arc::clone(&encoder), shipped, encoder.reference().clone())?;
    let manifest = Manifest {
        name: NOTE_MODEL.to_owned(),
        version: 1,
        format_version: NOTE_FORMAT_VERSION,
        description: "What a sentence about money owed speaks of".to_owned(),
        licence: "Apache-2.0".to_owned(),
        trained_until: TRAINED_UNTIL.parse().context("TRAINED_UNTIL")?,
        data: format!(
            "Generated sentences in six languages: {} of {} templates fitted and calibrated on, {} of other templates tested on",
            building.len(),
            building.len() as u64 / WORDINGS,
            held_out.len()
        ),
        metrics: outcome
            .metrics()
            .into_iter()
            .map(|(name, x)| (name, rounded(x, 4)))
            .collect(),
        baseline: None,
        files: Vec::new(),
        sources: Vec::new(),
    };
    let dir = artefact::write(models_dir, manifest, vec![file, golden(&model)?])?;
    card::write(&dir, &outcome, [building.len(), held_out.len(), terms])?;
    Ok((dir, outcome))
}

/// Every template in some of its wordings, as the reader sees them.
pub(crate) fn examples(encoder: &TextEncoder, progress: &Progress) -> anyhow::Result<Vec<Example>> {
    let templates = templates();
    let bar = progress.bar("encoding sentences", templates.len());
    let mut examples = Vec::new();
    for template in templates {
        let count = if template.part() == TEST {
            TESTED_WORDINGS
        } else {
            WORDINGS
        };
        let said: Vec<String> = (0..count).map(|seed| template.say(seed)).collect();
        let said: Vec<&str> = said.iter().map(String::as_str).collect();
        for (wording, features) in (0..).zip(sentence_features(encoder, &said)?) {
            examples.push(Example {
                class: NoteTopic::ALL
                    .iter()
                    .position(|topic| *topic == template.topic)
                    .unwrap_or_default(),
                template: template.clone(),
                features,
                wording,
            });
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(examples)
}

/// Weights of all examples; what their scores are worth is found on templates that were left out
/// in fitting, each part in turn.
pub(crate) fn calibrated(
    examples: &[Example],
    settings: Settings,
    done: impl Fn(),
) -> anyhow::Result<NoteWeights> {
    let (scores, truth) = left_out(examples, settings, &done)?;
    let mut fitted = weights(&examples.iter().collect::<Vec<_>>(), settings)?;
    done();
    fitted.temperature = logistic::temperature(&scores, &truth)?;
    let probabilities: Vec<Vec<f64>> = scores
        .iter()
        .map(|scores| fitted.temperature.probabilities(scores))
        .collect();
    fitted.sets = ConformalSets::calibrate(COVERAGE, &probabilities, &truth);
    fitted
        .sets
        .thresholds
        .iter_mut()
        .for_each(|threshold| *threshold = rounded(*threshold, 6));
    Ok(fitted)
}

/// Raw scores and classes of sentences whose templates were not fitted on, one wording of each:
/// wordings of one template are not cases of their own.
fn left_out(
    examples: &[Example],
    settings: Settings,
    done: impl Fn(),
) -> anyhow::Result<(Vec<Vec<f64>>, Vec<usize>)> {
    let (mut scores, mut truth) = (Vec::new(), Vec::new());
    for part in (0..PARTS).filter(|part| *part != TEST) {
        let (out, within): (Vec<&Example>, Vec<&Example>) = examples
            .iter()
            .partition(|example| example.template.part() == part);
        let fitted = weights(&within, settings)?;
        let places: HashMap<String, usize> = fitted.places();
        for example in out.into_iter().filter(|example| example.wording == 0) {
            let vector = fitted.vector(&example.features, &places);
            scores.push(fitted.linear.scores(&vector)?);
            truth.push(example.class);
        }
        done();
    }
    Ok((scores, truth))
}

fn golden(model: &NoteModel) -> anyhow::Result<ArtefactFile> {
    let inputs = GOLDEN.map(str::to_owned);
    let outputs = model.golden_outputs(&inputs.each_ref())?;
    let cases = inputs.into_iter().zip(outputs).map(|(input, expected)| {
        let expected = expected
            .into_iter()
            .map(|(topic, p)| (topic, rounded(p, 6)));
        GoldenCase {
            name: input.clone(),
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
