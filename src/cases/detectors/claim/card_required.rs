//! What the card has to pay shows on its statement; out of pocket it does not.

use rust_decimal::Decimal;

use super::super::Found;
use super::super::words::any_says;
use super::ClaimView;
use crate::domain::records::PaidBy;

pub(in super::super) fn check(view: &ClaimView<'_>) -> Option<Found> {
    let out_of_pocket = view.claim.paid_by == Some(PaidBy::Employee);
    let large = view.home()? >= Decimal::from(view.thresholds.card_from);
    let asked = any_says(
        view.claim.category.as_ref(),
        &view.thresholds.card_categories,
    );
    (out_of_pocket && large && asked).then(|| {
        Found::new(format!(
            "It was paid out of pocket; from {} on this category is paid by card.",
            view.thresholds.card_from
        ))
    })
}
