//! One invoice of a backtest: what was foretold of it, and what is known of what came.

use scrutineer::cases::collections::features;
use scrutineer::domain::Currency;
use scrutineer::learn::distribution::{Curve, Distribution};
use scrutineer_fitting::collections::VERY_LATE_DAYS;
use scrutineer_fitting::distribution::Outcome;

use super::Invoice;
use crate::coverage::Held;
use crate::metrics::{self, Scored};

/// An invoice of the test, what was foretold, and what came of it.
pub(super) struct Asked {
    row: Vec<f64>,
    curve: Curve,
    pub(super) late: f64,
    pub(super) very_late: f64,
    /// What the service says: exceeded as likely as not, by who never pays too.
    pub(super) median: f64,
    /// The median of those that are paid before the records end.
    pub(super) median_if_paid: f64,
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) expected_late: f64,
    pub(super) amount: f64,
    pub(super) currency: Currency,
    pub(super) outcome: Outcome,
}

impl Asked {
    pub(super) fn of(invoice: &Invoice, row: Vec<f64>, model: &Distribution) -> Self {
        let curve = model.curve(&row);
        let (low, high) = model.interval(&row, &curve);
        Self {
            late: curve.above(0.0),
            very_late: curve.above(VERY_LATE_DAYS),
            median: curve.quantile(0.5),
            median_if_paid: median_by(&curve, invoice.outcome.watched_until()),
            low,
            high,
            expected_late: curve.mean_above(0.0),
            amount: invoice.amount,
            currency: invoice.currency,
            outcome: invoice.outcome,
            curve,
            row,
        }
    }

    /// Whether it was paid after so many days beyond the due date, or not at all; none where the
    /// records end before that can be told.
    pub(super) fn came_after(&self, days: f64) -> Option<bool> {
        self.outcome.above(days)
    }

    /// Whether the records go on to its due day, so that it can be told whether it was late. Of
    /// those due later the early paid alone would be known.
    pub(super) fn is_known(&self) -> bool {
        self.came_after(0.0).is_some()
    }

    /// Days late, once paid.
    pub(super) fn days_late(&self) -> Option<f64> {
        self.outcome.quantity().filter(|_| self.is_known())
    }

    /// Whether it is late and was not paid before the records end.
    pub(super) fn is_unpaid(&self) -> bool {
        self.is_known() && self.outcome.quantity().is_none()
    }

    /// Days that the money was late as far as the records go.
    pub(super) fn days_without_money(&self) -> f64 {
        self.outcome.number().max(0.0)
    }

    /// Whether its amount times days is known and makes a sum with those of the firm's currency.
    pub(super) fn adds_up_in(&self, home: Option<Currency>) -> bool {
        self.is_known() && home == Some(self.currency)
    }

    /// What coverage is measured by.
    pub(super) fn as_held(&self) -> Held<'_> {
        Held {
            row: &self.row,
            curve: &self.curve,
            outcome: self.outcome,
        }
    }

    pub(super) fn feature(&self, name: &str) -> Option<f64> {
        let at = features::NAMES.iter().position(|known| *known == name)?;
        self.row.get(at).copied().filter(|value| !value.is_nan())
    }
}

/// The median of what comes to so much at most.
fn median_by(curve: &Curve, most: f64) -> f64 {
    curve.quantile(0.5 * (1.0 - curve.above(most)))
}

/// A score of each invoice, and whether it was paid after so many days beyond the due date.
pub(super) fn scored_after(
    asked: &[Asked],
    days: f64,
    score: impl Fn(&Asked) -> f64,
) -> Vec<Scored> {
    asked
        .iter()
        .filter_map(|asked| Some((score(asked), asked.came_after(days)?)))
        .collect()
}

/// Share of the invoices that were not paid, or not due, when the records end: a mean error says
/// nothing of them.
pub(super) fn unfinished(asked: &[Asked]) -> Option<f64> {
    let open = asked.iter().map(|asked| asked.days_late().is_none());
    metrics::mean(open.map(|open| f64::from(u8::from(open))))
}

/// Mean error in days, of invoices that are paid before the records end. A median that reckons with those that never
/// are is too late for them, the more of those there are: beside it stands the one of those that are paid, as the
/// medians of the baselines are.
pub(super) fn error_of(asked: &[Asked], foretold: impl Fn(&Asked) -> f64) -> Option<f64> {
    metrics::mean(
        asked
            .iter()
            .filter_map(|asked| Some((foretold(asked) - asked.days_late()?).abs())),
    )
}

#[cfg(test)]
mod tests {
    use scrutineer::learn::calibration::Platt;
    use scrutineer::learn::distribution::{Level, Range, Tails};
    use scrutineer::learn::learner::Learner;
    use scrutineer::learn::trees::Trees;

    use super::*;

    #[test]
    fn the_median_of_those_paid_leaves_out_who_pays_later_or_never() {
        // As likely as not beyond 5, and evenly spread on either side of it.
        let level = Level {
            threshold: 5.0,
            learner: Learner::Trees(Trees::new(0.0, 1, Vec::new()).unwrap()),
            calibration: Platt::identity().into(),
        };
        let range = Range {
            lowest: 0.0,
            highest: 105.0,
            whole: false,
        };
        let tails = Tails {
            coverage: 0.8,
            feature: 0,
            bounds: Vec::new(),
            left_out: vec![0.1],
        };
        let name = vec!["x".to_owned()];
        let curve = Distribution::new(name, range, vec![level], tails)
            .unwrap()
            .curve(&[0.0]);
        let medians = [f64::INFINITY, 5.0, 25.0].map(|most| median_by(&curve, most));
        for (median, expected) in medians.into_iter().zip([5.0, 2.5, 3.0]) {
            assert!((median - expected).abs() < 1e-9, "{median} {expected}");
        }
    }
}
