//! The network: Devlin et al., "BERT" (2019), six layers of width 384.
//!
//! Texts of a batch stand one after the other in one matrix, a row a token:
//! nothing is padded, so nothing is masked and no text costs more beside a long
//! one. Only attention looks at one text at a time.

use candle_core::safetensors::SliceSafetensors;
use candle_core::{D, DType, Device, Result, Tensor, bail};

use super::halves;
use super::kernels::{AddBias, AddBiasThenGelu, AddThenNormalise};
use super::{EMBEDDING_SIZE, Embedding};

const LAYERS: usize = 6;
const HEADS: usize = 12;
const HEAD_SIZE: usize = EMBEDDING_SIZE / HEADS;

/// The weights.
pub(super) struct Bert {
    /// 16 bits, `[words, width]`: most of the memory, and rows are read singly.
    words: Tensor,
    /// Position plus the one token type in use, `[positions, width]`.
    positions: Tensor,
    embedding_norm: AddThenNormalise,
    layers: Vec<Layer>,
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
    pub(super) fn load(bytes: &[u8]) -> Result<Self> {
        let weights = Weights(SliceSafetensors::new(bytes)?);
        let table = |name: &str| weights.matrix(&format!("embeddings.{name}_embeddings"));
        let token_type = table("token_type")?.narrow(0, 0, 1)?;
        let positions = table("position")?.broadcast_add(&token_type)?;
        let words = "embeddings.word_embeddings.weight";
        Ok(Self {
            words: weights.0.load(words, &Device::Cpu)?,
            positions,
            embedding_norm: weights.norm("embeddings", vec![0.0; EMBEDDING_SIZE])?,
            layers: (0..LAYERS)
                .map(|index| Layer::load(&weights, index))
                .collect::<Result<_>>()?,
        })
    }

    /// The mean of each text's last-layer rows, scaled to unit length.
    pub(super) fn embed(&self, texts: &[Vec<u32>]) -> Result<Vec<Embedding>> {
        let ids: Vec<u32> = texts.iter().flatten().copied().collect();
        if ids.is_empty() {
            return Ok(vec![[0.0; EMBEDDING_SIZE]; texts.len()]);
        }
        let within: Vec<u32> = texts
            .iter()
            .flat_map(|text| (0..).zip(text).map(|(at, _)| at))
            .collect();
        let rows = |table: &Tensor, ids: Vec<u32>| {
            let length = ids.len();
            table.index_select(&Tensor::from_vec(ids, length, &Device::Cpu)?, 0)
        };
        let hidden = rows(&self.words, ids)?.to_dtype(DType::F32)?;
        hidden.inplace_op2(&rows(&self.positions, within)?, &self.embedding_norm)?;
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

impl Layer {
    fn load(weights: &Weights<'_>, index: usize) -> Result<Self> {
        let name = |part: &str| format!("encoder.layer.{index}.{part}");
        // Scores are divided by the root of the head size: done once, here.
        let scale = 1.0 / (HEAD_SIZE as f64).sqrt();
        let part = |which: &str| name(&format!("attention.self.{which}"));
        let parts = ["query", "key", "value"].map(part);
        let stack = |kind: &str| {
            let mut stacked = Vec::new();
            for part in &parts {
                weights.append(&format!("{part}.{kind}"), &mut stacked)?;
            }
            let query = stacked.len() / parts.len();
            stacked
                .iter_mut()
                .take(query)
                .for_each(|x| *x *= scale as f32);
            Ok::<_, candle_core::Error>(stacked)
        };
        let dense = |part: &str| {
            let dense = name(&format!("{part}.dense"));
            Ok::<_, candle_core::Error>((
                weights.turned(&dense)?,
                weights.vector(&format!("{dense}.bias"))?,
            ))
        };
        let (attention_out, attention_bias) = dense("attention.output")?;
        let (widen, widen_bias) = dense("intermediate")?;
        let (narrow, narrow_bias) = dense("output")?;
        Ok(Self {
            query_key_value: turned(&stack("weight")?, EMBEDDING_SIZE)?,
            query_key_value_bias: AddBias(stack("bias")?),
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

/// The transpose of a matrix of rows of this length, written out: the layout that products
/// read without packing the weights anew each time, which took as long as the products.
fn turned(numbers: &[f32], columns: usize) -> Result<Tensor> {
    /// Rows turned at once: their numbers of one column fill a line of the cache.
    const BAND: usize = 16;
    let rows = numbers.len().checked_div(columns).unwrap_or_default();
    if rows == 0 {
        bail!("a matrix of weights is empty");
    }
    let mut turned = vec![0.0; rows * columns];
    for (index, band) in numbers.chunks(BAND * columns).enumerate() {
        let band: Vec<&[f32]> = band.chunks_exact(columns).collect();
        for (column, to) in turned.chunks_exact_mut(rows).enumerate() {
            let to = to.iter_mut().skip(index * BAND);
            to.zip(&band).for_each(|(to, row)| *to = row[column]);
        }
    }
    Tensor::from_vec(turned, (columns, rows), &Device::Cpu)
}

struct Weights<'a>(SliceSafetensors<'a>);

impl Weights<'_> {
    fn matrix(&self, name: &str) -> Result<Tensor> {
        let name = format!("{name}.weight");
        let shape = self.0.get(&name)?.shape().to_vec();
        Tensor::from_vec(self.vector(&name)?, shape, &Device::Cpu)
    }

    /// The transpose of a matrix, as [`turned`] lays it out.
    fn turned(&self, name: &str) -> Result<Tensor> {
        let name = format!("{name}.weight");
        let columns = self.0.get(&name)?.shape().last().copied();
        turned(&self.vector(&name)?, columns.unwrap_or_default())
    }

    fn vector(&self, name: &str) -> Result<Vec<f32>> {
        let mut numbers = Vec::new();
        self.append(name, &mut numbers)?;
        Ok(numbers)
    }

    /// Adds the numbers of a tensor, in 32 bits.
    fn append(&self, name: &str, numbers: &mut Vec<f32>) -> Result<()> {
        let view = self.0.get(name)?;
        if DType::try_from(view.dtype())? == DType::F16 {
            return halves::append(view.data(), numbers);
        }
        let tensor = self.0.load(name, &Device::Cpu)?.to_dtype(DType::F32)?;
        numbers.extend(tensor.flatten_all()?.to_vec1::<f32>()?);
        Ok(())
    }

    fn norm(&self, name: &str, bias: Vec<f32>) -> Result<AddThenNormalise> {
        Ok(AddThenNormalise {
            bias,
            gain: self.vector(&format!("{name}.LayerNorm.weight"))?,
            shift: self.vector(&format!("{name}.LayerNorm.bias"))?,
        })
    }
}
