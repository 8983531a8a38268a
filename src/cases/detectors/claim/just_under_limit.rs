//! Amounts kept just under a limit avoid the approval that begins there.

use super::super::Found;
use super::{ClaimView, next_limit, percent};

pub(in super::super) fn check(view: &ClaimView<'_>) -> Option<Found> {
    let amount = view.home()?;
    let limit = next_limit(amount, view.thresholds)?;
    let near = limit - percent(limit, view.thresholds.under_limit_percent);
    (amount >= near).then(|| {
        Found::new(format!(
            "{amount} is {} under the approval limit of {limit}.",
            limit - amount
        ))
    })
}
