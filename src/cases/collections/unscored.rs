//! Open invoices beyond those that are scored for one run: what they come to is owed all the same.

use std::collections::{BTreeMap, HashSet};

use rust_decimal::Decimal;

use super::CustomerFile;
use super::cash::CurrencyCash;
use super::input::amount;
use super::worklist::{CollectionsRow, OpenIn, Scored};
use crate::domain::Currency;

/// Number of invoices, and what is open of them by currency, of each customer that has any.
pub(super) struct Unscored(BTreeMap<usize, (usize, BTreeMap<Currency, Decimal>)>);

impl Unscored {
    /// What is open and not among what was scored.
    pub(super) fn of(files: &[CustomerFile], scored: &[Scored], left_out: usize) -> Self {
        let mut found = BTreeMap::<usize, (usize, BTreeMap<Currency, Decimal>)>::new();
        if left_out == 0 {
            return Self(found);
        }
        let scored: HashSet<(usize, &str)> = scored
            .iter()
            .map(|one| (one.customer, one.row.customer_invoice_id.as_str()))
            .collect();
        for (at, file) in files.iter().enumerate() {
            for one in file.open().filter(|one| !scored.contains(&(at, one.id))) {
                let (count, sums) = found.entry(at).or_default();
                *count += 1;
                *sums.entry(one.currency).or_default() += amount(one.open_amount, one.currency);
            }
        }
        Self(found)
    }

    /// Adds all of it to the money of which nothing is foretold.
    pub(super) fn add_to(&self, cash: &mut Vec<CurrencyCash>) {
        for (currency, open) in self.0.values().flat_map(|(_, sums)| sums) {
            let at = cash.iter().position(|known| known.currency == *currency);
            let at = at.unwrap_or_else(|| {
                cash.push(CurrencyCash::of(*currency));
                cash.len() - 1
            });
            if let Some(sum) = cash.get_mut(at) {
                sum.open += open;
                sum.not_foretold += open;
            }
        }
        cash.sort_by_key(|sum| sum.currency);
    }

    /// Adds what a customer owes to its row.
    pub(super) fn tell(&self, customer: usize, row: &mut CollectionsRow) {
        let Some((count, sums)) = self.0.get(&customer) else {
            return;
        };
        row.left_out = *count;
        for (currency, open) in sums {
            if *currency == row.currency {
                row.open_amount += open;
                continue;
            }
            let mut others = row.other_currencies.iter_mut();
            match others.find(|one| one.currency == *currency) {
                Some(one) => one.open_amount += open,
                None => row.other_currencies.push(OpenIn {
                    currency: *currency,
                    open_amount: *open,
                    overdue_amount: Decimal::ZERO,
                    held_back_amount: Decimal::ZERO,
                    days_overdue: 0,
                }),
            }
        }
        row.other_currencies.sort_by_key(|one| one.currency);
    }
}
