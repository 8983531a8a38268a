//! The same features for training that extraction uses.

use super::analysis::Analysis;
use super::field_spec::SPECS;
use super::{features, party};
use crate::documents::{FieldName, Page};

/// One candidate of one field with its features.
#[derive(Debug, Clone)]
pub struct Example {
    /// The field it stands for.
    pub field: FieldName,
    /// Normalised value.
    pub value: String,
    /// Features in the order of [`feature_names`] or [`party_feature_names`].
    pub features: Vec<f32>,
}

/// Every candidate of every scored field of a document.
#[must_use]
pub fn examples(pages: &[Page]) -> Vec<Example> {
    let analysis = Analysis::of(pages);
    let mut out = Vec::new();
    for spec in SPECS {
        let (candidates, _) = features::pool(&analysis, spec.kind);
        for scored in features::of_field(&analysis, spec) {
            let value = candidates[scored.candidate].value.clone();
            out.push(Example {
                field: spec.name,
                value,
                features: scored.features,
            });
        }
    }
    for name in party::names(&analysis) {
        out.push(Example {
            field: FieldName::Seller,
            value: name.value.clone(),
            features: name.seller,
        });
        out.push(Example {
            field: FieldName::Buyer,
            value: name.value,
            features: name.buyer,
        });
    }
    out
}

/// Names of the features of labelled values.
#[must_use]
pub fn feature_names() -> &'static [&'static str] {
    features::NAMES
}

/// Names of the features of party names.
#[must_use]
pub fn party_feature_names() -> &'static [&'static str] {
    party::NAMES
}
