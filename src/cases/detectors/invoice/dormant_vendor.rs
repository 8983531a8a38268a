//! A large amount from a vendor who was silent for long: a forgotten record is easily misused.

use super::super::Found;
use super::InvoiceView;

pub(in super::super) fn check(view: &InvoiceView<'_>) -> Option<Found> {
    let last = view.before().next_back()?;
    let days = (view.invoice.issued_on - last.issued_on).num_days();
    (days > i64::from(view.thresholds.dormant_days) && view.is_large()).then(|| {
        let text = format!(
            "The invoice before is of {}, {days} days earlier.",
            last.issued_on
        );
        Found::new(text).beside("vendor_invoice", [&last.id])
    })
}
