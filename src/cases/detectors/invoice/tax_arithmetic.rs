//! Net and tax make the total.

use rust_decimal::Decimal;

use super::super::Found;
use super::InvoiceView;

pub(in super::super) fn check(view: &InvoiceView<'_>) -> Option<Found> {
    let invoice = view.invoice;
    let (net, tax) = (invoice.net?.decimal(), invoice.tax?.decimal());
    let sum = net.checked_add(tax)?;
    let unit = Decimal::new(1, invoice.total.currency.minor_units());
    // One unit is lost to rounding by honest systems too.
    ((sum - invoice.total.amount.decimal()).abs() > unit).then(|| {
        Found::new(format!(
            "{net} and {tax} come to {sum}, and the total says {}.",
            invoice.total.amount
        ))
    })
}
