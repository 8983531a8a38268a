//! What a customer has with the firm that belongs to no debt, and which debts it can be set off against.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::input::open;
use crate::domain::Currency;
use crate::domain::records::CustomerInvoiceStatus;
use crate::history::{CENT, Receivable, ReceivablesAsOf};

/// What is there to be set off by currency, and the open debts: worked out once of what is seen of a
/// customer.
#[derive(Debug)]
pub(super) struct Accounts {
    by_currency: BTreeMap<Currency, Account>,
}

/// What can be set off in one currency.
#[derive(Debug, Default)]
struct Account {
    /// Money that belongs to no invoice, credits, and what was paid beyond totals.
    money: f64,
    /// Day due, id and open amount of debts, oldest first, and what all before each come to.
    debts: Vec<(NaiveDate, String, f64, f64)>,
}

impl Accounts {
    /// Of what is seen of a customer, and of what it paid for no invoice by name.
    pub(super) fn of(ledger: &ReceivablesAsOf, on_account: &[(Currency, f64)]) -> Self {
        let mut accounts = BTreeMap::<Currency, Account>::new();
        for (currency, paid) in on_account {
            accounts.entry(*currency).or_default().money += paid;
        }
        for one in ledger.iter() {
            let money = unclaimed(&one);
            if money != 0.0 {
                accounts.entry(one.currency).or_default().money += money;
            }
        }
        for debt in open(ledger) {
            // Nothing is set off where nothing is there.
            if let Some(account) = accounts.get_mut(&debt.currency) {
                let open = (debt.due_on, debt.id.to_owned(), debt.open_amount, 0.0);
                account.debts.push(open);
            }
        }
        for account in accounts.values_mut() {
            let order = |one: &(NaiveDate, String, f64, f64)| (one.0, one.1.clone());
            account.debts.sort_by_cached_key(order);
            let mut so_far = 0.0;
            for (.., open, before) in &mut account.debts {
                *before = so_far;
                so_far += *open;
            }
        }
        Self {
            by_currency: accounts,
        }
    }

    /// Those in which anything ever was there.
    pub(super) fn currencies(&self) -> impl Iterator<Item = Currency> {
        self.by_currency.keys().copied()
    }

    /// What is there in a currency, whatever it covers; below nothing where more was sent back than came.
    pub(super) fn money(&self, currency: Currency) -> f64 {
        let account = self.by_currency.get(&currency);
        account.map_or(0.0, |account| account.money)
    }

    /// What is left for an invoice, oldest debts first, where it is as much as the invoice.
    pub(super) fn left_for(&self, invoice: &Receivable<'_>) -> Option<f64> {
        let account = self.by_currency.get(&invoice.currency)?;
        let covers = |money: f64| money + CENT >= invoice.open_amount;
        if !covers(account.money) {
            return None;
        }
        let is_older = |(due_on, id, ..): &(NaiveDate, String, f64, f64)| {
            (*due_on, &**id) < (invoice.due_on, invoice.id)
        };
        let older = account.debts.partition_point(is_older);
        let last = older
            .checked_sub(1)
            .and_then(|last| account.debts.get(last));
        let left = account.money - last.map_or(0.0, |(.., open, before)| before + open);
        covers(left).then_some(left)
    }
}

/// What an entry of the ledger holds that belongs to no debt: a credit that is not used, what was paid on an
/// invoice beyond its total, or on one that was withdrawn.
fn unclaimed(one: &Receivable<'_>) -> f64 {
    let withdrawn = one.status == Some(CustomerInvoiceStatus::Cancelled);
    if one.amount < 0.0 {
        let given_up = one.status == Some(CustomerInvoiceStatus::WrittenOff);
        return if one.cleared_on.is_none() && !withdrawn && !given_up {
            // Some books say what is left of a credit without its sign.
            one.open_amount.abs()
        } else {
            0.0
        };
    }
    let owed = if withdrawn { 0.0 } else { one.amount };
    let beyond = one.parts.iter().map(|(_, part)| part).sum::<f64>() - owed;
    if beyond > CENT { beyond } else { 0.0 }
}
