//! Payment asked to an account that none of the vendor's other invoices named, or, of a first
//! invoice, that its record does not name.

use super::super::Found;
use super::{InvoiceView, names_an_account};
use crate::domain::records::Vendor;
use crate::history::{KnownInvoice, identifier_key};

pub(in super::super) fn check(view: &InvoiceView<'_>) -> Option<Found> {
    let account = identifier_key(account_of(view.invoice)?);
    // Whatever their days: an invoice dated back would be beside none, and could name any account.
    let others = view.earlier.iter().map(|other| &**other);
    let named: Vec<&KnownInvoice> = others
        .filter(|other| account_of(other).is_some() && other.id != view.invoice.id)
        .collect();
    let mut vouching = named.clone();
    vouching.retain(|other| vouches(other, view.invoice));
    let names_any = |vendor: &&Vendor| vendor.ibans.iter().any(|iban| names_an_account(iban));
    let on_record = view.vendor.filter(names_any);
    let compared = match on_record {
        Some(vendor) if vouching.is_empty() => return beside_record(&account, vendor),
        None if vouching.is_empty() => named,
        _ => vouching,
    };
    let last = compared.last()?;
    let known =
        |other: &&KnownInvoice| account_of(other).map(identifier_key).as_ref() == Some(&account);
    (!compared.iter().any(known)).then(|| {
        let text = format!(
            "None of {} earlier invoices asks to be paid to this account.",
            compared.len()
        );
        Found::new(text).beside("vendor_invoice", [&last.id])
    })
}

/// The account that an invoice names, as it is written.
fn account_of(invoice: &KnownInvoice) -> Option<&str> {
    invoice
        .iban
        .as_deref()
        .filter(|iban| names_an_account(iban))
}

/// Whether its account may be known by another invoice: not by one that nobody is going to pay, nor
/// by a record of the very invoice that is asked about.
fn vouches(other: &KnownInvoice, asked: &KnownInvoice) -> bool {
    let is_itself = other.issued_on == asked.issued_on
        && identifier_key(&other.number) == identifier_key(&asked.number);
    !other.is_void() && !is_itself
}

fn beside_record(account: &str, vendor: &Vendor) -> Option<Found> {
    let mut on_record = vendor.ibans.iter().map(|iban| identifier_key(iban));
    (!on_record.any(|known| known == account)).then(|| {
        let text =
            "It asks to be paid to an account that the vendor's record does not name.".to_owned();
        Found::new(text).beside("vendor", [&vendor.id])
    })
}
