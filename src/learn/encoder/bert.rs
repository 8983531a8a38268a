//! The network: Devlin et al., "BERT" (2019), six layers of width 384.
//!
//! Texts of a batch stand one after the other in one matrix, a row a token:
//! nothing is padded, so nothing is masked and no text costs more beside a long
//! one. Only attention looks at one text at a time.

use std::ops::Range;

use candle_core::safetensors::SliceSafetensors;
use candle_core::{D, DType, Device, Result, Tensor, bail};

use super::kernels::{AddBias, AddBiasThenGelu, AddThenNormalise};
use super::numbers;
use super::{EMBEDDING_SIZE, Embedding};
use crate::registry::together;

const LAYERS: usize = 6;
const HEADS: usize = 12;
const HEAD_SIZE: usize = EMBEDDING_SIZE / HEADS;

/// The weights.
pub(super) struct Bert {
    words: Words,
    /// Position plus the one token type in use, a row of the width a position.
    positions: Vec<f32>,
    embedding_norm: AddThenNormalise,
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
    query_key_value: Tensor,
    query_key_value_bias: AddBias,
    attention_out: Tensor,
    attention_norm: AddThenNormalise,
    widen: Tensor,
    widen_bias: AddBiasThenGelu,
    narrow: Tensor,
    narrow_norm: AddThenNormalise,
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
        let tokens: usize = texts.iter().map(Vec::len).sum();
        if tokens == 0 {
            return Ok(vec![[0.0; EMBEDDING_SIZE]; texts.len()]);
        }
        let (mut words, mut positions) = (Vec::new(), Vec::new());
        for text in texts {
            let Some(within) = self.positions.get(..text.len() * EMBEDDING_SIZE) else {
                bail!("a text of {} tokens is too long", text.len());
            };
            positions.extend_from_slice(within);
            for id in text {
                self.words.append(*id, &mut words)?;
            }
        }
        let rows = |numbers| Tensor::from_vec(numbers, (tokens, EMBEDDING_SIZE), &Device::Cpu);
        let hidden = rows(words)?;
        hidden.inplace_op2(&rows(positions)?, &self.embedding_norm)?;
        let mut spans = Vec::with_capacity(texts.len());
        let mut start = 0;
        for text in texts {
            spans.push((start, text.len()));
            start += text.len();
        }
        let hidden = self
            .layers
            .iter()
            .try_fold(hidden, |x, layer| layer.forward(&x, &spans))?;
        let rows = hidden.to_vec2::<f32>()?;
        Ok(spans
            .iter()
            .map(|(start, length)| unit_mean(rows.iter().skip(*start).take(*length)))
            .collect())
    }
}

/// All that is read from a file but the vectors of words, which stay in it.
pub(super) struct Parts {
    kind: DType,
    table: Range<usize>,
    positions: Vec<f32>,
    embedding_norm: AddThenNormalise,
    layers: Vec<Layer>,
}

impl Parts {
    /// Reads them on two threads.
    pub(super) fn of(file: &[u8]) -> Result<Self> {
        let weights = Weights(SliceSafetensors::new(file)?);
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
        let (kind, table) = weights.place("embeddings.word_embeddings.weight", file)?;
        Ok(Self {
            kind,
            table,
            positions,
            embedding_norm: weights.norm("embeddings", vec![0.0; EMBEDDING_SIZE])?,
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
        // Scores are divided by the root of the head size: done once, here.
        let scale = 1.0 / (HEAD_SIZE as f64).sqrt();
        let part = |which: &str| name(&format!("attention.self.{which}"));
        let [query, key, value] = ["query", "key", "value"].map(part);
        let parts = [(query, scale as f32), (key, 1.0), (value, 1.0)];
        let mut bias = Vec::new();
        for (part, factor) in &parts {
            let numbers = weights.vector(&format!("{part}.bias"))?;
            bias.extend(numbers.iter().map(|x| x * factor));
        }
        let dense = |part: &str| {
            let dense = name(&format!("{part}.dense"));
            Ok::<_, candle_core::Error>((
                weights.turned(&[(dense.clone(), 1.0)])?,
                weights.vector(&format!("{dense}.bias"))?,
            ))
        };
        let (attention_out, attention_bias) = dense("attention.output")?;
        let (widen, widen_bias) = dense("intermediate")?;
        let (narrow, narrow_bias) = dense("output")?;
        Ok(Self {
            query_key_value: weights.turned(&parts)?,
            query_key_value_bias: AddBias(bias),
            attention_out,
            attention_norm: weights.norm(&name("attention.output"), attention_bias)?,
            widen,
            widen_bias: AddBiasThenGelu(widen_bias),
            narrow,
            narrow_norm: weights.norm(&name("output"), narrow_bias)?,
        })
    }

    /// `hidden` is `[tokens, width]`; a span is the first row and the length of a text.
    fn forward(&self, hidden: &Tensor, spans: &[(usize, usize)]) -> Result<Tensor> {
        let projected = hidden.matmul(&self.query_key_value)?;
        projected.inplace_op1(&self.query_key_value_bias)?;
        let contexts = spans
            .iter()
            .map(|(start, length)| attend(&projected.narrow(0, *start, *length)?))
            .collect::<Result<Vec<_>>>()?;
        let attended = Tensor::cat(&contexts, 0)?.matmul(&self.attention_out)?;
        attended.inplace_op2(hidden, &self.attention_norm)?;
        let wide = attended.matmul(&self.widen)?;
        wide.inplace_op1(&self.widen_bias)?;
        let out = wide.matmul(&self.narrow)?;
        out.inplace_op2(&attended, &self.narrow_norm)?;
        Ok(out)
    }
}

/// Scaled dot-product attention of one text: `[tokens, 3 * width]` to `[tokens, width]`.
fn attend(projected: &Tensor) -> Result<Tensor> {
    let length = projected.dim(0)?;
    let heads = |index: usize| {
        projected
            .narrow(1, index * EMBEDDING_SIZE, EMBEDDING_SIZE)?
            .reshape((length, HEADS, HEAD_SIZE))?
            .transpose(0, 1)?
            .contiguous()
    };
    let scores = heads(0)?.matmul(&heads(1)?.t()?)?;
    let shares = candle_nn::ops::softmax_last_dim(&scores)?;
    let mixed = shares.matmul(&heads(2)?)?;
    mixed.transpose(0, 1)?.flatten_from(D::Minus2)
}

fn unit_mean<'a>(rows: impl Iterator<Item = &'a Vec<f32>>) -> Embedding {
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

struct Weights<'a>(SliceSafetensors<'a>);

impl Weights<'_> {
    /// The transpose of matrices of equal width set below each other, each times a factor:
    /// the layout that products read as it is, where the other one was packed anew each time.
    fn turned(&self, parts: &[(String, f32)]) -> Result<Tensor> {
        /// Rows turned at once: their numbers of one column fill a line of the cache.
        const BAND: usize = 16;
        let mut views = Vec::with_capacity(parts.len());
        for (name, factor) in parts {
            let view = self.0.get(&format!("{name}.weight"))?;
            views.push((DType::try_from(view.dtype())?, *factor, view));
        }
        let shapes = || views.iter().map(|(.., view)| view.shape());
        let rows: usize = shapes().filter_map(|shape| shape.first()).sum();
        let columns = shapes().find_map(|shape| shape.last().copied());
        let columns = columns.unwrap_or_default();
        if rows * columns == 0 || shapes().any(|shape| shape.last() != Some(&columns)) {
            bail!("matrices of weights do not fit together");
        }
        let mut turned = vec![0.0; rows * columns];
        let mut band = Vec::with_capacity(BAND * columns);
        let mut above = 0;
        for (kind, factor, view) in &views {
            let length = BAND * columns * numbers::size(*kind)?;
            for bytes in view.data().chunks(length) {
                band.clear();
                numbers::append(*kind, bytes, &mut band)?;
                band.iter_mut().for_each(|x| *x *= factor);
                let band: Vec<&[f32]> = band.chunks_exact(columns).collect();
                for (column, to) in turned.chunks_exact_mut(rows).enumerate() {
                    let to = to.iter_mut().skip(above);
                    to.zip(&band).for_each(|(to, row)| *to = row[column]);
                }
                above += band.len();
            }
        }
        Tensor::from_vec(turned, (columns, rows), &Device::Cpu)
    }

    /// Kind of the numbers of a tensor and where they stand in the file.
    fn place(&self, name: &str, file: &[u8]) -> Result<(DType, Range<usize>)> {
        let view = self.0.get(name)?;
        let start = view.data().as_ptr().addr() - file.as_ptr().addr();
        let kind = DType::try_from(view.dtype())?;
        Ok((kind, start..start + view.data().len()))
    }

    /// The numbers of a tensor, in 32 bits.
    fn vector(&self, name: &str) -> Result<Vec<f32>> {
        let view = self.0.get(name)?;
        let mut numbers = Vec::new();
        numbers::append(DType::try_from(view.dtype())?, view.data(), &mut numbers)?;
        Ok(numbers)
    }

    fn norm(&self, name: &str, bias: Vec<f32>) -> Result<AddThenNormalise> {
        Ok(AddThenNormalise {
            bias,
            gain: self.vector(&format!("{name}.LayerNorm.weight"))?,
            shift: self.vector(&format!("{name}.LayerNorm.bias"))?,
        })
    }
}
