//! Two vendors with one account are one vendor, or one of them is not who it says.

use super::super::Found;
use super::InvoiceView;
use crate::history::identifier_key;

pub(in super::super) fn check(view: &InvoiceView<'_>) -> Option<Found> {
    let accounts = view.accounts();
    let shares = view.other_vendors.iter().filter(|other| {
        let mut theirs = other.ibans.iter().map(|iban| identifier_key(iban));
        other.id != view.invoice.vendor_id && theirs.any(|iban| accounts.contains(&iban))
    });
    let others: Vec<_> = shares.collect();
    let first = others.first()?;
    let text = format!("The account is that of {} too.", first.name);
    Some(Found::new(text).beside("vendor", others.iter().map(|other| &other.id)))
}
