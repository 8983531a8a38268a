//! Candidates with their features and whether they are right.

use std::collections::BTreeMap;
use std::str::FromStr as _;

use rust_decimal::Decimal;
use scrutineer::documents::fields::training;
use scrutineer::documents::{FieldKind, FieldName, Source};
use sha2::{Digest as _, Sha256};

use super::{LEARNED, TrainingDocument};

/// One candidate.
pub(super) struct Row {
    /// Index of its document.
    pub(super) document: usize,
    /// Its features.
    pub(super) features: Vec<f32>,
    /// Whether it is the value.
    pub(super) right: bool,
    /// Whether the document prints the field at all, as far as candidates show.
    pub(super) stated: bool,
    /// How much it counts.
    pub(super) weight: f32,
    /// Whether its document is fitted on: it shows the value, or is known not to state one.
    pub(super) printed: bool,
    /// Whether its words were read from pixels.
    pub(super) pixels: bool,
    /// Whether its document was generated.
    pub(super) generated: bool,
    group: u8,
}

impl Row {
    /// The fold its group belongs to.
    pub(super) fn fold(&self, folds: usize) -> usize {
        usize::from(self.group) % folds
    }
}

/// Candidates of all documents by field, in order.
pub(super) fn of(documents: &[TrainingDocument]) -> BTreeMap<FieldName, Vec<Row>> {
    let mut table: BTreeMap<FieldName, Vec<Row>> = BTreeMap::new();
    for (index, document) in documents.iter().enumerate() {
        let group = Sha256::digest(document.group.as_bytes())[1];
        let examples = training::examples(&document.pages);
        let pixels = document.pages.iter().any(|p| p.source == Source::Ocr);
        for field in LEARNED {
            let truth = document.truth.get(field);
            let of_field = || examples.iter().filter(|e| e.field == *field);
            let printed = truth.is_some_and(|t| of_field().any(|e| same(*field, t, &e.value)));
            // Truth taken from structure may not be printed at all; that teaches nothing. Truth of a
            // picture is printed but may be misread, which calibration has to know.
            let misread = pixels && truth.is_some();
            if !document.complete && !printed && !misread {
                continue;
            }
            for example in of_field() {
                let right = truth.is_some_and(|t| same(*field, t, &example.value));
                table.entry(*field).or_default().push(Row {
                    document: index,
                    features: example.features.clone(),
                    right,
                    stated: truth.is_some(),
                    weight: document.weight,
                    pixels,
                    printed: document.complete || printed,
                    generated: document.complete,
                    group,
                });
            }
        }
    }
    table
}

/// Whether a candidate says what the truth says.
fn same(field: FieldName, truth: &str, value: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        text.to_lowercase()
            .split(|c: char| !c.is_alphanumeric())
            .filter(|w| !w.is_empty())
            .map(str::to_owned)
            .collect()
    };
    match field.kind() {
        FieldKind::Amount => match (Decimal::from_str(truth), Decimal::from_str(value)) {
            (Ok(truth), Ok(value)) => truth == value,
            _ => false,
        },
        FieldKind::Date | FieldKind::Code => truth == value,
        FieldKind::Text => words(truth) == words(value),
    }
}
