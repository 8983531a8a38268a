//! How often outcomes lay within the interval, at each coverage that one could state.

use scrutineer::learn::distribution::{Curve, Distribution};

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
    /// How many.
    pub cases: usize,
    /// Coverage stated and measured, shares 0..1.
    pub measured: Vec<(f64, f64)>,
}

/// A case whose outcome is known.
#[derive(Debug)]
pub struct Held<'a> {
    /// Its features.
    pub row: &'a [f64],
    /// What was foretold.
    pub curve: &'a Curve,
    /// What it came to.
    pub came: f64,
}

/// Of all cases together, then of each group that has an interval of its own and cases
/// enough to measure it; nothing without cases.
#[must_use]
pub fn covered(model: &Distribution, cases: &[Held<'_>]) -> Vec<Covered> {
    covered_so_far(model, cases, &[])
}

/// As [`covered`], with cases that are not over, whose `came` is what they have passed: one that
/// has passed the whole interval is missed by it, and of one within it nothing is known.
#[must_use]
pub fn covered_so_far(model: &Distribution, cases: &[Held<'_>], open: &[Held<'_>]) -> Vec<Covered> {
    let over = cases.iter().map(|case| (case, true));
    let all: Vec<Watched<'_>> = over.chain(open.iter().map(|case| (case, false))).collect();
    if all.is_empty() {
        return Vec::new();
    }
    let mut found = vec![of_those("all", model, &all)];
    let tails = model.tails();
    let groups = 0..=tails.bounds.len();
    let of_group = |group: usize| -> Vec<Watched<'_>> {
        let members = all
            .iter()
            .filter(|(case, _)| tails.group(case.row) == group);
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

/// A case, and whether it is over.
type Watched<'a> = (&'a Held<'a>, bool);

fn of_those(group: &str, model: &Distribution, cases: &[Watched<'_>]) -> Covered {
    let measured = STATED.map(|percent| {
        let stated = f64::from(percent) / 100.0;
        let held = cases.iter().filter_map(|(case, over)| {
            let (low, high) = model.interval_at(stated, case.row, case.curve);
            let known = *over || case.came >= high;
            known.then(|| f64::from(u8::from(*over && (low..=high).contains(&case.came))))
        });
        (stated, mean(held).unwrap_or(f64::NAN))
    });
    Covered {
        group: group.to_owned(),
        cases: cases.len(),
        measured: measured.into(),
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
                came: (f64::from(at * 37 % 1000) + 0.5) / 100.0,
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
            came,
        });
        assert_eq!(covered(&model, &cases).len(), 1);
        assert!(covered(&model, &[]).is_empty());
    }
}
