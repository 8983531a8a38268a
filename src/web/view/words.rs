//! How things are called and written on the pages.

use chrono::{DateTime, Utc};

use crate::advice::{Level, Status};

const DOCUMENT_TYPES: &[(&str, &str)] = &[
    ("po_invoice", "Invoice on an order"),
    ("non_po_invoice", "Invoice without an order"),
    ("services_invoice", "Services invoice"),
    ("credit_note", "Credit note"),
    ("pro_forma", "Pro forma invoice"),
    ("statement", "Statement of account"),
    ("reminder", "Payment reminder"),
    ("utility_bill", "Utility bill"),
    ("receipt", "Receipt"),
    ("other", "Something else"),
];

/// Every document type as `(name on the wire, label)`.
pub(crate) const fn document_types() -> &'static [(&'static str, &'static str)] {
    DOCUMENT_TYPES
}

/// The label of a document type; an unknown name is shown as it is, with spaces.
pub(crate) fn document_type(name: &str) -> String {
    DOCUMENT_TYPES
        .iter()
        .find(|(known, _)| *known == name)
        .map_or_else(|| sentence(name), |(_, label)| (*label).to_owned())
}

/// `totals_do_not_add_up` as `Totals do not add up`.
pub(crate) fn sentence(name: &str) -> String {
    let words = name.replace(['_', '.'], " ");
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

/// The label of a status as it stands on a list.
pub(crate) fn status(name: &str) -> String {
    match name {
        "scored" => "Read".to_owned(),
        "abstained" => "Not sure".to_owned(),
        "insufficient_history" => "Too little history".to_owned(),
        "degraded" => "Partly read".to_owned(),
        "pending" => "Being read".to_owned(),
        other => sentence(other),
    }
}

/// Why a forecast gives no probability.
pub(crate) const fn unscored(status: Status) -> &'static str {
    match status {
        Status::Abstained => "unlike any before",
        Status::InsufficientHistory => "too little history",
        Status::Scored | Status::Degraded => "not told",
    }
}

/// The level on the wire.
pub(crate) const fn level_name(level: Level) -> &'static str {
    match level {
        Level::Low => "low",
        Level::Medium => "medium",
        Level::High => "high",
    }
}

/// What a level asks for, in words.
pub(crate) fn level(name: &str) -> String {
    match name {
        "low" => "Nothing stands out".to_owned(),
        "medium" => "Worth a look".to_owned(),
        "high" => "Look first".to_owned(),
        other => sentence(other),
    }
}

/// A probability as whole percent; never `100` unless it is certain, never `0` unless impossible.
pub(crate) fn percent(probability: f64) -> u8 {
    if probability >= 1.0 {
        return 100;
    }
    if probability <= 0.0 || probability.is_nan() {
        return 0;
    }
    // Within 0..100 here: the cast loses nothing but the fraction.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "1..=99"
    )]
    let whole = (probability * 100.0).round().clamp(1.0, 99.0) as u8;
    whole
}

/// How far a value can be trusted, as a class name and in words.
pub(crate) const fn trust(percent: u8) -> (&'static str, &'static str) {
    match percent {
        90..=u8::MAX => ("sure", "sure"),
        60..=89 => ("fair", "fairly sure"),
        _ => ("weak", "not sure"),
    }
}

/// A plain decimal with its thousands apart: `1234567.80` as `1 234 567.80`.
/// Anything that is no plain decimal is given back as it is.
pub(crate) fn amount(plain: &str) -> String {
    let (sign, digits) = plain
        .strip_prefix('-')
        .map_or(("", plain), |d| ("\u{2212}", d));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return plain.to_owned();
    }
    let mut grouped = String::from(sign);
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    if !fraction.is_empty() {
        grouped.push('.');
        grouped.push_str(fraction);
    }
    grouped
}

/// An IBAN in groups of four, as printed.
pub(crate) fn iban(plain: &str) -> String {
    let compact = plain.len() >= 15
        && plain.is_ascii()
        && plain.as_bytes()[..2].iter().all(u8::is_ascii_uppercase)
        && plain.as_bytes()[2..4].iter().all(u8::is_ascii_digit)
        && plain.bytes().all(|b| b.is_ascii_alphanumeric());
    if !compact {
        return plain.to_owned();
    }
    plain
        .as_bytes()
        .chunks(4)
        .map(String::from_utf8_lossy)
        .collect::<Vec<_>>()
        .join("\u{a0}")
}

/// Whole days.
pub(crate) fn days(days: f64) -> String {
    match format!("{days:.0}").as_str() {
        "1" => "1 day".to_owned(),
        many => format!("{many} days"),
    }
}

/// A time to the minute, in UTC.
pub(crate) fn minute(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped_and_never_altered() {
        assert_eq!(amount("1234567.80"), "1\u{202f}234\u{202f}567.80");
        assert_eq!(amount("-1234.5"), "\u{2212}1\u{202f}234.5");
        assert_eq!(amount("999"), "999");
        for odd in ["", ".", "1,5", "abc", "-", "1.2.3", "1e5"] {
            assert_eq!(amount(odd), odd);
        }
    }

    #[test]
    fn certainty_is_shown_only_where_it_is() {
        assert_eq!(percent(1.0), 100);
        assert_eq!(percent(0.999_9), 99);
        assert_eq!(percent(0.000_1), 1);
        assert_eq!(percent(0.0), 0);
        assert_eq!(percent(f64::NAN), 0);
        assert_eq!(trust(89).0, "fair");
        assert_eq!(trust(90).0, "sure");
    }

    #[test]
    fn only_what_looks_like_an_iban_is_grouped() {
        assert_eq!(
            iban("DE89370400440532013000"),
            "DE89\u{a0}3704\u{a0}0044\u{a0}0532\u{a0}0130\u{a0}00"
        );
        assert_eq!(iban("account 12 of the bank"), "account 12 of the bank");
        assert_eq!(iban("ä".repeat(20).as_str()), "ä".repeat(20));
    }

    #[test]
    fn one_day_is_not_days() {
        let said = [0.0, 0.6, 1.4, 1.6].map(days);
        assert_eq!(said, ["0 days", "1 day", "1 day", "2 days"]);
    }

    #[test]
    fn names_become_words() {
        assert_eq!(document_type("credit_note"), "Credit note");
        assert_eq!(document_type("night_bill"), "Night bill");
        assert_eq!(sentence(""), "");
    }
}
