//! Money expected by currency and week.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CollectionsAdvice, InvoiceRow};
use crate::domain::Currency;

/// Money of one currency expected by week.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CurrencyCash {
    /// The currency.
    pub currency: Currency,
    /// What is open.
    #[schema(value_type = String)]
    #[serde(with = "rust_decimal::serde::str")]
    pub open: Decimal,
    /// What is overdue of it.
    #[schema(value_type = String)]
    #[serde(with = "rust_decimal::serde::str")]
    pub overdue: Decimal,
    /// Monday of each week, and what is expected in it.
    #[schema(value_type = Vec<Object>)]
    pub weeks: Vec<super::WeekCash>,
    /// What is expected after those weeks, or in some of them too little at a time to be listed.
    #[schema(value_type = String)]
    #[serde(default, with = "rust_decimal::serde::str")]
    pub later: Decimal,
    /// What is open of invoices of which nothing is foretold. All of these come to what is open.
    #[schema(value_type = String)]
    #[serde(default, with = "rust_decimal::serde::str")]
    pub not_foretold: Decimal,
}

impl CurrencyCash {
    /// Nothing yet.
    pub(super) const fn of(currency: Currency) -> Self {
        Self {
            currency,
            open: Decimal::ZERO,
            overdue: Decimal::ZERO,
            weeks: Vec::new(),
            later: Decimal::ZERO,
            not_foretold: Decimal::ZERO,
        }
    }
}

/// Expected money by currency and week.
pub(super) fn cash<'a>(
    scored: impl Iterator<Item = (&'a InvoiceRow, &'a CollectionsAdvice)>,
) -> Vec<CurrencyCash> {
    let mut by_currency: BTreeMap<Currency, CurrencyCash> = BTreeMap::new();
    for (row, advice) in scored {
        let currency = row.currency;
        let sum = by_currency
            .entry(currency)
            .or_insert_with(|| CurrencyCash::of(currency));
        sum.open += row.open_amount;
        match &advice.forecast {
            Some(forecast) => sum.later += forecast.cash_later,
            None => sum.not_foretold += row.open_amount,
        }
        if row.days_overdue > 0 {
            sum.overdue += row.open_amount;
        }
        for week in advice.forecast.iter().flat_map(|forecast| &forecast.cash) {
            match sum
                .weeks
                .iter_mut()
                .find(|known| known.week_of == week.week_of)
            {
                Some(known) => known.amount += week.amount,
                None => sum.weeks.push(week.clone()),
            }
        }
    }
    let mut cash: Vec<CurrencyCash> = by_currency.into_values().collect();
    for sum in &mut cash {
        sum.weeks.sort_by_key(|week| week.week_of);
    }
    cash
}
