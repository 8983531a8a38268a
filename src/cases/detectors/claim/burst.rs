//! Many lines in few days.

use super::super::Found;
use super::ClaimView;

pub(in super::super) fn check(view: &ClaimView<'_>) -> Option<Found> {
    let near: Vec<_> = view
        .own_within(view.thresholds.burst_days)
        .map(|other| &other.id)
        .collect();
    let lines = near.len() + 1;
    (lines >= view.thresholds.burst_lines as usize).then(|| {
        let text = format!("{lines} lines within {} days.", view.thresholds.burst_days);
        Found::new(text).beside(view.lines.kind().as_str(), near)
    })
}
