//! Due sooner than the vendor's invoices were.

use super::super::Found;
use super::InvoiceView;
use crate::domain::records::VendorInvoice;

/// Earlier invoices needed.
const LEAST: usize = 3;

pub(in super::super) fn check(view: &InvoiceView<'_>) -> Option<Found> {
    let days = term(view.invoice)?;
    let mut known: Vec<i64> = view.before().filter_map(term).collect();
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

fn term(invoice: &VendorInvoice) -> Option<i64> {
    Some((invoice.due_on? - invoice.issued_on).num_days())
}
