//! A line billed at more than what was ordered.

use super::super::Found;
use super::{InvoiceView, above, prices};

pub(in super::super) fn check(view: &InvoiceView<'_>) -> Option<Found> {
    let order = view
        .order
        .filter(|order| order.currency == view.invoice.total.currency)?;
    let mut told = Vec::new();
    for line in &view.invoice.prices {
        let (price, Some(named)) = (line.price, &line.order_line) else {
            continue;
        };
        let ordered = order.lines.iter().find(|ordered| *ordered.line == **named);
        if let Some(known) = ordered.and_then(|ordered| ordered.unit_price)
            && above(view, price.decimal(), known.decimal())
        {
            told.push(format!(
                "Line {} is billed at {price} and was ordered at {known}",
                line.line
            ));
        }
    }
    prices(&told).map(|found| found.beside("purchase_order", [&order.id]))
}
