//! One purchase told as several lines, of claims or cards, avoids the approval of the whole.

use rust_decimal::Decimal;

use crate::domain::records::ExpenseClaim;

use super::super::Found;
use super::super::around::elsewhere;
use super::{ClaimView, home, next_limit, same_merchant};

pub(in super::super) fn check(view: &ClaimView<'_>) -> Option<Found> {
    let amount = view.home().filter(|amount| *amount > Decimal::ZERO)?;
    let limit = next_limit(amount, view.thresholds)?;
    let below = |amount: &Decimal| *amount > Decimal::ZERO && *amount < limit;
    let days = view.thresholds.split_days;
    let at_merchant = view.own_within(days).chain(view.elsewhere_within(days));
    let at_merchant = at_merchant.filter(|other| same_merchant(view.claim, other));
    let amounts = at_merchant.filter_map(|other| home(other, view.thresholds));
    let paid: Vec<Decimal> = amounts.filter(below).chain([amount]).collect();
    let part = |other: &&ExpenseClaim| {
        let home = home(other, view.thresholds);
        // What one of them paid and was paid back for buys nothing; other refunds are of other purchases.
        let is_part = |home: Decimal| below(&home) || paid.contains(&-home);
        same_merchant(view.claim, other) && home.is_some_and(is_part)
    };
    let near_own = || view.own_within(days).filter(part);
    let near_elsewhere = || view.elsewhere_within(days).filter(part);
    let near = near_own().chain(near_elsewhere());
    let span = view.fullest_days(days, near, |other| {
        home(other, view.thresholds).unwrap_or_default()
    });
    let is_together = |other: &&ExpenseClaim| span.contains(&other.incurred_on);
    let own: Vec<&ExpenseClaim> = near_own().filter(is_together).collect();
    let elsewhere_spent: Vec<&ExpenseClaim> = near_elsewhere().filter(is_together).collect();
    let others = || own.iter().chain(&elsewhere_spent);
    others().next()?;
    let mut amounts = others().filter_map(|other| home(other, view.thresholds));
    let all = amounts.try_fold(amount, |sum, amount| sum.checked_add(amount))?;
    (all >= limit).then(|| {
        let text = format!(
            "{} lines at this merchant within {} days come to {all}; each is below the limit of {limit}.",
            own.len() + elsewhere_spent.len() + 1,
            days,
        );
        let found = Found::new(text).beside(view.lines.kind().as_str(), own.iter().map(|one| &one.id));
        match elsewhere(view.lines) {
            Some(other) => found.beside(other.kind().as_str(), elsewhere_spent.iter().map(|one| &one.id)),
            None => found,
        }
    })
}
