//! A larger amount at a merchant that nobody of the firm was at before.

use rust_decimal::Decimal;

use super::super::Found;
use super::ClaimView;

pub(in super::super) fn check(view: &ClaimView<'_>) -> Option<Found> {
    let merchant = view.claim.merchant.as_deref()?;
    let large = view.home()? >= Decimal::from(view.thresholds.new_merchant_from);
    let is_new = view.merchants_are_named && view.at_merchant.is_empty();
    (large && is_new).then(|| Found::new(format!("No other line of the firm is of {merchant}.")))
}
