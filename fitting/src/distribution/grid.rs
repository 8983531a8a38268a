//! The thresholds of a distribution.

use anyhow::ensure;
use scrutineer::learn::distribution::Range;

use super::DistributionPlan;

/// Share of cases on either side that thresholds spread by distance leave out.
const TAIL: f64 = 0.002;

impl DistributionPlan {
    /// The range of the quantity and the thresholds, spread evenly over its finished cases.
    /// A case that is not over may have passed all of those: the range reaches beyond it.
    pub(super) fn grid(
        &self,
        quantities: &[f64],
        passed: f64,
    ) -> anyhow::Result<(Range, Vec<f64>)> {
        let mut sorted = quantities.to_vec();
        sorted.sort_by(f64::total_cmp);
        ensure!(
            sorted.first() != sorted.last(),
            "the quantity is always the same"
        );
        let at = |share: f64| {
            let index = (share * (sorted.len() - 1) as f64).round() as usize;
            sorted.get(index).copied().unwrap_or_default()
        };
        let step = if self.whole { 1.0 } else { 0.0 };
        let (lowest, highest) = (at(0.0005) - step, at(0.9995).max(passed) + step);
        // Half of them where the cases are, half where the distances are: a median needs the
        // first, and an error in days the second.
        let half = self.thresholds.div_ceil(2);
        let share = |i: usize| (i as f64 + 0.5) / half as f64;
        let by_cases = (0..half).map(|i| at(share(i)));
        let middle = at(0.5);
        let bent = |value: f64| (value - middle).signum() * (value - middle).abs().sqrt();
        let (low, high) = (bent(at(TAIL)), bent(at(1.0 - TAIL)));
        let by_distance = (0..half).map(|i| {
            let bent = low + (high - low) * share(i);
            let value = middle + bent.signum() * bent.powi(2);
            if self.whole {
                value.round() + 0.0
            } else {
                value
            }
        });
        let mut thresholds: Vec<f64> = by_cases
            .chain(by_distance)
            .chain(self.required.iter().copied())
            .collect();
        thresholds.sort_by(f64::total_cmp);
        thresholds.dedup();
        thresholds.retain(|threshold| *threshold > lowest && *threshold < highest);
        ensure!(!thresholds.is_empty(), "no threshold lies within the range");
        let range = Range {
            lowest,
            highest,
            whole: self.whole,
        };
        Ok((range, thresholds))
    }
}
