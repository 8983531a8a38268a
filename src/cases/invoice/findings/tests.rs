#![allow(clippy::unwrap_used, reason = "tests")]

use super::test_support::{changed, reading, sound};
use super::{EarlierInvoice, Finding, FindingsInput, FirmKnowledge, KnownCopy, KnownVendor, find};
use crate::advice::Level;
use crate::cases::detectors::Flag;
use crate::documents::{FieldName as F, Line, Reading, Source};

fn find_in(xml: Option<&Reading>, page: Option<&Reading>, firm: &FirmKnowledge) -> Vec<Finding> {
    find(&FindingsInput {
        document_id: "doc-1",
        as_of: "2024-02-10".parse().unwrap(),
        page,
        xml,
        merged: xml.or(page).unwrap(),
        firm,
    })
}

fn codes(reading: &Reading) -> Vec<String> {
    let found = find_in(Some(reading), None, &FirmKnowledge::default());
    found.into_iter().map(|finding| finding.code).collect()
}

/// The first change is just within bounds, the second just past them.
fn boundary(code: &str, within: &[(F, &str)], past: &[(F, &str)]) {
    assert!(
        !codes(&changed(within)).iter().any(|found| found == code),
        "{code} within"
    );
    assert!(
        codes(&changed(past)).iter().any(|found| found == code),
        "{code} past"
    );
}

#[test]
fn a_sound_document_has_no_findings() {
    assert_eq!(codes(&sound()), Vec::<String>::new());
}

#[test]
fn each_question_about_the_document_has_its_boundary() {
    boundary(
        "totals_total_wrong",
        &[(F::Total, "119.01")],
        &[(F::Total, "119.02"), (F::Payable, "119.02")],
    );
    boundary(
        "totals_payable_wrong",
        &[(F::Payable, "119.01")],
        &[(F::Payable, "119.02")],
    );
    boundary(
        "iban_checksum_wrong",
        &[(F::Iban, "DE89370400440532013000")],
        &[(F::Iban, "DE89370400440532013001")],
    );
    boundary(
        "iban_length_wrong",
        &[(F::Iban, "12345678")],
        &[(F::Iban, "DE8937040044053201300")],
    );
    boundary(
        "vat_checksum_wrong",
        &[(F::SellerVat, "DE136695976")],
        &[(F::SellerVat, "DE136695977")],
    );
    boundary(
        "vat_format_wrong",
        &[(F::BuyerVat, "US1")],
        &[(F::BuyerVat, "DE1")],
    );
    boundary(
        "due_before_issue",
        &[(F::DueDate, "2024-02-01")],
        &[(F::DueDate, "2024-01-31")],
    );
    boundary(
        "issued_in_future",
        &[(F::IssueDate, "2024-02-11")],
        &[(F::IssueDate, "2024-02-12")],
    );
    boundary("missing_number", &[(F::Number, "1")], &[(F::Number, "")]);
    boundary(
        "missing_seller_vat",
        &[(F::SellerVat, ""), (F::SellerTaxNumber, "12/3")],
        &[(F::SellerVat, "")],
    );
    boundary(
        "missing_seller_vat",
        &[(F::SellerVat, ""), (F::Tax, "0.00")],
        &[(F::SellerVat, ""), (F::Tax, "0.01")],
    );
    boundary(
        "currency_unknown",
        &[(F::Currency, "USD")],
        &[(F::Currency, "EURO")],
    );
    boundary(
        "total_of_invoice_negative",
        &[(F::Total, "0.00")],
        &[(F::Total, "-0.01")],
    );
    boundary(
        "total_of_credit_note_negative",
        &[(F::TypeCode, "381"), (F::Total, "119.00")],
        &[(F::TypeCode, "381"), (F::Total, "-119.00")],
    );
    boundary(
        "seller_country_differs",
        &[
            (F::SellerVat, "EL094019245"),
            (F::SellerCountry, "GR"),
            (F::Iban, ""),
        ],
        &[(F::SellerCountry, "AT")],
    );
    boundary(
        "bank_country_differs",
        &[(F::Iban, "NL91ABNA0417164300"), (F::SellerCountry, "NL")],
        &[(F::Iban, "NL91ABNA0417164300")],
    );
}

#[test]
fn the_gravest_comes_first() {
    let found = find_in(
        Some(&changed(&[
            (F::IssueDate, "2020-01-01"),
            (F::Total, "1.00"),
            (F::Buyer, ""),
        ])),
        None,
        &FirmKnowledge::default(),
    );
    let levels: Vec<Level> = found.iter().map(|finding| finding.level).collect();
    assert_eq!(levels.first(), Some(&Level::High));
    assert_eq!(levels.last(), Some(&Level::Low));
    assert!(levels.is_sorted_by(|a, b| a >= b));
}

#[test]
fn a_wrong_table_is_one_finding() {
    let mut reading = sound();
    let line = |net: i64| Line {
        quantity: Some(2.into()),
        unit_price: Some(10.into()),
        net: Some(net.into()),
        ..Line::default()
    };
    reading.lines = (0..8).map(|_| line(21)).collect();
    let found = find_in(Some(&reading), None, &FirmKnowledge::default());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].evidence.len(), 5);
    assert!(
        found[0].text.contains("1, 2, 3, 4, 5 and 3 more"),
        "{}",
        found[0].text
    );
}

#[test]
fn page_and_structure_that_disagree_are_both_shown() {
    let xml = sound();
    let page = reading(
        Source::Page,
        &[
            (F::Total, "119.00"),
            (F::Number, "r1"),
            (F::Iban, "NL91ABNA0417164300"),
        ],
    );
    let found = find_in(Some(&xml), Some(&page), &FirmKnowledge::default());
    assert_eq!(
        found.len(),
        1,
        "a number in other writing is the same: {found:?}"
    );
    let finding = &found[0];
    assert_eq!(
        (finding.code.as_str(), finding.level),
        ("xml_page_iban_differ", Level::High)
    );
    let kinds: Vec<&str> = finding
        .evidence
        .iter()
        .map(|evidence| evidence.kind.as_str())
        .collect();
    assert_eq!(kinds, ["xml", "page"]);
    assert_eq!(finding.evidence[0].reference, "/Invoice/iban");
    assert_eq!(finding.evidence[1].page, Some(1));
    assert!(finding.evidence[1].bbox.is_some());
}

#[test]
fn a_page_that_calls_the_amount_due_its_total_does_not_disagree() {
    let xml = changed(&[(F::Prepaid, "19.00"), (F::Payable, "100.00")]);
    let none = FirmKnowledge::default();
    let page = |total: &str| reading(Source::Page, &[(F::Total, total)]);
    assert_eq!(find_in(Some(&xml), Some(&page("100")), &none), []);
    assert_eq!(
        find_in(Some(&xml), Some(&page("100.01")), &none)[0].code,
        "xml_page_total_differ"
    );
}

#[test]
fn what_a_page_lacks_is_told_with_less_certainty() {
    let page = reading(Source::Page, &[(F::Number, "1")]);
    let found = find_in(None, Some(&page), &FirmKnowledge::default());
    assert!(
        found
            .iter()
            .all(|finding| finding.level == Level::Low && finding.code.starts_with("missing_"))
    );
    assert_eq!(found.len(), 5);
}

fn firm() -> FirmKnowledge {
    FirmKnowledge {
        vendors: vec![KnownVendor {
            id: "vendor-9".into(),
            name: "SELLER GMBH".into(),
            vat_id: Some("DE 136695976".into()),
            ibans: vec!["DE89 3704 0044 0532 0130 00".into()],
        }],
        orders: Some(["po 7".to_owned()].into()),
        earlier: vec![EarlierInvoice {
            id: "doc-0".into(),
            seller: "Seller GmbH".into(),
            seller_vat: None,
            number: "R-2".into(),
        }],
        flags: Vec::new(),
        copies: Vec::new(),
    }
}

fn firm_codes(reading: &Reading, firm: &FirmKnowledge) -> Vec<String> {
    find_in(Some(reading), None, firm)
        .into_iter()
        .map(|finding| finding.code)
        .collect()
}

#[test]
fn what_fits_the_records_is_no_finding() {
    assert_eq!(firm_codes(&sound(), &firm()), Vec::<String>::new());
}

#[test]
fn another_account_than_on_record_is_found() {
    let other = changed(&[(F::Iban, "DE75512108001245126199")]);
    assert_eq!(firm_codes(&other, &firm()), ["iban_not_on_record"]);
    // Another seller, and a vendor without accounts on record, say nothing.
    let mut stranger = firm();
    stranger.vendors[0].vat_id = Some("DE129273398".into());
    assert_eq!(firm_codes(&other, &stranger), Vec::<String>::new());
    let mut blank = firm();
    blank.vendors[0].ibans.clear();
    assert_eq!(firm_codes(&other, &blank), Vec::<String>::new());
}

#[test]
fn an_order_is_unknown_only_to_a_firm_that_keeps_orders() {
    let other = changed(&[(F::OrderNumber, "PO-8")]);
    assert_eq!(firm_codes(&other, &firm()), ["order_unknown"]);
    let mut without = firm();
    without.orders = None;
    assert_eq!(firm_codes(&other, &without), Vec::<String>::new());
    assert_eq!(
        firm_codes(&changed(&[(F::OrderNumber, "NA")]), &firm()),
        Vec::<String>::new()
    );
}

#[test]
fn a_number_seen_before_names_the_other_document() {
    let again = changed(&[(F::Number, "r2")]);
    let found = find_in(Some(&again), None, &firm());
    assert_eq!(found[0].code, "number_already_seen");
    assert_eq!(found[0].evidence.last().unwrap().reference, "doc-0");
    // The document itself, read again, is not its own copy.
    let mut itself = firm();
    itself.earlier[0].id = "doc-1".into();
    assert_eq!(firm_codes(&again, &itself), Vec::<String>::new());
    let mut stranger = firm();
    stranger.earlier[0].seller = "Other GmbH".into();
    assert_eq!(firm_codes(&again, &stranger), Vec::<String>::new());
}

#[test]
fn what_a_detector_found_names_its_fields_and_records() {
    let mut known = firm();
    known.flags = vec![Flag {
        detector: "shared_bank_account".into(),
        text: "The account is that of Other GmbH too.".into(),
        twins: vec!["vendor/v2".into()],
    }];
    let found = find_in(Some(&sound()), None, &known);
    assert_eq!(
        (found[0].code.as_str(), found[0].level),
        ("shared_bank_account", Level::High)
    );
    let places: Vec<&str> = found[0]
        .evidence
        .iter()
        .map(|place| place.reference.as_str())
        .collect();
    assert_eq!(places, ["/Invoice/iban", "/Invoice/seller", "vendor/v2"]);
}

#[test]
fn what_it_may_be_a_copy_of_is_told_once() {
    let copy = |record: &str| KnownCopy {
        record: record.into(),
        verdict: "retyped_number".into(),
        level: Level::High,
        alike: "same party, amount; number R-1 for R-I".into(),
    };
    let mut known = firm();
    known.copies = vec![copy("vendor_invoice/i1"), copy("document/d1")];
    let found = find_in(Some(&sound()), None, &known);
    let told: Vec<_> = found
        .iter()
        .map(|finding| {
            let twin = finding.evidence.last().unwrap();
            let (kind, reference) = (twin.kind.as_str(), twin.reference.as_str());
            (finding.code.as_str(), finding.level, kind, reference)
        })
        .collect();
    assert_eq!(
        told,
        [
            ("possible_copy", Level::High, "record", "vendor_invoice/i1"),
            ("possible_copy", Level::High, "document", "d1"),
        ]
    );
    assert_eq!(
        found[0].text,
        "May be a copy (retyped number) of vendor_invoice/i1: same party, amount; number R-1 for R-I."
    );
    // The record of its very number is told as that.
    known.copies = vec![copy("vendor_invoice/doc-0")];
    let codes = firm_codes(&changed(&[(F::Number, "R-2")]), &known);
    assert_eq!(codes, ["number_already_seen"]);
}
