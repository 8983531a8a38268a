//! Sentences to vectors: all-MiniLM-L6-v2, mean pooling, unit length.
//!
//! Wang et al., "MiniLM: Deep Self-Attention Distillation" (2020), fine-tuned
//! as in Reimers and Gurevych, "Sentence-BERT" (2019). The weights are shipped
//! in 16 bits and computed with in 32.

mod attention;
mod bert;
mod kernels;
mod linear;
mod numbers;
mod pieces;
mod products;
mod tokens;
mod weights;

use std::collections::HashMap;

use self::bert::Bert;
use self::tokens::Tokenizer;
use crate::advice::ModelRef;
use crate::registry::{Golden, GoldenOutputs, Registry, RegistryError, together};

/// Numbers in an embedding.
pub const EMBEDDING_SIZE: usize = 384;

/// Tokens of a text that are looked at, the two markers at its ends included.
pub const MAX_TOKENS: usize = 128;

/// A text as a vector of unit length; the zero vector for a text without words.
pub type Embedding = [f32; EMBEDDING_SIZE];

const MODEL: &str = "text_encoder";
const FORMAT_VERSION: u32 = 1;

/// Tokens run through the network at once: bounds memory whatever is asked.
const MAX_TOKENS_AT_ONCE: usize = 1024;

/// Tokens from which two threads are quicker than one.
const WORTH_TWO_THREADS: usize = 96;

/// Characters of a text that are looked at: enough for [`MAX_TOKENS`] of any
/// ordinary text, so that a huge one costs nothing.
const MAX_CHARS: usize = 2048;

/// Why a text could not be encoded, or the encoder not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum EncoderError {
    /// The model's files are absent or not what they should be.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The tokenizer's file or a text could not be made into tokens.
    #[error("text encoder, tokenizer: {0}")]
    Tokenizer(String),
    /// The weights are not those of the network, or computing with them failed.
    #[error("text encoder: {0}")]
    Network(#[from] candle_core::Error),
}

/// The text encoder; shared freely between threads.
pub struct TextEncoder {
    tokenizer: Tokenizer,
    bert: Bert,
    reference: ModelRef,
}

impl std::fmt::Debug for TextEncoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TextEncoder")
            .field("reference", &self.reference)
            .finish_non_exhaustive()
    }
}

impl TextEncoder {
    /// Loads the version of `text_encoder` that answers; digests and golden
    /// vectors are checked.
    ///
    /// # Errors
    /// [`EncoderError`] that names the file.
    pub fn load(registry: &Registry) -> Result<Self, EncoderError> {
        let encoder = Self::read(registry)?;
        encoder.assert_golden(registry)?;
        Ok(encoder)
    }

    /// Reads the files, digests checked. Not to answer before [`Self::assert_golden`] has
    /// passed, which may be while other golden scores are asserted.
    pub(crate) fn read(registry: &Registry) -> Result<Self, EncoderError> {
        let model = registry.model(MODEL)?;
        model.require_format(FORMAT_VERSION)?;
        let (tokenizer, bert) = together(
            || tokens::tokenizer(&model.read("tokenizer.json")?),
            || Ok::<_, EncoderError>(Bert::load(model.read("model.safetensors")?)?),
        );
        Ok(Self {
            tokenizer: tokenizer?,
            bert: bert?,
            reference: model.reference(),
        })
    }

    /// Asserts the golden vectors of the version that [`Self::read`] has read.
    pub(crate) fn assert_golden(&self, registry: &Registry) -> Result<(), RegistryError> {
        let model = registry.model(MODEL)?;
        Golden::<String>::assert_together_on_load(model, |texts| self.named_outputs(texts))
    }

    /// Makes an encoder of a safetensors file of 16- or 32-bit weights and a `tokenizer.json`.
    ///
    /// # Errors
    /// [`EncoderError::Tokenizer`] or [`EncoderError::Network`].
    pub fn from_bytes(
        weights: Vec<u8>,
        tokenizer_json: &[u8],
        reference: ModelRef,
    ) -> Result<Self, EncoderError> {
        Ok(Self {
            tokenizer: tokens::tokenizer(tokenizer_json)?,
            bert: Bert::load(weights)?,
            reference,
        })
    }

    /// The embeddings of some texts, in their order. Only the first
    /// [`MAX_TOKENS`] tokens of each count.
    ///
    /// # Errors
    /// [`EncoderError::Tokenizer`] or [`EncoderError::Network`].
    pub fn encode(&self, texts: &[&str]) -> Result<Vec<Embedding>, EncoderError> {
        // Regions of a short document often hold the same words: those are encoded once.
        let mut places = Vec::with_capacity(texts.len());
        let mut once: Vec<Vec<u32>> = Vec::new();
        let mut place_of: HashMap<Vec<u32>, usize> = HashMap::new();
        for text in texts {
            let tokens = self.token_ids(text)?;
            let place = *place_of.entry(tokens).or_insert_with_key(|tokens| {
                once.push(tokens.clone());
                once.len() - 1
            });
            places.push(place);
        }
        let embeddings = self.embed(&once)?;
        Ok(places.into_iter().map(|place| embeddings[place]).collect())
    }

    /// The embeddings of token rows, the two halves at once.
    fn embed(&self, tokens: &[Vec<u32>]) -> Result<Vec<Embedding>, EncoderError> {
        let one_after_the_other = |mut rest: &[Vec<u32>]| {
            let mut embeddings = Vec::with_capacity(rest.len());
            while !rest.is_empty() {
                let (now, later) = rest.split_at(how_many_fit(rest));
                embeddings.extend(self.bert.embed(now)?);
                rest = later;
            }
            Ok::<_, EncoderError>(embeddings)
        };
        let total: usize = tokens.iter().map(Vec::len).sum();
        if tokens.len() < 2 || total < WORTH_TWO_THREADS {
            return one_after_the_other(tokens);
        }
        let ends = tokens.iter().scan(0, |sum, ids| {
            *sum += ids.len();
            Some(*sum)
        });
        let half = ends.take_while(|end| end * 2 <= total).count();
        let (front, back) = tokens.split_at(half.clamp(1, tokens.len() - 1));
        let (front, back) = together(|| one_after_the_other(front), || one_after_the_other(back));
        let mut embeddings = front?;
        embeddings.extend(back?);
        Ok(embeddings)
    }

    /// How answers name this model.
    #[must_use]
    pub fn reference(&self) -> &ModelRef {
        &self.reference
    }

    fn token_ids(&self, text: &str) -> Result<Vec<u32>, EncoderError> {
        let end = text
            .char_indices()
            .nth(MAX_CHARS)
            .map_or(text.len(), |(at, _)| at);
        let start = text.get(..end).unwrap_or(text);
        let encoding = self.tokenizer.encode_fast(start, true);
        Ok(encoding
            .map_err(|e| EncoderError::Tokenizer(e.to_string()))?
            .get_ids()
            .to_vec())
    }

    /// The embeddings with their indices as names, as golden files have them.
    fn named_outputs(&self, texts: &[&String]) -> Result<Vec<GoldenOutputs>, EncoderError> {
        let texts: Vec<&str> = texts.iter().map(|text| text.as_str()).collect();
        let named = |embedding: Embedding| {
            let numbers = embedding.into_iter().enumerate();
            numbers
                .map(|(index, x)| (index.to_string(), f64::from(x)))
                .collect()
        };
        Ok(self.encode(&texts)?.into_iter().map(named).collect())
    }
}

/// How many texts from the front go through the network together; at least one.
fn how_many_fit(tokens: &[Vec<u32>]) -> usize {
    let mut total = 0;
    let fitting = tokens.iter().take_while(|ids| {
        total += ids.len();
        total <= MAX_TOKENS_AT_ONCE
    });
    fitting.count().max(1)
}

#[cfg(test)]
mod tests;
