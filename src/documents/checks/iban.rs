//! IBAN: ISO 13616, lengths of the SWIFT registry, checksum ISO 7064 MOD 97-10.

use super::remainder_97;

/// Verdict on an account number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IbanCheck {
    /// Length and checksum are right.
    Valid,
    /// It has the form of an IBAN of a country in the registry, of another length.
    WrongLength,
    /// Length is right, checksum is not.
    WrongChecksum,
    /// Checksum is right; the country is not in the registry.
    UnknownCountry,
    /// Not of the form of an IBAN: perhaps an account of another kind.
    NotAnIban,
}

/// Whether it is an IBAN of a country in the registry with the right length and
/// checksum. White space is passed over.
#[must_use]
pub fn iban_is_valid(text: &str) -> bool {
    iban_check(text) == IbanCheck::Valid
}

/// Checks an account number; white space is passed over.
#[must_use]
pub fn iban_check(text: &str) -> IbanCheck {
    let iban: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let bytes = iban.as_bytes();
    let formed = (15..=34).contains(&bytes.len())
        && bytes.iter().all(u8::is_ascii_alphanumeric)
        && bytes.iter().take(2).all(u8::is_ascii_alphabetic)
        && bytes.iter().skip(2).take(2).all(u8::is_ascii_digit);
    if !formed {
        return IbanCheck::NotAnIban;
    }
    let country = iban.get(..2).unwrap_or_default();
    let length = LENGTHS
        .iter()
        .find(|(code, _)| *code == country)
        .map(|(_, length)| *length);
    let checksum_holds = remainder_97(iban.chars().skip(4).chain(iban.chars().take(4))) == 1;
    match (length, checksum_holds) {
        (Some(length), _) if length != bytes.len() => IbanCheck::WrongLength,
        (Some(_), true) => IbanCheck::Valid,
        (Some(_), false) => IbanCheck::WrongChecksum,
        (None, true) => IbanCheck::UnknownCountry,
        (None, false) => IbanCheck::NotAnIban,
    }
}

/// Country and length, SWIFT IBAN registry release 99.
#[rustfmt::skip]
const LENGTHS: &[(&str, usize)] = &[
    ("AD", 24), ("AE", 23), ("AL", 28), ("AT", 20), ("AZ", 28), ("BA", 20), ("BE", 16), ("BG", 22),
    ("BH", 22), ("BI", 27), ("BR", 29), ("BY", 28), ("CH", 21), ("CR", 22), ("CY", 28), ("CZ", 24),
    ("DE", 22), ("DJ", 27), ("DK", 18), ("DO", 28), ("EE", 20), ("EG", 29), ("ES", 24), ("FI", 18),
    ("FK", 18), ("FO", 18), ("FR", 27), ("GB", 22), ("GE", 22), ("GI", 23), ("GL", 18), ("GR", 27),
    ("GT", 28), ("HN", 28), ("HR", 21), ("HU", 28), ("IE", 22), ("IL", 23), ("IQ", 23), ("IS", 26),
    ("IT", 27), ("JO", 30), ("KW", 30), ("KZ", 20), ("LB", 28), ("LC", 32), ("LI", 21), ("LT", 20),
    ("LU", 20), ("LV", 21), ("LY", 25), ("MC", 27), ("MD", 24), ("ME", 22), ("MK", 19), ("MN", 20),
    ("MR", 27), ("MT", 31), ("MU", 30), ("NI", 28), ("NL", 18), ("NO", 15), ("OM", 23), ("PK", 24),
    ("PL", 28), ("PS", 29), ("PT", 25), ("QA", 29), ("RO", 24), ("RS", 22), ("RU", 33), ("SA", 24),
    ("SC", 31), ("SD", 18), ("SE", 24), ("SI", 19), ("SK", 24), ("SM", 27), ("SO", 23), ("ST", 25),
    ("SV", 28), ("TL", 23), ("TN", 24), ("TR", 26), ("UA", 29), ("VA", 22), ("VG", 24), ("XK", 20),
    ("YE", 30),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{IbanCheck, iban_check, iban_is_valid};

    #[test]
    fn the_registry_examples_hold_and_one_digit_off_does_not() {
        for iban in [
            "DE89 3704 0044 0532 0130 00",
            "GB29NWBK60161331926819",
            "FR1420041010050500013M02606",
            "NL91ABNA0417164300",
            "IT60X0542811101000000123456",
            "ES9121000418450200051332",
            "NO9386011117947",
            "ch9300762011623852957",
        ] {
            assert!(iban_is_valid(iban), "{iban}");
            let last = if iban.ends_with('0') { '1' } else { '0' };
            let off: String = iban
                .chars()
                .take(iban.chars().count() - 1)
                .chain([last])
                .collect();
            assert_eq!(iban_check(&off), IbanCheck::WrongChecksum, "{off}");
        }
    }

    #[test]
    fn length_country_and_form_are_told_apart() {
        assert_eq!(iban_check("DE8937040044053201300"), IbanCheck::WrongLength);
        assert_eq!(iban_check("0001234567890123"), IbanCheck::NotAnIban);
        assert_eq!(iban_check("IBAN32423940"), IbanCheck::NotAnIban);
        assert_eq!(
            iban_check("US64SVBKUS6S3300958879"),
            IbanCheck::UnknownCountry
        );
        assert_eq!(iban_check(""), IbanCheck::NotAnIban);
        assert_eq!(iban_check("ÄÖ12345678901234567"), IbanCheck::NotAnIban);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,40}") {
            let _ = iban_check(&text);
        }

        // ISO 7064 MOD 97-10 catches every single wrong digit.
        #[test]
        fn a_single_wrong_digit_is_caught(at in 4usize..22, digit in 0u8..10) {
            let mut iban = b"DE89370400440532013000".to_vec();
            prop_assume!(iban[at] != b'0' + digit);
            iban[at] = b'0' + digit;
            prop_assert!(!iban_is_valid(std::str::from_utf8(&iban).unwrap()));
        }
    }
}
