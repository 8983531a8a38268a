//! Weights of signs and wording.

use anyhow::ensure;
use scrutineer::cases::invoice::DocumentType;
use scrutineer::cases::invoice::document_type::{Calibration, TypeWeights, feature_names};
use scrutineer::learn::calibration::Temperature;
use scrutineer::learn::conformal::ConformalSets;
use scrutineer::learn::encoder::EMBEDDING_SIZE;
use scrutineer::learn::linear::LinearModel;

use super::class_names;
use super::examples::Example;
use crate::logistic::{self, DIGITS};
use crate::rounded;

/// Weight of the squared weights in what is minimised.
const RIDGE: f64 = 2.0;
/// How much an embedding counts beside a sign before weighing: with the ridge,
/// how much wording is trusted beside words known to mark a type.
const EMBEDDING_SCALE: f64 = 2.0;

/// Weights that tell the examples' types apart; not yet calibrated.
pub(super) fn weights(examples: &[Example]) -> anyhow::Result<TypeWeights> {
    for (class, name) in class_names().iter().enumerate() {
        let count = examples
            .iter()
            .filter(|example| example.class == class)
            .count();
        ensure!(
            count > 1,
            "{count} documents of type {name}: too few to fit on"
        );
    }
    let names = feature_names();
    let mut fitted = TypeWeights {
        linear: zero(&names)?,
        centre: centre(examples),
        scale: EMBEDDING_SCALE,
        pages: uncalibrated()?,
        structure: uncalibrated()?,
    };
    let rows: Vec<f64> = examples
        .iter()
        .flat_map(|e| fitted.vector(&e.features))
        .collect();
    let truth: Vec<usize> = examples.iter().map(|example| example.class).collect();
    fitted.linear = logistic::fit(rows, &truth, class_names(), names, RIDGE)?;
    Ok(fitted)
}

fn uncalibrated() -> anyhow::Result<Calibration> {
    Ok(Calibration {
        temperature: Temperature::new(1.0)?,
        sets: ConformalSets {
            coverage: 0.0,
            thresholds: vec![1.0; DocumentType::ALL.len()],
        },
    })
}

fn zero(names: &[String]) -> anyhow::Result<LinearModel> {
    let classes = class_names();
    let rows = vec![vec![0.0; names.len()]; classes.len()];
    let intercepts = vec![0.0; classes.len()];
    Ok(LinearModel::new(classes, names.to_vec(), rows, intercepts)?)
}

/// Mean of all embeddings.
fn centre(examples: &[Example]) -> Vec<f64> {
    let mut sum = vec![0.0; EMBEDDING_SIZE];
    let chunks = || examples.iter().flat_map(|example| &example.features.chunks);
    for chunk in chunks() {
        sum.iter_mut()
            .zip(&chunk.embedding)
            .for_each(|(total, x)| *total += f64::from(*x));
    }
    let count = chunks().count().max(1) as f64;
    sum.iter()
        .map(|total| rounded(total / count, DIGITS))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use scrutineer::cases::invoice::document_type::{SignFeature, TypeFeatures};

    use super::*;

    /// Examples that a single sign tells apart.
    fn examples(classes: std::ops::Range<usize>) -> Vec<Example> {
        let names = feature_names();
        let signs = |class: usize| SignFeature {
            name: names[EMBEDDING_SIZE + class * 4].clone(),
            value: 1.0,
            text: None,
            place: None,
        };
        classes
            .flat_map(|class| std::iter::repeat_n(class, 6))
            .map(|class| Example {
                features: TypeFeatures {
                    chunks: Vec::new(),
                    signs: vec![signs(class)],
                },
                class,
            })
            .collect()
    }

    #[test]
    fn signs_that_tell_types_apart_are_learned() {
        let examples = examples(0..10);
        let weights = weights(&examples).unwrap();
        weights.check().unwrap();
        for example in examples.iter().step_by(6) {
            let scores = weights
                .linear
                .scores(&weights.vector(&example.features))
                .unwrap();
            let best = (0..10)
                .max_by(|a, b| scores[*a].total_cmp(&scores[*b]))
                .unwrap();
            assert_eq!(best, example.class);
        }
    }

    #[test]
    fn a_type_without_documents_is_named_and_refused() {
        let error = weights(&examples(0..9)).unwrap_err().to_string();
        assert_eq!(error, "0 documents of type other: too few to fit on");
    }
}
