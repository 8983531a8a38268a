//! A large amount for a vendor whom the firm has only just got to know.

use super::super::Found;
use super::InvoiceView;

pub(in super::super) fn check(view: &InvoiceView<'_>) -> Option<Found> {
    let created = view.vendor?.created_on?;
    let days = (view.invoice.issued_on - created).num_days();
    let is_new =
        days <= i64::from(view.thresholds.new_vendor_days) && view.before().next().is_none();
    (is_new && view.is_large()).then(|| {
        Found::new(format!(
            "{} {} is the first invoice of a vendor on record since {created}.",
            view.invoice.total.amount, view.invoice.total.currency,
        ))
    })
}
