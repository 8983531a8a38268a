//! Numbers of 16 bits (IEEE 754 binary16) to 32 bits, many at a time.

use candle_core::{Result, bail};

/// 2^112, the difference of the two formats' exponents.
const EXPONENT_SHIFT: f32 = f32::from_bits((127 + 112) << 23);
const EXPONENT: u16 = 0x7c00;

/// Adds the numbers of these bytes, little-endian and of 16 bits each, in 32 bits.
///
/// # Errors
/// An odd number of bytes, or a number that is not finite.
pub(super) fn append(bytes: &[u8], numbers: &mut Vec<f32>) -> Result<()> {
    let (halves, rest) = bytes.as_chunks::<2>();
    let halves = halves.iter().map(|half| u16::from_le_bytes(*half));
    // No branch within, so that the compiler can do several at once.
    let infinite = halves
        .clone()
        .fold(false, |any, half| any | (half & EXPONENT == EXPONENT));
    if infinite || !rest.is_empty() {
        bail!("a weight is not a finite number of 16 bits");
    }
    numbers.extend(halves.map(widen));
    Ok(())
}

/// Exact for every finite number, subnormal ones included.
fn widen(half: u16) -> f32 {
    let magnitude = f32::from_bits(u32::from(half & 0x7fff) << 13) * EXPONENT_SHIFT;
    f32::from_bits(magnitude.to_bits() | u32::from(half & 0x8000) << 16)
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
        append(&bytes, &mut ours).unwrap();
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
            assert!(append(bytes, &mut Vec::new()).is_err());
        }
    }
}
