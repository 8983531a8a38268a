//! Days of an invoice that do not fit the day on which it became known.

use super::super::Found;
use super::InvoiceView;

/// A bill that turns up long after its date: its goods may be paid already, or its period closed. Only
/// where its record says when it became known: books of years ago arrive late and are not.
pub(in super::super) fn late(view: &InvoiceView<'_>) -> Option<Found> {
    let known_on = view.first_known?.date_naive();
    let days = (known_on - view.invoice.issued_on).num_days();
    let allowed = view.thresholds.invoice_late_after_days;
    (days > i64::from(allowed)).then(|| {
        Found::new(format!(
            "It became known {days} days after its date; {allowed} are usual at most."
        ))
    })
}

/// A day of grace: the clock of the place may be ahead of that of the firm. What arrives is known by
/// then, whenever it was made, so that no record need say when it became known.
pub(in super::super) fn future_dated(view: &InvoiceView<'_>) -> Option<Found> {
    let came_on = view.came?.date_naive();
    let ahead = (view.invoice.issued_on - came_on).num_days();
    (ahead > 1).then(|| {
        Found::new(format!(
            "It is dated {}, {ahead} days after it became known.",
            view.invoice.issued_on
        ))
    })
}
