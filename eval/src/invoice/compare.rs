//! When two values are the same.

use std::str::FromStr;

use rust_decimal::Decimal;
use scrutineer::documents::{FieldKind, FieldName};

/// Whether `read` is what `stated` says, both normalised: amounts as decimals,
/// dates by their ISO day, account and tax numbers without white space, text
/// with white space collapsed. A name or text read from a page (`from_page`) may
/// differ in case and punctuation, because pages print names in capitals.
pub(super) fn same(name: FieldName, stated: &str, read: &str, from_page: bool) -> bool {
    match name.kind() {
        FieldKind::Amount => match (Decimal::from_str(stated.trim()), Decimal::from_str(read)) {
            (Ok(stated), Ok(read)) => stated == read,
            _ => false,
        },
        FieldKind::Date => stated.get(..10).unwrap_or(stated) == read,
        FieldKind::Code => stated.trim().eq_ignore_ascii_case(read),
        FieldKind::Text if is_identifier(name) => compact(stated) == compact(read),
        FieldKind::Text if from_page => words(stated) == words(read),
        FieldKind::Text => collapse(stated) == collapse(read),
    }
}

/// Fields compared without white space.
pub(super) fn is_identifier(name: FieldName) -> bool {
    use FieldName as F;
    matches!(
        name,
        F::Iban | F::Bic | F::SellerVat | F::BuyerVat | F::TaxRepresentativeVat | F::DebitedAccount
    )
}

/// Upper case, letters and digits alone kept with the signs between them.
pub(super) fn compact(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_uppercase)
        .collect()
}

/// Lower-case words of letters and digits.
pub(super) fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn collapse(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{FieldName as F, same};

    #[test]
    fn values_are_compared_by_what_they_mean() {
        assert!(same(F::Total, "12.50", "12.5", false));
        assert!(!same(F::Total, "12.50", "12.51", false));
        assert!(same(F::IssueDate, "2024-02-29", "2024-02-29", false));
        assert!(same(F::Iban, "DE89 3704", "DE893704", false));
        assert!(same(F::SellerVat, "DE 123", "DE123", false));
        assert!(same(F::Seller, "A  B", "A B", false));
        assert!(!same(F::Seller, "A & B", "a b", false));
        assert!(same(F::Seller, "Lieferant GmbH", "LIEFERANT GMBH.", true));
        assert!(!same(F::Number, "R-1", "R-2", true));
    }
}
