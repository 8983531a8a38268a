//! What a spreadsheet would have said, and what others reach.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{Asked, Invoice, error_of, figures, reached, scored};

type Figures = BTreeMap<String, Option<f64>>;

/// The firm's share, each customer's own share and median, and the amount alone.
pub(super) fn of(asked: &[Asked], early: &[&Invoice], cut: NaiveDate) -> BTreeMap<String, Figures> {
    let mut before: Vec<f64> = early
        .iter()
        .filter_map(|invoice| {
            let day = invoice.cleared_on.filter(|day| *day < cut)?;
            Some((day - invoice.due_on).num_days() as f64)
        })
        .collect();
    before.sort_by(f64::total_cmp);
    let count = before.len().max(1) as f64;
    let share = before.iter().filter(|late| **late > 0.0).count() as f64 / count;
    let median = before.get(before.len() / 2).copied().unwrap_or(0.0);

    let mut own = figures(&scored(asked, |asked| {
        Some(asked.feature("late_share").unwrap_or(share))
    }));
    let usual = |asked: &Asked| Some(asked.feature("like_weekday_days_late").unwrap_or(median));
    own.insert("mae_days".to_owned(), error_of(asked, usual));
    let mut firm = figures(&scored(asked, |_| Some(share)));
    firm.insert("mae_days".to_owned(), error_of(asked, |_| Some(median)));
    let amount = [(
        "money_days_reached".to_owned(),
        reached(asked, |asked| asked.amount),
    )];
    [
        ("the firm's past share and median", firm),
        ("the customer's past share and median", own),
        ("largest amounts first", amount.into()),
    ]
    .map(|(name, figures)| (name.to_owned(), figures))
    .into()
}
