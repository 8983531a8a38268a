//! Fits the scorers of the field reader: boosted trees a field, calibrated across
//! folds of documents, with a threshold below which the reader abstains.

mod boost;
mod calibrate;
mod card;
mod examples;
mod gather;
mod run;

pub(crate) use gather::{identity, is_fitted_on};

use std::collections::BTreeMap;

use scrutineer::documents::fields::training::{feature_names, party_feature_names};
use scrutineer::documents::fields::{Head, Weights};
use scrutineer::documents::{FieldName, Page};

pub use calibrate::Measured;
pub use run::{Fitted, train};

use self::examples::Row;
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
    let (mut heads, mut pixel_heads) = (BTreeMap::new(), BTreeMap::new());
    let mut measured = BTreeMap::new();
    let bar = progress.bar("fitting fields", LEARNED.len());
    for name in LEARNED {
        bar.inc(1);
        let Some(rows) = table.get(name) else {
            continue;
        };
        let of_text: Vec<&Row> = rows.iter().filter(|row| !row.pixels).collect();
        let (head, figures) = fit_head(&of_text, |_| true)?;
        heads.insert(name.as_str().to_owned(), head);
        measured.insert(name.as_str().to_owned(), figures);
        if of_text.len() < rows.len() {
            let all: Vec<&Row> = rows.iter().collect();
            let (head, figures) = fit_head(&all, |row| row.pixels)?;
            pixel_heads.insert(name.as_str().to_owned(), head);
            measured.insert(format!("{}_of_pixels", name.as_str()), figures);
        }
    }
    bar.finish_and_clear();
    let weights = Weights {
        features: feature_names().iter().map(|n| (*n).to_owned()).collect(),
        party_features: party_feature_names()
            .iter()
            .map(|n| (*n).to_owned())
            .collect(),
        heads,
        pixel_heads,
    };
    Ok((weights, measured))
}

/// A scorer of some rows, calibrated on those that count.
fn fit_head(rows: &[&Row], counts: impl Fn(&Row) -> bool) -> anyhow::Result<(Head, Measured)> {
    let fitted = |keep: &dyn Fn(&Row) -> bool| {
        let rows: Vec<&Row> = rows
            .iter()
            .copied()
            .filter(|row| row.printed && keep(row))
            .collect();
        boost::fit(&rows)
    };
    let mut counted = Vec::new();
    for fold in 0..FOLDS {
        let booster = fitted(&|row| row.fold(FOLDS) != fold)?;
        let held_back = rows
            .iter()
            .filter(|row| row.fold(FOLDS) == fold && counts(row));
        counted.extend(held_back.map(|row| (*row, booster.raw(&row.features))));
    }
    let settled = calibrate::settle(&counted);
    let head = Head {
        scale: settled.scale,
        shift: settled.shift,
        threshold: settled.threshold,
        ..fitted(&|_| true)?
    };
    Ok((head, settled.measured))
}
