//! Products of matrices, in 32 bits, with the widest instructions the processor has.
//!
//! The right-hand matrix is taken in panels of [`PANEL`] columns, widened to 32 bits once a
//! product; the left-hand one as it stands, a few rows at a time, so that the sums stay in
//! registers (Goto and van de Geijn, "Anatomy of high-performance matrix multiplication",
//! 2008). Every number is summed in the order of the inner index whatever stands beside its
//! row: a text's result does not hang on the texts it shares a product with.

use pulp::{Simd, WithSimd};

/// Columns of a panel: whole vectors of every width.
pub(super) const PANEL: usize = 32;

/// What one row of the left-hand side meets at one inner index.
pub(super) type PanelRow = [f32; PANEL];

/// A stored number.
pub(super) trait Widen: Copy {
    /// The same number in 32 bits.
    fn widen(self) -> f32;
}

/// Rows that may be parts of longer ones: number `i` starts at `i * stride`.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    pub(super) numbers: &'a [f32],
    pub(super) count: usize,
    pub(super) length: usize,
    pub(super) stride: usize,
}

/// Writes `left * right` to `out`, whose rows start `stride` apart; `right` has a row of
/// `columns` numbers, a multiple of [`PANEL`], for each inner index. `panel` is room to work in.
pub(super) struct Product<'a, T> {
    pub(super) left: Rows<'a>,
    pub(super) right: &'a [T],
    pub(super) columns: usize,
    pub(super) panel: &'a mut Vec<PanelRow>,
    pub(super) out: &'a mut [f32],
    pub(super) stride: usize,
}

impl<T: Widen> WithSimd for Product<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        for start in (0..self.columns).step_by(PANEL) {
            let rows = self.right.chunks_exact(self.columns);
            self.panel.resize(rows.len(), [0.0; PANEL]);
            for (wide, row) in self.panel.iter_mut().zip(rows) {
                let stored = row.get(start..).unwrap_or_default();
                wide.iter_mut()
                    .zip(stored)
                    .for_each(|(wide, stored)| *wide = stored.widen());
            }
            let out = self.out.get_mut(start..).unwrap_or_default();
            times_panel(simd, self.left, self.panel, out, self.stride);
        }
    }
}

/// Writes the rows times a panel of as many rows as they are long; rows of `out` start `stride` apart.
#[inline(always)]
pub(super) fn times_panel<S: Simd>(
    simd: S,
    left: Rows<'_>,
    panel: &[PanelRow],
    out: &mut [f32],
    stride: usize,
) {
    // As many sums as there are registers for, less those for what is multiplied.
    match S::F32_LANES {
        16 => in_blocks::<S, 2, 12>(simd, left, panel, out, stride),
        8 => in_blocks::<S, 2, 6>(simd, left, panel, out, stride),
        4 => in_blocks::<S, 2, 8>(simd, left, panel, out, stride),
        _ => in_blocks::<S, PANEL, 1>(simd, left, panel, out, stride),
    }
}

/// `VECTORS` of a row of the panel and `ROWS` of the left-hand side are summed at once.
#[inline(always)]
fn in_blocks<S: Simd, const VECTORS: usize, const ROWS: usize>(
    simd: S,
    left: Rows<'_>,
    panel: &[PanelRow],
    out: &mut [f32],
    stride: usize,
) {
    for column in (0..PANEL).step_by(VECTORS * S::F32_LANES) {
        if left.count < ROWS {
            for row in 0..left.count {
                block::<S, VECTORS, 1>(simd, left, panel, (row, column), out, stride);
            }
            continue;
        }
        let mut done = 0;
        while done < left.count {
            // The last block goes over rows again rather than leave some for a slower one.
            let row = done.min(left.count - ROWS);
            block::<S, VECTORS, ROWS>(simd, left, panel, (row, column), out, stride);
            done = row + ROWS;
        }
    }
}

#[inline(always)]
fn block<S: Simd, const VECTORS: usize, const ROWS: usize>(
    simd: S,
    left: Rows<'_>,
    panel: &[PanelRow],
    (first, column): (usize, usize),
    out: &mut [f32],
    stride: usize,
) {
    let row = |index: usize| {
        let start = (first + index) * left.stride;
        &left.numbers[start..start + left.length]
    };
    let rows: [&[f32]; ROWS] = std::array::from_fn(row);
    let mut sums = [[simd.splat_f32s(0.0); VECTORS]; ROWS];
    for (inner, right) in panel.iter().enumerate() {
        let right = S::as_simd_f32s(&right[column..]).0;
        for (sums, row) in sums.iter_mut().zip(&rows) {
            let factor = simd.splat_f32s(row[inner]);
            for (sum, right) in sums.iter_mut().zip(right) {
                *sum = simd.mul_add_e_f32s(factor, *right, *sum);
            }
        }
    }
    for (index, sums) in sums.iter().enumerate() {
        let start = (first + index) * stride + column;
        let to = &mut out[start..start + VECTORS * S::F32_LANES];
        S::as_mut_simd_f32s(to).0.copy_from_slice(sums);
    }
}

#[cfg(test)]
mod tests {
    use pulp::{Arch, Scalar, Simd};

    use super::*;

    const LENGTH: usize = 7;
    const STRIDE: usize = 9;
    const COLUMNS: usize = 2 * PANEL;

    fn number(index: usize) -> f32 {
        ((index * 37) % 101) as f32 / 8.0 - 6.0
    }

    /// Every product but those of the row's rest and the room beside the columns.
    fn check(times: impl Fn(Product<'_, [u8; 4]>)) {
        for count in [0, 1, 5, 6, 7, 12, 13, 30] {
            let left: Vec<f32> = (0..count * STRIDE).map(number).collect();
            let right = (0..LENGTH * COLUMNS).map(|index| number(index + 3).to_le_bytes());
            let right: Vec<[u8; 4]> = right.collect();
            let mut out = vec![7.0; count * (COLUMNS + 1)];
            times(Product {
                left: Rows {
                    numbers: &left,
                    count,
                    length: LENGTH,
                    stride: STRIDE,
                },
                right: &right,
                columns: COLUMNS,
                panel: &mut Vec::new(),
                out: &mut out,
                stride: COLUMNS + 1,
            });
            for (row, found) in out.chunks(COLUMNS + 1).enumerate() {
                for (column, found) in found.iter().take(COLUMNS).enumerate() {
                    let products = (0..LENGTH).map(|inner| {
                        let right = right[inner * COLUMNS + column].widen();
                        f64::from(left[row * STRIDE + inner]) * f64::from(right)
                    });
                    let difference = f64::from(*found) - products.sum::<f64>();
                    assert!(difference.abs() < 1e-3, "{count} rows: {row}, {column}");
                }
                assert_eq!(found.last(), Some(&7.0));
            }
        }
    }

    #[test]
    fn products_are_products_with_the_instructions_of_this_processor() {
        check(|product| Arch::new().dispatch(product));
    }

    #[test]
    fn products_are_products_with_the_instructions_of_others() {
        check(|product| Simd::vectorize(Scalar::new(), product));
        #[cfg(target_arch = "x86_64")]
        if let Some(simd) = pulp::x86::V3::try_new() {
            check(|product| Simd::vectorize(simd, product));
        }
    }
}
