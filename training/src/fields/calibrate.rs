//! From raw scores of folds not fitted on to probabilities and a threshold.

use std::collections::BTreeMap;

use super::examples::Row;

/// Wrong answers allowed, of all documents with a candidate, stated or not.
const WRONG_AT_MOST: f32 = 0.03;
/// The same for documents not generated; few identities make a rough figure, so
/// the limit is wider.
const REAL_WRONG_AT_MOST: f32 = 0.05;
/// The same for words read from pixels: whoever misreads a letter is wrong.
const PIXELS_WRONG_AT_MOST: f32 = 0.10;
/// No answer is given below this, however good the folds look.
const LEAST_THRESHOLD: f32 = 0.5;

/// What calibration settles.
pub(super) struct Settled {
    /// Probability = logistic(`scale` * raw + `shift`).
    pub(super) scale: f32,
    /// See `scale`.
    pub(super) shift: f32,
    /// Abstain below.
    pub(super) threshold: f32,
    /// Figures of the folds.
    pub(super) measured: Measured,
}

/// Shares of documents, across folds, weights counted.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    /// Right, of those that state the field and have a candidate.
    pub right: f32,
    /// Wrong, of all documents.
    pub wrong: f32,
    /// Right, of the documents not generated that state the field and have a candidate.
    pub right_real: f32,
    /// Wrong, of the documents not generated.
    pub wrong_real: f32,
    /// Documents.
    pub documents: usize,
}

/// The best candidate of one document.
struct Best {
    raw: f32,
    right: bool,
    stated: bool,
    weight: f32,
    generated: bool,
}

/// Fits the calibration on the best candidate of each document and picks the threshold.
pub(super) fn settle(scored: &[(&Row, f32)]) -> Settled {
    let mut best: BTreeMap<usize, Best> = BTreeMap::new();
    for (row, raw) in scored {
        let entry = best.entry(row.document).or_insert(Best {
            raw: f32::NEG_INFINITY,
            right: false,
            stated: row.stated,
            weight: row.weight,
            generated: row.generated,
        });
        if *raw > entry.raw {
            entry.raw = *raw;
            entry.right = row.right;
        }
    }
    let best: Vec<Best> = best.into_values().collect();
    let (scale, shift) = platt(&best);
    let probability = |b: &Best| 1.0 / (1.0 + (-(scale * b.raw + shift)).exp());
    let wrong_at = |threshold: f32, kept: &dyn Fn(&Best) -> bool| {
        let sum = |keep: &dyn Fn(&Best) -> bool| -> f32 {
            best.iter()
                .filter(|b| kept(b) && keep(b))
                .map(|b| b.weight)
                .sum()
        };
        sum(&|b| !b.right && probability(b) >= threshold) / sum(&|_| true).max(1.0)
    };
    // One identity more or less says nothing: so much is allowed where they are few.
    let real = || best.iter().filter(|b| !b.generated).map(|b| b.weight);
    let one = real().fold(0.0, f32::max) / real().sum::<f32>().max(1.0);
    let real_limit = REAL_WRONG_AT_MOST.max(one * 1.001);
    let of_pixels = scored.iter().all(|(row, _)| row.pixels);
    let (limit, real_limit) = if of_pixels {
        (PIXELS_WRONG_AT_MOST, PIXELS_WRONG_AT_MOST)
    } else {
        (WRONG_AT_MOST, real_limit)
    };
    // Generated layouts alone would make it bold: real documents must hold too.
    let threshold = (0..=48_u8)
        .map(|i| LEAST_THRESHOLD + f32::from(i) * 0.01)
        .find(|t| wrong_at(*t, &|_| true) <= limit && wrong_at(*t, &|b| !b.generated) <= real_limit)
        .unwrap_or(0.98);
    let share = |hit: &dyn Fn(&Best) -> bool, of: &dyn Fn(&Best) -> bool| {
        let sum = |keep: &dyn Fn(&Best) -> bool| {
            best.iter()
                .filter(|b| keep(b))
                .map(|b| b.weight)
                .sum::<f32>()
        };
        // Added to zero, for the sum of nothing is -0.
        (0.0 + sum(&|b| of(b) && hit(b))) / sum(of).max(1.0)
    };
    let right = |b: &Best| b.right && probability(b) >= threshold;
    let wrong = |b: &Best| !b.right && probability(b) >= threshold;
    let measured = Measured {
        right: share(&right, &|b| b.stated),
        wrong: share(&wrong, &|_| true),
        right_real: share(&right, &|b| b.stated && !b.generated),
        wrong_real: share(&wrong, &|b| !b.generated),
        documents: best.len(),
    };
    Settled {
        scale,
        shift,
        threshold,
        measured,
    }
}

/// Platt's logistic calibration by Newton steps, slightly held towards the identity.
/// (J. Platt, Probabilistic outputs for support vector machines, 1999.)
fn platt(best: &[Best]) -> (f32, f32) {
    let (mut scale, mut shift) = (1.0_f64, 0.0_f64);
    let hold = 1.0;
    for _ in 0..60 {
        let (mut g, mut h) = ([hold * (scale - 1.0), hold * shift], [hold, 0.0, hold]);
        for b in best {
            let x = f64::from(b.raw);
            let p = 1.0 / (1.0 + (-(scale * x + shift)).exp());
            let error = f64::from(b.weight) * (p - f64::from(u8::from(b.right)));
            let curve = f64::from(b.weight) * p * (1.0 - p);
            g[0] += error * x;
            g[1] += error;
            h[0] += curve * x * x;
            h[1] += curve * x;
            h[2] += curve;
        }
        let determinant = h[0] * h[2] - h[1] * h[1];
        if determinant.abs() < 1e-12 {
            break;
        }
        // Short steps keep Newton's method from running away where it starts far off.
        scale -= ((h[2] * g[0] - h[1] * g[1]) / determinant).clamp(-0.3, 0.3);
        shift -= ((h[0] * g[1] - h[1] * g[0]) / determinant).clamp(-0.5, 0.5);
    }
    if scale.is_finite() && shift.is_finite() && (0.05..8.0).contains(&scale) {
        #[expect(clippy::cast_possible_truncation, reason = "both are small numbers")]
        let settled = (scale as f32, shift as f32);
        settled
    } else {
        (1.0, 0.0)
    }
}
