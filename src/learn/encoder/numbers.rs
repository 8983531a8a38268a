//! Stored numbers to 32 bits, many at a time.

use candle_core::{DType, Result, bail};

use super::products::Widen;

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
        numbers.extend(bytes.as_chunks::<4>().0.iter().map(|x| x.widen()));
        return Ok(());
    }
    require_finite(bytes)?;
    numbers.extend(bytes.as_chunks::<2>().0.iter().map(|x| x.widen()));
    Ok(())
}

/// Transposes the matrix that these bytes are, and its shape; `scratch` is room to work in.
///
/// # Errors
/// What is no matrix, another kind than [`size`] knows, or a 16-bit number that is not finite.
pub(super) fn turn(
    kind: DType,
    shape: &mut [usize],
    bytes: &mut [u8],
    scratch: &mut Vec<u8>,
) -> Result<()> {
    let &mut [rows, columns] = shape else {
        bail!("a tensor of the shape {shape:?} is no matrix");
    };
    if bytes.len() != rows * columns * size(kind)? {
        bail!("a matrix of the shape {shape:?} has {} bytes", bytes.len());
    }
    scratch.clear();
    scratch.extend_from_slice(bytes);
    if kind == DType::F32 {
        transpose::<4>(scratch, bytes, columns);
    } else {
        require_finite(bytes)?;
        transpose::<2>(scratch, bytes, columns);
    }
    shape.reverse();
    Ok(())
}

/// Writes the transpose of a matrix of so many columns, its numbers of `SIZE` bytes each.
fn transpose<const SIZE: usize>(matrix: &[u8], turned: &mut [u8], columns: usize) {
    /// Rows turned at once: their numbers of one column fill a line of the cache.
    const BAND: usize = 32;
    let (numbers, _) = matrix.as_chunks::<SIZE>();
    let (turned, _) = turned.as_chunks_mut::<SIZE>();
    let rows = numbers.len() / columns.max(1);
    for (index, band) in numbers.chunks((BAND * columns).max(1)).enumerate() {
        let band: Vec<&[[u8; SIZE]]> = band.chunks_exact(columns).collect();
        for (column, to) in turned.chunks_exact_mut(rows).enumerate() {
            let to = to.iter_mut().skip(index * BAND);
            to.zip(&band).for_each(|(to, row)| *to = row[column]);
        }
    }
}

fn require_finite(halves: &[u8]) -> Result<()> {
    let (halves, _) = halves.as_chunks::<2>();
    // No branch within, so that the compiler can do several at once.
    let infinite = halves.iter().fold(false, |any, half| {
        any | (u16::from_le_bytes(*half) & EXPONENT == EXPONENT)
    });
    if infinite {
        bail!("a weight is not a finite number");
    }
    Ok(())
}

/// 16 bits, little-endian; exact for every finite number, subnormal ones included.
impl Widen for [u8; 2] {
    #[inline(always)]
    fn widen(self) -> f32 {
        let half = u16::from_le_bytes(self);
        let magnitude = f32::from_bits(u32::from(half & 0x7fff) << 13) * EXPONENT_SHIFT;
        f32::from_bits(magnitude.to_bits() | u32::from(half & 0x8000) << 16)
    }
}

/// 32 bits, little-endian.
impl Widen for [u8; 4] {
    #[inline(always)]
    fn widen(self) -> f32 {
        f32::from_le_bytes(self)
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{DType, Device, Tensor};

    use super::{append, turn};

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

    #[test]
    fn a_matrix_is_turned_whatever_its_sides() {
        for (rows, columns) in [(1, 1), (3, 70), (70, 3), (32, 64)] {
            let number = |row: usize, column: usize| (row * columns + column) as u16;
            let all = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
            let mut bytes: Vec<u8> = all
                .flat_map(|(row, column)| number(row, column).to_le_bytes())
                .collect();
            let mut shape = vec![rows, columns];
            turn(DType::F16, &mut shape, &mut bytes, &mut Vec::new()).unwrap();
            assert_eq!(shape, [columns, rows]);
            let (turned, _) = bytes.as_chunks::<2>();
            for (column, turned) in turned.chunks(rows).enumerate() {
                for (row, found) in turned.iter().enumerate() {
                    assert_eq!(u16::from_le_bytes(*found), number(row, column));
                }
            }
        }
        assert!(turn(DType::F16, &mut [2, 2], &mut [0; 6], &mut Vec::new()).is_err());
        assert!(turn(DType::F16, &mut [4], &mut [0; 8], &mut Vec::new()).is_err());
    }
}
