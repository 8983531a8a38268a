//! Two vendors with one account are one vendor, or one of them is not who it says.

use super::super::Found;
use super::InvoiceView;

pub(in super::super) fn check(view: &InvoiceView<'_>) -> Option<Found> {
    let mut others = view.vendors.with_accounts(&view.accounts());
    others.retain(|other| other.vendor.id != view.invoice.vendor_id);
    let others: Vec<_> = others.iter().map(|other| &other.vendor).collect();
    let first = others.first()?;
    let text = format!("The account is that of {} too.", first.name);
    Some(Found::new(text).beside("vendor", others.iter().map(|other| &other.id)))
}
