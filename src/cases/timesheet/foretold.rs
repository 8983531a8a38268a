//! What the model foretells of a period, and what is known of its sheets already, in one.

use super::KnownSheets;
use super::periods::percent;
use crate::learn::distribution::Curve;

/// Sheets of a period up to which each share that is possible is told apart.
const SINGLE: usize = 50;

/// What the answer says of a period's sheets; a backtest measures the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Foretold {
    /// Sheets late, of a hundred: what those that are in, or late already, leave possible.
    pub curve: Curve,
    /// Expected share of sheets late, 0..1.
    pub late_share: f64,
    /// Expected share of the hours that is missing when the sheets are due, 0..1.
    pub missing_share: f64,
}

impl KnownSheets {
    /// Above which share of so many sheets, of a hundred, and up to which one, they leave it possible that
    /// sheets are late.
    #[must_use]
    pub fn possible(&self, sheets: usize) -> (f64, f64) {
        let most = percent(self.late + self.open, sheets);
        (percent(self.late, sheets) - 1.0, most)
    }
}

impl Foretold {
    /// Of the model's curve and so many sheets; the curve alone where nothing is known of them.
    #[must_use]
    pub fn of(curve: Curve, sheets: usize, known: Option<KnownSheets>) -> Self {
        let Some(known) = known else {
            let late_share = curve.mean_above(0.0) / 100.0;
            return Self {
                curve,
                late_share,
                missing_share: late_share,
            };
        };
        let (least, most) = (known.late, known.late + known.open);
        let (above, at_most) = known.possible(sheets);
        let curve = curve.given_within(above, at_most);
        // Of few sheets only some shares are possible, and above none is as much as above a tenth.
        let curve = if (1..=SINGLE).contains(&sheets) {
            let shares: Vec<f64> = (0..=sheets).map(|late| percent(late, sheets)).collect();
            curve.of_values(&shares)
        } else {
            curve
        };
        let share = |count: usize| count as f64 / sheets.max(1) as f64;
        let mean = curve.mean_above(0.0) / 100.0;
        let late_share = mean.clamp(share(least), share(most)) + 0.0;
        // What came late is there: missing are those that are not and late, or will be.
        let to_be_late = (late_share - share(known.late)).clamp(0.0, share(known.open));
        Self {
            curve,
            late_share,
            missing_share: share(known.late_and_missing) + to_be_late,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_foretold_is_what_known_sheets_leave_possible() {
        let told = |known: Option<(usize, usize)>| {
            let points = vec![(-1.0, 1.0), (0.0, 0.5), (100.0, 0.0)];
            let known = known.map(|(late, open)| KnownSheets {
                late,
                late_and_missing: 0,
                open,
            });
            Foretold::of(Curve::measured(points, Vec::new()), 6, known)
        };
        let unknown = told(None);
        assert_eq!((unknown.late_share, unknown.missing_share), (0.25, 0.25));
        let all_in_time = told(Some((0, 0)));
        assert_eq!(
            (all_in_time.curve.above(0.0), all_in_time.late_share),
            (0.0, 0.0)
        );
        // Its hours are there.
        let one_came_late = told(Some((1, 0)));
        assert_eq!(
            (one_came_late.late_share, one_came_late.missing_share),
            (1.0 / 6.0, 0.0)
        );
    }

    #[test]
    fn of_few_sheets_any_is_more_than_a_tenth_and_no_share_lies_between_two_that_are_possible() {
        let points = vec![
            (-1.0, 1.0),
            (0.0, 0.5),
            (10.0, 0.3),
            (40.0, 0.2),
            (100.0, 0.0),
        ];
        let open = KnownSheets {
            late: 0,
            late_and_missing: 0,
            open: 6,
        };
        let told = Foretold::of(Curve::measured(points, Vec::new()), 6, Some(open));
        let (any, tenth) = (told.curve.above(0.0), told.curve.above(10.0));
        assert_eq!(any, tenth);
        assert!(told.late_share * 6.0 >= any, "{} {any}", told.late_share);
        let (low, high) = told.curve.between(0.1, 0.9);
        assert_eq!((low.round(), high.round()), (0.0, 67.0));
    }
}
