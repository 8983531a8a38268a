//! Linear layers: weights as they are stored, turned so that products read them as they are.

use candle_core::{DType, Result, bail};
use pulp::Arch;

use super::numbers::{self, Half};
use super::products::{PanelRow, Product, Rows};
use super::weights::Weights;

/// A matrix with a row for each number that goes in, and what is added to what comes out.
pub(super) struct Linear {
    inputs: usize,
    outputs: usize,
    weights: Numbers,
    pub(super) bias: Vec<f32>,
}

enum Numbers {
    Halves(Vec<Half>),
    Singles(Vec<f32>),
}

impl Linear {
    /// Reads layers whose outputs stand side by side; `inputs` and `outputs` are of all together.
    ///
    /// # Errors
    /// Tensors that are absent, of another shape, or of another kind than 16 and 32 bits.
    pub(super) fn load(
        weights: &Weights<'_>,
        parts: &[String],
        (inputs, outputs): (usize, usize),
    ) -> Result<Self> {
        let mut stored = Vec::with_capacity(parts.len());
        let mut bias = Vec::new();
        for part in parts {
            stored.push(weights.get(&format!("{part}.weight"))?);
            bias.extend(weights.vector(&format!("{part}.bias"))?);
        }
        let shape = [outputs / parts.len(), inputs];
        if stored.iter().any(|part| part.shape != shape) || bias.len() != outputs {
            bail!("weights of {parts:?} are not of the shape {shape:?}");
        }
        let weights = if stored.iter().all(|part| part.kind == DType::F16) {
            let mut halves = Vec::with_capacity(inputs * outputs);
            for part in &stored {
                halves.extend(numbers::halves(part.bytes)?);
            }
            Numbers::Halves(turned(&halves, inputs))
        } else {
            let mut singles = Vec::with_capacity(inputs * outputs);
            for part in &stored {
                numbers::append(part.kind, part.bytes, &mut singles)?;
            }
            Numbers::Singles(turned(&singles, inputs))
        };
        Ok(Self {
            inputs,
            outputs,
            weights,
            bias,
        })
    }

    /// Writes the rows times the weights to `out`; the bias is not added.
    pub(super) fn apply(&self, rows: &[f32], panel: &mut Vec<PanelRow>, out: &mut Vec<f32>) {
        let left = Rows {
            numbers: rows,
            count: rows.len() / self.inputs,
            length: self.inputs,
            stride: self.inputs,
        };
        out.resize(left.count * self.outputs, 0.0);
        let columns = self.outputs;
        match &self.weights {
            Numbers::Halves(right) => Arch::new().dispatch(Product {
                left,
                right,
                columns,
                panel,
                out,
            }),
            Numbers::Singles(right) => Arch::new().dispatch(Product {
                left,
                right,
                columns,
                panel,
                out,
            }),
        }
    }
}

/// The transpose of a matrix of so many columns.
fn turned<T: Copy + Default>(numbers: &[T], columns: usize) -> Vec<T> {
    /// Rows turned at once: their numbers of one column fill a line of the cache.
    const BAND: usize = 32;
    let rows = numbers.len() / columns;
    let mut turned = vec![T::default(); numbers.len()];
    for (index, band) in numbers.chunks(BAND * columns).enumerate() {
        let band: Vec<&[T]> = band.chunks_exact(columns).collect();
        for (column, to) in turned.chunks_exact_mut(rows).enumerate() {
            let to = to.iter_mut().skip(index * BAND);
            to.zip(&band).for_each(|(to, row)| *to = row[column]);
        }
    }
    turned
}
