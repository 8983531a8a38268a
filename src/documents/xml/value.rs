//! Normalised values of fields read from structure.

use std::str::FromStr;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::documents::field_name::{FieldKind, FieldName};

/// The normalised form of `text` for `name`; `None` when it is not one of its kind.
pub(super) fn normalise(name: FieldName, text: &str) -> Option<String> {
    match name.kind() {
        FieldKind::Amount => decimal(text).map(|amount| amount.to_string()),
        FieldKind::Date => date(text),
        FieldKind::Code => Some(compact(text).to_uppercase()),
        FieldKind::Text => Some(match name {
            FieldName::Iban
            | FieldName::Bic
            | FieldName::DebitedAccount
            | FieldName::SellerVat
            | FieldName::BuyerVat
            | FieldName::TaxRepresentativeVat => compact(text).to_uppercase(),
            _ => text.to_owned(),
        }),
    }
}

/// An `xs:decimal`; `None` for anything else, or when it has more digits than
/// a [`Decimal`] holds.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let plain = !digits.is_empty()
        && digits
            .bytes()
            .all(|b| b.is_ascii_digit() || b == b'.' || b == b'-');
    if !plain {
        return None;
    }
    Decimal::from_str(digits).ok()
}

/// The calendar day of `2026-11-23`, `2026-11-23T08:00:00+01:00`, `2026-11-23Z`
/// or of UNTDID 2379 formats 102 (`20261123`), 203 and 204 (with time), as ISO 8601.
pub(super) fn date(text: &str) -> Option<String> {
    let day = if text.as_bytes().iter().take(8).all(u8::is_ascii_digit) {
        if !matches!(text.len(), 8 | 12 | 14) {
            return None;
        }
        NaiveDate::parse_from_str(text.get(..8)?, "%Y%m%d")
    } else {
        let rest = text.get(10..)?;
        if !(rest.is_empty() || rest.starts_with(['T', 'Z', '+', '-', ' '])) {
            return None;
        }
        NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d")
    };
    day.ok().map(|day| day.to_string())
}

fn compact(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::{date, decimal};

    #[test]
    fn dates_are_days_of_the_calendar() {
        for (text, day) in [
            ("20240229", Some("2024-02-29")),
            ("20230229", None),
            ("2024-02-29", Some("2024-02-29")),
            ("2024-02-29T23:59:59+01:00", Some("2024-02-29")),
            ("202402291200", Some("2024-02-29")),
            ("202402", None),
            ("29.02.2024", None),
            ("", None),
            ("ääääääää", None),
        ] {
            assert_eq!(date(text).as_deref(), day, "{text}");
        }
    }

    #[test]
    fn decimals_are_plain() {
        for (text, value) in [
            ("12.50", Some("12.50")),
            ("-1", Some("-1")),
            ("+1.0", Some("1.0")),
            ("1,5", None),
            ("1e3", None),
            ("", None),
            ("79228162514264337593543950336", None),
        ] {
            assert_eq!(
                decimal(text).map(|d| d.to_string()).as_deref(),
                value,
                "{text}"
            );
        }
    }
}
