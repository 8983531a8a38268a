#![allow(clippy::unwrap_used)]
use proptest::prelude::*;

use super::layout::tests::page_of;
use super::*;
use crate::documents::{BBox, Source, Word};
use crate::registry::{Registry, RegistryError, sha256_hex};

/// A copy of the shipped model in which one file is changed.
fn with_changed(file: &str, from: &str, to: &str, redo_digest: bool) -> tempfile::TempDir {
    let shipped = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("models/invoice_fields/1");
    let copy = tempfile::tempdir().unwrap();
    let dir = copy.path().join("invoice_fields/1");
    std::fs::create_dir_all(&dir).unwrap();
    for name in ["manifest.toml", "golden.json", "weights.json"] {
        std::fs::copy(shipped.join(name), dir.join(name)).unwrap();
    }
    let before = std::fs::read_to_string(dir.join(file)).unwrap();
    let after = before.replacen(from, to, 1);
    assert_ne!(before, after);
    if redo_digest {
        let manifest = std::fs::read_to_string(dir.join("manifest.toml")).unwrap();
        let (old, new) = (sha256_hex(before.as_bytes()), sha256_hex(after.as_bytes()));
        std::fs::write(dir.join("manifest.toml"), manifest.replace(&old, &new)).unwrap();
    }
    std::fs::write(dir.join(file), after).unwrap();
    copy
}

#[test]
fn the_shipped_model_loads_and_a_changed_one_is_refused() {
    let shipped = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let model = FieldModel::load(&Registry::open(&shipped).unwrap()).unwrap();
    assert!(model.head("total", Source::Page).is_some());
    let refused = |file: &str, from: &str, to: &str, redo_digest: bool| {
        let copy = with_changed(file, from, to, redo_digest);
        FieldModel::load(&Registry::open(copy.path()).unwrap()).unwrap_err()
    };
    let tampered = refused("weights.json", "0.", "9.", false);
    assert!(
        matches!(tampered, RegistryError::DigestMismatch { .. }),
        "{tampered}"
    );
    let other_value = refused("golden.json", "total=1190.00", "total=1190.01", true);
    assert!(
        matches!(other_value, RegistryError::GoldenMismatch { .. }),
        "{other_value}"
    );
    let other_count = refused("golden.json", "\"fields\":10", "\"fields\":11", true);
    assert!(
        matches!(other_count, RegistryError::GoldenMismatch { .. }),
        "{other_count}"
    );
    let other_layout = refused(
        "manifest.toml",
        "format_version = 2",
        "format_version = 3",
        false,
    );
    assert!(
        matches!(other_layout, RegistryError::FormatVersion { .. }),
        "{other_layout}"
    );
    let other_features = refused("weights.json", "[\"", "[\"other_", true);
    assert!(
        other_features.to_string().contains("weights.json"),
        "{other_features}"
    );
}

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
    let reading = extract(&[page], &FieldModel::default());
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
fn every_account_on_the_page_is_kept_once() {
    let page = page_of(&[
        "Rechnung Nr. RE-2024-17\tRechnungsdatum: 31.12.2024",
        "Rechnungsbetrag\t\t\t1.190,00 €",
        "Bitte zahlen Sie auf unser neues Konto DE02 1203 0000 0000 2020 51",
        "IBAN DE89 3704 0044 0532 0130 00\tIBAN DE88 3704 0044 0532 0130 00",
        "Acme GmbH, IBAN DE89370400440532013000",
    ]);
    let reading = extract(&[page], &FieldModel::default());
    let mut accounts: Vec<&str> = reading.accounts().map(|f| f.value.as_str()).collect();
    assert_eq!(accounts[0], reading.fields[&FieldName::Iban].value);
    accounts.sort_unstable();
    assert_eq!(
        accounts,
        ["DE02120300000000202051", "DE89370400440532013000"]
    );
    assert!(reading.other_accounts[0].bbox.is_some());
}

#[test]
fn amounts_in_thousandths_are_never_a_thousand_times_too_large() {
    let invoice = |net: &str, tax: &str, total: &str| {
        let lines = [
            "Acme Trading\tInvoice number: KW-17".to_owned(),
            "Please pay the amount for the services to your bank\tInvoice date: 31.12.2024"
                .to_owned(),
            format!("Net amount\t\tKWD {net}"),
            format!("VAT 19%\t\tKWD {tax}"),
            format!("Total amount\t\tKWD {total}"),
        ];
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        extract(&[page_of(&lines)], &FieldModel::default())
    };
    let value = |reading: &Reading, name| {
        let field = reading.fields.get(&name);
        field.map(|field| field.value.clone())
    };
    let small = invoice("12.340", "2.345", "14.685");
    assert_eq!(value(&small, FieldName::Currency).as_deref(), Some("KWD"));
    assert_eq!(value(&small, FieldName::Total).as_deref(), Some("14.685"));
    // Whole thousands, or a comma for decimals: nothing on the page says which.
    let open = invoice("12,340", "2,345", "14,685");
    for name in [FieldName::Net, FieldName::Tax, FieldName::Total] {
        assert_eq!(value(&open, name), None);
    }
}

#[test]
fn a_till_receipt_of_pixels_states_what_was_owed_and_not_what_was_handed_over() {
    let mut page = page_of(&[
        "MUSTER STATIONERY SDN BHD",
        "Date: 21/03/2018",
        "Total Sales (Excluding GST):\t19.34",
        "Total GST:\t1.16",
        "Total Sales (Inclusive of GST):\t20.50",
        "CASH:\t50.00",
        "CHANGE:\t29.50",
    ]);
    page.source = Source::Ocr;
    let reading = extract(&[page], &FieldModel::default());
    let total = &reading.fields[&FieldName::Total];
    assert_eq!((total.value.as_str(), total.source), ("20.50", Source::Ocr));
    assert_eq!(reading.fields[&FieldName::Net].value, "19.34");
    assert_eq!(reading.fields[&FieldName::IssueDate].value, "2018-03-21");
}

#[test]
fn an_empty_page_says_nothing() {
    assert_eq!(extract(&[], &FieldModel::default()), Reading::default());
    assert_eq!(
        extract(&[page_of(&[])], &FieldModel::default()),
        Reading::default()
    );
}

#[test]
fn a_total_is_never_added_up() {
    let page = page_of(&["Beschreibung\tMenge\tGesamt", "A\t1\t10,00", "B\t1\t20,00"]);
    let reading = extract(&[page], &FieldModel::default());
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
        let mut page = Page { number: 1, width: 595.0, height: 842.0, words, source: Source::Page };
        let _ = extract(&[page.clone()], &FieldModel::default());
        page.source = Source::Ocr;
        let _ = extract(&[page], &FieldModel::default());
    }
}
