//! From some amount on a claim needs a receipt.

use rust_decimal::Decimal;

use super::super::Found;
use super::super::words::Kind;
use super::ClaimView;

pub(in super::super) fn check(view: &ClaimView<'_>) -> Option<Found> {
    let amount = view.home()?;
    let due = amount >= Decimal::from(view.thresholds.receipt_from);
    let needs_none = [Kind::PerDiem, Kind::Mileage];
    let needs_none = needs_none
        .iter()
        .any(|kind| kind.is_of(view.claim, view.thresholds));
    (view.claim.receipt == Some(false) && due && !needs_none).then(|| {
        Found::new(format!(
            "There is no receipt; from {} on one is due.",
            view.thresholds.receipt_from
        ))
    })
}
