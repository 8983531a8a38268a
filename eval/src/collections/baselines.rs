//! What a spreadsheet would have said.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{Asked, Invoice, error_of, scored};
use crate::metrics::figures;

type Figures = BTreeMap<String, Option<f64>>;

/// Each customer's own past.
pub(super) const CUSTOMER: &str = "the customer's past share and median";
/// Whoever owes most.
pub(super) const AMOUNT: &str = "largest amounts first";

/// What had been paid before the cut.
pub(super) struct Before {
    share: f64,
    median: f64,
}

impl Before {
    pub(super) fn of(early: &[&Invoice], cut: NaiveDate) -> Self {
        let mut before: Vec<f64> = early
            .iter()
            .filter_map(|invoice| {
                let day = invoice.cleared_on.filter(|day| *day < cut)?;
                Some((day - invoice.due_on).num_days() as f64)
            })
            .collect();
        before.sort_by(f64::total_cmp);
        let count = before.len().max(1) as f64;
        Self {
            share: before.iter().filter(|late| **late > 0.0).count() as f64 / count,
            median: before.get(before.len() / 2).copied().unwrap_or(0.0),
        }
    }

    /// Share of the customer's invoices paid late before; the firm's where there is none.
    pub(super) fn share_of(&self, asked: &Asked) -> f64 {
        asked.feature("late_share").unwrap_or(self.share)
    }

    /// The firm's share, and each customer's own share and median.
    pub(super) fn figures(&self, asked: &[Asked]) -> BTreeMap<String, Figures> {
        let mut own = figures(&scored(asked, |asked| Some(self.share_of(asked))));
        let usual = |asked: &Asked| {
            let known = asked.feature("like_weekday_days_late");
            Some(known.unwrap_or(self.median))
        };
        own.insert("mae_days".to_owned(), error_of(asked, usual));
        let mut firm = figures(&scored(asked, |_| Some(self.share)));
        let median = error_of(asked, |_| Some(self.median));
        firm.insert("mae_days".to_owned(), median);
        [("the firm's past share and median", firm), (CUSTOMER, own)]
            .map(|(name, figures)| (name.to_owned(), figures))
            .into()
    }
}
