//! The same amount on many days is a habit, an allowance or one receipt used again.

use rust_decimal::Decimal;

use super::super::Found;
use super::super::words::Kind;
use super::ClaimView;
use crate::domain::records::ExpenseClaim;

pub(in super::super) fn check(view: &ClaimView<'_>) -> Option<Found> {
    if Kind::PerDiem.is_of(view.claim, view.thresholds) {
        return None;
    }
    let (claim, days) = (view.claim, view.thresholds.repeated_days);
    let is_same =
        |other: &&ExpenseClaim| other.amount == claim.amount && other.currency == claim.currency;
    let others = || view.own_within(days).filter(is_same);
    let span = view.fullest_days(days, others(), |_| Decimal::ONE);
    let same: Vec<_> = others()
        .filter(|other| span.contains(&other.incurred_on))
        .collect();
    let lines = same.len() + 1;
    (lines >= view.thresholds.repeated_lines as usize).then(|| {
        let text = format!(
            "{} {} comes {lines} times within {days} days.",
            claim.amount, claim.currency,
        );
        Found::new(text).beside(
            view.lines.kind().as_str(),
            same.iter().map(|other| &other.id),
        )
    })
}
