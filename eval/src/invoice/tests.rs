#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use scrutineer::documents::FieldName as F;
use scrutineer_datasets::sets::{InvoiceSet, TruthRow};
use scrutineer_datasets::split::{self, Split};

use super::{InvoiceOptions, InvoiceOutcome, Protocol, evaluate};
use crate::{EvalError, FieldScore};

fn invoice(number: &str, total: &str) -> String {
    format!(
        "<Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\"><ID>{number}</ID>\
         <AccountingSupplierParty><Party><PartyName><Name>S</Name></PartyName>\
         <PartyTaxScheme><CompanyID>12/3</CompanyID><TaxScheme><ID>FC</ID></TaxScheme></PartyTaxScheme></Party></AccountingSupplierParty>\
         <LegalMonetaryTotal><TaxInclusiveAmount>{total}</TaxInclusiveAmount></LegalMonetaryTotal></Invoice>"
    )
}

fn row(file: &str, fields: &[(F, Option<&str>)]) -> TruthRow {
    TruthRow {
        file: file.to_owned(),
        fields: fields
            .iter()
            .map(|(name, value)| (*name, value.map(str::to_owned)))
            .collect(),
        lines: None,
        line_items: None,
        taxes: None,
        document_type: None,
    }
}

fn run(
    folder: &Path,
    rows: Vec<TruthRow>,
    split: Option<Split>,
) -> Result<InvoiceOutcome, EvalError> {
    let options = InvoiceOptions {
        set: "test".to_owned(),
        documents: folder.to_owned(),
        rows,
        protocol: Protocol::Whole,
        split,
        models: Path::new(env!("CARGO_MANIFEST_DIR")).join("../models"),
    };
    evaluate(&options, || {})
}

#[test]
fn right_wrong_abstained_and_missed_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.xml"), invoice("7", "12.50")).unwrap();
    std::fs::write(folder.path().join("b.xml"), "<broken").unwrap();
    let rows = vec![
        row(
            "a.xml",
            &[
                (F::Number, Some("7")),
                (F::Total, Some("12.5")),
                (F::Net, Some("10")),
                (F::Seller, None),
            ],
        ),
        row(
            "a.xml",
            &[(F::Total, Some("12.51")), (F::SellerVat, Some("12/3"))],
        ),
        row("b.xml", &[(F::Total, Some("1"))]),
        row("absent.xml", &[(F::Total, Some("1"))]),
    ];
    let outcome = run(folder.path(), rows, None).unwrap();
    let fields = &outcome.evaluation.fields;
    assert_eq!(outcome.evaluation.n, 4);
    assert_eq!(
        fields["total"],
        FieldScore {
            right: 1,
            wrong: 1,
            missed: 2,
            ..FieldScore::default()
        }
    );
    assert_eq!(
        fields["net"],
        FieldScore {
            abstained: 1,
            ..FieldScore::default()
        }
    );
    assert_eq!(
        fields["seller"],
        FieldScore {
            unstated: 1,
            ..FieldScore::default()
        }
    );
    // A tax number told as VAT identifier is an error of the truth, and still counted.
    assert_eq!(
        fields["seller_vat"],
        FieldScore {
            abstained: 1,
            truth_of_other_term: 1,
            ..FieldScore::default()
        }
    );
    assert_eq!(outcome.evaluation.metrics["exact"], Some(2.0 / 7.0));
    assert_eq!(
        outcome.evaluation.metrics["exact_truth_corrected"],
        Some(2.0 / 6.0)
    );
    assert_eq!(outcome.disagreements.len(), 5);
}

#[test]
fn a_side_of_the_split_leaves_the_other_out() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.xml"), invoice("7", "1")).unwrap();
    let rows: Vec<TruthRow> = (0..50)
        .map(|i| {
            row(
                "a.xml",
                &[(F::Seller, Some("S")), (F::Number, Some(&i.to_string()))],
            )
        })
        .collect();
    let held = (0..50)
        .filter(|i: &i32| split::of("S", &i.to_string()) == Split::HeldOut)
        .count();
    let run = |split| {
        run(folder.path(), rows.clone(), Some(split))
            .unwrap()
            .evaluation
            .n
    };
    assert_eq!((run(Split::HeldOut), run(Split::Build)), (held, 50 - held));
}

#[test]
fn absent_documents_are_said_to_be_absent() {
    let missing = Path::new("no/such/folder");
    assert!(matches!(
        run(missing, Vec::new(), None),
        Err(EvalError::Absent(_))
    ));
    assert!(matches!(
        InvoiceSet::Peppol.load(missing).map_err(EvalError::from),
        Err(EvalError::Absent(_))
    ));
}
