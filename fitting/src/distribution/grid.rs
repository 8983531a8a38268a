//! The thresholds of a distribution.

use anyhow::ensure;
use scrutineer::learn::distribution::Range;

use super::DistributionPlan;

/// Share of cases on either side that thresholds spread by distance leave out.
const TAIL: f64 = 0.002;

/// Distance from the middle from which on a case that stands alone is not believed: a year.
const FAR: f64 = 365.0;
/// It stands alone where it is so many times as far from the middle as the next.
const ALONE: f64 = 4.0;
/// What is not over may be so far all the same: some debts are never paid. Beyond ten years it is not believed.
const OPEN_FOR: f64 = 3652.0;
/// One of so many cases may.
const MISTYPED: usize = 200;

/// The quantities that are believed: one or a few of very many far beyond all others are days mistyped
/// more often than cases that took so long, and would stretch the range by centuries.
struct Believed {
    lowest: f64,
    highest: f64,
}

impl Believed {
    fn of(quantities: &[f64]) -> Self {
        let mut sorted = quantities.to_vec();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
        let most = (sorted.len() / MISTYPED).max(1);
        let above = furthest(sorted.iter().rev().map(|one| one - middle), most);
        let below = furthest(sorted.iter().map(|one| middle - one), most);
        Self {
            lowest: middle - below,
            highest: middle + above,
        }
    }

    fn holds(&self, quantity: f64) -> bool {
        (self.lowest..=self.highest).contains(&quantity)
    }
}

/// The furthest distance that does not stand alone, of distances that fall.
fn furthest(falling: impl Iterator<Item = f64> + Clone, most: usize) -> f64 {
    let pairs = falling.clone().zip(falling.clone().skip(1)).take(most);
    let alone = pairs.filter(|(far, next)| *far > FAR && *far > ALONE * next.max(1.0));
    alone
        .last()
        .map(|(_, next)| next)
        .or_else(|| falling.clone().next())
        .unwrap_or_default()
}

impl DistributionPlan {
    /// The range of the quantity and the thresholds, spread evenly over its finished cases.
    /// Cases that are not over may have passed all of those: the range reaches beyond them.
    pub(super) fn grid(
        &self,
        quantities: &[f64],
        unfinished: impl Iterator<Item = f64>,
    ) -> anyhow::Result<(Range, Vec<f64>)> {
        let believed = Believed::of(quantities);
        let passed = unfinished.filter(|passed| *passed <= believed.highest.max(OPEN_FOR));
        let passed = passed.fold(f64::MIN, f64::max);
        let finished = quantities.iter().copied();
        let mut sorted: Vec<f64> = finished.filter(|one| believed.holds(*one)).collect();
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

#[cfg(test)]
mod tests {
    use super::*;

    fn believed(quantities: &[f64]) -> (f64, f64) {
        let believed = Believed::of(quantities);
        (believed.lowest, believed.highest)
    }

    #[test]
    fn a_day_mistyped_by_a_year_or_a_century_stretches_nothing() {
        let usual: Vec<f64> = (-10..60).map(f64::from).collect();
        assert_eq!(believed(&usual), (-10.0, 59.0));
        let with = |more: &[f64]| believed(&[&usual, more].concat());
        assert_eq!(with(&[36_526.0]), (-10.0, 59.0));
        assert_eq!(with(&[-36_526.0]), (-10.0, 59.0));
        assert_eq!(with(&[-340.0, 400.0]), (-340.0, 59.0));
        // Long, but not alone: they do take so long.
        assert_eq!(with(&[300.0, 700.0, 720.0]), (-10.0, 720.0));
        // Two of five hundred.
        let many = vec![5.0; 500];
        let two = [many.as_slice(), &[9000.0, 36_000.0]].concat();
        assert_eq!(believed(&two), (5.0, 5.0));
    }
}
