//! The model file of the field reader.

use std::path::{Path, PathBuf};

use super::scorer::{Head, Weights, logistic};
use super::{features, party};

/// Name of the weights' file in a model directory.
pub const WEIGHTS_FILE: &str = "weights.json";

/// Why a model could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum FieldModelError {
    /// The file could not be read.
    #[error("{path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is no model.
    #[error("{path}: {source}")]
    Format {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        source: serde_json::Error,
    },
    /// The model was fitted on other features, or its trees are broken.
    #[error("{path}: {reason}")]
    Mismatch {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        reason: String,
    },
}

/// Scorers of the fields, ready to use.
#[derive(Debug, Clone, Default)]
pub struct FieldModel {
    weights: Weights,
}

impl FieldModel {
    /// Loads `weights.json` of a model directory.
    ///
    /// # Errors
    /// When the file is missing, is no model, was fitted on other features than
    /// this program computes, or has broken trees.
    pub fn load(dir: &Path) -> Result<Self, FieldModelError> {
        let path = dir.join(WEIGHTS_FILE);
        let bytes = std::fs::read(&path).map_err(|source| FieldModelError::Read {
            path: path.clone(),
            source,
        })?;
        let weights: Weights =
            serde_json::from_slice(&bytes).map_err(|source| FieldModelError::Format {
                path: path.clone(),
                source,
            })?;
        Self::of(weights).map_err(|reason| FieldModelError::Mismatch { path, reason })
    }

    /// A model of given weights.
    ///
    /// # Errors
    /// A sentence when the weights are for other features or have broken trees.
    pub fn of(weights: Weights) -> Result<Self, String> {
        for (own, given) in [
            (features::NAMES, &weights.features),
            (party::NAMES, &weights.party_features),
        ] {
            if own != given.as_slice() {
                return Err(
                    "the model was fitted on other features than this program computes".to_owned(),
                );
            }
        }
        let most = features::NAMES.len().max(party::NAMES.len());
        match weights.heads.iter().find(|(_, head)| !head.is_sound(most)) {
            Some((name, _)) => Err(format!("the trees of {name} are broken")),
            None => Ok(Self { weights }),
        }
    }

    /// A model without learned scorers: the plain rules alone decide.
    #[must_use]
    pub fn rules_only() -> Self {
        Self::default()
    }

    /// The scorer of a field, by wire name.
    #[must_use]
    pub fn head(&self, field: &str) -> Option<&Head> {
        self.weights.heads.get(field)
    }

    pub(super) fn probability(&self, field: &str, features: &[f32]) -> f32 {
        match self.head(field) {
            Some(head) => head.probability(features),
            // The first feature is the plain rule's score.
            None => logistic(9.0 * (features.first().copied().unwrap_or(0.0) - 0.45)),
        }
    }

    pub(super) fn threshold(&self, field: &str) -> f32 {
        self.head(field).map_or(0.5, |head| head.threshold)
    }
}
