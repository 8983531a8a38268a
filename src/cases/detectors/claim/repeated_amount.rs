//! The same amount on many days is a habit, an allowance or one receipt used again.

use super::super::Found;
use super::super::words::Kind;
use super::ClaimView;

pub(in super::super) fn check(view: &ClaimView<'_>) -> Option<Found> {
    if Kind::PerDiem.is_of(view.claim, view.thresholds) {
        return None;
    }
    let same: Vec<_> = view
        .own_within(view.thresholds.repeated_days)
        .filter(|other| other.amount == view.claim.amount && other.currency == view.claim.currency)
        .collect();
    let lines = same.len() + 1;
    (lines >= view.thresholds.repeated_lines as usize).then(|| {
        let text = format!(
            "{} {} was claimed {lines} times within {} days.",
            view.claim.amount, view.claim.currency, view.thresholds.repeated_days,
        );
        Found::new(text).beside(
            view.lines.kind().as_str(),
            same.iter().map(|other| &other.id),
        )
    })
}
