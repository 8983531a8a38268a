//! A document as named numbers: embeddings of its regions, and signs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::chunks::{self, Chunk};
use super::numbers::{self, NO_ORDER, ORDER};
use super::signs::{self, Sightings, Span};
use super::text::DocumentText;
use super::{TypeInput, order};
use crate::documents::BBox;
use crate::learn::encoder::{EMBEDDING_SIZE, EncoderError, TextEncoder};

/// Everything the type is computed from; kept with the decision, so that it can be replayed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TypeFeatures {
    /// Regions of text, in reading order; none for a document whose pages hold no words.
    pub chunks: Vec<ChunkFeature>,
    /// Signs that are not zero, in the order of [`feature_names`].
    pub signs: Vec<SignFeature>,
}

/// The wording of one region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChunkFeature {
    /// `title`, `head`, `middle` or `foot`.
    pub region: String,
    /// What was encoded: the words of the region without numbers.
    pub text: String,
    /// Where it stands; absent for words of a structure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// [`EMBEDDING_SIZE`] numbers; little-endian 32-bit floats in base64.
    #[serde(serialize_with = "to_base64", deserialize_with = "from_base64")]
    pub embedding: Vec<f32>,
}

/// A sign that was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignFeature {
    /// Name, one of [`feature_names`].
    pub name: String,
    /// 0..=1.
    pub value: f64,
    /// The characters that show it, where some do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Where they stand; absent for words of a structure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// A box on a page.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// 1-based page.
    pub page: u32,
    /// Box on that page.
    pub bbox: BBox,
}

/// How a family of words was seen, in the order of its features.
const MANNERS: [&str; 5] = ["", "_large", "_alone", "_charged", "_often"];
/// So many sightings are often.
const OFTEN: f64 = 6.0;

/// Every feature's name, in the order of the model: first the numbers of the
/// mean embedding, then the signs.
#[must_use]
pub fn feature_names() -> Vec<String> {
    let embedding = (0..EMBEDDING_SIZE).map(|index| format!("text_{index:03}"));
    embedding.chain(sign_names()).collect()
}

fn sign_names() -> impl Iterator<Item = String> {
    let families = signs::names().iter();
    let families = families.flat_map(|name| MANNERS.map(|manner| format!("{name}{manner}")));
    families.chain(numbers::NAMES.map(str::to_owned))
}

impl TypeFeatures {
    /// Reads the features of a document.
    ///
    /// # Errors
    /// A text that the encoder cannot encode.
    pub fn of(input: &TypeInput<'_>, encoder: &TextEncoder) -> Result<Self, EncoderError> {
        let all = Self::of_all(std::slice::from_ref(input), encoder)?;
        Ok(all.into_iter().next().unwrap_or_default())
    }

    /// The features of some documents, whose texts are encoded together.
    ///
    /// # Errors
    /// A text that the encoder cannot encode.
    pub fn of_all(
        inputs: &[TypeInput<'_>],
        encoder: &TextEncoder,
    ) -> Result<Vec<Self>, EncoderError> {
        let seen: Vec<_> = inputs
            .iter()
            .map(|input| {
                let text = DocumentText::of(input.pages, input.reading);
                let chunks = chunks::of(&text);
                (text, chunks)
            })
            .collect();
        let wordings: Vec<String> = seen
            .iter()
            .flat_map(|(text, found)| found.iter().map(|chunk| chunks::wording(text, chunk)))
            .collect();
        let texts: Vec<&str> = wordings.iter().map(String::as_str).collect();
        let mut encoded = texts.iter().zip(encoder.encode(&texts)?);
        let features = inputs.iter().zip(&seen).map(|(input, (text, found))| Self {
            chunks: found
                .iter()
                .zip(encoded.by_ref())
                .map(|(chunk, (wording, embedding))| ChunkFeature {
                    region: chunk.region.to_owned(),
                    text: (*wording).to_owned(),
                    place: place_of_chunk(text, chunk),
                    embedding: embedding.to_vec(),
                })
                .collect(),
            signs: signs_of(input, text),
        });
        Ok(features.collect())
    }

    /// The signs alone, without the wording of regions: what a document whose pages
    /// hold no words is judged by.
    #[must_use]
    pub fn signs(input: &TypeInput<'_>) -> Vec<SignFeature> {
        signs_of(input, &DocumentText::of(input.pages, input.reading))
    }

    /// Whether there is nothing to judge: no word and no structure.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty() && self.signs.iter().all(|sign| sign.name != "structure")
    }

    /// Whether the buyer's order number was found.
    #[must_use]
    pub fn names_an_order(&self) -> bool {
        self.sign(ORDER).is_some()
    }

    /// The characters of the order number on a page.
    #[must_use]
    pub fn order_shown(&self) -> Option<String> {
        self.sign(ORDER)?.text.clone()
    }

    /// The same document, had an order number been found on it, or none.
    #[must_use]
    pub fn with_order(&self, found: bool) -> Self {
        let mut changed = self.clone();
        changed
            .signs
            .retain(|sign| sign.name != ORDER && sign.name != NO_ORDER);
        changed.signs.push(SignFeature {
            name: if found { ORDER } else { NO_ORDER }.to_owned(),
            value: 1.0,
            text: None,
            place: None,
        });
        changed
    }

    /// The sign of that name, if it was seen.
    pub(super) fn sign(&self, name: &str) -> Option<&SignFeature> {
        self.signs.iter().find(|sign| sign.name == name)
    }
}

fn signs_of(input: &TypeInput<'_>, text: &DocumentText) -> Vec<SignFeature> {
    let sightings = signs::find(text);
    let (labels, others) = signs::order_labels(&sightings);
    let order = order::find(text, &labels, &others);
    let values = numbers::of(text, input.pages, input.reading, order.is_some());
    let mut features = Vec::new();
    for (name, seen) in signs::names().iter().zip(&sightings) {
        for (manner, (value, span)) in MANNERS.iter().zip(in_manners(seen)) {
            if value > 0.0 {
                features.push(sign(text, format!("{name}{manner}"), value, span));
            }
        }
    }
    for (name, value) in numbers::NAMES.iter().zip(values) {
        if value > 0.0 {
            let word = order.filter(|_| *name == ORDER);
            features.push(sign(
                text,
                (*name).to_owned(),
                value,
                word.map(|word| (word, word)),
            ));
        }
    }
    features
}

/// Value and place of a family's features, in the order of [`MANNERS`].
fn in_manners(seen: &Sightings) -> [(f64, Option<Span>); 5] {
    let flag = |span: Option<Span>| f64::from(u8::from(span.is_some()));
    let first = seen.spans.first().copied();
    let often = (seen.spans.len() as f64 / OFTEN).min(1.0);
    [
        (flag(first), first),
        (flag(seen.large), seen.large),
        (flag(seen.alone), seen.alone),
        (flag(seen.charged), seen.charged),
        (often, first),
    ]
}

fn sign(text: &DocumentText, name: String, value: f64, span: Option<Span>) -> SignFeature {
    let words = span
        .and_then(|(first, last)| text.words.get(first..=last))
        .unwrap_or_default();
    let characters: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    SignFeature {
        name,
        value,
        text: (!characters.is_empty()).then(|| characters.join(" ")),
        place: union(words.iter().filter_map(|word| word.place)),
    }
}

fn place_of_chunk(text: &DocumentText, chunk: &Chunk) -> Option<Place> {
    let words = chunk.words.iter().filter_map(|word| text.words.get(*word));
    union(words.filter_map(|word| word.place))
}

/// The box around places, on the page of the first.
fn union(places: impl Iterator<Item = (u32, BBox)>) -> Option<Place> {
    places.fold(None, |whole: Option<Place>, (page, bbox)| match whole {
        None => Some(Place { page, bbox }),
        Some(place) if place.page == page => Some(Place {
            page,
            bbox: place.bbox.union(bbox),
        }),
        place => place,
    })
}

fn to_base64<S: Serializer>(numbers: &[f32], serializer: S) -> Result<S::Ok, S::Error> {
    let bytes: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
    serializer.serialize_str(&STANDARD.encode(bytes))
}

fn from_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f32>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let bytes = STANDARD.decode(text).map_err(serde::de::Error::custom)?;
    let (numbers, rest) = bytes.as_chunks::<4>();
    if !rest.is_empty() {
        return Err(serde::de::Error::custom(
            "not a whole number of 32-bit floats",
        ));
    }
    Ok(numbers
        .iter()
        .map(|bytes| f32::from_le_bytes(*bytes))
        .collect())
}
