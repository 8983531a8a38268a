//! Chances in continuous measure: how long things take and how probable they are.

use crate::documents::Dice;

/// A number of `0..1`.
pub(super) fn unit(dice: &mut Dice) -> f64 {
    (dice.salt() >> 11) as f64 / (1_u64 << 53) as f64
}

/// True with probability `share`.
pub(super) fn happens(dice: &mut Dice, share: f64) -> bool {
    unit(dice) < share
}

/// A draw of the standard normal distribution (Box and Muller).
pub(super) fn normal(dice: &mut Dice) -> f64 {
    let radius = (-2.0 * (1.0 - unit(dice)).ln()).sqrt();
    radius * (std::f64::consts::TAU * unit(dice)).cos()
}

/// A log-normal draw: half of them lie below `median`.
pub(super) fn skewed(dice: &mut Dice, median: f64, spread: f64) -> f64 {
    median * (spread * normal(dice)).exp()
}

/// The probability with this logarithm of odds.
pub(super) fn logistic(odds: f64) -> f64 {
    1.0 / (1.0 + (-odds).exp())
}

/// A level that drifts: each value remembers `memory` of the one before it, and all spread
/// with standard deviation `spread`.
pub(super) fn drift(dice: &mut Dice, steps: usize, memory: f64, spread: f64) -> Vec<f64> {
    let fresh = spread * (1.0 - memory * memory).sqrt();
    let mut level = spread * normal(dice);
    (0..steps)
        .map(|_| {
            level = memory * level + fresh * normal(dice);
            level
        })
        .collect()
}
