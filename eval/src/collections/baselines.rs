//! What a spreadsheet would have said.

use std::collections::BTreeMap;

use scrutineer_fitting::distribution::Example;

use super::asked::{Asked, error_of, scored_after};
use crate::metrics::{figures, mean};

type Figures = BTreeMap<String, Option<f64>>;

/// The past of all customers together.
pub(super) const FIRM: &str = "the firm's past share and median";
/// Each customer's own past.
pub(super) const CUSTOMER: &str = "the customer's past share and median";
/// Whoever owes most.
pub(super) const AMOUNT: &str = "largest amounts first";

/// What was known before the cut.
pub(super) struct Before {
    share: f64,
    median: f64,
}

impl Before {
    /// Of the examples fitted on: what was due and unpaid counts as late, the median is of what
    /// was paid.
    pub(super) fn of(examples: &[Example]) -> Self {
        let late = examples.iter().filter_map(|one| one.outcome.above(0.0));
        let paid = examples.iter().filter_map(|one| one.outcome.quantity());
        let mut paid: Vec<f64> = paid.collect();
        paid.sort_by(f64::total_cmp);
        Self {
            share: mean(late.map(|late| f64::from(u8::from(late)))).unwrap_or_default(),
            median: paid.get(paid.len() / 2).copied().unwrap_or_default(),
        }
    }

    /// Share of the customer's invoices paid late before; the firm's where there is none.
    pub(super) fn share_of(&self, asked: &Asked) -> f64 {
        asked.feature("late_share").unwrap_or(self.share)
    }

    /// The firm's share, and each customer's own share and median.
    pub(super) fn figures(&self, asked: &[Asked]) -> BTreeMap<String, Figures> {
        let mut own = figures(&scored_after(asked, 0.0, |asked| self.share_of(asked)));
        let usual = |asked: &Asked| {
            let known = asked.feature("like_weekday_days_late");
            known.unwrap_or(self.median)
        };
        own.insert("mae_days".to_owned(), error_of(asked, usual));
        let mut firm = figures(&scored_after(asked, 0.0, |_| self.share));
        let median = error_of(asked, |_| self.median);
        firm.insert("mae_days".to_owned(), median);
        [(FIRM, firm), (CUSTOMER, own)]
            .map(|(name, figures)| (name.to_owned(), figures))
            .into()
    }
}
