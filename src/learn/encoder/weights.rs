//! A safetensors file in memory, and its tensors by name.

use std::collections::HashMap;
use std::ops::Range;

use candle_core::safetensors::SliceSafetensors;
use candle_core::{DType, Result, bail};

use super::kernels::Norm;
use super::numbers;
use crate::registry::together;

/// The bytes of a file and where its tensors stand in it.
pub(super) struct Weights {
    file: Vec<u8>,
    tensors: HashMap<String, Stored>,
}

/// Where a tensor stands, and as what.
#[derive(Clone)]
pub(super) struct Stored {
    pub(super) kind: DType,
    pub(super) shape: Vec<usize>,
    place: Range<usize>,
}

impl Weights {
    /// # Errors
    /// Bytes that are no safetensors file.
    pub(super) fn of(file: Vec<u8>) -> Result<Self> {
        let mut tensors = HashMap::new();
        for (name, view) in SliceSafetensors::new(&file)?.tensors() {
            let start = view.data().as_ptr().addr() - file.as_ptr().addr();
            let stored = Stored {
                kind: DType::try_from(view.dtype())?,
                shape: view.shape().to_vec(),
                place: start..start + view.data().len(),
            };
            tensors.insert(name, stored);
        }
        Ok(Self { file, tensors })
    }

    /// # Errors
    /// No such tensor.
    pub(super) fn find(&self, name: &str) -> Result<&Stored> {
        match self.tensors.get(name) {
            Some(stored) => Ok(stored),
            None => bail!("there is no tensor {name}"),
        }
    }

    /// The bytes of a tensor of this file.
    pub(super) fn bytes(&self, stored: &Stored) -> &[u8] {
        self.file.get(stored.place.clone()).unwrap_or_default()
    }

    /// The numbers of a tensor, in 32 bits.
    ///
    /// # Errors
    /// As for [`Self::find`], another count, or another kind than 16 and 32 bits.
    pub(super) fn vector(&self, name: &str, count: usize) -> Result<Vec<f32>> {
        let stored = self.find(name)?;
        let mut numbers = Vec::with_capacity(count);
        numbers::append(stored.kind, self.bytes(stored), &mut numbers)?;
        if numbers.len() != count {
            bail!("{name} has {} numbers, not {count}", numbers.len());
        }
        Ok(numbers)
    }

    /// # Errors
    /// As for [`Self::vector`].
    pub(super) fn norm(&self, name: &str, width: usize) -> Result<Norm> {
        Ok(Norm {
            gain: self.vector(&format!("{name}.LayerNorm.weight"), width)?,
            shift: self.vector(&format!("{name}.LayerNorm.bias"), width)?,
        })
    }

    /// Transposes every matrix whose name is wanted where it stands, on two threads:
    /// products read the other layout, and another copy would be as large again.
    ///
    /// # Errors
    /// Numbers that are not finite or of another kind than 16 and 32 bits.
    pub(super) fn turn(&mut self, is_wanted: impl Fn(&str) -> bool) -> Result<()> {
        let wanted = self.tensors.iter_mut().filter(|(name, _)| is_wanted(name));
        let mut found: Vec<&mut Stored> = wanted.map(|(_, stored)| stored).collect();
        found.sort_by_key(|stored| stored.place.start);
        let half = found.len() / 2;
        let (front, back) = found.split_at_mut(half);
        let middle = back.first().map_or(0, |stored| stored.place.start);
        let (before, after) = self.file.split_at_mut(middle);
        let turn_all = |matrices: &mut [&mut Stored], bytes: &mut [u8], offset: usize| {
            let mut scratch = Vec::new();
            let mut matrices = matrices.iter_mut();
            matrices.try_for_each(|stored| {
                let place = stored.place.start - offset..stored.place.end - offset;
                numbers::turn(
                    stored.kind,
                    &mut stored.shape,
                    bytes.get_mut(place).unwrap_or_default(),
                    &mut scratch,
                )
            })
        };
        let (front, back) = together(
            || turn_all(front, before, 0),
            || turn_all(back, after, middle),
        );
        front.and(back)
    }
}
