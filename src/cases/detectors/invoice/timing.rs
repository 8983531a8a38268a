//! Days of an invoice that do not fit the day on which it became known.

use super::super::Found;
use super::InvoiceView;

/// Days from the invoice's date to when it first became known, where its record says when.
fn days(view: &InvoiceView<'_>) -> Option<i64> {
    let known = view.first_known?.date_naive();
    Some((known - view.invoice.issued_on).num_days())
}

/// A bill that turns up long after its date: its goods may be paid already, or its period closed.
pub(in super::super) fn late(view: &InvoiceView<'_>) -> Option<Found> {
    let (days, allowed) = (days(view)?, view.thresholds.invoice_late_after_days);
    (days > i64::from(allowed)).then(|| {
        Found::new(format!(
            "It became known {days} days after its date; {allowed} are usual at most."
        ))
    })
}

/// A day of grace: the clock of the place may be ahead of that of the firm.
pub(in super::super) fn future_dated(view: &InvoiceView<'_>) -> Option<Found> {
    let ahead = -days(view)?;
    (ahead > 1).then(|| {
        Found::new(format!(
            "It is dated {}, {ahead} days after it became known.",
            view.invoice.issued_on
        ))
    })
}
