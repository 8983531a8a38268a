//! What working through a list from its top reaches: cumulative gains.

/// The part of a list whose share is told as a figure.
pub const FIRST: f64 = 0.1;
/// Points kept of a curve; more are not seen in a plot.
const POINTS: usize = 200;

/// Share of the list, and share of what is to be reached that stands in it.
pub type Point = (f64, f64);

/// One case of a list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Listed {
    /// What the forecast ranks by, highest first.
    pub ours: f64,
    /// What the baseline ranks by.
    pub baseline: f64,
    /// What reaching it is worth: 1 for a late one, or the money that was late.
    pub worth: f64,
}

/// Curves of one question.
#[derive(Debug, Clone, PartialEq)]
pub struct Lift {
    /// Short name, for files and figures.
    pub slug: &'static str,
    /// What is reached, in the plural.
    pub what: &'static str,
    /// Name of the baseline.
    pub baseline: String,
    /// By the forecast.
    pub ours: Vec<Point>,
    /// By the baseline.
    pub by_baseline: Vec<Point>,
    /// By the worth itself, as nobody could know it.
    pub perfect: Vec<Point>,
}

impl Lift {
    /// Curves of a list; none where nothing in it is worth reaching.
    #[must_use]
    pub fn of(
        slug: &'static str,
        what: &'static str,
        baseline: &str,
        cases: &[Listed],
    ) -> Option<Self> {
        let curve = |rank: fn(&Listed) -> f64| {
            gains(cases.iter().map(|case| (rank(case), case.worth)).collect())
        };
        Some(Self {
            slug,
            what,
            baseline: baseline.to_owned(),
            ours: curve(|case| case.ours)?,
            by_baseline: curve(|case| case.baseline)?,
            perfect: curve(|case| case.worth)?,
        })
    }
}

/// Curve of a list of ranks and worths; equal ranks are reached together, in any order.
fn gains(mut ranked: Vec<(f64, f64)>) -> Option<Vec<Point>> {
    let total: f64 = ranked.iter().map(|(_, worth)| worth).sum();
    if !(total > 0.0 && total.is_finite()) {
        return None;
    }
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let count = ranked.len() as f64;
    let (mut seen, mut reached) = (0.0, 0.0);
    let mut points = vec![(0.0, 0.0)];
    for equal in ranked.chunk_by(|a, b| a.0 == b.0) {
        seen += equal.len() as f64;
        reached += equal.iter().map(|(_, worth)| worth).sum::<f64>();
        points.push((seen / count, reached / total));
    }
    Some(thinned(&points))
}

/// Of a long curve, the points nearest to evenly spread places.
fn thinned(points: &[Point]) -> Vec<Point> {
    if points.len() <= POINTS {
        return points.to_vec();
    }
    let place = |step: usize| step as f64 / POINTS as f64;
    let mut kept: Vec<Point> = (0..=POINTS)
        .map(|step| (place(step), at(points, place(step))))
        .collect();
    kept.dedup();
    kept
}

/// Share reached within a first part of the list, straight between points.
#[must_use]
pub fn at(points: &[Point], part: f64) -> f64 {
    let after = points.partition_point(|(x, _)| *x < part);
    let before = after.checked_sub(1).and_then(|before| points.get(before));
    match (before, points.get(after)) {
        (Some((x0, y0)), Some((x1, y1))) => y0 + (y1 - y0) * (part - x0) / (x1 - x0),
        (None, Some((_, y))) | (Some((_, y)), None) => *y,
        (None, None) => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn listed(cases: &[(f64, f64, f64)]) -> Vec<Listed> {
        let of = |(ours, baseline, worth): &(f64, f64, f64)| Listed {
            ours: *ours,
            baseline: *baseline,
            worth: *worth,
        };
        cases.iter().map(of).collect()
    }

    #[test]
    fn a_small_list_worked_by_hand() {
        // Ours reaches 3 of 4 with the first, the baseline nothing, the best order 3.
        let cases = listed(&[
            (0.9, 0.5, 3.0),
            (0.5, 0.5, 1.0),
            (0.4, 0.9, 0.0),
            (0.1, 0.5, 0.0),
        ]);
        let lift = Lift::of("late", "late invoices", "none", &cases).unwrap();
        assert_eq!(lift.ours[1..3], [(0.25, 0.75), (0.5, 1.0)]);
        // The three that the baseline cannot tell apart are reached together.
        assert_eq!(lift.by_baseline, [(0.0, 0.0), (0.25, 0.0), (1.0, 1.0)]);
        assert_eq!(at(&lift.by_baseline, 0.625), 0.5);
        // What is worth nothing is reached together too.
        assert_eq!(lift.perfect[1..], [(0.25, 0.75), (0.5, 1.0), (1.0, 1.0)]);
    }

    #[test]
    fn nothing_to_reach_has_no_curve() {
        assert_eq!(Lift::of("late", "late invoices", "none", &[]), None);
        let punctual = listed(&[(0.9, 0.1, 0.0), (0.2, 0.3, 0.0)]);
        assert_eq!(Lift::of("late", "late invoices", "none", &punctual), None);
    }

    proptest! {
        #[test]
        fn no_list_reaches_more_than_the_best_order(
            cases in prop::collection::vec((0.0..1.0f64, 0.0..1.0f64, 0.0..5.0f64), 1..600)
        ) {
            if let Some(lift) = Lift::of("late", "cases", "none", &listed(&cases)) {
                for step in 0..=50 {
                    let part = f64::from(step) / 50.0;
                    prop_assert!(at(&lift.ours, part) <= at(&lift.perfect, part) + 0.01);
                }
                let ends = [at(&lift.ours, 0.0), at(&lift.ours, 1.0)];
                prop_assert!(ends[0] == 0.0 && (ends[1] - 1.0).abs() < 1e-9);
            }
        }
    }
}
