//! First two digits of many amounts against what Benford's law expects.
//!
//! Evidence about a population, never about one claim: amounts of several magnitudes that
//! people neither choose nor cap follow it, and where they do not there is a limit, a price
//! list or a habit to be found. Conformity by the mean absolute deviation, with the bounds of
//! Nigrini, *Benford's Law* (2012), table 7.1, for first two digits.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Amounts needed: with fewer, chance alone leaves larger deviations than the bounds.
pub const LEAST: usize = 1_000;
/// First pair of digits.
const FIRST: u64 = 10;
/// Pairs of digits.
const PAIRS: usize = 90;

/// How well amounts conform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Conformity {
    /// Mean absolute deviation up to .0012.
    Close,
    /// Up to .0018.
    Acceptable,
    /// Up to .0022.
    Marginal,
    /// Above.
    None,
}

/// A pair of digits, seen and expected.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Pair {
    /// The digits, 10 to 99.
    pub digits: u64,
    /// Share of the amounts that begin with them.
    pub seen: f64,
    /// Share that the law expects.
    pub expected: f64,
    /// Deviations from it in standard errors, with the correction for continuity.
    pub z: f64,
}

/// First two digits of a population.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FirstDigits {
    /// Amounts counted.
    pub amounts: usize,
    /// Mean absolute deviation of the shares.
    pub deviation: f64,
    /// What that says.
    pub conformity: Conformity,
    /// All pairs in order.
    pub pairs: Vec<Pair>,
}

/// Counts the first two digits of amounts of 10 and more, signs aside; none where fewer than
/// [`LEAST`] are left.
#[must_use]
pub fn first_digits(amounts: impl IntoIterator<Item = Decimal>) -> Option<FirstDigits> {
    let mut counts = [0_usize; PAIRS];
    for amount in amounts {
        let pair = pair_of(amount).and_then(|pair| usize::try_from(pair - FIRST).ok());
        if let Some(count) = pair.and_then(|at| counts.get_mut(at)) {
            *count += 1;
        }
    }
    let amounts: usize = counts.iter().sum();
    if amounts < LEAST {
        return None;
    }
    let total = amounts as f64;
    let pairs: Vec<Pair> = (FIRST..)
        .zip(counts)
        .map(|(digits, count)| {
            let expected = (1.0 / digits as f64).ln_1p() / std::f64::consts::LN_10;
            let seen = count as f64 / total;
            let error = (expected * (1.0 - expected) / total).sqrt();
            let apart = ((seen - expected).abs() - 0.5 / total).max(0.0);
            let z = (apart / error).copysign(seen - expected);
            Pair {
                digits,
                seen,
                expected,
                z,
            }
        })
        .collect();
    let apart: f64 = pairs
        .iter()
        .map(|pair| (pair.seen - pair.expected).abs())
        .sum();
    let deviation = apart / PAIRS as f64;
    let conformity = match deviation {
        d if d <= 0.0012 => Conformity::Close,
        d if d <= 0.0018 => Conformity::Acceptable,
        d if d <= 0.0022 => Conformity::Marginal,
        _ => Conformity::None,
    };
    Some(FirstDigits {
        amounts,
        deviation,
        conformity,
        pairs,
    })
}

/// The first two digits of an amount of at least 10.
fn pair_of(amount: Decimal) -> Option<u64> {
    let mut whole = u128::try_from(amount.abs().trunc().mantissa()).ok()?;
    while whole >= 100 {
        whole /= 10;
    }
    u64::try_from(whole).ok().filter(|pair| *pair >= FIRST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn powers(count: i32) -> Vec<Decimal> {
        // Evenly spread logarithms follow the law.
        (0..count)
            .map(|i| 10_f64.powf(1.0 + 3.0 * f64::from(i) / f64::from(count)))
            .filter_map(|amount| Decimal::try_from(amount).ok())
            .collect()
    }

    #[test]
    fn amounts_spread_evenly_over_magnitudes_conform_and_a_limit_shows() {
        let clean = first_digits(powers(20_000)).unwrap();
        assert_eq!(clean.conformity, Conformity::Close);
        let mut bent = powers(20_000);
        bent.extend(std::iter::repeat_n(Decimal::new(4_950, 1), 1_500));
        let bent = first_digits(bent).unwrap();
        let worst = bent
            .pairs
            .iter()
            .max_by(|a, b| a.z.total_cmp(&b.z))
            .unwrap();
        assert_eq!(
            (worst.digits, bent.conformity != Conformity::Close),
            (49, true)
        );
    }

    #[test]
    fn few_amounts_say_nothing_and_small_ones_do_not_count() {
        assert_eq!(first_digits(powers(999)), None);
        assert!(first_digits(powers(1_000)).is_some());
        assert_eq!(first_digits(vec![Decimal::new(999, 2); 5_000]), None);
        assert_eq!(pair_of(Decimal::new(-12_345, 2)), Some(12));
        assert_eq!(pair_of(Decimal::new(10, 0)), Some(10));
        assert_eq!(pair_of(Decimal::new(i64::MAX, 0)), Some(92));
    }
}
