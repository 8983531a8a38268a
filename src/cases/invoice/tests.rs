#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use super::findings::test_support::changed;
use super::*;
use crate::advice::{Effect, Level};
use crate::documents::{
    BBox, FieldName as F, Media, Page, Problem, Reading, Source, Structured, Word,
};

fn case() -> InvoiceCase {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    InvoiceCase::load(&Registry::open(&models).unwrap()).unwrap()
}

/// An e-invoice with pages, judged outside a firm's store.
fn judged(case: &InvoiceCase, reading: Reading, pages: Vec<Page>, problems: &[&str]) -> Assessment {
    let problem = |code: &&str| Problem {
        code: (*code).to_owned(),
        text: format!("About {code}."),
    };
    let parsed = Parsed {
        media: Media::Pdf,
        sha256: "a".repeat(64),
        pages,
        structured: Some(Structured {
            syntax: Media::Cii,
            attachment: None,
            reading,
            problems: Vec::new(),
        }),
        look: None,
        problems: problems.iter().map(problem).collect(),
    };
    let context = Context {
        document_id: "doc".to_owned(),
        as_of: "2024-02-10T08:00:00Z".parse().unwrap(),
        firm: None,
    };
    let readings = case.read(&parsed);
    let judgement = case.assess(&parsed, readings, &context).unwrap();
    judgement.assessment
}

/// A page of these lines, the first of them large.
fn page(lines: &[&str]) -> Page {
    let mut words = Vec::new();
    for (row, line) in (0_u16..).zip(lines) {
        let (size, y0) = (
            if row == 0 { 18.0 } else { 10.0 },
            40.0 + 24.0 * f32::from(row),
        );
        let mut x0 = 50.0;
        for text in line.split(' ') {
            let x1 = x0 + 0.5 * size * text.len() as f32;
            words.push(Word {
                text: text.to_owned(),
                bbox: BBox {
                    x0,
                    y0,
                    x1,
                    y1: y0 + size,
                },
                size,
                bold: false,
            });
            x0 = x1 + 0.3 * size;
        }
    }
    Page {
        number: 1,
        width: 595.0,
        height: 842.0,
        words,
        source: Source::Page,
    }
}

#[test]
fn what_was_left_unread_is_odd_and_only_what_is_missing_is_asked_for() {
    let problems = [
        Problem::HIDDEN_TEXT,
        Problem::ATTACHED_INVOICES_DIFFER,
        Problem::ATTACHED_INVOICE_UNREAD,
        "page_unreadable",
    ];
    let answer = judged(&case(), changed(&[]), Vec::new(), &problems);
    let found: Vec<(&str, Level, &str)> = answer
        .findings
        .iter()
        .map(|finding| (&*finding.code, finding.level, &*finding.text))
        .collect();
    assert_eq!(
        found,
        [
            (
                "attached_invoices_differ",
                Level::High,
                "About attached_invoices_differ."
            ),
            ("hidden_text", Level::Medium, "About hidden_text."),
            (
                "attached_invoice_unread",
                Level::Medium,
                "About attached_invoice_unread."
            ),
        ]
    );
    let advice = &answer.recommendation;
    advice.validate().unwrap();
    let controls = advice.controls_to_add.iter();
    let controls: Vec<&str> = controls.map(|control| control.as_str()).collect();
    assert_eq!(controls, ["compare_structure_with_page", "manual_review"]);
    assert_eq!(
        (advice.level, advice.effect),
        (Level::High, Effect::AddStep)
    );
    assert_eq!(
        advice.data_quality.missing,
        ["attached_invoice_unread", "page_unreadable"]
    );
    assert_eq!(answer.problems.len(), problems.len());
}

#[test]
fn a_negative_total_is_spoken_of_by_the_type_that_is_told() {
    let case = case();
    let code_of = |lines: &[&str]| {
        let negative = changed(&[(F::TypeCode, ""), (F::Total, "-119.00")]);
        let answer = judged(&case, negative, vec![page(lines)], &[]);
        let told = answer.document_type.and_then(|told| told.value);
        let codes = [
            "total_negative",
            "total_of_invoice_negative",
            "total_of_credit_note_negative",
        ];
        let mut found = answer.findings.into_iter().map(|finding| finding.code);
        (
            told,
            found.find(|code| codes.contains(&code.as_str())).unwrap(),
        )
    };
    let mut told = 0;
    for lines in [
        &[
            "Credit Note",
            "We credit your account",
            "Original invoice 4711",
            "Amount credited 119.00",
        ][..],
        &[
            "Invoice",
            "Purchase order 4500012345",
            "Invoice total 119.00",
        ],
        &[
            "Statement of account",
            "Opening balance",
            "Debit Credit Balance",
        ],
    ] {
        let (value, code) = code_of(lines);
        let expected = match value {
            Some(DocumentType::CreditNote) => "total_of_credit_note_negative",
            Some(value) if value.is_invoice() => "total_of_invoice_negative",
            _ => "total_negative",
        };
        assert_eq!(code, expected, "{lines:?}: {value:?}");
        told += usize::from(expected != "total_negative");
    }
    assert!(told > 0, "no type was told, so that nothing was tried");
}
