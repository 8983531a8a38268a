//! The model file of the field reader.

use super::scorer::{Head, Weights, logistic};
use super::{features, party};
use crate::documents::Source;
use crate::registry::{Golden, Registry, RegistryError};

/// Name of the model in the registry.
pub const FIELD_MODEL: &str = "invoice_fields";
/// Layout of its files.
pub const FIELD_FORMAT_VERSION: u32 = 2;
/// Name of the weights' file in a model directory.
pub const WEIGHTS_FILE: &str = "weights.json";

/// Scorers of the fields, ready to use. One without scorers leaves every field to
/// the plain rules.
#[derive(Debug, Clone, Default)]
pub struct FieldModel {
    weights: Weights,
}

impl FieldModel {
    /// Loads the version of `invoice_fields` that answers; digests and golden
    /// readings are checked.
    ///
    /// # Errors
    /// [`RegistryError`] that names the file: absent, tampered with, fitted on
    /// other features than this program computes, with broken trees, or not
    /// agreeing with its golden readings.
    pub fn load(registry: &Registry) -> Result<Self, RegistryError> {
        let manifest = registry.model(FIELD_MODEL)?;
        manifest.require_format(FIELD_FORMAT_VERSION)?;
        let malformed = |reason| RegistryError::malformed(manifest.dir.join(WEIGHTS_FILE), reason);
        let weights: Weights = serde_json::from_slice(&manifest.read(WEIGHTS_FILE)?)
            .map_err(|error| malformed(error.to_string()))?;
        let model = Self::of(weights).map_err(malformed)?;
        Golden::<String>::assert_on_load(manifest, |lines| {
            Ok::<_, std::convert::Infallible>(model.golden_output(lines))
        })?;
        Ok(model)
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
        let mut heads = weights.heads.iter().chain(&weights.pixel_heads);
        match heads.find(|(_, head)| !head.is_sound(most)) {
            Some((name, _)) => Err(format!("the trees of {name} are broken")),
            None => Ok(Self { weights }),
        }
    }

    /// The scorer of a field, by wire name, for words of that source.
    #[must_use]
    pub fn head(&self, field: &str, source: Source) -> Option<&Head> {
        let Weights {
            heads, pixel_heads, ..
        } = &self.weights;
        let of_pixels = pixel_heads.get(field).filter(|_| source == Source::Ocr);
        of_pixels.or_else(|| heads.get(field))
    }

    pub(super) fn probability(&self, field: &str, features: &[f32], source: Source) -> f32 {
        match self.head(field, source) {
            Some(head) => head.probability(features),
            // The first feature is the plain rule's score.
            None => logistic(9.0 * (features.first().copied().unwrap_or(0.0) - 0.45)),
        }
    }

    pub(super) fn threshold(&self, field: &str, source: Source) -> f32 {
        self.head(field, source).map_or(0.5, |head| head.threshold)
    }
}
