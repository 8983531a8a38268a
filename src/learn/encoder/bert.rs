//! The network: Devlin et al., "BERT" (2019), six layers of width 384.
//!
//! Texts of a batch stand one after the other in one matrix, a row a token:
//! nothing is padded, so nothing is masked and no text costs more beside a long
//! one. Only attention looks at one text at a time.

use std::ops::Range;

use candle_core::{DType, Result, bail};
use pulp::Arch;

use super::attention::{self, Attention};
use super::kernels::{self, Norm};
use super::linear::Linear;
use super::products::PanelRow;
use super::weights::Weights;
use super::{EMBEDDING_SIZE, Embedding, numbers};
use crate::registry::together;

const LAYERS: usize = 6;
/// Width between the two products of a layer's second half.
const WIDE: usize = 4 * EMBEDDING_SIZE;

/// The weights.
pub(super) struct Bert {
    words: Words,
    /// Position plus the one token type in use, a row of the width a position.
    positions: Vec<f32>,
    embedding_norm: Norm,
    layers: Vec<Layer>,
}

/// The vector of every word as it is stored: most of the memory, and rows are read singly.
struct Words {
    kind: DType,
    file: Vec<u8>,
    /// Where the vectors stand in the file.
    table: Range<usize>,
}

struct Layer {
    query_key_value: Linear,
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
        let parts = Parts::of(&file)?;
        Ok(Self::new(file, parts))
    }

    /// Joins what was read from a file with the file itself.
    pub(super) fn new(file: Vec<u8>, parts: Parts) -> Self {
        Self {
            words: Words::new(parts.kind, file, parts.table),
            positions: parts.positions,
            embedding_norm: parts.embedding_norm,
            layers: parts.layers,
        }
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
                self.words.append(*id, &mut hidden)?;
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
            layer.forward(&mut hidden, &lengths, &mut scratch);
        }
        let mut rows = hidden.chunks_exact(EMBEDDING_SIZE);
        let means = lengths
            .iter()
            .map(|length| unit_mean(rows.by_ref().take(*length)));
        Ok(means.collect())
    }
}

/// All that is read from a file but the vectors of words, which stay in it.
pub(super) struct Parts {
    kind: DType,
    table: Range<usize>,
    positions: Vec<f32>,
    embedding_norm: Norm,
    layers: Vec<Layer>,
}

impl Parts {
    /// Reads them on two threads.
    pub(super) fn of(file: &[u8]) -> Result<Self> {
        let weights = Weights::of(file)?;
        let table = |name: &str| weights.vector(&format!("embeddings.{name}_embeddings.weight"));
        let mut positions = table("position")?;
        let token_type = table("token_type")?;
        for row in positions.chunks_mut(EMBEDDING_SIZE) {
            row.iter_mut().zip(&token_type).for_each(|(x, y)| *x += y);
        }
        let read = |layers: Range<usize>| -> Result<Vec<Layer>> {
            layers.map(|index| Layer::load(&weights, index)).collect()
        };
        let (lower, upper) = together(|| read(0..LAYERS / 2), || read(LAYERS / 2..LAYERS));
        let mut layers = lower?;
        layers.extend(upper?);
        let (kind, table) = weights.place("embeddings.word_embeddings.weight")?;
        Ok(Self {
            kind,
            table,
            positions,
            embedding_norm: weights.norm("embeddings")?,
            layers,
        })
    }
}

impl Words {
    fn new(kind: DType, mut file: Vec<u8>, table: Range<usize>) -> Self {
        // The table stands at the front of the file: what follows is given back.
        file.truncate(table.end);
        file.shrink_to_fit();
        Self { kind, file, table }
    }

    /// Adds the vector of a word, in 32 bits.
    fn append(&self, id: u32, numbers: &mut Vec<f32>) -> Result<()> {
        let length = EMBEDDING_SIZE * numbers::size(self.kind)?;
        let table = self.file.get(self.table.clone()).unwrap_or_default();
        match table.chunks_exact(length).nth(id as usize) {
            Some(row) => numbers::append(self.kind, row, numbers),
            None => bail!("there is no word {id}"),
        }
    }
}

impl Layer {
    fn load(weights: &Weights<'_>, index: usize) -> Result<Self> {
        let name = |part: &str| format!("encoder.layer.{index}.{part}");
        let dense = |part: &str, inputs: usize, outputs: usize| {
            Linear::load(weights, &[name(part)], (inputs, outputs))
        };
        let parts = ["query", "key", "value"].map(|part| name(&format!("attention.self.{part}")));
        Ok(Self {
            query_key_value: Linear::load(weights, &parts, (EMBEDDING_SIZE, 3 * EMBEDDING_SIZE))?,
            attention_out: dense("attention.output.dense", EMBEDDING_SIZE, EMBEDDING_SIZE)?,
            attention_norm: weights.norm(&name("attention.output"))?,
            widen: dense("intermediate.dense", EMBEDDING_SIZE, WIDE)?,
            narrow: dense("output.dense", WIDE, EMBEDDING_SIZE)?,
            narrow_norm: weights.norm(&name("output"))?,
        })
    }

    /// `hidden` has a row of the width for each token of the texts of these lengths.
    fn forward(&self, hidden: &mut Vec<f32>, lengths: &[usize], scratch: &mut Scratch) {
        let Scratch {
            panel,
            attention,
            projected,
            seen,
            attended,
            wide,
        } = scratch;
        let arch = Arch::new();
        self.query_key_value.apply(hidden, panel, projected);
        arch.dispatch(|| kernels::add_bias(projected, &self.query_key_value.bias));
        seen.resize(hidden.len(), 0.0);
        let (mut projected, mut rest) = (projected.as_slice(), seen.as_mut_slice());
        for length in lengths {
            let (now, later) = projected.split_at(length * 3 * EMBEDDING_SIZE);
            let (seen, beyond) = rest.split_at_mut(length * EMBEDDING_SIZE);
            arch.dispatch(Attention {
                projected: now,
                scratch: attention,
                seen,
            });
            (projected, rest) = (later, beyond);
        }
        self.attention_out.apply(seen, panel, attended);
        arch.dispatch(|| {
            let bias = &self.attention_out.bias;
            self.attention_norm
                .add_then_normalise(attended, bias, hidden);
        });
        self.widen.apply(attended, panel, wide);
        arch.dispatch(|| kernels::add_bias_then_gelu(wide, &self.widen.bias));
        self.narrow.apply(wide, panel, hidden);
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
