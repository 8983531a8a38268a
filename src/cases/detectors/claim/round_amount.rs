//! Prices with tax are seldom round; estimates and inventions are.

use rust_decimal::Decimal;

use super::super::Found;
use super::super::units::units;
use super::super::words::Kind;
use super::ClaimView;

pub(in super::super) fn check(view: &ClaimView<'_>) -> Option<Found> {
    let (claim, thresholds) = (view.claim, view.thresholds);
    let amount = claim.amount.decimal();
    // A lunch in Tokyo has as many zeros as a flight in Paris.
    let units = units(claim.currency, thresholds.home_currency);
    let multiple = (Decimal::from(thresholds.round_multiple.max(1)) * units).normalize();
    let least = Decimal::from(thresholds.round_from);
    let is_large = match view.home() {
        Some(home) => home >= least,
        None => amount >= least * units,
    };
    let is_round = is_large && amount > Decimal::ZERO && (amount % multiple).is_zero();
    // Allowances and withdrawals are round by nature.
    let by_nature = [Kind::PerDiem, Kind::Cash, Kind::Mileage];
    let expected = by_nature
        .iter()
        .any(|kind| kind.is_of(view.claim, view.thresholds));
    (is_round && !expected).then(|| {
        Found::new(format!(
            "{amount} {} is a multiple of {multiple}.",
            claim.currency
        ))
    })
}
