//! Stored numbers to 32 bits, many at a time.

use candle_core::{DType, Result, bail};

use super::products::Widen;

/// A number of 16 bits as it is stored, finite.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Half(u16);

/// 2^112, the difference of the exponents of 16 and of 32 bits.
const EXPONENT_SHIFT: f32 = f32::from_bits((127 + 112) << 23);
const EXPONENT: u16 = 0x7c00;

/// Bytes of a stored number.
///
/// # Errors
/// Numbers of another kind than 16- and 32-bit IEEE 754.
pub(super) fn size(kind: DType) -> Result<usize> {
    match kind {
        DType::F16 => Ok(2),
        DType::F32 => Ok(4),
        other => bail!("weights of the kind {other:?}"),
    }
}

/// Adds the numbers of these bytes, little-endian, in 32 bits.
///
/// # Errors
/// Another kind than [`size`] knows, a part of a number, or a 16-bit number that is not finite.
pub(super) fn append(kind: DType, bytes: &[u8], numbers: &mut Vec<f32>) -> Result<()> {
    if !bytes.len().is_multiple_of(size(kind)?) {
        bail!("the weights end within a number");
    }
    if kind == DType::F32 {
        let (singles, _) = bytes.as_chunks::<4>();
        numbers.extend(singles.iter().map(|single| f32::from_le_bytes(*single)));
        return Ok(());
    }
    numbers.extend(halves(bytes)?.map(Widen::widen));
    Ok(())
}

/// The numbers of these bytes, two each, little-endian.
///
/// # Errors
/// A number that is not finite.
pub(super) fn halves(bytes: &[u8]) -> Result<impl Iterator<Item = Half>> {
    let (pairs, _) = bytes.as_chunks::<2>();
    let halves = pairs.iter().map(|pair| u16::from_le_bytes(*pair));
    // No branch within, so that the compiler can do several at once.
    let infinite = halves
        .clone()
        .fold(false, |any, half| any | (half & EXPONENT == EXPONENT));
    if infinite {
        bail!("a weight is not a finite number");
    }
    Ok(halves.map(Half))
}

impl Widen for Half {
    /// Exact for every finite number, subnormal ones included.
    #[inline(always)]
    fn widen(self) -> f32 {
        let Self(half) = self;
        let magnitude = f32::from_bits(u32::from(half & 0x7fff) << 13) * EXPONENT_SHIFT;
        f32::from_bits(magnitude.to_bits() | u32::from(half & 0x8000) << 16)
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{DType, Device, Tensor};

    use super::append;

    #[test]
    fn every_finite_half_is_widened_as_candle_widens_it() {
        let all = (0..=u16::MAX).filter(|half| half & super::EXPONENT != super::EXPONENT);
        let bytes: Vec<u8> = all.flat_map(u16::to_le_bytes).collect();
        let mut ours = Vec::new();
        append(DType::F16, &bytes, &mut ours).unwrap();
        let theirs = Tensor::from_raw_buffer(&bytes, DType::F16, &[ours.len()], &Device::Cpu)
            .and_then(|halves| halves.to_dtype(DType::F32))
            .and_then(|singles| singles.to_vec1::<f32>())
            .unwrap();
        assert_eq!(ours.len(), 63_488);
        for (ours, theirs) in ours.iter().zip(&theirs) {
            assert_eq!(ours.to_bits(), theirs.to_bits());
        }
    }

    #[test]
    fn what_is_no_finite_number_is_refused() {
        for bytes in [&[0x00, 0x7c][..], &[0x01, 0xfc], &[0x00, 0x7e], &[0x00]] {
            assert!(append(DType::F16, bytes, &mut Vec::new()).is_err());
        }
    }
}
