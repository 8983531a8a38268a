//! An item billed at more than the vendor's earlier invoices did.

use rust_decimal::Decimal;

use super::super::Found;
use super::{InvoiceView, above, prices};

/// Earlier prices needed.
const LEAST: usize = 3;

pub(in super::super) fn check(view: &InvoiceView<'_>) -> Option<Found> {
    let mut told = Vec::new();
    for line in &view.invoice.prices {
        let (price, Some(item)) = (line.price, &line.item_code) else {
            continue;
        };
        let same = view
            .before()
            .filter(|other| other.total.currency == view.invoice.total.currency)
            .flat_map(|other| &other.prices)
            .filter(|other| other.item_code.as_ref() == Some(item) && other.unit == line.unit);
        let mut known: Vec<Decimal> = same.map(|other| other.price.decimal()).collect();
        known.sort_unstable();
        if let Some(middle) = known.get(known.len() / 2).filter(|_| known.len() >= LEAST)
            && above(view, price.decimal(), *middle)
        {
            told.push(format!(
                "Line {} is billed at {price}; {middle} was usual",
                line.line
            ));
        }
    }
    prices(&told)
}
