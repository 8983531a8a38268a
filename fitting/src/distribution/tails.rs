//! How much of each tail an interval leaves out.

use std::collections::BTreeSet;

use scrutineer::learn::distribution::Tails;

use super::{DistributionPlan, Foretold};

/// Cases that a group needs for an interval of its own.
const LEAST_GROUP: usize = 150;
/// Steps in which the share left out of an interval is looked for.
const TAIL_STEPS: u32 = 490;

impl DistributionPlan {
    /// For each group the narrowest interval that holds the coverage on held-back cases;
    /// a group of too few cases gets that of all. None is narrower on average than `least`.
    ///
    /// The latest cases are those that slow ones are still open of: without them intervals would be those
    /// of quick ones. So one that is open counts too, by what its own curve leaves of it.
    pub(super) fn tails(&self, cases: &[Foretold], least: Option<f64>) -> Tails {
        let cases: Vec<&Foretold> = cases.iter().collect();
        let mut tails = self.no_tails();
        let overall = self.left_out(&cases, least);
        for (group, left_out) in tails.left_out.iter_mut().enumerate() {
            let members = cases.iter().filter(|case| case.group == group);
            let members: Vec<&Foretold> = members.copied().collect();
            *left_out = if members.len() < LEAST_GROUP {
                overall
            } else {
                self.left_out(&members, least)
            };
        }
        tails
    }

    /// The most that an interval may leave out on either side to hold the coverage.
    ///
    /// With few cases the promise is kept by the rank of conformal prediction. Those of one group
    /// are held or missed together, so as many count as there are groups: Dunn, Wasserman and
    /// Ramdas, "Distribution-free prediction sets for two-layer hierarchical data" (2022).
    pub(super) fn left_out(&self, cases: &[&Foretold], least: Option<f64>) -> f64 {
        let alone = cases.iter().filter(|case| case.of.is_none()).count();
        let groups: BTreeSet<usize> = cases.iter().filter_map(|case| case.of).collect();
        let count = (alone + groups.len()) as f64;
        let level = (count + 1.0) * self.coverage / count;
        if level > 1.0 + 1e-12 {
            // So few, or none, that not even all of them keep it: all that can be is in.
            return 0.0;
        }
        let level = level.min(1.0);
        let needed = level * cases.len() as f64 * (1.0 - 1e-12);
        let is_wide = |left_out: f64| {
            let widths = cases.iter().map(|case| {
                let (low, high) = case.interval(left_out);
                high - low
            });
            least.is_none_or(|least| widths.sum::<f64>() >= least * cases.len() as f64)
        };
        (1..=TAIL_STEPS)
            .rev()
            .map(|step| f64::from(step) / 1000.0)
            .find(|left_out| {
                let held: f64 = cases.iter().map(|case| case.holds(*left_out)).sum();
                held >= needed && is_wide(*left_out)
            })
            .unwrap_or(0.0)
    }
}

impl Foretold {
    fn interval(&self, left_out: f64) -> (f64, f64) {
        let quantile = |share: f64| self.curve.quantile(share);
        (quantile(left_out), quantile(1.0 - left_out))
    }

    /// Whether the interval holds what it came to: 0 or 1, or a probability where it is not over and has
    /// not passed the interval.
    fn holds(&self, left_out: f64) -> f64 {
        let (low, high) = self.interval(left_out);
        match self.outcome.within(low, high) {
            Some(held) => f64::from(u8::from(held)),
            None => {
                let passed = self.outcome.number();
                let (left, beyond) = (self.curve.above(passed), self.curve.above(high));
                let within = self.curve.above(passed.max(low)) - beyond;
                if left > 0.0 { within / left } else { 0.0 }
            }
        }
    }
}

/// Width of the interval that the quantities alone would give, whatever their features: as much
/// is left out on either side as the rank of a case to come allows.
pub(super) fn plain_width(quantities: &[f64], coverage: f64) -> f64 {
    let mut sorted = quantities.to_vec();
    sorted.sort_by(f64::total_cmp);
    let outside = (sorted.len() + 1) as f64 * (1.0 - coverage) / 2.0;
    // The rank of the outermost one within, from either end; a whole rank is not lost by rounding.
    let rank = ((outside + 1e-9).floor() as usize).max(1) - 1;
    match (sorted.get(rank), sorted.iter().rev().nth(rank)) {
        (Some(low), Some(high)) => high - low,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::plain_width;

    #[test]
    fn the_plain_interval_leaves_out_whole_cases_at_either_end() {
        let upto = |count: u32| (1..=count).map(f64::from).collect::<Vec<f64>>();
        // A tenth of twenty ranks at either end: the interval of the 2nd and 18th.
        assert_eq!(plain_width(&upto(19), 0.8), 16.0);
        assert_eq!(plain_width(&upto(99), 0.8), 80.0);
        // Too few to leave any out.
        assert_eq!(plain_width(&upto(8), 0.8), 7.0);
    }
}
