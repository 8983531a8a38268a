//! A tip is a modest share of a bill.

use rust_decimal::Decimal;

use super::super::Found;
use super::super::words::Kind;
use super::{ClaimView, percent, same_merchant};

pub(in super::super) fn check(view: &ClaimView<'_>) -> Option<Found> {
    if !Kind::Tip.is_of(view.claim, view.thresholds) {
        return None;
    }
    let bill = view
        .own_within(0)
        .filter(|other| other.currency == view.claim.currency && same_merchant(view.claim, other))
        .filter(|other| !Kind::Tip.is_of(other, view.thresholds))
        .max_by_key(|other| other.amount)?;
    let (tip, amount) = (view.claim.amount.decimal(), bill.amount.decimal());
    let large = amount > Decimal::ZERO && tip > percent(amount, view.thresholds.tip_percent);
    large.then(|| {
        let text = format!(
            "A tip of {tip} on a bill of {amount} is above {} %.",
            view.thresholds.tip_percent
        );
        Found::new(text).beside("expense_claim", [&bill.id])
    })
}
