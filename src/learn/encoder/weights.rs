//! The tensors of a safetensors file by name.

use std::ops::Range;

use candle_core::safetensors::SliceSafetensors;
use candle_core::{DType, Result};

use super::kernels::Norm;
use super::numbers;

pub(super) struct Weights<'a> {
    file: &'a [u8],
    tensors: SliceSafetensors<'a>,
}

/// A tensor as it is stored.
pub(super) struct Stored<'a> {
    pub(super) kind: DType,
    pub(super) shape: Vec<usize>,
    pub(super) bytes: &'a [u8],
}

impl<'a> Weights<'a> {
    /// # Errors
    /// Bytes that are no safetensors file.
    pub(super) fn of(file: &'a [u8]) -> Result<Self> {
        let tensors = SliceSafetensors::new(file)?;
        Ok(Self { file, tensors })
    }

    /// # Errors
    /// No such tensor, or numbers of a kind that nothing is known of.
    pub(super) fn get(&self, name: &str) -> Result<Stored<'_>> {
        let view = self.tensors.get(name)?;
        Ok(Stored {
            kind: DType::try_from(view.dtype())?,
            shape: view.shape().to_vec(),
            bytes: view.data(),
        })
    }

    /// Kind of the numbers of a tensor and where they stand in the file.
    ///
    /// # Errors
    /// As for [`Self::get`].
    pub(super) fn place(&self, name: &str) -> Result<(DType, Range<usize>)> {
        let stored = self.get(name)?;
        let start = stored.bytes.as_ptr().addr() - self.file.as_ptr().addr();
        Ok((stored.kind, start..start + stored.bytes.len()))
    }

    /// The numbers of a tensor, in 32 bits.
    ///
    /// # Errors
    /// As for [`Self::get`], and numbers of another kind than 16 and 32 bits.
    pub(super) fn vector(&self, name: &str) -> Result<Vec<f32>> {
        let stored = self.get(name)?;
        let mut numbers = Vec::new();
        numbers::append(stored.kind, stored.bytes, &mut numbers)?;
        Ok(numbers)
    }

    /// # Errors
    /// As for [`Self::vector`].
    pub(super) fn norm(&self, name: &str) -> Result<Norm> {
        Ok(Norm {
            gain: self.vector(&format!("{name}.LayerNorm.weight"))?,
            shift: self.vector(&format!("{name}.LayerNorm.bias"))?,
        })
    }
}
