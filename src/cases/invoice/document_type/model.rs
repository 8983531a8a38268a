//! The fitted model: weights, temperature, conformal thresholds.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::features::{TypeFeatures, feature_names};
use super::{DocumentType, TypeInput, TypeVerdict, explanation};
use crate::advice::ModelRef;
use crate::documents::Reading;
use crate::learn::calibration::Temperature;
use crate::learn::conformal::ConformalSets;
use crate::learn::encoder::{EMBEDDING_SIZE, EncoderError, TextEncoder};
use crate::learn::linear::{LinearError, LinearModel};
use crate::registry::{Golden, GoldenOutputs, LoadedManifest, Registry, RegistryError, together};

/// Name of the model in the registry.
pub const TYPE_MODEL: &str = "invoice_type";
/// Layout of its files.
pub const TYPE_FORMAT_VERSION: u32 = 2;

const WEIGHTS: &str = "weights.json";

/// Why a document's type could not be judged, or the model not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum TypeError {
    /// Absent, tampered with, or not agreeing with its golden scores.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The text encoder failed.
    #[error(transparent)]
    Encoder(#[from] EncoderError),
    /// Weights and features do not fit together.
    #[error("document type: {0}")]
    Linear(#[from] LinearError),
    /// The weights are for other classes or features than this program's.
    #[error("document type: {0}")]
    Weights(String),
}

/// Everything fitted: the content of `weights.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TypeWeights {
    /// Raw scores from features.
    pub linear: LinearModel,
    /// Mean of all embeddings in fitting: what average wording is.
    pub centre: Vec<f64>,
    /// How much an embedding counts beside a sign before weighing.
    pub scale: f64,
    /// For documents whose pages hold words.
    pub pages: Calibration,
    /// For e-invoices without pages, which are judged by signs alone.
    pub structure: Calibration,
}

/// What raw scores are worth for documents of one kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Probabilities from raw scores.
    pub temperature: Temperature,
    /// Sets from probabilities.
    pub sets: ConformalSets,
}

impl TypeWeights {
    /// Whether classes and features are those of this program.
    ///
    /// # Errors
    /// [`TypeError::Weights`] that says what differs.
    pub fn check(&self) -> Result<(), TypeError> {
        let classes = self.linear.classes().iter().map(String::as_str);
        if !classes.eq(DocumentType::ALL.iter().map(|kind| kind.as_str())) {
            return Err(TypeError::Weights(
                "fitted for other types than this program's".to_owned(),
            ));
        }
        let names = feature_names();
        let mut pairs = self.linear.features().iter().zip(&names);
        if let Some((found, expected)) = pairs.find(|(found, expected)| found != expected) {
            let text = format!("fitted on feature `{found}` where this program has `{expected}`");
            return Err(TypeError::Weights(text));
        }
        let lengths = [
            ("features", self.linear.features().len(), names.len()),
            ("centre", self.centre.len(), EMBEDDING_SIZE),
            (
                "thresholds of pages",
                self.pages.sets.thresholds.len(),
                DocumentType::ALL.len(),
            ),
            (
                "thresholds of structures",
                self.structure.sets.thresholds.len(),
                DocumentType::ALL.len(),
            ),
        ];
        match lengths
            .iter()
            .find(|(_, found, expected)| found != expected)
        {
            Some((what, found, expected)) => Err(TypeError::Weights(format!(
                "{what}: {found} where {expected} are needed"
            ))),
            None => Ok(()),
        }
    }

    /// The calibration for documents of that kind.
    #[must_use]
    pub fn calibration(&self, features: &TypeFeatures) -> &Calibration {
        if features.chunks.is_empty() {
            &self.structure
        } else {
            &self.pages
        }
    }

    /// The numbers that the linear model weighs, in the order of [`feature_names`].
    #[must_use]
    pub fn vector(&self, features: &TypeFeatures) -> Vec<f64> {
        let mut vector = vec![0.0; EMBEDDING_SIZE];
        for chunk in &features.chunks {
            let parts = vector
                .iter_mut()
                .zip(self.chunk_vector(features, &chunk.embedding));
            parts.for_each(|(sum, part)| *sum += part);
        }
        let names = self.linear.features().iter().skip(EMBEDDING_SIZE);
        vector.extend(names.map(|name| features.sign(name).map_or(0.0, |sign| sign.value)));
        vector
    }

    /// What one chunk adds to the first numbers of the vector.
    pub(super) fn chunk_vector(&self, features: &TypeFeatures, embedding: &[f32]) -> Vec<f64> {
        let share = self.scale / features.chunks.len().max(1) as f64;
        let parts = embedding.iter().zip(&self.centre);
        parts
            .map(|(x, centre)| (f64::from(*x) - centre) * share)
            .collect()
    }
}

/// Judges types; synchronous, shared freely between threads.
#[derive(Debug)]
pub struct TypeModel {
    encoder: Arc<TextEncoder>,
    weights: TypeWeights,
    reference: ModelRef,
}

/// Input of a golden case: the words of a one-column page.
type GoldenInput = String;

impl TypeModel {
    /// Loads the version of `invoice_type` that answers, and the text encoder;
    /// digests and golden scores are checked.
    ///
    /// # Errors
    /// [`TypeError`] that names the file or what does not fit.
    pub fn load(registry: &Registry) -> Result<Self, TypeError> {
        let manifest = registry.model(TYPE_MODEL)?;
        manifest.require_format(TYPE_FORMAT_VERSION)?;
        let model = Self::new(
            Arc::new(TextEncoder::read(registry)?),
            read_weights(manifest)?,
            manifest.reference(),
        )?;
        let (encoder, types) = together(
            || model.encoder.assert_golden(registry),
            || {
                Golden::<GoldenInput>::assert_together_on_load(manifest, |texts| {
                    model.golden_outputs(texts)
                })
            },
        );
        encoder?;
        types?;
        Ok(model)
    }

    /// A model of parts that were loaded or fitted before.
    ///
    /// # Errors
    /// [`TypeError::Weights`] if the weights are not for this program.
    pub fn new(
        encoder: Arc<TextEncoder>,
        weights: TypeWeights,
        reference: ModelRef,
    ) -> Result<Self, TypeError> {
        weights.check()?;
        Ok(Self {
            encoder,
            weights,
            reference,
        })
    }

    /// Reads the features of a document.
    ///
    /// # Errors
    /// [`TypeError::Encoder`].
    pub fn features(&self, input: &TypeInput<'_>) -> Result<TypeFeatures, TypeError> {
        Ok(TypeFeatures::of(input, &self.encoder)?)
    }

    /// Judges a document by its features; none if there is neither a word nor a
    /// structure. The same features give the same verdict, bit for bit.
    /// `reference` is how evidence names the document.
    ///
    /// # Errors
    /// [`TypeError::Linear`] if the features are not numbers.
    pub fn judge(
        &self,
        features: &TypeFeatures,
        reference: &str,
    ) -> Result<Option<TypeVerdict>, TypeError> {
        if features.is_empty() {
            return Ok(None);
        }
        let vector = self.weights.vector(features);
        let scores = self.weights.linear.scores(&vector)?;
        let calibration = self.weights.calibration(features);
        let scored = explanation::Scored {
            weights: &self.weights,
            sets: &calibration.sets,
            features,
            vector: &vector,
            probabilities: calibration.temperature.probabilities(&scores),
            reference,
        };
        Ok(Some(scored.explain()))
    }

    /// How answers name this model.
    #[must_use]
    pub fn reference(&self) -> &ModelRef {
        &self.reference
    }

    /// The encoder it reads with, which others may share.
    #[must_use]
    pub const fn encoder(&self) -> &Arc<TextEncoder> {
        &self.encoder
    }

    /// Probability of every type for a page of the words of each text.
    ///
    /// # Errors
    /// As for [`TypeModel::features`] and [`TypeModel::judge`].
    pub fn golden_outputs(&self, texts: &[&GoldenInput]) -> Result<Vec<GoldenOutputs>, TypeError> {
        let pages: Vec<_> = texts
            .iter()
            .map(|text| [super::text::plain_page(text)])
            .collect();
        let reading = Reading::default();
        let inputs: Vec<_> = pages
            .iter()
            .map(|pages| TypeInput {
                pages,
                reading: &reading,
            })
            .collect();
        let all = TypeFeatures::of_all(&inputs, &self.encoder)?;
        let judged = all.iter().map(|features| {
            let verdict = self.judge(features, "golden")?;
            let probabilities = verdict.into_iter().flat_map(|told| told.probabilities);
            let names = DocumentType::ALL
                .iter()
                .map(|kind| kind.as_str().to_owned());
            Ok(names.zip(probabilities).collect())
        });
        judged.collect()
    }
}

fn read_weights(manifest: &LoadedManifest) -> Result<TypeWeights, TypeError> {
    serde_json::from_slice(&manifest.read(WEIGHTS)?).map_err(|error| {
        TypeError::Weights(format!("{}: {error}", manifest.dir.join(WEIGHTS).display()))
    })
}
