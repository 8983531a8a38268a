//! What is done to every row between the products, in place. Written so that the compiler
//! does several numbers at once; all are inlined where the processor's instructions are known.

/// Adds a bias to every row.
#[inline(always)]
pub(super) fn add_bias(rows: &mut [f32], bias: &[f32]) {
    for row in rows.chunks_exact_mut(bias.len()) {
        row.iter_mut().zip(bias).for_each(|(x, bias)| *x += bias);
    }
}

/// Adds a bias to every row, then applies the Gaussian error linear unit of
/// Hendrycks and Gimpel (2016), in its exact form `x * Phi(x)`.
#[inline(always)]
pub(super) fn add_bias_then_gelu(rows: &mut [f32], bias: &[f32]) {
    for row in rows.chunks_exact_mut(bias.len()) {
        row.iter_mut()
            .zip(bias)
            .for_each(|(x, bias)| *x = gelu(*x + bias));
    }
}

/// Normalises every row to mean 0 and variance 1 and applies gain and shift
/// (Ba et al., "Layer normalization", 2016).
pub(super) struct Norm {
    pub(super) gain: Vec<f32>,
    pub(super) shift: Vec<f32>,
}

/// Added to a variance before the root, as the model was trained.
const VARIANCE_FLOOR: f32 = 1e-12;

impl Norm {
    /// Adds a bias and another matrix before.
    #[inline(always)]
    pub(super) fn add_then_normalise(&self, rows: &mut [f32], bias: &[f32], others: &[f32]) {
        let width = bias.len();
        for (row, other) in rows.chunks_exact_mut(width).zip(others.chunks_exact(width)) {
            for ((x, other), bias) in row.iter_mut().zip(other).zip(bias) {
                *x += other + bias;
            }
            let mean = sum(row, |x| x) / width as f32;
            let variance = sum(row, |x| (x - mean) * (x - mean)) / width as f32;
            let scale = 1.0 / (variance + VARIANCE_FLOOR).sqrt();
            for ((x, gain), shift) in row.iter_mut().zip(&self.gain).zip(&self.shift) {
                *x = (*x - mean) * scale * gain + shift;
            }
        }
    }
}

/// Turns scores, each times a factor, into shares that sum to 1.
#[inline(always)]
pub(super) fn softmax(scores: &mut [f32], factor: f32) {
    let most = scores.iter().fold(f32::NEG_INFINITY, |a, x| a.max(*x));
    scores
        .iter_mut()
        .for_each(|x| *x = exp_of_negative((*x - most) * factor));
    let scale = 1.0 / sum(scores, |x| x);
    scores.iter_mut().for_each(|x| *x *= scale);
}

/// The sum over some numbers of what is made of each, in [`LANES`] sums side by side.
#[inline(always)]
fn sum(numbers: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    const LANES: usize = 16;
    let (chunks, rest) = numbers.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for chunk in chunks {
        sums.iter_mut().zip(chunk).for_each(|(s, x)| *s += of(*x));
    }
    let rest: f32 = rest.iter().map(|x| of(*x)).sum();
    sums.iter().sum::<f32>() + rest
}

#[inline(always)]
fn gelu(x: f32) -> f32 {
    0.5 * x * (1.0 + erf(x * std::f32::consts::FRAC_1_SQRT_2))
}

/// The error function as a ratio of polynomials, as in Eigen's `generic_fast_erf`:
/// off by less than 4e-7, without an exponential.
#[inline(always)]
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

/// The exponential of a number that is not positive, as in Cephes' `expf`: off by less than
/// 2e-7 of itself, and below -87 by less than 2e-38.
#[inline(always)]
fn exp_of_negative(x: f32) -> f32 {
    const LEAST: f32 = -87.0;
    /// Added to a small number, leaves its nearest whole one in the last bits.
    const TO_WHOLE: f32 = 12_582_912.0;
    /// The natural logarithm of 2 in two parts, the first with few digits.
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    const POLYNOMIAL: [f32; 6] = [
        1.987_569_1e-4,
        1.398_199_9e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        1.666_666_5e-1,
        5e-1,
    ];
    let x = x.max(LEAST);
    let shifted = x * std::f32::consts::LOG2_E + TO_WHOLE;
    let whole = shifted - TO_WHOLE;
    let rest = x - whole * LN_2[0] - whole * LN_2[1];
    let series = POLYNOMIAL.iter().fold(0.0, |sum, part| sum * rest + part);
    let of_rest = series * rest * rest + rest + 1.0;
    // The whole powers of 2 go into the exponent's bits.
    f32::from_bits(of_rest.to_bits().wrapping_add(shifted.to_bits() << 23))
}

#[cfg(test)]
mod tests {
    use candle_core::cpu::erf::erf_f64;

    use super::{erf, exp_of_negative, gelu, softmax};

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

    #[test]
    fn the_exponential_is_the_exponential() {
        for step in 0..=87_000 {
            let x = -(step as f32) / 1000.0;
            let exact = f64::from(x).exp();
            let relative = (f64::from(exp_of_negative(x)) - exact).abs() / exact;
            assert!(relative < 2e-7, "{x}: {relative}");
        }
        assert!(exp_of_negative(-1e30) < 2e-38);
    }

    #[test]
    fn shares_sum_to_one_and_stand_as_the_scores_do() {
        let mut shares = [3.0, -1e30, 1.0, 3.0, 2.0];
        softmax(&mut shares, 0.5);
        assert!((shares.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        assert!((shares[0] / shares[2] - std::f32::consts::E).abs() < 1e-5);
        assert!(shares[1] < 1e-30 && shares[0] == shares[3]);
    }
}
