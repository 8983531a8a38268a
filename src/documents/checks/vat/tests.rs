#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::{VatIdCheck, vat_id_check};

/// Made-up numbers, two a country, that python-stdnum holds for valid.
#[rustfmt::skip]
const VALID: &[&str] = &[
    "ATU63608377", "ATU84011070", "BE0378757680", "BE0494140962", "BG163028327", "BG204704363",
    "CHE238001523", "CHE353494004", "CY19132728L", "CY20308849F", "CZ12641791", "CZ27721671",
    "DE771441129", "DE927915759", "DK21255556", "DK35254463", "EE279152624", "EE858171042",
    "EL097092720", "EL993985234", "ESD60580164", "ESK6600358W", "FI44677371", "FI52168681",
    "FR8F523509495", "FRR9911960342", "GB159980761", "GB972685810", "HR06385479320", "HR38060802282",
    "HU53143127", "HU90467462", "IE3N18200B", "IE9607493VF", "IT30527850371", "IT77150020269",
    "LT486371010", "LT673158008014", "LU24967227", "LU91836159", "LV45750230265", "LV55200551143",
    "MT57958646", "MT59253646", "NL244070180B04", "NL933652094B23", "NO128755551MVA", "NO780997885MVA",
    "PL7043272720", "PL7174337029", "PT251717275", "PT303770880", "RO465928", "RO90706720",
    "SE086786807701", "SE187569801901", "SI14335395", "SI79109349", "SK7826177546", "SK8877206877",
];

#[test]
fn numbers_with_a_right_checksum_hold_and_others_do_not() {
    for id in VALID {
        assert_eq!(vat_id_check(id), VatIdCheck::Valid, "{id}");
        let place = id.rfind(|c: char| c.is_ascii_digit()).unwrap();
        // The number of a branch or of a sole trader's business is not checked.
        let place = if id.starts_with("SE") || id.starts_with("NL") {
            place - 3
        } else {
            place
        };
        let digit = id.as_bytes()[place] - b'0';
        let off = format!("{}{}{}", &id[..place], (digit + 1) % 10, &id[place + 1..]);
        assert_eq!(vat_id_check(&off), VatIdCheck::WrongChecksum, "{off}");
    }
}

#[test]
fn form_country_and_unknown_checksums_are_told_apart() {
    assert_eq!(vat_id_check("DE 136.695-976"), VatIdCheck::Valid);
    assert_eq!(vat_id_check("DE13669597"), VatIdCheck::WrongFormat);
    assert_eq!(vat_id_check("DE/12/345/67890"), VatIdCheck::WrongFormat);
    assert_eq!(vat_id_check("US123456789"), VatIdCheck::UnknownCountry);
    assert_eq!(vat_id_check("GBGD001"), VatIdCheck::FormatOnly);
    assert_eq!(vat_id_check("CZ710319274"), VatIdCheck::FormatOnly);
    assert_eq!(vat_id_check(""), VatIdCheck::UnknownCountry);
}

proptest! {
    #[test]
    fn no_text_panics(text in "[A-Z]{2,3}[0-9A-Zä]{0,14}|\\PC{0,30}") {
        let _ = vat_id_check(&text);
    }

    #[test]
    fn every_rule_survives_every_form(prefix in 0usize..31, rest in "[0-9A-Z]{0,13}") {
        let _ = vat_id_check(&format!("{}{rest}", super::RULES[prefix % super::RULES.len()].0));
    }
}
