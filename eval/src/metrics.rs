//! Figures of merit of scores and of forecast quantities.
//!
//! All are `None` where they are not defined: a ranking of one class, a mean of nothing.

use std::collections::BTreeMap;

/// Bins of the calibration error and its plot.
pub const BINS: usize = 10;

/// A score and whether what it foretold came true.
pub type Scored = (f64, bool);

/// Area under the ROC curve: how often a true case is scored above a false one; ties count
/// half. Hanley and McNeil (1982).
#[must_use]
pub fn auc(scored: &[Scored]) -> Option<f64> {
    let ranked = by_rising_score(scored);
    let positives = ranked.iter().filter(|(_, truth)| *truth).count() as f64;
    let negatives = ranked.len() as f64 - positives;
    if positives == 0.0 || negatives == 0.0 {
        return None;
    }
    let mut rank = 0.0;
    let mut ranks_of_true = 0.0;
    for ties in ranked.chunk_by(|a, b| a.0 == b.0) {
        let count = ties.len() as f64;
        let mean_rank = rank + (count + 1.0) / 2.0;
        ranks_of_true += mean_rank * ties.iter().filter(|(_, truth)| *truth).count() as f64;
        rank += count;
    }
    Some((ranks_of_true - positives * (positives + 1.0) / 2.0) / (positives * negatives))
}

/// Average precision: the mean over true cases of the precision at their rank, ties taken
/// together.
#[must_use]
pub fn average_precision(scored: &[Scored]) -> Option<f64> {
    let mut ranked = by_rising_score(scored);
    ranked.reverse();
    let positives = ranked.iter().filter(|(_, truth)| *truth).count() as f64;
    if positives == 0.0 {
        return None;
    }
    let (mut seen, mut found, mut sum) = (0.0, 0.0, 0.0);
    for ties in ranked.chunk_by(|a, b| a.0 == b.0) {
        let hits = ties.iter().filter(|(_, truth)| *truth).count() as f64;
        seen += ties.len() as f64;
        found += hits;
        sum += hits * found / seen;
    }
    Some(sum / positives)
}

/// Mean squared difference between probability and outcome. Brier (1950).
#[must_use]
pub fn brier(scored: &[Scored]) -> Option<f64> {
    mean(
        scored
            .iter()
            .map(|(score, truth)| (score - f64::from(u8::from(*truth))).powi(2)),
    )
}

/// Expected calibration error: mean difference between probability and outcome over bins of
/// equal count.
#[must_use]
pub fn calibration_error(scored: &[Scored], bins: usize) -> Option<f64> {
    let parts = reliability(scored, bins);
    let total: f64 = parts.iter().map(|part| part.count as f64).sum();
    let error: f64 = parts
        .iter()
        .map(|part| part.count as f64 * (part.probability - part.share).abs())
        .sum();
    (total > 0.0).then(|| error / total)
}

/// The usual figures of a probability, by name.
#[must_use]
pub fn figures(scored: &[Scored]) -> BTreeMap<String, Option<f64>> {
    [
        ("auc", auc(scored)),
        ("ap", average_precision(scored)),
        ("brier", brier(scored)),
        ("ece", calibration_error(scored, BINS)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// Cases of like probability, and what became of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reliability {
    /// Mean probability.
    pub probability: f64,
    /// Share that came true.
    pub share: f64,
    /// Cases.
    pub count: usize,
}

impl Reliability {
    fn of(part: &[Scored]) -> Self {
        let count = part.len() as f64;
        let sum: f64 = part.iter().map(|(score, _)| score).sum();
        let hits = part.iter().filter(|(_, truth)| *truth).count() as f64;
        Self {
            probability: sum / count,
            share: hits / count,
            count: part.len(),
        }
    }
}

/// Bins of equal count, by rising probability. Ties stay together, so that a bin may hold more: parted,
/// they would be told by the order of the cases.
#[must_use]
pub fn reliability(scored: &[Scored], bins: usize) -> Vec<Reliability> {
    let ranked = by_rising_score(scored);
    let size = ranked.len().div_ceil(bins.max(1)).max(1);
    let (mut found, mut part) = (Vec::new(), Vec::new());
    for ties in ranked.chunk_by(|a, b| a.0 == b.0) {
        part.extend_from_slice(ties);
        if part.len() >= size {
            found.push(Reliability::of(&part));
            part.clear();
        }
    }
    if !part.is_empty() {
        found.push(Reliability::of(&part));
    }
    found
}

/// The mean.
#[must_use]
pub fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_usize), |(sum, count), value| {
        (sum + value, count + 1)
    });
    (count > 0).then(|| sum / count as f64)
}

fn by_rising_score(scored: &[Scored]) -> Vec<Scored> {
    let mut ranked = scored.to_vec();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    ranked
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SCORED: [Scored; 6] = [
        (0.9, true),
        (0.8, false),
        (0.7, true),
        (0.7, false),
        (0.2, false),
        (0.1, true),
    ];

    #[test]
    fn figures_of_a_small_case_worked_by_hand() {
        // Pairs won of nine: .9 wins 3, .7 wins 1.5 of 3, .1 wins 0.
        assert_eq!(auc(&SCORED), Some(4.5 / 9.0));
        let expected = (1.0 + 2.0 / 4.0 + 3.0 / 6.0) / 3.0;
        assert!((average_precision(&SCORED).unwrap() - expected).abs() < 1e-12);
        let squares = 0.01 + 0.64 + 0.09 + 0.49 + 0.04 + 0.81;
        assert!((brier(&SCORED).unwrap() - squares / 6.0).abs() < 1e-12);
        assert!((calibration_error(&SCORED, 1).unwrap() - (3.4 / 6.0 - 0.5)).abs() < 1e-12);
    }

    #[test]
    fn nothing_and_one_class_have_no_figure() {
        assert_eq!(auc(&[]), None);
        assert_eq!(auc(&[(0.4, true), (0.2, true)]), None);
        assert_eq!(average_precision(&[(0.4, false)]), None);
        assert_eq!(brier(&[]), None);
        assert!(reliability(&[], 10).is_empty());
    }

    #[test]
    fn equal_probabilities_are_one_bin_whatever_their_order() {
        // The true ones first: parted in that order, three bins would be all true and seven all false.
        let constant: Vec<Scored> = (0..100).map(|at| (0.3, at < 30)).collect();
        assert!(calibration_error(&constant, 10).unwrap() < 1e-12);
        let counts = |scored: &[Scored], bins: usize| -> Vec<usize> {
            let parts = reliability(scored, bins).into_iter();
            parts.map(|part| part.count).collect()
        };
        assert_eq!(counts(&constant, 10), [100]);
        assert_eq!(counts(&SCORED, 2), [4, 2]);
        assert_eq!(counts(&SCORED, 6), [1, 1, 2, 1, 1]);
    }

    proptest! {
        #[test]
        fn a_ranking_turned_round_has_the_rest_of_the_area(
            scored in prop::collection::vec((0.0..1.0f64, any::<bool>()), 2..60)
        ) {
            let turned: Vec<Scored> = scored.iter().map(|(s, y)| (-s, *y)).collect();
            if let (Some(a), Some(b)) = (auc(&scored), auc(&turned)) {
                prop_assert!((a + b - 1.0).abs() < 1e-9);
            }
        }
    }
}
