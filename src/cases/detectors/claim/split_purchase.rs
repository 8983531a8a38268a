//! One purchase claimed as several lines avoids the approval of the whole.

use rust_decimal::Decimal;

use super::super::Found;
use super::{ClaimView, home, next_limit, same_merchant};

pub(in super::super) fn check(view: &ClaimView<'_>) -> Option<Found> {
    let amount = view.home().filter(|amount| *amount > Decimal::ZERO)?;
    let limit = next_limit(amount, view.thresholds)?;
    let below = |amount: &Decimal| *amount > Decimal::ZERO && *amount < limit;
    let others: Vec<_> = view
        .own_within(view.thresholds.split_days)
        .filter(|other| same_merchant(view.claim, other))
        .filter_map(|other| Some((other, home(other, view.thresholds).filter(below)?)))
        .collect();
    if others.is_empty() {
        return None;
    }
    let all = others
        .iter()
        .try_fold(amount, |sum, (_, amount)| sum.checked_add(*amount))?;
    (all >= limit).then(|| {
        let text = format!(
            "{} lines at this merchant within {} days come to {all}; each is below the limit of {limit}.",
            others.len() + 1,
            view.thresholds.split_days,
        );
        Found::new(text).beside(view.lines.kind().as_str(), others.iter().map(|(other, _)| &other.id))
    })
}
