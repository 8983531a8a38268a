//! Amounts in English words, as some countries' invoices spell them out.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::locale::Language;

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];

/// "one thousand two hundred five and 50/100"; `None` outside English and for
/// amounts below zero or from a million up.
pub(super) fn amount(language: Language, value: Decimal) -> Option<String> {
    let whole = value.trunc().to_usize()?;
    if language != Language::En || whole >= 1_000_000 || value.is_sign_negative() {
        return None;
    }
    let hundredths = ((value - value.trunc()) * Decimal::ONE_HUNDRED).to_u32()?;
    Some(format!("{} and {hundredths:02}/100", words(whole)))
}

fn words(number: usize) -> String {
    match number {
        0..20 => ONES[number].to_owned(),
        20..100 if number.is_multiple_of(10) => TENS[number / 10].to_owned(),
        20..100 => format!("{}-{}", TENS[number / 10], ONES[number % 10]),
        100..1_000 => join(ONES[number / 100], "hundred", number % 100),
        _ => join(&words(number / 1_000), "thousand", number % 1_000),
    }
}

fn join(count: &str, unit: &str, rest: usize) -> String {
    if rest == 0 {
        format!("{count} {unit}")
    } else {
        format!("{count} {unit} {}", words(rest))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::amount;
    use crate::documents::locale::Language;
    use rust_decimal::Decimal;

    #[test]
    fn spells_thousands_and_cents() {
        assert_eq!(
            amount(Language::En, Decimal::new(4_220_550, 2)).unwrap(),
            "forty-two thousand two hundred five and 50/100"
        );
        assert_eq!(amount(Language::De, Decimal::ONE), None);
    }
}
