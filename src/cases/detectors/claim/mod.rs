//! What detectors of claims look at.

pub(super) mod barred_merchant;
pub(super) mod burst;
pub(super) mod card_required;
pub(super) mod cash_advance;
pub(super) mod day_off;
pub(super) mod exchange_rate;
pub(super) mod impossible_travel;
pub(super) mod just_under_limit;
pub(super) mod mileage;
pub(super) mod new_merchant;
pub(super) mod per_diem_with_meal;
pub(super) mod receipt_mismatch;
pub(super) mod receipt_missing;
pub(super) mod repeated_amount;
pub(super) mod round_amount;
pub(super) mod split_purchase;
pub(super) mod timing;
pub(super) mod tip;
pub(super) mod wrong_category;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::Thresholds;
use crate::domain::records::{Employee, ExpenseClaim};
use crate::history::{Lines, Receipt, name_key};

/// A claim with what was known around it when it is judged.
#[derive(Debug, Clone, Copy)]
pub struct ClaimView<'a> {
    /// What the line is one of.
    pub lines: Lines,
    /// The claim, or a use of a card told as one.
    pub claim: &'a ExpenseClaim,
    /// When a claim first was known; where its record does not say so, when it arrived.
    pub came: Option<DateTime<Utc>>,
    /// Other lines of the claimant, in any order.
    pub own: &'a [Arc<ExpenseClaim>],
    /// Those of them that name the same receipt, where it can be read, in any order.
    pub on_receipt: &'a [Arc<ExpenseClaim>],
    /// What the claimant spent in the other way, by card or by claim, and no line of this kind tells
    /// as well; in any order.
    pub elsewhere: &'a [Arc<ExpenseClaim>],
    /// Other lines of anybody at the same merchant, in any order.
    pub at_merchant: &'a [Arc<ExpenseClaim>],
    /// Other lines of anybody in the same currency, where that is not the firm's.
    pub in_currency: &'a [Arc<ExpenseClaim>],
    /// Whether the firm's claims name merchants at all: if not, none is new.
    pub merchants_are_named: bool,
    /// What the receipt says.
    pub receipt: Option<&'a Receipt>,
    /// The claimant, where known.
    pub employee: Option<&'a Employee>,
    /// Whether the claimant had leave on the day, where sheets tell.
    pub on_leave: bool,
    /// What the firm sets.
    pub thresholds: &'a Thresholds,
}

impl ClaimView<'_> {
    /// The amount in the firm's currency, where it is known.
    fn home(&self) -> Option<Decimal> {
        home(self.claim, self.thresholds)
    }

    /// Other lines of the claimant at most so many days away.
    fn own_within(&self, days: u32) -> impl Iterator<Item = &ExpenseClaim> {
        self.within(self.own, days)
    }

    /// The same of what the claimant spent in the other way, but for the same money of one day,
    /// which is rather this purchase.
    fn elsewhere_within(&self, days: u32) -> impl Iterator<Item = &ExpenseClaim> {
        let day = self.claim.incurred_on;
        let others = self.within(self.elsewhere, days);
        others.filter(move |other| other.incurred_on != day || !self.is_same_money(other))
    }

    /// Whether another line is of as much, as written or in the firm's currency.
    fn is_same_money(&self, other: &ExpenseClaim) -> bool {
        let claim = self.claim;
        let as_written = other.amount == claim.amount && other.currency == claim.currency;
        let at_home = self.home().zip(home(other, self.thresholds));
        as_written || at_home.is_some_and(|(own, other)| own == other)
    }

    /// The days in which other lines near the claim's weigh most, so many at most between the first and
    /// the last and the claim's among them; of equals the latest. What lies so far before it and what
    /// lies so far after it is not within as many days.
    fn fullest_days<'v>(
        &self,
        days: u32,
        others: impl Iterator<Item = &'v ExpenseClaim>,
        weight: impl Fn(&ExpenseClaim) -> Decimal,
    ) -> RangeInclusive<NaiveDate> {
        let day = self.claim.incurred_on;
        let mut by_day = BTreeMap::from([(day, Decimal::ZERO)]);
        for other in others {
            let sum = by_day.entry(other.incurred_on).or_default();
            *sum = sum.saturating_add(weight(other));
        }
        let spans = by_day.range(..=day).map(|(from, _)| {
            let to = from.checked_add_days(Days::new(days.into()));
            *from..=to.unwrap_or(NaiveDate::MAX)
        });
        let weighed = spans.max_by_key(|span| {
            let within = by_day.range(span.clone());
            within.fold(Decimal::ZERO, |sum, (_, one)| sum.saturating_add(*one))
        });
        weighed.unwrap_or(day..=day)
    }

    fn within<'v>(
        &self,
        others: &'v [Arc<ExpenseClaim>],
        days: u32,
    ) -> impl Iterator<Item = &'v ExpenseClaim> + use<'v> {
        let day = self.claim.incurred_on;
        let others = others.iter().map(AsRef::as_ref);
        others.filter(move |other: &&ExpenseClaim| {
            days_apart(other.incurred_on, day) <= i64::from(days)
        })
    }
}

/// The amount of a line in the firm's currency, where it is known.
fn home(claim: &ExpenseClaim, thresholds: &Thresholds) -> Option<Decimal> {
    let home = claim.home_amount.map(crate::domain::Amount::decimal);
    let same = claim.currency == thresholds.home_currency;
    home.or_else(|| same.then(|| claim.amount.decimal()))
}

fn days_apart(one: NaiveDate, other: NaiveDate) -> i64 {
    (one - other).num_days().abs()
}

/// Whether two lines name the same merchant.
fn same_merchant(one: &ExpenseClaim, other: &ExpenseClaim) -> bool {
    let key = key_of(one).filter(|key| !key.is_empty());
    key.is_some() && key == key_of(other)
}

fn key_of(claim: &ExpenseClaim) -> Option<String> {
    claim.merchant.as_deref().map(name_key)
}

/// The approval limit that an amount stays below, and which it would be the next to reach.
fn next_limit(amount: Decimal, thresholds: &Thresholds) -> Option<Decimal> {
    let limits = thresholds
        .approval_limits
        .iter()
        .copied()
        .map(Decimal::from);
    limits.filter(|limit| *limit > amount).min()
}

/// So many percent of an amount.
fn percent(amount: Decimal, percent: u32) -> Decimal {
    amount * Decimal::from(percent) / Decimal::ONE_HUNDRED
}
