//! Cash leaves no trace of what it bought.

use super::super::Found;
use super::super::words::Kind;
use super::ClaimView;

pub(in super::super) fn check(view: &ClaimView<'_>) -> Option<Found> {
    let is_cash = Kind::Cash.is_of(view.claim, view.thresholds);
    is_cash.then(|| Found::new("It is cash, or a withdrawal of it.".to_owned()))
}
