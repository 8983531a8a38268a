//! What detectors of vendors' invoices look at.

pub(super) mod bank_account_changed;
pub(super) mod dormant_vendor;
pub(super) mod lookalike_vendor;
pub(super) mod new_vendor;
pub(super) mod price_above_history;
pub(super) mod price_above_order;
pub(super) mod sequential_numbers;
pub(super) mod shared_bank_account;
pub(super) mod tax_arithmetic;
pub(super) mod terms_changed;
pub(super) mod timing;
pub(super) mod vendor_is_employee;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::units::units;
use super::{Found, Thresholds, Vendors};
use crate::domain::records::{Employee, PurchaseOrder, Vendor};
use crate::history::{KnownInvoice, identifier_key};

/// A vendor's invoice with what was known around it when it is judged.
#[derive(Debug, Clone, Copy)]
pub struct InvoiceView<'a> {
    /// The invoice.
    pub invoice: &'a KnownInvoice,
    /// When it first became known, where its record says so.
    pub first_known: Option<DateTime<Utc>>,
    /// The same; where its record does not say so, when it arrived.
    pub came: Option<DateTime<Utc>>,
    /// Its vendor, where known.
    pub vendor: Option<&'a Vendor>,
    /// When its vendor first became known, where the vendor's record says so.
    pub vendor_known: Option<DateTime<Utc>>,
    /// Other invoices of the vendor that were known before it, oldest first.
    pub earlier: &'a [Arc<KnownInvoice>],
    /// Every vendor on record.
    pub vendors: &'a Vendors,
    /// Employees of the firm.
    pub employees: &'a [Arc<Employee>],
    /// What the firm's hashes of accounts, telephones and tax numbers are salted with.
    pub salt: Option<&'a [u8]>,
    /// The order that the invoice names, where known.
    pub order: Option<&'a PurchaseOrder>,
    /// What the firm sets.
    pub thresholds: &'a Thresholds,
}

impl InvoiceView<'_> {
    /// Accounts of the invoice and of its vendor, spelt alike, each once.
    fn accounts(&self) -> Vec<String> {
        let stated = self.invoice.iban.iter();
        let on_record = self.vendor.iter().flat_map(|vendor| &vendor.ibans);
        let mut accounts: Vec<String> = stated
            .chain(on_record)
            .filter(|iban| names_an_account(iban))
            .map(|iban| identifier_key(iban))
            .collect();
        accounts.sort_unstable();
        accounts.dedup();
        accounts
    }

    /// Whether the total is large. What it is in the firm's currency is on no record, so the number
    /// alone is compared, in units of the size of a euro.
    fn is_large(&self) -> bool {
        let total = &self.invoice.total;
        let units = units(total.currency, self.thresholds.home_currency);
        total.amount.decimal() >= Decimal::from(self.thresholds.large_payment) * units
    }

    /// The vendor's invoices dated before this one, or on its day.
    fn before(&self) -> impl DoubleEndedIterator<Item = &KnownInvoice> {
        let day = self.invoice.issued_on;
        let earlier = self.earlier.iter().map(AsRef::as_ref);
        earlier.filter(move |other| other.issued_on <= day)
    }
}

/// Whether a text in the place of an account names one: `-` and `n/a` have no digit.
fn names_an_account(iban: &str) -> bool {
    iban.chars().any(char::is_numeric)
}

/// A price and what it is compared with, where it is above by more than the firm allows.
fn above(view: &InvoiceView<'_>, price: Decimal, known: Decimal) -> bool {
    let allowed = Decimal::from(100 + view.thresholds.price_percent);
    known > Decimal::ZERO
        && known
            .checked_mul(allowed)
            .zip(price.checked_mul(Decimal::ONE_HUNDRED))
            .is_some_and(|(most, price)| price > most)
}

/// One sentence for all prices that are too high.
fn prices(told: &[String]) -> Option<Found> {
    (!told.is_empty()).then(|| Found::new(format!("{}.", told.join("; "))))
}
