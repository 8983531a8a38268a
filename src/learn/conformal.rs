//! Sets of outcomes with a stated coverage.
//!
//! Split-conformal classification with one threshold a class, so that every
//! class is covered and not only the average: Vovk, "Conditional validity of
//! inductive conformal predictors" (2012), with the score `1 - p` of Sadinle,
//! Lei and Wasserman, "Least ambiguous set-valued classifiers" (2019).
//!
//! Those sets can be empty for an input unlike any seen before. An empty set is
//! no licence to answer, so the fewest outcomes that hold the nominal
//! probability between them are always included: sets only grow by it.

use serde::{Deserialize, Serialize};

/// One threshold a class, at a nominal coverage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConformalSets {
    /// Share of cases whose true class is in the set, 0..1.
    pub coverage: f64,
    /// A class is in the set if `1 - p` is at most its threshold.
    pub thresholds: Vec<f64>,
}

impl ConformalSets {
    /// Thresholds from the probabilities of cases that were not used in
    /// fitting: `probabilities[case][class]`, `truth[case]` an index of a class.
    /// A class with too few cases to support the coverage is always in the set.
    #[must_use]
    pub fn calibrate(coverage: f64, probabilities: &[Vec<f64>], truth: &[usize]) -> Self {
        let classes = probabilities.first().map_or(0, Vec::len);
        let thresholds = (0..classes).map(|class| {
            let cases = probabilities
                .iter()
                .zip(truth)
                .filter(|(_, t)| **t == class);
            let scores = cases.filter_map(|(row, _)| row.get(class)).map(|p| 1.0 - p);
            upper_quantile(coverage, scores.collect())
        });
        Self {
            coverage,
            thresholds: thresholds.collect(),
        }
    }

    /// Indices of the classes in the set, most probable first; never empty
    /// unless there is no class.
    #[must_use]
    pub fn set(&self, probabilities: &[f64]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..probabilities.len()).collect();
        let of = |class: usize| probabilities.get(class).copied().unwrap_or(0.0);
        order.sort_by(|a, b| of(*b).total_cmp(&of(*a)).then(a.cmp(b)));
        let mut held = 0.0;
        order.retain(|class| {
            let needed = held < self.coverage;
            held += of(*class);
            let threshold = self.thresholds.get(*class).copied().unwrap_or(1.0);
            needed || 1.0 - of(*class) <= threshold
        });
        order
    }
}

/// The `ceil((n + 1) * coverage)`-th smallest score; 1, the largest there can
/// be, where there are too few.
fn upper_quantile(coverage: f64, mut scores: Vec<f64>) -> f64 {
    scores.sort_by(f64::total_cmp);
    let rank = ((scores.len() + 1) as f64 * coverage).ceil() as usize;
    let index = rank.saturating_sub(1);
    scores.get(index).copied().unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_never_seen_in_calibration_is_always_in_the_set() {
        let rows = vec![vec![0.9, 0.1, 0.0]; 40];
        let sets = ConformalSets::calibrate(0.9, &rows, &[0; 40]);
        assert_eq!(sets.thresholds[1], 1.0);
        assert_eq!(sets.set(&[0.95, 0.04, 0.01]), [0, 1, 2]);
    }

    #[test]
    fn an_unusual_input_gets_a_larger_set_and_not_an_empty_one() {
        let sets = ConformalSets {
            coverage: 0.9,
            thresholds: vec![0.05; 3],
        };
        assert_eq!(sets.set(&[0.97, 0.02, 0.01]), [0]);
        assert_eq!(sets.set(&[0.35, 0.60, 0.05]), [1, 0]);
        assert!(sets.set(&[]).is_empty());
    }

    #[test]
    fn each_class_is_covered_as_often_as_stated() {
        // Two classes, the second much harder; probabilities on a fixed lattice.
        let case = |i: usize| {
            let u = (i * 7919 % 1000) as f64 / 1000.0;
            let truth = usize::from(i.is_multiple_of(5));
            let right = if truth == 0 { 0.7 + 0.3 * u } else { u };
            let row = if truth == 0 {
                vec![right, 1.0 - right]
            } else {
                vec![1.0 - right, right]
            };
            (row, truth)
        };
        let (rows, truth): (Vec<_>, Vec<_>) = (0..1000).map(case).unzip();
        let sets = ConformalSets::calibrate(0.9, &rows, &truth);
        for class in 0..2 {
            let cases: Vec<_> = (1000..3000)
                .map(case)
                .filter(|(_, t)| *t == class)
                .collect();
            let covered = cases
                .iter()
                .filter(|(row, _)| sets.set(row).contains(&class))
                .count();
            assert!(
                covered as f64 >= 0.88 * cases.len() as f64,
                "{class}: {covered}"
            );
        }
    }
}
