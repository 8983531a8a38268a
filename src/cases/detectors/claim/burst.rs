//! Many lines in few days.

use rust_decimal::Decimal;

use super::super::Found;
use super::ClaimView;

pub(in super::super) fn check(view: &ClaimView<'_>) -> Option<Found> {
    let days = view.thresholds.burst_days;
    let span = view.fullest_days(days, view.own_within(days), |_| Decimal::ONE);
    let near: Vec<_> = view
        .own_within(days)
        .filter(|other| span.contains(&other.incurred_on))
        .map(|other| &other.id)
        .collect();
    let lines = near.len() + 1;
    (lines >= view.thresholds.burst_lines as usize).then(|| {
        let text = format!("{lines} lines within {days} days.");
        Found::new(text).beside(view.lines.kind().as_str(), near)
    })
}
