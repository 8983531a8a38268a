#![allow(clippy::unwrap_used)]
use proptest::prelude::*;

use super::layout::tests::page_of;
use super::*;
use crate::documents::{BBox, Word};

#[test]
fn a_plain_invoice_is_read() {
    let page = page_of(&[
        "Acme GmbH, Hauptstraße 1, 10115 Berlin\tAcme GmbH",
        "Muster AG\tTel. 030 1234",
        "Nebenweg 2\twww.acme.de",
        "20095 Hamburg",
        "",
        "Rechnung Nr. RE-2024-17\tRechnungsdatum: 31.12.2024",
        "",
        "Beschreibung\tMenge\tEinzelpreis\tGesamt",
        "Beratung\t2,00\t500,00\t1.000,00",
        "Summe netto\t\t\t1.000,00 €",
        "19 % MwSt.\t\t\t190,00 €",
        "Rechnungsbetrag\t\t\t1.190,00 €",
    ]);
    let reading = extract(&[page], &FieldModel::rules_only());
    let value = |name| reading.fields.get(&name).map(|f| f.value.as_str());
    assert_eq!(value(FieldName::Number), Some("RE-2024-17"));
    assert_eq!(value(FieldName::IssueDate), Some("2024-12-31"));
    assert_eq!(value(FieldName::Total), Some("1190.00"));
    assert_eq!(value(FieldName::Net), Some("1000.00"));
    assert_eq!(value(FieldName::Tax), Some("190.00"));
    assert_eq!(value(FieldName::Currency), Some("EUR"));
    assert_eq!(value(FieldName::Seller), Some("Acme GmbH"));
    assert_eq!(value(FieldName::Buyer), Some("Muster AG"));
}

#[test]
fn an_empty_page_says_nothing() {
    assert_eq!(extract(&[], &FieldModel::rules_only()), Reading::default());
    assert_eq!(
        extract(&[page_of(&[])], &FieldModel::rules_only()),
        Reading::default()
    );
}

#[test]
fn a_total_is_never_added_up() {
    let page = page_of(&["Beschreibung\tMenge\tGesamt", "A\t1\t10,00", "B\t1\t20,00"]);
    let reading = extract(&[page], &FieldModel::rules_only());
    assert!(!reading.fields.contains_key(&FieldName::Total));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_words_panic(words in proptest::collection::vec(
        ("[0-9.,/:%€A-Z-]{0,12}|Rechnung|Total|Nr\\.|vom|GmbH|\\PC{0,8}", any::<(f32, f32, f32, f32)>(), 0.0_f32..40.0), 0..80)) {
        let words = words.into_iter().map(|(text, (x0, y0, x1, y1), size)| Word {
            text, bbox: BBox { x0: x0 % 600.0, y0: y0 % 900.0, x1: x1 % 600.0, y1: y1 % 900.0 }, size, bold: false,
        }).collect();
        let _ = extract(&[Page { number: 1, width: 595.0, height: 842.0, words }], &FieldModel::rules_only());
    }
}
