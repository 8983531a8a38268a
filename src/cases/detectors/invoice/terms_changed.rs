//! Due sooner than the vendor's invoices were.

use chrono::NaiveDate;

use super::super::Found;
use super::InvoiceView;

/// Earlier invoices needed.
const LEAST: usize = 3;

pub(in super::super) fn check(view: &InvoiceView<'_>) -> Option<Found> {
    let days = term(view.invoice.issued_on, view.invoice.due_on)?;
    let mut known: Vec<i64> = view
        .before()
        .filter_map(|other| term(other.issued_on, other.due_on))
        .collect();
    known.sort_unstable();
    let usual = *known
        .get(known.len() / 2)
        .filter(|_| known.len() >= LEAST)?;
    (usual - days > i64::from(view.thresholds.terms_days)).then(|| {
        Found::new(format!(
            "It is due {days} days after its date; {usual} were usual."
        ))
    })
}

fn term(issued_on: NaiveDate, due_on: Option<NaiveDate>) -> Option<i64> {
    Some((due_on? - issued_on).num_days())
}
