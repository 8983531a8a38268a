//! Linear layers, computed with as they are stored.

use candle_core::{DType, Result, bail};
use pulp::Arch;

use super::products::{PanelRow, Product, Rows, Widen};
use super::weights::{Stored, Weights};

/// A matrix with a row for each number that goes in, and what is added to what comes out.
pub(super) struct Linear {
    matrix: Stored,
    inputs: usize,
    outputs: usize,
    pub(super) bias: Vec<f32>,
}

impl Linear {
    /// Finds a layer in weights whose matrices were turned.
    ///
    /// # Errors
    /// Tensors that are absent or of another shape.
    pub(super) fn find(
        weights: &Weights,
        name: &str,
        (inputs, outputs): (usize, usize),
    ) -> Result<Self> {
        let matrix = weights.find(&format!("{name}.weight"))?.clone();
        if matrix.shape != [inputs, outputs] {
            bail!("{name} is not of {inputs} inputs and {outputs} outputs");
        }
        Ok(Self {
            matrix,
            inputs,
            outputs,
            bias: weights.vector(&format!("{name}.bias"), outputs)?,
        })
    }

    /// Writes the rows times the matrix to `out`, whose rows start `stride` apart; the bias
    /// is not added.
    pub(super) fn apply(
        &self,
        weights: &Weights,
        rows: &[f32],
        panel: &mut Vec<PanelRow>,
        (out, stride): (&mut [f32], usize),
    ) {
        let left = Rows {
            numbers: rows,
            count: rows.len() / self.inputs,
            length: self.inputs,
            stride: self.inputs,
        };
        let bytes = weights.bytes(&self.matrix);
        let columns = self.outputs;
        // Only these two kinds are turned.
        if self.matrix.kind == DType::F16 {
            multiply(left, bytes.as_chunks::<2>().0, columns, panel, out, stride);
        } else {
            multiply(left, bytes.as_chunks::<4>().0, columns, panel, out, stride);
        }
    }
}

fn multiply<T: Widen>(
    left: Rows<'_>,
    right: &[T],
    columns: usize,
    panel: &mut Vec<PanelRow>,
    out: &mut [f32],
    stride: usize,
) {
    Arch::new().dispatch(Product {
        left,
        right,
        columns,
        panel,
        out,
        stride,
    });
}
