#![allow(clippy::unwrap_used)]

use std::path::Path;

use super::*;
use crate::advice::Direction;
use crate::documents::{Field, FieldName, Source};
use crate::registry::{Registry, RegistryError, sha256_hex};

fn models() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("models")
}

fn model() -> TypeModel {
    TypeModel::load(&Registry::open(&models()).unwrap()).unwrap()
}

fn verdict_on(model: &TypeModel, text: &str) -> Option<TypeVerdict> {
    let input = TypeInput {
        pages: &[text::plain_page(text)],
        reading: &Reading::default(),
    };
    model
        .judge(&model.features(&input).unwrap(), "doc-1")
        .unwrap()
}

fn from_xml(fields: &[(FieldName, &str)]) -> Reading {
    let field = |value: &str| Field {
        value: value.to_owned(),
        raw: value.to_owned(),
        confidence: 1.0,
        source: Source::Xml,
        page: None,
        bbox: None,
        path: None,
    };
    Reading {
        fields: fields
            .iter()
            .map(|(name, value)| (*name, field(value)))
            .collect(),
        ..Reading::default()
    }
}

/// A copy of the shipped models in which one file is changed.
fn with_changed(
    file: &str,
    change: impl Fn(&str) -> String,
    redo_digest: bool,
) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for name in ["text_encoder", "invoice_type"] {
        let target = copy.path().join(name).join("1");
        std::fs::create_dir_all(&target).unwrap();
        for entry in std::fs::read_dir(models().join(name).join("1")).unwrap() {
            let path = entry.unwrap().path();
            std::fs::copy(&path, target.join(path.file_name().unwrap())).unwrap();
        }
    }
    let dir = copy.path().join("invoice_type/1");
    let before = std::fs::read_to_string(dir.join(file)).unwrap();
    let after = change(&before);
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
fn plain_titles_are_told_in_every_language() {
    let model = model();
    for (text, expected) in [
        (
            "Credit Note\nWe credit your account\nOriginal invoice 4711\nTotal 120.00",
            DocumentType::CreditNote,
        ),
        (
            "Zahlungserinnerung\nnoch nicht beglichen\nTage Verzug 14",
            DocumentType::Reminder,
        ),
        (
            "Relevé de compte\nsolde initial\ndébit crédit solde",
            DocumentType::Statement,
        ),
        ("Proforma factuur\nvooruitbetaling", DocumentType::ProForma),
    ] {
        let verdict = verdict_on(&model, text).unwrap();
        assert_eq!(verdict.set.first(), Some(&expected), "{text}");
    }
}

#[test]
fn weights_of_all_reasons_add_up_to_the_raw_score_less_the_baseline() {
    let model = model();
    let long = "Rechnung\nBestellnummer 4500012345\nMenge Stunden Summe 119,00\n".repeat(30);
    for text in ["Invoice", "Mahnung\nverzug", long.as_str()] {
        let verdict = verdict_on(&model, text).unwrap();
        let reasons = verdict.reasons.iter().chain(&verdict.counter_reasons);
        let sum: f64 = reasons.map(|reason| reason.weight).sum();
        assert!(
            (sum - (verdict.raw_score - verdict.baseline)).abs() < 1e-9,
            "{text}"
        );
        assert!(!verdict.reasons.is_empty());
        assert!(
            verdict
                .reasons
                .iter()
                .all(|r| r.direction == Direction::Raises)
        );
        assert!(
            verdict
                .counter_reasons
                .iter()
                .all(|r| r.direction == Direction::Lowers)
        );
        let total: f64 = verdict.probabilities.iter().sum();
        assert!((total - 1.0).abs() < 1e-9);
        assert!(
            verdict
                .evidence
                .iter()
                .all(|e| e.page == Some(1) && e.reference == "doc-1")
        );
        assert!(!verdict.evidence.is_empty());
    }
}

#[test]
fn a_type_code_is_followed_and_no_text_at_all_is_not_judged() {
    let model = model();
    let credit = from_xml(&[(FieldName::TypeCode, "381"), (FieldName::Total, "120.00")]);
    let input = TypeInput {
        pages: &[],
        reading: &credit,
    };
    let verdict = model
        .judge(&model.features(&input).unwrap(), "x")
        .unwrap()
        .unwrap();
    assert_eq!(verdict.set.first(), Some(&DocumentType::CreditNote));

    assert_eq!(verdict_on(&model, ""), None);
    let nothing = TypeInput {
        pages: &[],
        reading: &Reading::default(),
    };
    assert_eq!(
        model
            .judge(&model.features(&nothing).unwrap(), "x")
            .unwrap(),
        None
    );
}

#[test]
fn an_e_invoice_without_pages_is_judged_by_signs_alone() {
    let model = model();
    let mut reading = from_xml(&[
        (FieldName::TypeCode, "380"),
        (FieldName::OrderNumber, "PO-7"),
        (FieldName::Total, "119.00"),
    ]);
    reading.lines.push(crate::documents::Line {
        description: Some("Hex bolt M8x40".to_owned()),
        unit: Some("C62".to_owned()),
        ..crate::documents::Line::default()
    });
    let input = TypeInput {
        pages: &[],
        reading: &reading,
    };
    let features = model.features(&input).unwrap();
    assert!(features.chunks.is_empty());
    let verdict = model.judge(&features, "x").unwrap().unwrap();
    assert_eq!(verdict.value, Some(DocumentType::PoInvoice));
    let reasons = verdict.reasons.iter().chain(&verdict.counter_reasons);
    assert!(reasons.into_iter().all(|r| !r.code.starts_with("wording_")));

    let without = features.with_order(false);
    assert!(!without.names_an_order());
    let verdict = model.judge(&without, "x").unwrap().unwrap();
    assert_eq!(verdict.set.first(), Some(&DocumentType::NonPoInvoice));
}

#[test]
fn what_neither_bills_nor_credits_is_not_told_from_a_credit_note() {
    for kind in DocumentType::ALL {
        let expected = match kind.type_code() {
            Some("381") => Some(true),
            Some("380") => Some(false),
            _ => None,
        };
        assert_eq!(kind.is_credit_note(), expected, "{kind}");
    }
}

#[test]
fn stored_features_give_the_same_verdict_bit_for_bit() {
    let model = model();
    let page = text::plain_page("Invoice\nPurchase order 4500012345\nTotal 12.00");
    let input = TypeInput {
        pages: &[page],
        reading: &Reading::default(),
    };
    let features = model.features(&input).unwrap();
    let stored: TypeFeatures =
        serde_json::from_str(&serde_json::to_string(&features).unwrap()).unwrap();
    assert_eq!(stored, features);
    assert_eq!(
        model.judge(&stored, "x").unwrap(),
        model.judge(&features, "x").unwrap()
    );
    let order = features.sign("order_number").unwrap();
    assert_eq!(order.text.as_deref(), Some("4500012345"));
}

#[test]
fn tampered_weights_are_refused() {
    let copy = with_changed("weights.json", |text| text.replacen("0.0", "9.0", 1), false);
    let error = TypeModel::load(&Registry::open(copy.path()).unwrap()).unwrap_err();
    assert!(
        matches!(
            &error,
            TypeError::Registry(RegistryError::DigestMismatch { .. })
        ),
        "{error}"
    );
    assert!(error.to_string().contains("weights.json"), "{error}");
}

#[test]
fn a_model_that_misses_its_golden_scores_is_refused() {
    let copy = with_changed(
        "golden.json",
        |text| text.replacen("\"credit_note\":0.", "\"credit_note\":1.", 1),
        true,
    );
    let error = TypeModel::load(&Registry::open(copy.path()).unwrap()).unwrap_err();
    assert!(
        matches!(
            &error,
            TypeError::Registry(RegistryError::GoldenMismatch { .. })
        ),
        "{error}"
    );
}

#[test]
fn weights_for_other_features_or_types_are_refused() {
    for (from, to) in [
        ("\"text_000\"", "\"text_999\""),
        ("\"reminder\"", "\"letter\""),
    ] {
        let copy = with_changed("weights.json", |text| text.replacen(from, to, 1), true);
        let error = TypeModel::load(&Registry::open(copy.path()).unwrap()).unwrap_err();
        assert!(matches!(error, TypeError::Weights(_)), "{error}");
    }
}
