//! Payment asked to an account that none of the vendor's earlier invoices named, or, of a first
//! invoice, that its record does not name.

use super::super::Found;
use super::InvoiceView;
use crate::history::{KnownInvoice, identifier_key};

pub(in super::super) fn check(view: &InvoiceView<'_>) -> Option<Found> {
    let account = identifier_key(view.invoice.iban.as_deref()?);
    let named = view.before().filter(|other| other.iban.is_some());
    let named: Vec<_> = named.collect();
    let Some(last) = named.last() else {
        let vendor = view.vendor.filter(|vendor| !vendor.ibans.is_empty())?;
        let mut on_record = vendor.ibans.iter().map(|iban| identifier_key(iban));
        return (!on_record.any(|known| known == account)).then(|| {
            let text = "It asks to be paid to an account that the vendor's record does not name."
                .to_owned();
            Found::new(text).beside("vendor", [&vendor.id])
        });
    };
    let known = |other: &&KnownInvoice| {
        other.iban.as_deref().map(identifier_key).as_ref() == Some(&account)
    };
    (!named.iter().any(known)).then(|| {
        let text = format!(
            "None of {} earlier invoices asks to be paid to this account.",
            named.len()
        );
        Found::new(text).beside("vendor_invoice", [&last.id])
    })
}
