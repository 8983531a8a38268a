//! A per diem pays for meals already.

use super::super::Found;
use super::super::words::Kind;
use super::ClaimView;

pub(in super::super) fn check(view: &ClaimView<'_>) -> Option<Found> {
    let is = |kind: Kind, claim| kind.is_of(claim, view.thresholds);
    let other = if is(Kind::PerDiem, view.claim) {
        Kind::Meal
    } else if is(Kind::Meal, view.claim) {
        Kind::PerDiem
    } else {
        return None;
    };
    let others: Vec<_> = view
        .own_within(0)
        // A per diem may be called a meal allowance, which is not a meal beside it.
        .filter(|line| is(other, line) && (other == Kind::PerDiem || !is(Kind::PerDiem, line)))
        .map(|line| &line.id)
        .collect();
    (!others.is_empty()).then(|| {
        let text = format!(
            "A meal and a per diem are claimed for {}.",
            view.claim.incurred_on
        );
        Found::new(text).beside("expense_claim", others)
    })
}
