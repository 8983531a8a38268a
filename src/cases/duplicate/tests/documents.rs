//! Documents that no record names, beside what is recorded after them.

use std::sync::Arc;

use super::*;
use crate::cases::record_case::{RecordCase as _, RecordItem};
use crate::domain::{RecordKind, sha256_hex};
use crate::history::{Facts, FactsAsOf, UnrecordedDocument};

const CAME: &str = "2026-03-04T09:00:00Z";

fn digest(of: &str) -> String {
    sha256_hex(of.as_bytes())
}

fn document(id: &str, number: &str, day: &str, total: &str) -> UnrecordedDocument {
    let body = json!({"id": id, "vendor_id": "v1", "number": number, "issued_on": day, "currency": "EUR", "total": total});
    let invoice: VendorInvoice = record(body, json!({}));
    UnrecordedDocument {
        sha256: digest(id),
        received_at: CAME.parse().unwrap(),
        seller: "Acme GmbH".to_owned(),
        seller_trading_name: None,
        seller_on_record: true,
        is_receipt: false,
        invoice: invoice.into(),
    }
}

/// What is said of the record `r` beside other records and documents without one: names and verdicts.
fn told(
    record: (RecordKind, Value),
    others: &[(RecordKind, Value)],
    documents: Vec<UnrecordedDocument>,
) -> Vec<(String, String, bool)> {
    let mut facts = Facts::default();
    let mut put = |kind, known: &str, mut body: Value, number| {
        if kind == RecordKind::VendorInvoice && body["vendor_id"].is_null() {
            body["vendor_id"] = json!("v1");
        }
        body["currency"] = json!("EUR");
        let known = known.parse().unwrap();
        facts.insert(kind, known, number, body).unwrap();
    };
    let vendor = json!({"id": "v1", "name": "Acme GmbH"});
    put(RecordKind::Vendor, "2025-01-01T00:00:00Z", vendor, 1);
    for (n, (kind, body)) in (2..).zip(others) {
        put(*kind, "2026-02-01T00:00:00Z", body.clone(), n);
    }
    put(record.0, "2026-03-10T08:00:00Z", record.1, 99);
    let now = "2026-03-11T00:00:00Z".parse().unwrap();
    let history = FactsAsOf::new(Arc::new(facts), now).with_unrecorded(documents);
    let asked = RecordItem {
        id: "r".to_owned(),
        as_of: None,
        period_end: None,
    };
    let answer = DuplicateCase.judge(&asked, &history).unwrap();
    let advice = answer.recommendation.suggestion.unwrap();
    let advice: DuplicateAdvice = serde_json::from_value(advice).unwrap();
    let twins = advice.twins.into_iter();
    twins
        .map(|twin| (twin.record, twin.verdict, twin.alarms))
        .collect()
}

fn bill(number: &str, total: &str, more: Value) -> (RecordKind, Value) {
    let mut body = json!({"id": "r", "number": number, "issued_on": "2026-03-02", "total": total});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    (RecordKind::VendorInvoice, body)
}

fn pair(record: &str, verdict: &str, alarms: bool) -> (String, String, bool) {
    (record.to_owned(), verdict.to_owned(), alarms)
}

fn of_document() -> Value {
    json!({"document_sha256": "f".repeat(64)})
}

#[test]
fn a_record_of_another_document_is_a_copy_and_its_own_document_is_none() {
    let first = || vec![document("d", "RE-2041077", "2026-03-02", "1234.50")];
    let again = |number, more| told(bill(number, "1234.50", more), &[], first());
    assert_eq!(
        again("RE-2041077", of_document()),
        [pair("document/d", "exact_resubmission", true)]
    );
    assert_eq!(
        again("RE-2O41O77", of_document()),
        [pair("document/d", "retyped_number", true)]
    );
    // Whoever names no document may have recorded this one, unless it says something else.
    assert_eq!(
        again("RE-2041077", json!({})),
        [pair("document/d", "own_document", false)]
    );
    assert_eq!(
        again("RE-2041707", json!({})),
        [pair("document/d", "retyped_number", true)]
    );
    let itself = json!({"document_sha256": digest("d")});
    assert!(again("RE-2041077", itself).is_empty());
}

#[test]
fn a_document_that_another_record_names_is_told_by_that_record() {
    let first = document("d", "RE-2041077", "2026-03-02", "1234.50");
    let recorded = bill(
        "RE-2041077",
        "1234.50",
        json!({"id": "first", "document_sha256": first.sha256}),
    );
    assert_eq!(
        told(
            bill("RE-2041077", "1234.50", of_document()),
            &[recorded],
            vec![first]
        ),
        [pair("vendor_invoice/first", "exact_resubmission", true)]
    );
}

#[test]
fn a_claim_and_a_use_of_a_card_meet_the_bill_that_came_as_a_document() {
    let came = || vec![document("d", "RE-88", "2026-03-02", "312.40")];
    let claim = |more: Value, documents| {
        let mut body = json!({"id": "r", "employee_id": "e1", "incurred_on": "2026-03-03", "amount": "312.40",
            "paid_by": "employee"});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        told((RecordKind::ExpenseClaim, body), &[], documents)
    };
    let paid_twice = [pair("document/d", "invoice_and_claim", true)];
    let receipt = json!({"merchant": "ACME GmbH", "receipt_sha256": "f".repeat(64)});
    assert_eq!(claim(receipt, came()), paid_twice);
    // A bill waits to be paid; a receipt was, and is the claim's own.
    let unproved = json!({"merchant": "ACME GmbH"});
    assert_eq!(claim(unproved.clone(), came()), paid_twice);
    let receipt = UnrecordedDocument {
        is_receipt: true,
        ..came().remove(0)
    };
    let own = [pair("document/d", "own_document", false)];
    assert_eq!(claim(unproved, vec![receipt.clone()]), own);
    // Nobody knows whose it is where no merchant is named.
    assert!(claim(json!({}), vec![receipt]).is_empty());
    let used = json!({"id": "r", "employee_id": "e1", "merchant": "Acme", "transacted_on": "2026-03-02", "amount": "312.40"});
    assert_eq!(
        told((RecordKind::CardTransaction, used), &[], came()),
        [pair("document/d", "own_document", false)]
    );
}

#[test]
fn what_the_records_explain_is_no_copy_of_a_document() {
    let came = || vec![document("d", "RE-77310", "2026-03-02", "950.00")];
    let again = || bill("RE-7731O", "950.00", of_document());
    assert_eq!(
        told(again(), &[], came()),
        [pair("document/d", "retyped_number", true)]
    );
    let credit = bill("GS-4", "-950.00", json!({"id": "credit"}));
    let found = told(again(), &[credit], came());
    assert!(found.iter().all(|(.., alarms)| !alarms), "{found:?}");
}

#[test]
fn an_order_is_billed_beyond_its_total_by_records_and_documents_together() {
    let order = json!({"id": "o1", "number": "PO-7", "vendor_id": "v1", "issued_on": "2026-01-01", "total": "1000.00",
        "lines": [{"line": "1", "unit_price": "1"}]});
    let orders = (RecordKind::PurchaseOrder, order);
    let on_order = |number: &str, more: Value| {
        let (kind, mut body) = bill(number, "300.00", of_document());
        body["order_number"] = json!("PO-7");
        let members = more.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(members);
        (kind, body)
    };
    let mut came = document("d", "RE-881", "2026-03-02", "300.00");
    came.invoice.order_number = Some("PO-7".to_owned());
    let first = json!({"id": "first", "total": "800.00", "issued_on": "2026-01-09", "document_sha256": digest("first")});
    let part = |others: &[(RecordKind, Value)]| {
        let found = told(on_order("RE-902", json!({})), others, vec![came.clone()]);
        let found = found.into_iter().find(|(name, ..)| name == "document/d");
        found.map(|(_, verdict, _)| verdict)
    };
    assert_eq!(
        part(std::slice::from_ref(&orders)).as_deref(),
        Some("instalment")
    );
    let over = part(&[orders, on_order("RE-640", first)]);
    assert_ne!(over.as_deref(), Some("instalment"), "{over:?}");
}

#[test]
fn a_vendor_whose_name_is_not_known_may_be_the_seller() {
    let stranger = || {
        let mut came = document("d", "RE-2041077", "2026-03-02", "1234.50");
        came.seller_on_record = false;
        came.seller = "Nordlicht GmbH".to_owned();
        came.invoice.vendor_id = came.invoice.id.clone();
        vec![came]
    };
    let of = |vendor: &str, more: Value| {
        let (kind, mut body) = bill("RE-2041077", "1234.50", more);
        body["vendor_id"] = json!(vendor);
        (kind, body)
    };
    let own = [pair("document/d", "own_document", false)];
    assert_eq!(told(of("unnamed", json!({})), &[], stranger()), own);
    let copied = [pair("document/d", "other_vendor", true)];
    assert_eq!(told(of("unnamed", of_document()), &[], stranger()), copied);
    assert_eq!(told(of("v1", json!({})), &[], stranger()), copied);
    // What people call it is a part of the whole name.
    let named = |name: &str| {
        let vendor = (RecordKind::Vendor, json!({"id": "named", "name": name}));
        told(of("named", json!({})), &[vendor], stranger())
    };
    assert_eq!(named("Nordlicht"), own);
    assert_eq!(named("Kranz"), copied);
}

#[test]
fn a_record_may_have_the_id_of_a_document() {
    let came = document("r", "RE-2041077", "2026-03-02", "1234.50");
    assert_eq!(
        told(
            bill("RE-2041077", "1234.50", of_document()),
            &[],
            vec![came]
        ),
        [pair("document/r", "exact_resubmission", true)]
    );
}

#[test]
fn a_document_is_met_under_the_name_its_seller_trades_under() {
    let claim = json!({"id": "r", "employee_id": "e1", "incurred_on": "2026-03-03", "amount": "312.40",
        "paid_by": "employee", "merchant": "Bluebird Coffee"});
    let claimed = |documents| told((RecordKind::ExpenseClaim, claim.clone()), &[], documents);
    let bill = document("d", "RE-77310", "2026-03-02", "312.40");
    let trading = UnrecordedDocument {
        seller_trading_name: Some("Bluebird Coffee".to_owned()),
        ..bill.clone()
    };
    let paid_twice = [pair("document/d", "invoice_and_claim", true)];
    assert_eq!(claimed(vec![trading]), paid_twice);
    assert!(claimed(vec![bill]).is_empty());
}
