#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use scrutineer::domain::RecordKind;
use serde_json::Value;

use super::{Firm, make};

fn firm() -> Firm {
    make(1, || {}).unwrap()
}

fn ids(firm: &Firm, kind: RecordKind) -> BTreeSet<&str> {
    firm.records
        .rows(kind)
        .iter()
        .map(|row| row["id"].as_str().unwrap())
        .collect()
}

#[test]
fn every_kind_has_records_and_every_id_is_its_own() {
    let firm = firm();
    for kind in RecordKind::ALL {
        let rows = firm.records.rows(*kind);
        assert!(!rows.is_empty(), "no {kind}");
        assert_eq!(ids(&firm, *kind).len(), rows.len(), "{kind}");
    }
    assert!(firm.documents.len() >= 220, "{}", firm.documents.len());
    let kinds: BTreeSet<_> = firm
        .documents
        .iter()
        .map(|document| document.truth.kind)
        .collect();
    assert_eq!(kinds.len(), 10);
}

#[test]
fn every_reference_leads_to_a_record() {
    let firm = firm();
    let targets = [
        ("vendor_id", RecordKind::Vendor),
        ("customer_id", RecordKind::Customer),
        ("project_id", RecordKind::Project),
        ("customer_invoice_id", RecordKind::CustomerInvoice),
        ("card_transaction_id", RecordKind::CardTransaction),
        ("employee_id", RecordKind::Employee),
        ("approver_id", RecordKind::Employee),
        ("manager_id", RecordKind::Employee),
        ("requester_id", RecordKind::Employee),
        ("account_manager_id", RecordKind::Employee),
    ];
    for (member, target) in targets {
        let known = ids(&firm, target);
        for kind in RecordKind::ALL {
            for row in firm.records.rows(*kind) {
                if let Some(id) = row[member].as_str() {
                    assert!(known.contains(id), "{kind} {member} {id}");
                }
            }
        }
    }
    let orders: BTreeSet<_> = firm
        .records
        .rows(RecordKind::PurchaseOrder)
        .iter()
        .map(|row| row["number"].as_str().unwrap())
        .collect();
    for row in firm.records.rows(RecordKind::VendorInvoice) {
        if let Some(number) = row["order_number"].as_str() {
            assert!(orders.contains(number), "{number}");
        }
    }
    for document in &firm.documents {
        let entered = matches!(document.truth.type_code.as_deref(), Some("380"));
        if let Some(number) = document.truth.order_number.as_deref().filter(|_| entered) {
            assert!(orders.contains(number), "{number}");
        }
    }
}

#[test]
fn records_name_documents_that_are_there() {
    let firm = firm();
    let digests: BTreeSet<_> = firm
        .documents
        .iter()
        .map(|document| document.truth.sha256.as_str())
        .collect();
    let mut named = 0;
    for (kind, member) in [
        (RecordKind::VendorInvoice, "document_sha256"),
        (RecordKind::ExpenseClaim, "receipt_sha256"),
    ] {
        for row in firm.records.rows(kind) {
            if let Some(digest) = row[member].as_str() {
                assert!(digests.contains(digest), "{kind} {digest}");
                named += 1;
            }
        }
    }
    assert!(named > 150, "{named}");
}

#[test]
fn nothing_is_known_after_today() {
    let firm = firm();
    for kind in RecordKind::ALL {
        for row in firm.records.rows(*kind) {
            let known_at = row["known_at"].as_str().unwrap();
            assert!(known_at < "2026-11-21", "{kind} {known_at}");
            for (member, value) in row.as_object().unwrap() {
                let planned = matches!(
                    member.as_str(),
                    "due_on"
                        | "due_at"
                        | "ends_on"
                        | "delivery_due_on"
                        | "promised_on"
                        | "service_end"
                        | "period_end"
                        | "service_start"
                ) || member.starts_with("planned_")
                    || member == "starts_on";
                let Value::String(text) = value else { continue };
                if !planned && (member.ends_with("_on") || member.ends_with("_at")) {
                    assert!(text.as_str() < "2026-11-21", "{kind} {member} {text}");
                }
            }
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_firm() {
    let (one, other) = (firm(), firm());
    for kind in RecordKind::ALL {
        assert_eq!(one.records.rows(*kind), other.records.rows(*kind), "{kind}");
    }
    for (a, b) in one.documents.iter().zip(&other.documents) {
        assert_eq!(a.truth.sha256, b.truth.sha256);
    }
}
