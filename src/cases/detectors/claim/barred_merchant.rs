//! Merchants and kinds of merchant that the firm does not pay for.

use super::super::Found;
use super::super::words::any_says;
use super::ClaimView;

pub(in super::super) fn check(view: &ClaimView<'_>) -> Option<Found> {
    let kinds = [&view.claim.merchant_category, &view.claim.category];
    let named = &view.claim.merchant;
    let word = view.thresholds.barred.iter().find(|word| {
        // A code of a kind of merchant in a name is the number of a branch.
        let is_code = word.bytes().all(|byte| byte.is_ascii_digit());
        let names = named.iter().filter(|_| !is_code);
        any_says(kinds.into_iter().flatten().chain(names), &[word])
    })?;
    Some(Found::new(format!(
        "The firm bars merchants of the kind \u{201c}{word}\u{201d}."
    )))
}
