//! A rate of exchange unlike that of other lines of the time turns a fair price into a gain.

use rust_decimal::Decimal;

use super::super::Found;
use super::{ClaimView, days_apart, percent};
use crate::domain::records::ExpenseClaim;

/// Days in which rates are comparable.
const DAYS: i64 = 15;
/// Other lines needed.
const LEAST: usize = 3;
/// Digits that are shown of a rate.
const DIGITS: u32 = 5;

pub(in super::super) fn check(view: &ClaimView<'_>) -> Option<Found> {
    let rate = rate(view.claim)?;
    let near =
        |other: &&ExpenseClaim| days_apart(other.incurred_on, view.claim.incurred_on) <= DAYS;
    let others = view.in_currency.iter().map(AsRef::as_ref).filter(near);
    let mut rates: Vec<Decimal> = others.filter_map(self::rate).collect();
    if view.claim.currency == view.thresholds.home_currency || rates.len() < LEAST {
        return None;
    }
    rates.sort_unstable();
    let middle = *rates.get(rates.len() / 2)?;
    let apart = (rate - middle).abs();
    (apart > percent(middle, view.thresholds.exchange_percent)).then(|| {
        Found::new(format!(
            "One {} is taken as {}; {} others of the time took {}.",
            view.claim.currency,
            shown(rate),
            rates.len(),
            shown(middle),
        ))
    })
}

/// Of a small unit four places say nothing.
fn shown(rate: Decimal) -> Decimal {
    rate.round_sf(DIGITS).unwrap_or(rate).normalize()
}

fn rate(claim: &ExpenseClaim) -> Option<Decimal> {
    let home = claim.home_amount?.decimal();
    home.checked_div(claim.amount.decimal())
        .filter(|rate| *rate > Decimal::ZERO)
}
