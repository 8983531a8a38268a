//! How often outcomes lay within the interval, at each coverage that one could state.

use scrutineer::learn::distribution::{Curve, Distribution};
use scrutineer_fitting::distribution::Outcome;

use crate::metrics::mean;

/// Coverages asked about, in percent.
const STATED: [u8; 10] = [10, 20, 30, 40, 50, 60, 70, 80, 90, 95];
/// Cases that a group needs for a line of its own.
const LEAST_GROUP: usize = 40;

/// Measured coverage of some cases.
#[derive(Debug, Clone, PartialEq)]
pub struct Covered {
    /// Which cases, in words.
    pub group: String,
    /// How many were watched until the end of the narrowest interval at least; fewer count at wider ones.
    pub cases: usize,
    /// Coverage stated and measured, shares 0..1; without those that nothing was watched for.
    pub measured: Vec<(f64, f64)>,
}

/// A case, what was foretold of it, and what became of it.
#[derive(Debug)]
pub struct Held<'a> {
    /// Its features.
    pub row: &'a [f64],
    /// What was foretold.
    pub curve: &'a Curve,
    /// What it came to, as far as it was watched.
    pub outcome: Outcome,
}

impl Held<'_> {
    fn with_interval(&self, model: &Distribution, percent: u8) -> (Outcome, (f64, f64)) {
        let stated = f64::from(percent) / 100.0;
        let interval = model.interval_at(stated, self.row, self.curve);
        (self.outcome, interval)
    }
}

/// Whether an outcome lies within an interval; none where it was not watched until the end of that,
/// whatever came of it by then. Of cases watched for less the early ones alone are over, and to count those
/// would make intervals look better than they are.
#[must_use]
pub fn within(outcome: Outcome, (low, high): (f64, f64)) -> Option<bool> {
    let beyond = outcome.above(high)?;
    Some(!beyond && outcome.quantity().is_some_and(|quantity| quantity >= low))
}

/// Share of outcomes that lie within their intervals, among those of which that is known.
#[must_use]
pub fn share_within(cases: impl Iterator<Item = (Outcome, (f64, f64))>) -> Option<f64> {
    let known = cases.filter_map(|(outcome, interval)| within(outcome, interval));
    mean(known.map(|within| f64::from(u8::from(within))))
}

/// Share of the cases that were not over when the records end. They have no part in a mean error, which
/// speaks of the quicker ones alone the more of them there are.
#[must_use]
pub fn unfinished(outcomes: impl Iterator<Item = Outcome>) -> Option<f64> {
    mean(outcomes.map(|outcome| f64::from(u8::from(outcome.quantity().is_none()))))
}

/// Of all cases together, then of each group that has an interval of its own and cases
/// enough to measure it; nothing where none was watched for as long as the narrowest interval reaches.
#[must_use]
pub fn covered(model: &Distribution, cases: &[Held<'_>]) -> Vec<Covered> {
    let [narrowest, ..] = STATED;
    let watched = cases.iter().filter(|case| {
        let (outcome, interval) = case.with_interval(model, narrowest);
        within(outcome, interval).is_some()
    });
    let all: Vec<&Held<'_>> = watched.collect();
    if all.is_empty() {
        return Vec::new();
    }
    let mut found = vec![of_those("all", model, &all)];
    let tails = model.tails();
    let groups = 0..=tails.bounds.len();
    let of_group = |group: usize| -> Vec<&Held<'_>> {
        let members = all.iter().filter(|case| tails.group(case.row) == group);
        members.copied().collect()
    };
    let feature = model.features().get(tails.feature);
    let feature = feature.map_or("", String::as_str);
    let of_groups: Vec<Covered> = groups
        .map(|group| (name(feature, &tails.bounds, group), of_group(group)))
        .filter(|(_, members)| members.len() >= LEAST_GROUP)
        .map(|(name, members)| of_those(&name, model, &members))
        .collect();
    if of_groups.len() > 1 {
        found.extend(of_groups);
    }
    found
}

fn of_those(group: &str, model: &Distribution, cases: &[&Held<'_>]) -> Covered {
    let measured = STATED.into_iter().filter_map(|percent| {
        let all = cases.iter().map(|case| case.with_interval(model, percent));
        Some((f64::from(percent) / 100.0, share_within(all)?))
    });
    Covered {
        group: group.to_owned(),
        cases: cases.len(),
        measured: measured.collect(),
    }
}

/// A group in words, by the feature and bounds that tell it.
fn name(feature: &str, bounds: &[f64], group: usize) -> String {
    let below = bounds.get(group);
    let from = group.checked_sub(1).and_then(|at| bounds.get(at));
    match (from, below) {
        (None, Some(below)) => format!("{feature} below {below} or not known"),
        (Some(from), Some(below)) => format!("{feature} {from} to below {below}"),
        (Some(from), None) => format!("{feature} {from} and more"),
        (None, None) => feature.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use scrutineer::learn::calibration::Platt;
    use scrutineer::learn::distribution::{Level, Range, Tails};
    use scrutineer::learn::learner::Learner;
    use scrutineer::learn::trees::Trees;

    use super::*;

    /// Evenly spread from 0 to 10, whatever the row.
    fn even(bounds: Vec<f64>) -> Distribution {
        let left_out = vec![0.1; bounds.len() + 1];
        let level = Level {
            threshold: 5.0,
            learner: Learner::Trees(Trees::new(0.0, 1, Vec::new()).unwrap()),
            calibration: Platt::identity().into(),
        };
        let range = Range {
            lowest: 0.0,
            highest: 10.0,
            whole: false,
        };
        let tails = Tails {
            coverage: 0.8,
            feature: 0,
            bounds,
            left_out,
        };
        Distribution::new(vec!["seen".to_owned()], range, vec![level], tails).unwrap()
    }

    /// Evenly from 0 to 10, by place.
    fn spread(at: u32) -> f64 {
        (f64::from(at * 37 % 1000) + 0.5) / 100.0
    }

    #[test]
    fn what_is_spread_as_foretold_is_covered_as_stated_in_every_group() {
        let model = even(vec![1.0, 3.0, 50.0]);
        let rows: Vec<[f64; 1]> = (0..1000).map(|at| [f64::from(at % 4)]).collect();
        let curve = model.curve(&[0.0]);
        let cases: Vec<Held<'_>> = rows
            .iter()
            .zip(0..)
            .map(|(row, at)| Held {
                row,
                curve: &curve,
                outcome: Outcome::known(spread(at)),
            })
            .collect();
        let found = covered(&model, &cases);
        let names: Vec<&str> = found.iter().map(|one| one.group.as_str()).collect();
        let groups = [
            "all",
            "seen below 1 or not known",
            "seen 1 to below 3",
            "seen 3 to below 50",
        ];
        assert_eq!(names, groups);
        assert_eq!((found[0].cases, found[2].cases), (1000, 500));
        for (stated, measured) in found.iter().flat_map(|one| &one.measured) {
            assert!((stated - measured).abs() < 0.01, "{stated} {measured}");
        }
    }

    #[test]
    fn one_group_alone_is_all_and_nothing_is_nothing() {
        let model = even(vec![1.0]);
        let curve = model.curve(&[0.0]);
        let cases = [0.0; 60].map(|came| Held {
            row: &[0.0],
            curve: &curve,
            outcome: Outcome::known(came),
        });
        assert_eq!(covered(&model, &cases).len(), 1);
        assert!(covered(&model, &[]).is_empty());
    }

    #[test]
    fn who_was_watched_for_less_counts_neither_early_nor_late() {
        let model = even(vec![50.0]);
        let curve = model.curve(&[0.0]);
        // Every other one was watched for 8 days, by which most are over; or all were.
        let measured = |every: u32| {
            let cases: Vec<Held<'_>> = (0..1000_u32)
                .map(|at| {
                    let came = spread(at);
                    let over = Outcome::watched((came <= 8.0).then_some(came), 8.0);
                    let outcome = if at.is_multiple_of(every) {
                        over
                    } else {
                        Outcome::known(came)
                    };
                    Held {
                        row: &[0.0],
                        curve: &curve,
                        outcome,
                    }
                })
                .collect();
            covered(&model, &cases).remove(0).measured
        };
        let (half, all) = (measured(2), measured(1));
        for (stated, measured) in half.iter().chain(&all) {
            assert!((stated - measured).abs() < 0.01, "{stated} {measured}");
        }
        assert_eq!(half.len(), STATED.len());
        // Of intervals that reach beyond nothing is known.
        assert!((5..=6).contains(&all.len()), "{all:?}");
    }

    #[test]
    fn an_outcome_is_told_once_it_was_watched_until_the_interval_ends() {
        let told = |quantity: Option<f64>, watched: f64| {
            within(Outcome::watched(quantity, watched), (2.0, 5.0))
        };
        assert_eq!(
            [Some(3.0), None].map(|came| told(came, 4.0)),
            [None::<bool>; 2]
        );
        let over = [Some(3.0), Some(5.0), Some(1.0), None].map(|came| told(came, 5.0));
        assert_eq!(over, [true, true, false, false].map(Some));
        let known = Outcome::known(9.0);
        assert_eq!(within(known, (2.0, 5.0)), Some(false));
        let both = [known, Outcome::watched(None, 3.0)];
        assert_eq!(unfinished(both.into_iter()), Some(0.5));
    }
}
