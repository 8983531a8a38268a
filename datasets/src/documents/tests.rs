#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use scrutineer::cases::invoice::DocumentType;
use scrutineer::documents::checks::{VatIdCheck, iban_is_valid, vat_id_check};
use scrutineer::documents::parse::{ParseOptions, parse};
use sha2::{Digest, Sha256};

use super::{Commission, Syntax, document, generate};

mod lines;

/// Letters and digits alone, so that spaces and separators do not matter.
fn bare(text: &str) -> String {
    text.chars().filter(|sign| sign.is_alphanumeric()).collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes_whatever_the_count() {
    let mut digest = Sha256::new();
    for document in generate(7, 40) {
        digest.update(&document.bytes);
    }
    assert_eq!(
        hex::encode(digest.finalize()),
        "629434027038e95f8fef820f2994e56d602dc480d88a221c8d861426d83f2408"
    );
    let short: Vec<_> = generate(11, 3).collect();
    let long: Vec<_> = generate(11, 9).collect();
    for (one, other) in short.iter().zip(&long) {
        assert_eq!((&one.bytes, &one.truth), (&other.bytes, &other.truth));
    }
    assert_ne!(short[0].bytes, generate(12, 1).next().unwrap().bytes);
}

#[test]
fn every_kind_and_at_least_twelve_layouts_occur() {
    let rows: Vec<_> = generate(3, 300).map(|document| document.truth).collect();
    let kinds: BTreeSet<_> = rows.iter().map(|row| row.kind).collect();
    let layouts: BTreeSet<_> = rows.iter().map(|row| row.layout.as_str()).collect();
    let languages: BTreeSet<_> = rows.iter().map(|row| row.language.as_str()).collect();
    assert_eq!(kinds.len(), DocumentType::ALL.len());
    assert!(layouts.len() >= 12, "{layouts:?}");
    assert_eq!(languages.len(), 6);
}

#[test]
fn what_the_truth_says_stands_on_the_page() {
    for document in generate(5, 60) {
        let parsed = parse(
            &document.bytes,
            &ParseOptions {
                ignore_xml: true,
                ..ParseOptions::default()
            },
        );
        assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
        let page: String = parsed
            .pages
            .iter()
            .flat_map(|page| &page.words)
            .map(|word| bare(&word.text))
            .collect();
        let truth = &document.truth;
        let whole = [&truth.number, &truth.order_number, &truth.iban];
        for value in whole.into_iter().flatten() {
            assert!(page.contains(&bare(value)), "{}: {value}", truth.file);
        }
        // Long names may break over lines, with a neighbour read in between.
        let names = [&truth.seller, &truth.buyer];
        for word in names.into_iter().flatten().flat_map(|name| name.split(' ')) {
            assert!(page.contains(&bare(word)), "{}: {word}", truth.file);
        }
        for value in [truth.net, truth.tax, truth.total, truth.payable]
            .into_iter()
            .flatten()
        {
            let printed = bare(&format!("{:.2}", value.abs()));
            assert!(page.contains(&printed), "{}: {value}", truth.file);
        }
    }
}

#[test]
fn dates_sums_and_check_digits_hold() {
    for document in generate(9, 300) {
        let truth = document.truth;
        let date = |text: &Option<String>| {
            text.as_ref()
                .map(|text| text.parse::<NaiveDate>().expect("a date"))
        };
        if let (Some(issued), Some(due)) = (date(&truth.issue_date), date(&truth.due_date)) {
            assert!(issued <= due);
        }
        if let (Some(start), Some(end)) = (date(&truth.service_start), date(&truth.service_end)) {
            assert!(start <= end);
        }
        if let (Some(net), Some(tax), Some(total)) = (truth.net, truth.tax, truth.total) {
            let spoilt = truth.oddities.iter().any(|name| name == "bad_arithmetic");
            assert_eq!(net + tax == total, !spoilt, "{}", truth.file);
        }
        if let Some(iban) = &truth.iban {
            assert!(iban_is_valid(iban), "{iban}");
        }
        for vat in [&truth.seller_vat, &truth.buyer_vat].into_iter().flatten() {
            // Forms without a public checksum cannot be wrong in it.
            let check = vat_id_check(vat);
            let holds = matches!(check, VatIdCheck::Valid | VatIdCheck::FormatOnly);
            assert!(holds, "{vat}: {check:?}");
        }
    }
}

#[test]
fn lines_add_up_to_the_sum_they_stand_over() {
    for index in 0..120 {
        let commission = Commission::drawn(13, index);
        let totals = &commission.facts.totals;
        if commission.facts.items.is_empty() {
            continue;
        }
        let lines: Decimal = commission.facts.items.iter().map(|item| item.net).sum();
        assert_eq!(lines, totals.lines);
    }
}

#[test]
fn attached_and_lone_e_invoices_are_read_back() {
    let mut attached = 0;
    for index in 0..120 {
        let made = document(17, index);
        let parsed = parse(&made.bytes, &ParseOptions::default());
        attached += usize::from(parsed.structured.is_some());
    }
    assert!(attached > 0, "no attachment among 120 documents");
    for syntax in [Syntax::Cii, Syntax::Ubl] {
        let commission = (0..)
            .map(|index| Commission::drawn(19, index))
            .find(|drawn| drawn.facts.kind == DocumentType::CreditNote)
            .unwrap();
        let number = commission.facts.number.clone();
        let made = commission.into_xml("one.xml".to_owned(), syntax);
        let parsed = parse(&made.bytes, &ParseOptions::default());
        let reading = parsed.structured.expect("an e-invoice").reading;
        let read = &reading.fields[&scrutineer::documents::FieldName::Number];
        assert_eq!(read.value, number);
    }
}

#[test]
fn a_second_copy_names_the_first_and_differs_in_bytes() {
    let copy = generate(1, 400)
        .find(|document| {
            document
                .truth
                .oddities
                .iter()
                .any(|name| name.starts_with("duplicate:"))
        })
        .expect("a copy among 400");
    let named = copy
        .truth
        .oddities
        .iter()
        .find_map(|name| name.strip_prefix("duplicate:document-"))
        .unwrap();
    let index: usize = named.trim_end_matches(".pdf").parse().unwrap();
    let first = document(1, index);
    assert_eq!(first.truth.number, copy.truth.number);
    assert_ne!(first.bytes, copy.bytes);
}

#[test]
fn rows_fit_the_published_schema() {
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../../schema/document_truth.json")).unwrap();
    let known = schema["properties"].as_object().unwrap();
    let row = serde_json::to_value(document(1, 0).truth).unwrap();
    for name in row.as_object().unwrap().keys() {
        assert!(known.contains_key(name), "{name} is not in the schema");
    }
}
