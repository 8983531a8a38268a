//! What one sentence speaks of: embedding, signs and terms, weighed.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::denied::is_denied;
use super::signs::signs;
use super::terms::terms;
use super::topic::{NoteTopic, Topics};
use super::{NoteError, sentences};
use crate::advice::ModelRef;
use crate::learn::calibration::Temperature;
use crate::learn::conformal::ConformalSets;
use crate::learn::encoder::{EMBEDDING_SIZE, TextEncoder};
use crate::learn::linear::LinearModel;
use crate::registry::{Golden, GoldenOutputs, LoadedManifest, Registry};

/// Name of the model in the registry.
pub const NOTE_MODEL: &str = "interaction_note";
/// Layout of its files.
pub const NOTE_FORMAT_VERSION: u32 = 1;
/// The file that holds [`NoteWeights`].
pub const NOTE_FILE: &str = "weights.json";

/// Everything fitted: the content of `weights.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoteWeights {
    /// Raw scores from features: the numbers of the embedding, then signs, then terms.
    pub linear: LinearModel,
    /// Mean of all embeddings in fitting.
    pub centre: Vec<f64>,
    /// How much an embedding counts before weighing.
    pub scale: f64,
    /// How much a sign counts before weighing.
    pub sign_scale: f64,
    /// How much all terms of a sentence count together before weighing.
    pub term_scale: f64,
    /// Probabilities from raw scores.
    pub temperature: Temperature,
    /// Sets from probabilities.
    pub sets: ConformalSets,
}

/// A sentence as it is weighed.
#[derive(Debug, Clone, PartialEq)]
pub struct SentenceFeatures {
    /// The encoder's numbers.
    pub embedding: Vec<f64>,
    /// How strongly it is marked for each topic.
    pub signs: [f64; 6],
    /// Beginnings of words, alone and in pairs.
    pub terms: Vec<String>,
}

impl NoteWeights {
    /// Names of the features, given the terms that are known.
    #[must_use]
    pub fn feature_names(vocabulary: &[String]) -> Vec<String> {
        let embedding = (0..EMBEDDING_SIZE).map(|index| format!("text_{index:03}"));
        let signs = NoteTopic::ALL.map(|topic| format!("sign_{}", topic.as_str()));
        embedding
            .chain(signs)
            .chain(vocabulary.iter().cloned())
            .collect()
    }

    /// The numbers that the linear model weighs; `places` tells where a term stands.
    #[must_use]
    pub fn vector(&self, sentence: &SentenceFeatures, places: &HashMap<String, usize>) -> Vec<f64> {
        let embedding = sentence.embedding.iter().zip(&self.centre);
        let mut vector: Vec<f64> = embedding
            .map(|(x, centre)| (x - centre) * self.scale)
            .collect();
        vector.extend(sentence.signs.iter().map(|sign| sign * self.sign_scale));
        vector.resize(self.linear.features().len(), 0.0);
        let each = self.term_scale / (sentence.terms.len().max(1) as f64).sqrt();
        for term in &sentence.terms {
            if let Some(value) = places.get(term).and_then(|at| vector.get_mut(*at)) {
                *value = each;
            }
        }
        vector
    }

    /// Where each term stands among the features.
    #[must_use]
    pub fn places(&self) -> HashMap<String, usize> {
        let features = self.linear.features().iter().enumerate();
        features
            .skip(EMBEDDING_SIZE + NoteTopic::ALL.len())
            .map(|(at, name)| (name.clone(), at))
            .collect()
    }

    fn check(&self) -> Result<(), NoteError> {
        let classes = self.linear.classes().iter().map(String::as_str);
        if !classes.eq(NoteTopic::ALL.map(NoteTopic::as_str)) {
            return Err(NoteError::Weights(
                "fitted for other topics than this program's".to_owned(),
            ));
        }
        let embedded = Self::feature_names(&[]);
        let lengths = self.centre.len() == EMBEDDING_SIZE
            && self.sets.thresholds.len() == NoteTopic::ALL.len()
            && self.linear.features().starts_with(&embedded);
        if !lengths {
            return Err(NoteError::Weights(
                "embedding, thresholds or features are of another length".to_owned(),
            ));
        }
        Ok(())
    }
}

/// Tells what sentences speak of; synchronous, shared freely between threads.
#[derive(Debug)]
pub struct NoteModel {
    encoder: Arc<TextEncoder>,
    weights: NoteWeights,
    places: HashMap<String, usize>,
    reference: ModelRef,
}

/// What is said of one sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct SentenceVerdict {
    /// Calibrated probabilities in the order of [`NoteTopic::ALL`].
    pub probabilities: Vec<f64>,
    /// Topics that cannot be told apart at the coverage, most probable first; never empty.
    pub set: Vec<NoteTopic>,
}

impl SentenceVerdict {
    /// The topic, where there is one alone.
    #[must_use]
    pub fn topic(&self) -> Option<NoteTopic> {
        match self.set.as_slice() {
            [topic] => Some(*topic),
            _ => None,
        }
    }
}

impl NoteModel {
    /// Loads the version that answers; digests and golden scores are checked.
    ///
    /// # Errors
    /// [`NoteError`] that names the file or what does not fit.
    pub fn load(registry: &Registry, encoder: Arc<TextEncoder>) -> Result<Self, NoteError> {
        let manifest = registry.model(NOTE_MODEL)?;
        manifest.require_format(NOTE_FORMAT_VERSION)?;
        let model = Self::new(encoder, read_weights(manifest)?, manifest.reference())?;
        Golden::<String>::assert_together_on_load(manifest, |texts| model.golden_outputs(texts))?;
        Ok(model)
    }

    /// A model of parts that were loaded or fitted before.
    ///
    /// # Errors
    /// [`NoteError::Weights`] if the weights are not for this program.
    pub fn new(
        encoder: Arc<TextEncoder>,
        weights: NoteWeights,
        reference: ModelRef,
    ) -> Result<Self, NoteError> {
        weights.check()?;
        let places = weights.places();
        Ok(Self {
            encoder,
            weights,
            places,
            reference,
        })
    }

    /// What a note speaks of: the topics of those of its sentences that are told with one
    /// topic alone and do not deny it. None of it where no sentence is.
    ///
    /// # Errors
    /// [`NoteError`] if the encoder fails.
    pub fn topics(&self, note: &str) -> Result<Topics, NoteError> {
        let sentences = sentences::sentences(note);
        let verdicts = self.judge(&sentences)?;
        let told = sentences
            .iter()
            .zip(&verdicts)
            .filter_map(|(said, verdict)| verdict.topic().filter(|topic| !is_denied(said, *topic)));
        Ok(told.collect())
    }

    /// Judges sentences, which are encoded together.
    ///
    /// # Errors
    /// [`NoteError`] if the encoder fails.
    pub fn judge(&self, sentences: &[&str]) -> Result<Vec<SentenceVerdict>, NoteError> {
        if sentences.is_empty() {
            return Ok(Vec::new());
        }
        let features = sentence_features(&self.encoder, sentences)?;
        features
            .iter()
            .map(|sentence| self.judge_features(sentence))
            .collect()
    }

    fn judge_features(&self, sentence: &SentenceFeatures) -> Result<SentenceVerdict, NoteError> {
        let vector = self.weights.vector(sentence, &self.places);
        let scores = self.weights.linear.scores(&vector)?;
        let probabilities = self.weights.temperature.probabilities(&scores);
        let set = self.weights.sets.set(&probabilities).into_iter();
        Ok(SentenceVerdict {
            set: set
                .filter_map(|class| NoteTopic::ALL.get(class).copied())
                .collect(),
            probabilities,
        })
    }

    /// How answers name this model.
    #[must_use]
    pub const fn reference(&self) -> &ModelRef {
        &self.reference
    }

    /// Probability of every topic for each text, taken as one sentence.
    ///
    /// # Errors
    /// As for [`NoteModel::judge`].
    pub fn golden_outputs(&self, texts: &[&String]) -> Result<Vec<GoldenOutputs>, NoteError> {
        let texts: Vec<&str> = texts.iter().map(|text| text.as_str()).collect();
        let named = |verdict: SentenceVerdict| {
            let names = NoteTopic::ALL.map(|topic| topic.as_str().to_owned());
            names.into_iter().zip(verdict.probabilities).collect()
        };
        Ok(self.judge(&texts)?.into_iter().map(named).collect())
    }
}

/// Sentences as they are weighed, in their order: fitting and reading call this same code.
///
/// # Errors
/// [`NoteError`] if the encoder fails.
pub fn sentence_features(
    encoder: &TextEncoder,
    sentences: &[&str],
) -> Result<Vec<SentenceFeatures>, NoteError> {
    let embeddings = encoder.encode(sentences)?;
    let pairs = sentences.iter().zip(embeddings);
    Ok(pairs
        .map(|(sentence, embedding)| SentenceFeatures {
            embedding: embedding.iter().map(|x| f64::from(*x)).collect(),
            signs: signs(sentence),
            terms: terms(sentence).into_iter().collect(),
        })
        .collect())
}

fn read_weights(manifest: &LoadedManifest) -> Result<NoteWeights, NoteError> {
    serde_json::from_slice(&manifest.read(NOTE_FILE)?).map_err(|error| {
        let path = manifest.dir.join(NOTE_FILE);
        NoteError::Weights(format!("{}: {error}", path.display()))
    })
}
