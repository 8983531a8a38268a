//! A large amount for a vendor whom the firm has only just got to know, or does not know at all.

use super::super::Found;
use super::InvoiceView;

pub(in super::super) fn check(view: &InvoiceView<'_>) -> Option<Found> {
    if !view.is_large() || view.before().next().is_some() {
        return None;
    }
    let billed = &view.invoice.total;
    let keeps_vendors = !view.vendors.all().is_empty();
    if keeps_vendors && !view.vendors.knows(&view.invoice.vendor_id) {
        return Some(Found::new(format!(
            "{} {} is billed by a vendor who is not on record.",
            billed.amount, billed.currency,
        )));
    }
    let vendor = view.vendor?;
    // Where its master data does not say since when, it is from when they became known.
    let known = || Some(view.vendor_known?.date_naive());
    let since = vendor.created_on.or_else(known)?;
    let days = (view.invoice.issued_on - since).num_days();
    // Whoever bills again may date it before what came first.
    let which = if view.earlier.is_empty() {
        "the first invoice of"
    } else {
        "an invoice dated before all others of"
    };
    (days <= i64::from(view.thresholds.new_vendor_days)).then(|| {
        Found::new(format!(
            "{} {} is asked for by {which} a vendor on record since {since}.",
            billed.amount, billed.currency,
        ))
    })
}
