//! Prices with tax are seldom round; estimates and inventions are.

use rust_decimal::Decimal;

use super::super::Found;
use super::super::words::Kind;
use super::ClaimView;

pub(in super::super) fn check(view: &ClaimView<'_>) -> Option<Found> {
    let amount = view.claim.amount.decimal();
    let multiple = Decimal::from(view.thresholds.round_multiple.max(1));
    let is_round =
        (amount % multiple).is_zero() && amount >= Decimal::from(view.thresholds.round_from);
    // Allowances and withdrawals are round by nature.
    let by_nature = [Kind::PerDiem, Kind::Cash, Kind::Mileage];
    let expected = by_nature
        .iter()
        .any(|kind| kind.is_of(view.claim, view.thresholds));
    (is_round && !expected).then(|| {
        Found::new(format!(
            "{amount} {} is a multiple of {multiple}.",
            view.claim.currency
        ))
    })
}
