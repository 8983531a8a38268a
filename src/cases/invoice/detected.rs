//! What detectors of vendors' invoices find in a document that is laid beside the firm's records.

use std::sync::Arc;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::document_type::is_credit_note_code;
use super::findings::{is_seller, value};
use super::input::Firm;
use crate::cases::detectors::{Flag, InvoiceView, Vendors, flags_of_invoice, vendor_known};
use crate::documents::{FieldName as F, Line, Reading, Source};
use crate::domain::Salt;
use crate::domain::records::{Vendor, VendorInvoice};
use crate::history::{KnownInvoice, read};

/// What is found, in order of the registry; nothing where seller, number, date, currency or total
/// are not read. `pointed_at` are the vendors whom the document's words may mean. Tax is not looked
/// at: what is odd about a document's totals is found by checks of their own.
pub(super) fn flags(
    firm: &Firm,
    reading: &Reading,
    pointed_at: &[Arc<Vendor>],
    document_id: &str,
    sha256: &str,
) -> Vec<Flag> {
    let history = &*firm.history;
    let on_record = on_record(reading, pointed_at);
    let Some(vendor) = on_record.or_else(|| stranger(reading, document_id)) else {
        return Vec::new();
    };
    let Some(invoice) = invoice(reading, document_id, vendor.id.as_str()) else {
        return Vec::new();
    };
    let mut earlier = history.invoices_of(vendor.id.as_str());
    // A record of this document is no earlier invoice.
    earlier.retain(|other| !other.is_of_document(sha256));
    let order = invoice
        .order_number
        .as_deref()
        .and_then(|number| history.purchase_orders(number).into_iter().next());
    // Without the salt nobody can be told to be an employee.
    let employees = history.salt().map(|_| history.work().employees());
    let vendors: Vendors = history.spending().as_followed();
    flags_of_invoice(&InvoiceView {
        invoice: &invoice,
        // When the document came is looked at by checks of its own.
        first_known: None,
        vendor: Some(&vendor),
        vendor_known: vendor_known(history, vendor.id.as_str()),
        earlier: &earlier,
        vendors: &vendors,
        employees: &employees.unwrap_or_default(),
        salt: history.salt().map(Salt::as_bytes),
        order: order.as_deref(),
        thresholds: &firm.thresholds,
    })
}

/// The vendor who is the seller, among those whom the document's words may mean.
pub(super) fn on_record(reading: &Reading, pointed_at: &[Arc<Vendor>]) -> Option<Arc<Vendor>> {
    let is_seller =
        |vendor: &&Arc<Vendor>| is_seller(reading, &vendor.name, vendor.vat_id.as_deref());
    pointed_at.iter().find(is_seller).map(Arc::clone)
}

/// A seller of whom the name is known and nothing else.
pub(super) fn named(id: &str, name: &str) -> Option<Arc<Vendor>> {
    read(json!({"id": id, "name": name})).ok().map(Arc::new)
}

/// A seller who is not on record, as the document tells of it. One slip in a name that was read
/// from pixels is no sign of another firm.
fn stranger(reading: &Reading, document_id: &str) -> Option<Arc<Vendor>> {
    let name = reading.fields.get(&F::Seller)?;
    let body = json!({
        "id": document_id,
        "name": (name.source != Source::Ocr).then_some(&name.value)?,
        "vat_id": value(reading, F::SellerVat),
        "tax_number": value(reading, F::SellerTaxNumber),
        "phone": value(reading, F::SellerPhone),
        "street": value(reading, F::SellerStreet),
        "post_code": value(reading, F::SellerPostCode),
        "city": value(reading, F::SellerCity),
    });
    read(stated(body)).ok().map(Arc::new)
}

/// The document as a record.
pub(super) fn invoice(
    reading: &Reading,
    document_id: &str,
    vendor_id: &str,
) -> Option<KnownInvoice> {
    let total: Decimal = value(reading, F::Total)?.parse().ok()?;
    // Records hold credits below zero, documents mostly above.
    let is_credit_note = value(reading, F::TypeCode).is_some_and(is_credit_note_code);
    let total = if is_credit_note { -total.abs() } else { total };
    let lines: Vec<Value> = reading.lines.iter().filter_map(line).collect();
    let body = json!({
        "id": document_id,
        "vendor_id": vendor_id,
        "number": value(reading, F::Number),
        "issued_on": value(reading, F::IssueDate),
        "due_on": value(reading, F::DueDate),
        "currency": value(reading, F::Currency),
        "total": total.to_string(),
        "order_number": value(reading, F::OrderNumber),
        "iban": value(reading, F::Iban),
        "lines": lines,
    });
    Some(read::<VendorInvoice>(stated(body)).ok()?.into())
}

/// A line with the price of one unit.
fn line(line: &Line) -> Option<Value> {
    let price = line.unit_price?;
    let priced = line.price_base_quantity.unwrap_or(Decimal::ONE);
    Some(stated(json!({
        "line": line.id.as_ref()?,
        "item_code": line.item_code,
        "unit": line.unit,
        "unit_price": price.checked_div(priced)?.round_dp(4).to_string(),
        "net": line.net?.to_string(),
        "order_line": line.order_line,
    })))
}

/// Without what is null.
fn stated(mut body: Value) -> Value {
    if let Value::Object(members) = &mut body {
        members.retain(|_, value| !value.is_null());
    }
    body
}

#[cfg(test)]
mod tests {
    use crate::cases::detectors::Thresholds;
    use crate::cases::invoice::findings::test_support::changed;
    use crate::domain::RecordKind;
    use crate::history::{Facts, FactsAsOf};

    use super::*;

    fn firm() -> Firm {
        let mut facts = Facts::default();
        let known = "2024-01-20T00:00:00Z".parse().unwrap();
        let mut put = |kind, body| facts.insert(kind, known, 1, body).unwrap();
        for (id, name, vat, iban) in [
            ("v1", "Seller GmbH", "DE136695976", "DE89370400440532013000"),
            (
                "v2",
                "Northwind Studio",
                "DE129273398",
                "DE02120300000000202051",
            ),
        ] {
            put(
                RecordKind::Vendor,
                json!({"id": id, "name": name, "vat_id": vat, "ibans": [iban]}),
            );
        }
        for (id, day, sha256) in [
            ("i1", "2024-01-05", "a".repeat(64)),
            ("i2", "2024-01-15", "b".repeat(64)),
        ] {
            put(
                RecordKind::VendorInvoice,
                json!({"id": id, "number": id, "vendor_id": "v1", "issued_on": day, "currency": "EUR",
                    "total": "100", "iban": "DE89370400440532013000", "document_sha256": sha256}),
            );
        }
        put(
            RecordKind::PurchaseOrder,
            json!({"id": "o1", "number": "PO-7", "vendor_id": "v1", "issued_on": "2024-01-01", "currency": "EUR",
                "lines": [{"line": "1", "unit_price": "8"}]}),
        );
        Firm {
            history: Arc::new(FactsAsOf::new(Arc::new(facts), known)),
            thresholds: Arc::new(Thresholds::default()),
            earlier_documents: Vec::new(),
        }
    }

    fn found(reading: &Reading) -> Vec<(String, Vec<String>)> {
        let firm = firm();
        let flags = flags(
            &firm,
            reading,
            &firm.history.vendors(),
            "doc",
            &"b".repeat(64),
        );
        flags
            .into_iter()
            .map(|flag| (flag.detector, flag.twins))
            .collect()
    }

    fn names(reading: &Reading) -> Vec<String> {
        found(reading).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn a_document_is_laid_beside_the_vendors_earlier_invoices() {
        assert!(found(&changed(&[])).is_empty());
        let elsewhere = found(&changed(&[(F::Iban, "FR7630006000011234567890189")]));
        // The record of this very document is not among them.
        assert_eq!(
            elsewhere,
            [(
                "bank_account_changed".to_owned(),
                vec!["vendor_invoice/i1".to_owned()]
            )]
        );
        let mut off = firm();
        off.thresholds = Arc::new(Thresholds {
            off: vec!["bank_account_changed".to_owned()],
            ..Thresholds::default()
        });
        let reading = changed(&[(F::Iban, "FR7630006000011234567890189")]);
        assert!(flags(&off, &reading, &off.history.vendors(), "doc", "").is_empty());
        // Without a total nothing is guessed.
        let without = changed(&[(F::Iban, "FR7630006000011234567890189"), (F::Total, "")]);
        assert!(found(&without).is_empty());
    }

    #[test]
    fn a_stranger_may_look_like_a_vendor_or_use_its_account() {
        let strange = [
            (F::Seller, "Northwlnd Studio"),
            (F::SellerVat, "FR40303265045"),
        ];
        let read = changed(&strange);
        assert_eq!(
            names(&read),
            ["shared_bank_account", "lookalike_vendor"],
            "v1 has this account"
        );
        let mut from_pixels = read;
        for field in from_pixels.fields.values_mut() {
            field.source = Source::Ocr;
        }
        assert!(names(&from_pixels).is_empty());
    }

    #[test]
    fn prices_are_those_of_one_unit() {
        let billed = |price: &str, of: &str| {
            let mut reading = changed(&[]);
            reading.lines = vec![Line {
                id: Some("1".to_owned()),
                order_line: Some("1".to_owned()),
                unit_price: price.parse().ok(),
                price_base_quantity: of.parse().ok(),
                net: "1".parse().ok(),
                ..Line::default()
            }];
            names(&reading)
        };
        assert_eq!(billed("9", "1"), ["price_above_order"]);
        assert!(billed("80", "10").is_empty() && billed("9", "0").is_empty());
    }
}
