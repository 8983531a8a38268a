//! What the model foretells of a period, and what is known of its sheets already, in one.

use super::KnownSheets;
use super::periods::percent;
use crate::learn::distribution::Curve;

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
        let share = |count: usize| count as f64 / sheets.max(1) as f64;
        // The curve is straight between whole percents.
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
