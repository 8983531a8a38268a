//! The network: Devlin et al., "BERT" (2019), six layers of width 384.
//!
//! Texts of a batch stand one after the other in one matrix, a row a token:
//! nothing is padded, so nothing is masked and no text costs more beside a long
//! one. Only attention looks at one text at a time.

use candle_core::{Result, bail};
use pulp::Arch;

use super::attention::{self, Attention, PROJECTED};
use super::kernels::{self, Norm};
use super::linear::Linear;
use super::products::PanelRow;
use super::weights::{Stored, Weights};
use super::{EMBEDDING_SIZE, Embedding, numbers};

const LAYERS: usize = 6;
/// Tokens there are positions for.
const MAX_POSITIONS: usize = 512;
/// Width between the two products of a layer's second half.
const WIDE: usize = 4 * EMBEDDING_SIZE;

/// The weights.
pub(super) struct Bert {
    weights: Weights,
    /// The vector of every word, a row each.
    words: Stored,
    /// Position plus the one token type in use, a row of the width a position.
    positions: Vec<f32>,
    embedding_norm: Norm,
    layers: Vec<Layer>,
}

struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    attention_out: Linear,
    attention_norm: Norm,
    widen: Linear,
    narrow: Linear,
    narrow_norm: Norm,
}

/// Room for what is computed on the way through the layers.
#[derive(Default)]
struct Scratch {
    panel: Vec<PanelRow>,
    attention: attention::Scratch,
    projected: Vec<f32>,
    seen: Vec<f32>,
    attended: Vec<f32>,
    wide: Vec<f32>,
}

impl Bert {
    /// Reads the weights from the bytes of a safetensors file.
    pub(super) fn load(file: Vec<u8>) -> Result<Self> {
        let mut weights = Weights::of(file)?;
        weights.turn(|name| {
            let of_layer = name.strip_prefix("encoder.layer.");
            of_layer.is_some_and(|name| name.ends_with(".weight") && !name.contains("LayerNorm"))
        })?;
        let table = |name: &str, rows: usize| {
            let name = format!("embeddings.{name}_embeddings.weight");
            weights.vector(&name, rows * EMBEDDING_SIZE)
        };
        let mut positions = table("position", MAX_POSITIONS)?;
        // Of the two types there are, single texts are of the first.
        let token_types = table("token_type", 2)?;
        for row in positions.chunks_mut(EMBEDDING_SIZE) {
            row.iter_mut().zip(&token_types).for_each(|(x, y)| *x += y);
        }
        let layers = (0..LAYERS).map(|index| Layer::find(&weights, index));
        Ok(Self {
            words: weights.find("embeddings.word_embeddings.weight")?.clone(),
            positions,
            embedding_norm: weights.norm("embeddings", EMBEDDING_SIZE)?,
            layers: layers.collect::<Result<_>>()?,
            weights,
        })
    }

    /// The mean of each text's last-layer rows, scaled to unit length.
    pub(super) fn embed(&self, texts: &[Vec<u32>]) -> Result<Vec<Embedding>> {
        let (mut hidden, mut positions) = (Vec::new(), Vec::new());
        for text in texts {
            let Some(within) = self.positions.get(..text.len() * EMBEDDING_SIZE) else {
                bail!("a text of {} tokens is too long", text.len());
            };
            positions.extend_from_slice(within);
            for id in text {
                self.append_word(*id, &mut hidden)?;
            }
        }
        let nothing = [0.0; EMBEDDING_SIZE];
        Arch::new().dispatch(|| {
            self.embedding_norm
                .add_then_normalise(&mut hidden, &nothing, &positions);
        });
        let lengths: Vec<usize> = texts.iter().map(Vec::len).collect();
        let mut scratch = Scratch::default();
        for layer in &self.layers {
            layer.forward(&self.weights, &mut hidden, &lengths, &mut scratch);
        }
        let mut rows = hidden.chunks_exact(EMBEDDING_SIZE);
        let means = lengths
            .iter()
            .map(|length| unit_mean(rows.by_ref().take(*length)));
        Ok(means.collect())
    }

    /// Adds the vector of a word, in 32 bits.
    fn append_word(&self, id: u32, numbers: &mut Vec<f32>) -> Result<()> {
        let length = EMBEDDING_SIZE * numbers::size(self.words.kind)?;
        let mut rows = self.weights.bytes(&self.words).chunks_exact(length);
        match rows.nth(id as usize) {
            Some(row) => numbers::append(self.words.kind, row, numbers),
            None => bail!("there is no word {id}"),
        }
    }
}

impl Layer {
    fn find(weights: &Weights, index: usize) -> Result<Self> {
        let name = |part: &str| format!("encoder.layer.{index}.{part}");
        let dense = |part: &str, inputs: usize, outputs: usize| {
            Linear::find(weights, &name(part), (inputs, outputs))
        };
        let square = |part: &str| dense(part, EMBEDDING_SIZE, EMBEDDING_SIZE);
        Ok(Self {
            query: square("attention.self.query")?,
            key: square("attention.self.key")?,
            value: square("attention.self.value")?,
            attention_out: square("attention.output.dense")?,
            attention_norm: weights.norm(&name("attention.output"), EMBEDDING_SIZE)?,
            widen: dense("intermediate.dense", EMBEDDING_SIZE, WIDE)?,
            narrow: dense("output.dense", WIDE, EMBEDDING_SIZE)?,
            narrow_norm: weights.norm(&name("output"), EMBEDDING_SIZE)?,
        })
    }

    /// `hidden` has a row of the width for each token of the texts of these lengths.
    fn forward(
        &self,
        weights: &Weights,
        hidden: &mut [f32],
        lengths: &[usize],
        scratch: &mut Scratch,
    ) {
        let Scratch {
            panel,
            attention,
            projected,
            seen,
            attended,
            wide,
        } = scratch;
        let arch = Arch::new();
        let tokens = hidden.len() / EMBEDDING_SIZE;
        projected.resize(tokens * PROJECTED, 0.0);
        for (part, linear) in [&self.query, &self.key, &self.value].iter().enumerate() {
            let columns = projected.get_mut(part * EMBEDDING_SIZE..);
            let to = (columns.unwrap_or_default(), PROJECTED);
            linear.apply(weights, hidden, panel, to);
        }
        let biases = [&self.query.bias, &self.key.bias, &self.value.bias];
        arch.dispatch(|| {
            for row in projected.chunks_exact_mut(PROJECTED) {
                for (part, bias) in row.chunks_exact_mut(EMBEDDING_SIZE).zip(biases) {
                    kernels::add_bias(part, bias);
                }
            }
        });
        seen.resize(hidden.len(), 0.0);
        let (mut projected, mut rest) = (projected.as_slice(), seen.as_mut_slice());
        for length in lengths {
            let (now, later) = projected.split_at(length * PROJECTED);
            let (seen, beyond) = rest.split_at_mut(length * EMBEDDING_SIZE);
            arch.dispatch(Attention {
                projected: now,
                scratch: attention,
                seen,
            });
            (projected, rest) = (later, beyond);
        }
        attended.resize(hidden.len(), 0.0);
        let to = (attended.as_mut_slice(), EMBEDDING_SIZE);
        self.attention_out.apply(weights, seen, panel, to);
        arch.dispatch(|| {
            let bias = &self.attention_out.bias;
            self.attention_norm
                .add_then_normalise(attended, bias, hidden);
        });
        wide.resize(tokens * WIDE, 0.0);
        let to = (wide.as_mut_slice(), WIDE);
        self.widen.apply(weights, attended, panel, to);
        arch.dispatch(|| kernels::add_bias_then_gelu(wide, &self.widen.bias));
        let to = (&mut *hidden, EMBEDDING_SIZE);
        self.narrow.apply(weights, wide, panel, to);
        arch.dispatch(|| {
            let bias = &self.narrow.bias;
            self.narrow_norm.add_then_normalise(hidden, bias, attended);
        });
    }
}

fn unit_mean<'a>(rows: impl Iterator<Item = &'a [f32]>) -> Embedding {
    let mut sum = [0.0; EMBEDDING_SIZE];
    for row in rows {
        sum.iter_mut().zip(row).for_each(|(total, x)| *total += x);
    }
    // The mean and the sum point the same way, and only the direction is kept.
    let norm = sum.iter().map(|x| x * x).sum::<f32>().sqrt();
    if norm > 0.0 {
        sum.iter_mut().for_each(|x| *x /= norm);
    }
    sum
}
