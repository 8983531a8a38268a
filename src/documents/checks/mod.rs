//! Checksums, arithmetic and dates: what can be proved without knowing the firm.

mod dates;
mod iban;
mod totals;
mod vat;

pub use dates::{DateIssue, VERY_OLD_DAYS, check_dates};
pub use iban::{IbanCheck, iban_check, iban_is_valid};
pub use totals::{Proof, Rule, Step, prove_totals};
pub use vat::{VatIdCheck, vat_id_check};

/// Letters and digits alone, upper case: how identifiers are checked.
fn compact(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// ISO 7064 MOD 97-10 of digits and letters (`A` is 10): the remainder.
fn remainder_97(characters: impl Iterator<Item = char>) -> u32 {
    characters
        .filter_map(|c| c.to_digit(36))
        .fold(0, |remainder, digit| {
            (if digit > 9 {
                remainder * 100 + digit
            } else {
                remainder * 10 + digit
            }) % 97
        })
}
