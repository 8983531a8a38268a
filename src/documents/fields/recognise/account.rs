//! Bank accounts and banks: IBAN and BIC, whole or printed in groups.

use crate::documents::checks::iban_is_valid;

/// Length of an IBAN by country, ISO 13616 registry.
const LENGTHS: &[(&str, usize)] = &[
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("CH", 21),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DK", 18),
    ("EE", 20),
    ("ES", 24),
    ("FI", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GR", 27),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IS", 26),
    ("IT", 27),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MT", 31),
    ("NL", 18),
    ("NO", 15),
    ("PL", 28),
    ("PT", 25),
    ("RO", 24),
    ("RS", 22),
    ("SA", 24),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
];

/// An IBAN at the start of a run of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Iban {
    /// Without spaces, upper case.
    pub value: String,
    /// Whether length and check digits agree.
    pub valid: bool,
    /// How many words it takes.
    pub words: usize,
}

/// Reads an IBAN that starts with the first of `words`, joining groups. Without
/// right check digits it is still returned, marked not valid, so that a labelled
/// one can be reported as printed.
#[must_use]
pub fn read_iban(words: &[&str]) -> Option<Iban> {
    let first = words.first()?;
    let head = first.as_bytes();
    if head.len() < 2 || !head[..2].iter().all(u8::is_ascii_uppercase) {
        return None;
    }
    if head.len() >= 4 && !head[2..4].iter().all(u8::is_ascii_digit) {
        return None;
    }
    let expected = LENGTHS
        .iter()
        .find(|(country, _)| first.starts_with(country))
        .map(|(_, n)| *n)?;
    let mut value = String::new();
    let mut best: Option<Iban> = None;
    for (i, word) in words.iter().take(10).enumerate() {
        let word = word.trim_matches(|c: char| ",.;:".contains(c));
        if !word
            .chars()
            .all(|c| c.is_ascii_digit() || c.is_ascii_uppercase())
            || word.is_empty()
        {
            break;
        }
        let looks_like_group =
            word.len() <= 4 || i == 0 || word.chars().all(|c| c.is_ascii_digit());
        if !looks_like_group || value.len() + word.len() > expected {
            break;
        }
        value.push_str(word);
        if value.len() == expected {
            let valid = iban_is_valid(&value);
            return Some(Iban {
                value,
                valid,
                words: i + 1,
            });
        }
        if value.len() >= 15 && value[2..4].chars().all(|c| c.is_ascii_digit()) {
            best = Some(Iban {
                value: value.clone(),
                valid: false,
                words: i + 1,
            });
        }
    }
    best
}

/// Every IBAN with right check digits in a text, whole or in groups.
#[must_use]
pub fn ibans_in(text: &str) -> Vec<String> {
    let is_gap = |c: char| c.is_whitespace() || ":;,()/|".contains(c);
    let words: Vec<&str> = text.split(is_gap).filter(|w| !w.is_empty()).collect();
    let mut found = Vec::new();
    let mut rest = words.as_slice();
    while !rest.is_empty() {
        let iban = read_iban(rest).filter(|iban| iban.valid);
        let taken = iban.as_ref().map_or(1, |iban| iban.words.max(1));
        found.extend(iban.map(|iban| iban.value));
        rest = rest.get(taken..).unwrap_or_default();
    }
    found
}

/// A BIC (ISO 9362): four letters, a country, two or five more characters.
#[must_use]
pub fn read_bic(word: &str) -> Option<String> {
    let word = word.trim_matches(|c: char| ",.;:()".contains(c));
    let bytes = word.as_bytes();
    let shape = matches!(bytes.len(), 8 | 11)
        && bytes[..6].iter().all(u8::is_ascii_uppercase)
        && bytes[6..]
            .iter()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let country = word.get(4..6)?;
    let known = LENGTHS.iter().any(|(c, _)| *c == country)
        || matches!(
            country,
            "US" | "CA" | "AU" | "IN" | "JP" | "CN" | "HK" | "SG" | "BR" | "MX" | "ZA" | "NZ"
        );
    (shape && known).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn whole_and_in_groups() {
        let whole = read_iban(&["DE89370400440532013000"]).unwrap();
        assert!(whole.valid);
        let groups = read_iban(&["DE89", "3704", "0044", "0532", "0130", "00", "BIC"]).unwrap();
        assert_eq!(
            (groups.value.as_str(), groups.words),
            ("DE89370400440532013000", 6)
        );
        assert!(!read_iban(&["DE88370400440532013000"]).unwrap().valid);
        assert_eq!(read_iban(&["DE123456789"]), None);
        assert_eq!(read_iban(&["GERMANY"]), None);
    }

    #[test]
    fn sentences_name_accounts() {
        let text = "Please pay to our new account (IBAN:DE02 1203 0000 0000 2020 51), \
                    no longer to DE89370400440532013000; not DE88370400440532013000.";
        assert_eq!(
            ibans_in(text),
            ["DE02120300000000202051", "DE89370400440532013000"]
        );
        assert!(ibans_in("ÄÖ DE, 12").is_empty());
    }

    #[test]
    fn bank_codes() {
        assert_eq!(read_bic("COBADEFFXXX").unwrap(), "COBADEFFXXX");
        assert_eq!(read_bic("RECHNUNG"), None);
        assert_eq!(read_bic("FFVBDEFF").unwrap(), "FFVBDEFF");
    }
}
