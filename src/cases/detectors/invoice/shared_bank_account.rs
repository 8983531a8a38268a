//! Two vendors with one account are one vendor, or one of them is not who it says.

use super::super::Found;
use super::InvoiceView;

pub(in super::super) fn check(view: &InvoiceView<'_>) -> Option<Found> {
    let accounts = view.accounts();
    let shares = view.vendors.iter().filter(|other| {
        let is_other = other.vendor.id != view.invoice.vendor_id;
        is_other && other.accounts.iter().any(|iban| accounts.contains(iban))
    });
    let others: Vec<_> = shares.map(|other| &other.vendor).collect();
    let first = others.first()?;
    let text = format!("The account is that of {} too.", first.name);
    Some(Found::new(text).beside("vendor", others.iter().map(|other| &other.id)))
}
