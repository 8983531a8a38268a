#![allow(clippy::unwrap_used, reason = "tests")]

use super::test_support::{beside, changed, find_in, firm, reading, sound};
use super::{FirmKnowledge, KnownCopy, KnownVendor};
use crate::advice::Level;
use crate::cases::detectors::Flag;
use crate::documents::{FieldName as F, Line, Reading, Source};

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
fn accounts_of_one_fault_are_one_finding() {
    let (good, wrong) = (
        "DE89370400440532013000",
        ["DE89370400440532013001", "DE02120300000000202052"],
    );
    for (first, level, places) in [(good, Level::Medium, 2), (wrong[1], Level::High, 2)] {
        let others = if first == good {
            &wrong[..]
        } else {
            &wrong[..1]
        };
        let reading = beside(changed(&[(F::Iban, first)]), others);
        let found = find_in(Some(&reading), None, &FirmKnowledge::default());
        let told: Vec<_> = found
            .iter()
            .map(|finding| (finding.code.as_str(), finding.level, finding.evidence.len()))
            .collect();
        assert_eq!(told, [("iban_checksum_wrong", level, places)], "{first}");
    }
}

#[test]
fn all_parts_of_a_wrong_sum_are_shown() {
    let reading = changed(&[
        (F::StampDuty, "2.00"),
        (F::Withheld, "20.00"),
        (F::Total, "130.00"),
        (F::Payable, "129.00"),
    ]);
    let found = find_in(Some(&reading), None, &FirmKnowledge::default());
    let told: Vec<(&str, Vec<&str>)> = found
        .iter()
        .map(|finding| {
            let places = finding.evidence.iter().map(|place| &*place.reference);
            let names = places.map(|path| path.trim_start_matches("/Invoice/"));
            (finding.code.as_str(), names.collect())
        })
        .collect();
    let of_total = vec!["total", "net", "tax", "stamp_duty"];
    let of_payable = vec!["payable", "total", "withheld", "stamp_duty"];
    assert_eq!(
        told,
        [
            ("totals_total_wrong", of_total),
            ("totals_payable_wrong", of_payable)
        ]
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
fn every_account_on_the_page_is_held_against_the_structure_and_the_records() {
    let nobody = FirmKnowledge::default();
    let (stated, others) = (
        "DE89370400440532013000",
        ["DE02120300000000202051", "DE75512108001245126199"],
    );
    let page = |first: &str, others: &[&str]| {
        let first = [(F::Number, "R-1"), (F::Iban, first)];
        beside(reading(Source::Page, &first), others)
    };
    let told = |xml: &Reading, page: &Reading, firm: &FirmKnowledge| {
        let found = find_in(Some(xml), Some(page), firm).into_iter();
        found
            .map(|finding| (finding.code, finding.level, finding.evidence.len()))
            .collect::<Vec<(String, Level, usize)>>()
    };
    let differ =
        |level: Level, evidence: usize| [("xml_page_iban_differ".to_owned(), level, evidence)];

    let letterhead = page(stated, &others);
    assert_eq!(
        told(&sound(), &letterhead, &nobody),
        differ(Level::Medium, 3)
    );
    assert_eq!(
        find_in(Some(&sound()), Some(&letterhead), &nobody)[0].text,
        "Payment account: IBAN or other account: the e-invoice states DE89370400440532013000, \
         the page shows DE02120300000000202051, DE75512108001245126199 as well."
    );
    let all = beside(sound(), &others);
    assert_eq!(told(&all, &letterhead, &nobody), []);
    let mut known = firm();
    known.vendors[0].ibans.push(others[0].to_owned());
    known.vendors[0].invoiced_ibans = vec![others[1].to_owned()];
    assert_eq!(told(&sound(), &letterhead, &known), []);

    // Where the first differs, the seller's own account is told too: a machine pays to another.
    let elsewhere = page(others[0], &[stated, others[1]]);
    assert_eq!(told(&sound(), &elsewhere, &nobody), differ(Level::High, 3));
    assert_eq!(told(&sound(), &elsewhere, &known), differ(Level::High, 2));

    // A structure without account, as many are, leaves the page's unlooked at by all else: told where any
    // is known.
    let silent = changed(&[(F::Iban, "")]);
    let shown = page(others[0], &[]);
    assert_eq!(told(&silent, &shown, &nobody), []);
    assert_eq!(told(&silent, &shown, &firm()), differ(Level::High, 1));
    assert_eq!(told(&silent, &shown, &known), []);
    assert_eq!(
        told(&silent, &page(others[0], &[stated]), &firm()),
        differ(Level::Medium, 1)
    );
    let debited = changed(&[(F::Iban, ""), (F::DebitedAccount, others[0])]);
    assert_eq!(told(&debited, &shown, &firm()), []);
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
    // An account of another firm of the group is none of this one's.
    let mut group = firm();
    group.vendors[0].vat_id = None;
    group.vendors.push(KnownVendor {
        id: "vendor-10".into(),
        name: "Seller SAS".into(),
        ibans: vec!["DE75512108001245126199".into()],
        ..KnownVendor::default()
    });
    assert_eq!(firm_codes(&other, &group), ["iban_not_on_record"]);
}

#[test]
fn what_could_not_be_laid_beside_the_records_is_told() {
    let mut known = firm();
    known.unfit = vec![F::IssueDate];
    let found = find_in(Some(&sound()), None, &known);
    assert_eq!(
        (found[0].code.as_str(), found[0].level, found.len()),
        ("records_not_compared", Level::Medium, 1)
    );
    assert!(found[0].text.ends_with("states: Issue date."));
    assert_eq!(found[0].evidence[0].reference, "/Invoice/issue_date");
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
    for name in ["Seller", "Bluebird Coffee"] {
        let again = changed(&[(F::Number, "r2"), (F::Seller, name)]);
        assert_eq!(
            firm_codes(&again, &firm()),
            ["number_already_seen"],
            "{name}"
        );
    }
    let mut by_number = firm();
    by_number.earlier[0].seller_vat = Some("DE136695976".into());
    let without_country = changed(&[(F::Number, "r2"), (F::SellerVat, "136695976")]);
    let codes = firm_codes(&without_country, &by_number);
    assert!(
        codes.contains(&"number_already_seen".to_owned()),
        "{codes:?}"
    );
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
