//! Merchants and kinds of merchant that the firm does not pay for.

use super::super::Found;
use super::super::words::any_says;
use super::ClaimView;

pub(in super::super) fn check(view: &ClaimView<'_>) -> Option<Found> {
    let texts = [&view.claim.merchant, &view.claim.merchant_category];
    let texts: Vec<&String> = texts.into_iter().flatten().collect();
    let barred = &view.thresholds.barred;
    let word = barred
        .iter()
        .find(|word| any_says(texts.iter().copied(), &[word]))?;
    Some(Found::new(format!(
        "The firm bars merchants of the kind \u{201c}{word}\u{201d}."
    )))
}
