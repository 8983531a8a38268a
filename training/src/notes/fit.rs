//! Weights of wording and terms.

use std::collections::{BTreeMap, BTreeSet};

use scrutineer::cases::collections::notes::{NoteTopic, NoteWeights};
use scrutineer::learn::calibration::Temperature;
use scrutineer::learn::conformal::ConformalSets;
use scrutineer::learn::encoder::EMBEDDING_SIZE;
use scrutineer::learn::linear::LinearModel;

use super::Example;
use crate::logistic::{self, DIGITS};
use crate::rounded;

/// Templates in which a term must stand to be known.
const LEAST_TEMPLATES: usize = 2;

/// How much is trusted of what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// Weight of the squared weights in what is minimised.
    pub(crate) ridge: f64,
    /// How much an embedding counts before weighing.
    pub(crate) scale: f64,
    /// How much a sign counts.
    pub(crate) sign_scale: f64,
    /// How much the terms of a sentence count.
    pub(crate) term_scale: f64,
}

impl Settings {
    /// Chosen by surprise on templates left out in turn; those tested on were not looked at.
    pub(crate) const CHOSEN: Self = Self {
        ridge: 1.0,
        scale: 3.0,
        sign_scale: 1.0,
        term_scale: 2.0,
    };
}

/// Weights that tell the examples' topics apart; not yet calibrated.
pub(super) fn weights(examples: &[&Example], settings: Settings) -> anyhow::Result<NoteWeights> {
    let classes = || {
        NoteTopic::ALL
            .map(|topic| topic.as_str().to_owned())
            .to_vec()
    };
    let names = NoteWeights::feature_names(&vocabulary(examples));
    let mut fitted = NoteWeights {
        linear: LinearModel::new(
            classes(),
            names.clone(),
            vec![vec![0.0; names.len()]; NoteTopic::ALL.len()],
            vec![0.0; NoteTopic::ALL.len()],
        )?,
        centre: centre(examples),
        scale: settings.scale,
        sign_scale: settings.sign_scale,
        term_scale: settings.term_scale,
        temperature: Temperature::new(1.0)?,
        sets: ConformalSets {
            coverage: 0.0,
            thresholds: vec![1.0; NoteTopic::ALL.len()],
        },
    };
    let places = fitted.places();
    let rows = examples
        .iter()
        .flat_map(|example| fitted.vector(&example.features, &places))
        .collect();
    let truth: Vec<usize> = examples.iter().map(|example| example.class).collect();
    fitted.linear = logistic::fit(rows, &truth, classes(), names, settings.ridge)?;
    Ok(fitted)
}

/// Terms that stand in some templates, in order of letters.
fn vocabulary(examples: &[&Example]) -> Vec<String> {
    let mut seen: BTreeMap<&str, BTreeSet<(&str, NoteTopic, usize)>> = BTreeMap::new();
    for example in examples {
        let one = &example.template;
        for term in &example.features.terms {
            let templates = seen.entry(term).or_default();
            templates.insert((one.language, one.topic, one.place));
        }
    }
    seen.into_iter()
        .filter(|(_, templates)| templates.len() >= LEAST_TEMPLATES)
        .map(|(term, _)| term.to_owned())
        .collect()
}

/// Mean of all embeddings.
fn centre(examples: &[&Example]) -> Vec<f64> {
    let mut sum = vec![0.0; EMBEDDING_SIZE];
    for example in examples {
        let parts = sum.iter_mut().zip(&example.features.embedding);
        parts.for_each(|(total, x)| *total += x);
    }
    let count = examples.len().max(1) as f64;
    sum.iter()
        .map(|total| rounded(total / count, DIGITS))
        .collect()
}
