//! Fits the scorers of the field reader: boosted trees a field, calibrated across
//! folds of documents, with a threshold below which the reader abstains.

mod boost;
mod calibrate;
mod card;
mod examples;
mod gather;
mod run;

use std::collections::BTreeMap;

use scrutineer::documents::fields::training::{feature_names, party_feature_names};
use scrutineer::documents::fields::{Head, Weights};
use scrutineer::documents::{FieldName, Page};

pub use calibrate::Measured;
pub use run::{Fitted, train};

use crate::progress::Progress;

/// Fields that are learned; the others follow the plain rules.
pub const LEARNED: &[FieldName] = &[
    FieldName::Number,
    FieldName::IssueDate,
    FieldName::DueDate,
    FieldName::OrderNumber,
    FieldName::Net,
    FieldName::Tax,
    FieldName::Total,
    FieldName::Payable,
    FieldName::Seller,
    FieldName::Buyer,
];

/// Folds for the scores that calibration and thresholds are taken from.
const FOLDS: usize = 3;

/// A document to learn from.
#[derive(Debug, Clone)]
pub struct TrainingDocument {
    /// Its pages.
    pub pages: Vec<Page>,
    /// What it says, as far as known.
    pub truth: BTreeMap<FieldName, String>,
    /// Whether a field absent from `truth` is known not to be printed.
    pub complete: bool,
    /// Documents of one group stay in one fold.
    pub group: String,
    /// How much it counts; 1 for a generated one.
    pub weight: f32,
}

/// Fits all scorers; the same documents give the same weights.
///
/// # Errors
/// When a booster refuses its data.
pub fn fit(
    documents: &[TrainingDocument],
    progress: &Progress,
) -> anyhow::Result<(Weights, BTreeMap<String, Measured>)> {
    let table = examples::of(documents);
    let mut heads = BTreeMap::new();
    let mut measured = BTreeMap::new();
    let bar = progress.bar("fitting fields", LEARNED.len());
    for name in LEARNED {
        bar.inc(1);
        let Some(rows) = table.get(name) else {
            continue;
        };
        let mut raw = vec![0.0_f32; rows.len()];
        for fold in 0..FOLDS {
            let fitting: Vec<&examples::Row> =
                rows.iter().filter(|r| r.fold(FOLDS) != fold).collect();
            let booster = boost::fit(&fitting)?;
            for (i, row) in rows
                .iter()
                .enumerate()
                .filter(|(_, r)| r.fold(FOLDS) == fold)
            {
                raw[i] = booster.raw(&row.features);
            }
        }
        let settled = calibrate::settle(rows, &raw);
        let all: Vec<&examples::Row> = rows.iter().collect();
        let booster = boost::fit(&all)?;
        let head = Head {
            scale: settled.scale,
            shift: settled.shift,
            threshold: settled.threshold,
            ..booster
        };
        heads.insert(name.as_str().to_owned(), head);
        measured.insert(name.as_str().to_owned(), settled.measured);
    }
    bar.finish_and_clear();
    let weights = Weights {
        features: feature_names().iter().map(|n| (*n).to_owned()).collect(),
        party_features: party_feature_names()
            .iter()
            .map(|n| (*n).to_owned())
            .collect(),
        heads,
    };
    Ok((weights, measured))
}
