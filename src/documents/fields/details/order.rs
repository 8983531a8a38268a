//! The buyer's order by its own shape, where it stands as the buyer's reference.

use super::Fields;
use crate::documents::FieldName;

/// What numbers of purchase orders begin with.
const PREFIXES: [&str; 4] = ["PO", "BC", "ORDER", "BEST"];

/// A reference of the buyer that is written like an order (`PO445`) is the order,
/// where no other is read.
pub(super) fn add(fields: &mut Fields) {
    if fields.contains_key(&FieldName::OrderNumber) {
        return;
    }
    let reference = fields.get(&FieldName::BuyerReference);
    if let Some(mut field) = reference.filter(|f| is_order(&f.value)).cloned() {
        field.confidence *= 0.8;
        fields.insert(FieldName::OrderNumber, field);
    }
}

fn is_order(value: &str) -> bool {
    PREFIXES.iter().any(|prefix| {
        value.strip_prefix(prefix).is_some_and(|rest| {
            let digits = rest.trim_start_matches(['-', '_', '/', ' ', '.']);
            digits.len() >= 2 && digits.starts_with(|c: char| c.is_ascii_digit())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::is_order;

    #[test]
    fn orders_are_written_like_orders() {
        for value in ["PO445", "PO-2024-17", "BC543"] {
            assert!(is_order(value), "{value}");
        }
        for value in ["POLLY", "2024-17", "PO", "BCDE12"] {
            assert!(!is_order(value), "{value}");
        }
    }
}
