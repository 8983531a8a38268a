//! The parts between matrix products, done in place: what made most of the
//! time of the network when each was several tensors of its own.

use candle_core::{CpuStorage, InplaceOp1, InplaceOp2, Layout, Result, bail};

/// Adds a bias to every row.
pub(super) struct AddBias(pub(super) Vec<f32>);

/// Adds a bias to every row, then applies the Gaussian error linear unit of
/// Hendrycks and Gimpel (2016), in its exact form `x * Phi(x)`.
pub(super) struct AddBiasThenGelu(pub(super) Vec<f32>);

/// Adds a bias and another matrix, then normalises every row to mean 0 and
/// variance 1 and applies gain and shift (Ba et al., "Layer normalization", 2016).
pub(super) struct AddThenNormalise {
    pub(super) bias: Vec<f32>,
    pub(super) gain: Vec<f32>,
    pub(super) shift: Vec<f32>,
}

/// Added to a variance before the root, as the model was trained.
const VARIANCE_FLOOR: f32 = 1e-12;

impl InplaceOp1 for AddBias {
    fn name(&self) -> &'static str {
        "add_bias"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
        for row in numbers_mut(storage, layout)?.chunks_exact_mut(self.0.len()) {
            row.iter_mut().zip(&self.0).for_each(|(x, bias)| *x += bias);
        }
        Ok(())
    }
}

impl InplaceOp1 for AddBiasThenGelu {
    fn name(&self) -> &'static str {
        "add_bias_then_gelu"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
        for row in numbers_mut(storage, layout)?.chunks_exact_mut(self.0.len()) {
            row.iter_mut()
                .zip(&self.0)
                .for_each(|(x, bias)| *x = gelu(*x + bias));
        }
        Ok(())
    }
}

impl InplaceOp2 for AddThenNormalise {
    fn name(&self) -> &'static str {
        "add_then_normalise"
    }

    fn cpu_fwd(
        &self,
        storage: &mut CpuStorage,
        layout: &Layout,
        other: &CpuStorage,
        other_layout: &Layout,
    ) -> Result<()> {
        let width = self.bias.len();
        let others = numbers(other, other_layout)?.chunks_exact(width);
        for (row, other) in numbers_mut(storage, layout)?
            .chunks_exact_mut(width)
            .zip(others)
        {
            let mut sum = 0.0;
            for ((x, other), bias) in row.iter_mut().zip(other).zip(&self.bias) {
                *x += other + bias;
                sum += *x;
            }
            let mean = sum / width as f32;
            let variance = row.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / width as f32;
            let scale = 1.0 / (variance + VARIANCE_FLOOR).sqrt();
            for ((x, gain), shift) in row.iter_mut().zip(&self.gain).zip(&self.shift) {
                *x = (*x - mean) * scale * gain + shift;
            }
        }
        Ok(())
    }
}

fn gelu(x: f32) -> f32 {
    0.5 * x * (1.0 + erf(x * std::f32::consts::FRAC_1_SQRT_2))
}

/// The error function as a ratio of polynomials, as in Eigen's `generic_fast_erf`:
/// off by less than 4e-7, without an exponential.
fn erf(x: f32) -> f32 {
    const ODD: [f32; 7] = [
        -2.726_142_3e-10,
        2.770_681_4e-8,
        -2.101_024e-6,
        -5.692_506_4e-5,
        -7.349_906_3e-4,
        -2.954_6e-3,
        -1.609_603_3e-2,
    ];
    const EVEN: [f32; 5] = [
        -1.456_607_2e-5,
        -2.133_740_6e-4,
        -1.682_827e-3,
        -7.373_329e-3,
        -1.426_473_9e-2,
    ];
    let x = x.clamp(-4.0, 4.0);
    let square = x * x;
    let above = ODD.iter().fold(0.0, |sum, factor| sum * square + factor);
    let below = EVEN.iter().fold(0.0, |sum, factor| sum * square + factor);
    x * above / below
}

fn numbers<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match (storage, layout.contiguous_offsets()) {
        (CpuStorage::F32(all), Some((start, end))) => Ok(all.get(start..end).unwrap_or_default()),
        _ => bail!("a contiguous matrix of 32-bit floats is needed"),
    }
}

fn numbers_mut<'a>(storage: &'a mut CpuStorage, layout: &Layout) -> Result<&'a mut [f32]> {
    match (storage, layout.contiguous_offsets()) {
        (CpuStorage::F32(all), Some((start, end))) => {
            Ok(all.get_mut(start..end).unwrap_or_default())
        }
        _ => bail!("a contiguous matrix of 32-bit floats is needed"),
    }
}

#[cfg(test)]
mod tests {
    use candle_core::cpu::erf::erf_f64;

    use super::{erf, gelu};

    #[test]
    fn erf_is_the_error_function() {
        for step in -6000..=6000 {
            let x = f64::from(step) / 1000.0;
            let difference = (f64::from(erf(x as f32)) - erf_f64(x)).abs();
            assert!(difference < 4e-7, "{x}: {difference}");
        }
    }

    #[test]
    fn gelu_is_nothing_far_left_and_itself_far_right() {
        assert!(gelu(-20.0).abs() < 1e-5);
        assert!((gelu(20.0) - 20.0).abs() < 1e-5);
        assert!((gelu(1.0) - 0.841_344_7).abs() < 1e-6);
    }
}
