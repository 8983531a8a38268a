//! The receipt says another amount, day or merchant than the claim. A bill may be claimed in several
//! lines: then all of them together are its amount.

use rust_decimal::Decimal;

use super::super::Found;
use super::{ClaimView, days_apart};
use crate::domain::records::ExpenseClaim;
use crate::history::name_key;

pub(in super::super) fn check(view: &ClaimView<'_>) -> Option<Found> {
    let receipt = view.receipt?;
    let claim = view.claim;
    let mut apart = Vec::new();
    let claimed = claim.amount.decimal();
    let in_currency = |other: &&ExpenseClaim| other.currency == claim.currency;
    let others = view.on_receipt.iter().map(AsRef::as_ref);
    let others: Vec<&ExpenseClaim> = others.filter(in_currency).collect();
    let mut amounts = others.iter().map(|other| other.amount.decimal());
    let together = amounts.try_fold(claimed, |sum, amount| sum.checked_add(amount));
    let is_as_much = |total: Decimal| total == claimed || Some(total) == together;
    let in_all = match together {
        Some(together) if !others.is_empty() => format!(", {together} in all lines on it"),
        _ => String::new(),
    };
    let other_currency = receipt.currency.filter(|other| *other != claim.currency);
    match (receipt.total, other_currency) {
        (Some(total), None) if !is_as_much(total) => {
            apart.push(format!(
                "a total of {total} where {} is claimed{in_all}",
                claim.amount
            ));
        }
        // What was converted is another figure; at which rate is not told.
        (Some(total), Some(other)) if is_as_much(total) => {
            apart.push(format!(
                "{total} {other} where {} {} is claimed{in_all}",
                claim.amount, claim.currency
            ));
        }
        _ => {}
    }
    let allowed = i64::from(view.thresholds.receipt_days);
    if let Some(date) = receipt
        .date
        .filter(|date| days_apart(*date, claim.incurred_on) > allowed)
    {
        apart.push(format!("{date} where {} is claimed", claim.incurred_on));
    }
    if let (Some(issuer), Some(merchant)) = (&receipt.merchant, &claim.merchant)
        && !names_agree(issuer, merchant)
    {
        apart.push(format!("{issuer} where {merchant} is claimed"));
    }
    (!apart.is_empty()).then(|| {
        let found = Found::new(format!("The receipt says {}.", apart.join("; ")));
        let others = others.iter().map(|other| &other.id);
        found.beside(view.lines.kind().as_str(), others)
    })
}

/// Whether all words of the shorter name are in the longer: a receipt says more than a claim.
/// Apostrophes and the numbers of branches are no part of a name.
fn names_agree(one: &str, other: &str) -> bool {
    let key = |name: &str| name_key(&name.replace(['\'', '\u{2019}', '`'], ""));
    let (one, other) = (key(one), key(other));
    let words = |name: &str| {
        let words = name.split(' ').map(str::to_owned);
        let named = words.filter(|word| !word.bytes().all(|byte| byte.is_ascii_digit()));
        named.collect::<Vec<_>>()
    };
    let (mut short, mut long) = (words(&one), words(&other));
    if short.len() > long.len() {
        std::mem::swap(&mut short, &mut long);
    }
    // What cannot be read says nothing against the claim.
    one.is_empty() || other.is_empty() || short.iter().all(|word| long.contains(word))
}
