//! A larger amount at a merchant that nobody of the firm was at before.

use rust_decimal::Decimal;

use super::super::Found;
use super::ClaimView;
use crate::history::Lines;

pub(in super::super) fn check(view: &ClaimView<'_>) -> Option<Found> {
    let merchant = view.claim.merchant.as_deref()?;
    let large = view.home()? >= Decimal::from(view.thresholds.new_merchant_from);
    let is_new = view.merchants_are_named && view.at_merchant.is_empty();
    let line = match view.lines {
        Lines::Claims | Lines::Invoices => "claim",
        Lines::Cards => "use of a card",
    };
    (large && is_new).then(|| {
        Found::new(format!(
            "The firm has no other {line} at {merchant} of the last two years."
        ))
    })
}
