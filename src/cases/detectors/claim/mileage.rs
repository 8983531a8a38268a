//! Distance times rate, and no more of it than a day allows.

use rust_decimal::Decimal;

use super::super::Found;
use super::super::words::Kind;
use super::ClaimView;

pub(in super::super) fn check(view: &ClaimView<'_>) -> Option<Found> {
    if !Kind::Mileage.is_of(view.claim, view.thresholds) {
        return None;
    }
    let distance = view.claim.quantity?.decimal();
    let most = Decimal::from(view.thresholds.mileage_a_day);
    if distance > most {
        return Some(Found::new(format!(
            "{distance} in one day; {most} is the most for one."
        )));
    }
    let due = distance.checked_mul(view.thresholds.mileage_rate)?;
    let amount = view.claim.amount.decimal();
    let home = view.claim.currency == view.thresholds.home_currency;
    // The smallest unit, by which a product may be rounded.
    let places = view.claim.currency.minor_units();
    (home && (amount - due).abs() > Decimal::new(1, places)).then(|| {
        Found::new(format!(
            "{distance} at {} come to {}, and {amount} is claimed.",
            view.thresholds.mileage_rate,
            due.round_dp(places),
        ))
    })
}
