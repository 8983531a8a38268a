//! One invoice of a backtest: what was foretold of it, and what is known of what came.

use scrutineer::cases::collections::features;
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
    pub(super) median: f64,
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) expected_late: f64,
    pub(super) amount: f64,
    outcome: Outcome,
}

impl Asked {
    pub(super) fn of(invoice: &Invoice, row: Vec<f64>, model: &Distribution) -> Self {
        let curve = model.curve(&row);
        let (low, high) = model.interval(&row, &curve);
        Self {
            late: curve.above(0.0),
            very_late: curve.above(VERY_LATE_DAYS),
            median: curve.quantile(0.5),
            low,
            high,
            expected_late: curve.mean_above(0.0),
            amount: invoice.amount,
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

    /// Whether it was paid within the interval, where that can be told.
    pub(super) fn held(&self) -> Option<f64> {
        let held = self.outcome.within(self.low, self.high);
        held.filter(|_| self.is_known())
            .map(|held| f64::from(u8::from(held)))
    }

    /// What coverage is measured by: days late, or how many have passed while it is unpaid.
    pub(super) fn as_held(&self) -> Held<'_> {
        Held {
            row: &self.row,
            curve: &self.curve,
            came: self.outcome.number(),
        }
    }

    pub(super) fn feature(&self, name: &str) -> Option<f64> {
        let at = features::NAMES.iter().position(|known| *known == name)?;
        self.row.get(at).copied().filter(|value| !value.is_nan())
    }
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

/// Mean error in days, of paid invoices.
pub(super) fn error_of(asked: &[Asked], foretold: impl Fn(&Asked) -> f64) -> Option<f64> {
    metrics::mean(
        asked
            .iter()
            .filter_map(|asked| Some((foretold(asked) - asked.days_late()?).abs())),
    )
}
