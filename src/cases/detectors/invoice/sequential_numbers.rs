//! A vendor with customers beside us skips numbers; one without may be made up.

use super::super::Found;
use super::InvoiceView;

pub(in super::super) fn check(view: &InvoiceView<'_>) -> Option<Found> {
    let mut number = counter(&view.invoice.number)?;
    let mut run = Vec::new();
    let mut day = view.invoice.issued_on;
    for other in view.before().rev() {
        match counter(&other.number) {
            // On one day several invoices are written in a row by anybody.
            Some(before) if before.checked_add(1) == Some(number) && other.issued_on < day => {
                number = before;
                day = other.issued_on;
                run.push(&other.id);
            }
            _ => break,
        }
    }
    let invoices = run.len() + 1;
    (invoices >= view.thresholds.sequential_invoices as usize).then(|| {
        let text = format!(
            "It and the {} invoices of this vendor before it have numbers without a gap.",
            run.len()
        );
        Found::new(text).beside("vendor_invoice", run)
    })
}

/// The digits that a number ends with.
fn counter(number: &str) -> Option<u64> {
    let number = number.trim();
    let before = number.trim_end_matches(|c: char| c.is_ascii_digit());
    number.get(before.len()..)?.parse().ok()
}
