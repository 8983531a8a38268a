//! A document told as the firm's records are, so that it can be laid beside them.
//!
//! Whoever sends a document decides what it says. What no record may hold is left out alone: one
//! odd value would otherwise switch off every question that is asked beside the records.

use std::sync::Arc;

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::document_type::is_credit_note_code;
use super::findings::value;
use crate::documents::{FieldName as F, Line, Reading, Source};
use crate::domain::FieldSet;
use crate::domain::records::{Vendor, VendorInvoice, VendorInvoiceLine};
use crate::history::{KnownInvoice, read};

/// Decimal places that amounts are laid beside others with: no currency has more, and a record may
/// not have as many as a document may state.
const PLACES: u32 = 4;

/// What no invoice on record is without, and its member there.
const NEEDED: [(F, &str); 4] = [
    (F::Number, "number"),
    (F::IssueDate, "issued_on"),
    (F::Currency, "currency"),
    (F::Total, "total"),
];

/// The document as a record; none where number, date, currency or total are not read or cannot be held.
pub(super) fn invoice(
    reading: &Reading,
    document_id: &str,
    vendor_id: &str,
) -> Option<KnownInvoice> {
    let head = head(reading, document_id, vendor_id);
    let mut invoice: VendorInvoice = as_far_as_valid(head)?;
    invoice.lines = reading.lines.iter().filter_map(line).collect();
    Some(invoice.into())
}

/// What the document states and no record may hold, of that without which it is no record. What it
/// does not state is told elsewhere.
pub(super) fn unfit(reading: &Reading, document_id: &str) -> Vec<F> {
    let head = head(reading, document_id, document_id);
    let problems = VendorInvoice::from_members("", head).err();
    let problems = problems.unwrap_or_default();
    let unfit = NEEDED.into_iter().filter(|(field, member)| {
        let is_unfit = problems.iter().any(|problem| problem.field == *member);
        is_unfit && reading.fields.contains_key(field)
    });
    unfit.map(|(field, _)| field).collect()
}

/// A seller of whom the name is known and nothing else.
pub(super) fn named(id: &str, name: &str) -> Option<Arc<Vendor>> {
    read(json!({"id": id, "name": name})).ok().map(Arc::new)
}

/// A seller who is not on record, as the document tells of it. One slip in a name that was read
/// from pixels is no sign of another firm.
pub(super) fn stranger(reading: &Reading, document_id: &str) -> Option<Arc<Vendor>> {
    let name = reading.fields.get(&F::Seller)?;
    let body = members(json!({
        "id": document_id,
        "name": (name.source != Source::Ocr).then_some(&name.value)?,
        "vat_id": value(reading, F::SellerVat),
        "tax_number": value(reading, F::SellerTaxNumber),
        "phone": value(reading, F::SellerPhone),
        "street": value(reading, F::SellerStreet),
        "post_code": value(reading, F::SellerPostCode),
        "city": value(reading, F::SellerCity),
    }));
    as_far_as_valid(body).map(Arc::new)
}

/// Everything but the lines.
fn head(reading: &Reading, document_id: &str, vendor_id: &str) -> Map<String, Value> {
    let total: Option<Decimal> = value(reading, F::Total).and_then(|total| total.parse().ok());
    // Records hold credits below zero, documents mostly above.
    let is_credit_note = value(reading, F::TypeCode).is_some_and(is_credit_note_code);
    let total = total.map(|total| if is_credit_note { -total.abs() } else { total });
    // Where no field holds one, a note may ask to be paid to an account.
    let account = reading.accounts().next();
    members(json!({
        "id": document_id,
        "vendor_id": vendor_id,
        "number": value(reading, F::Number),
        "issued_on": value(reading, F::IssueDate),
        "due_on": value(reading, F::DueDate),
        "currency": value(reading, F::Currency),
        "total": total.map(|total| total.round_dp(PLACES).to_string()),
        "order_number": value(reading, F::OrderNumber),
        "iban": account.map(|account| &account.value),
    }))
}

/// A line with the price of one unit.
fn line(line: &Line) -> Option<VendorInvoiceLine> {
    let price = line.unit_price?;
    let priced = line.price_base_quantity.unwrap_or(Decimal::ONE);
    as_far_as_valid(members(json!({
        "line": line.id,
        "item_code": line.item_code,
        "unit": line.unit,
        "unit_price": price.checked_div(priced)?.round_dp(PLACES).to_string(),
        "net": line.net?.round_dp(PLACES).to_string(),
        "order_line": line.order_line,
    })))
}

fn members(body: Value) -> Map<String, Value> {
    match body {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// What is made of the members that can be held; none where it is nothing without one of the others.
fn as_far_as_valid<T: FieldSet>(mut members: Map<String, Value>) -> Option<T> {
    if let Err(problems) = T::from_members("", members.clone()) {
        for problem in problems {
            members.remove(&problem.field);
        }
    }
    read(Value::Object(members)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::invoice::findings::test_support::{beside, changed};

    #[test]
    fn what_a_record_can_do_without_is_left_out_alone() {
        // Records hold ten decimal places, days until 2200 and no empty texts.
        let mut reading = changed(&[(F::Total, "119.00000000001"), (F::DueDate, "2201-01-01")]);
        let good = Line {
            id: Some("1".to_owned()),
            order_line: Some("1".to_owned()),
            unit_price: "9.00000000001".parse().ok(),
            net: "90.00000000001".parse().ok(),
            unit: Some(String::new()),
            ..Line::default()
        };
        let nameless = Line {
            id: Some("\u{80}".to_owned()),
            ..good.clone()
        };
        reading.lines = vec![nameless, good];
        let invoice = invoice(&reading, "doc", "v1").unwrap();
        assert_eq!(invoice.total.amount.decimal(), Decimal::from(119));
        assert_eq!(invoice.due_on, None);
        assert_eq!(invoice.iban.as_deref(), Some("DE89370400440532013000"));
        assert_eq!(invoice.prices.len(), 1, "the other line has no name");
        let price = &invoice.prices[0];
        assert_eq!((&*price.line, &price.unit), ("1", &None));
        assert_eq!(price.price.decimal(), Decimal::from(9));

        let odd = changed(&[(F::SellerCity, " "), (F::SellerPhone, "\u{80}")]);
        let seller = stranger(&odd, "doc").unwrap();
        assert_eq!(seller.vat_id.as_deref(), Some("DE136695976"));
        assert_eq!((&seller.city, &seller.phone), (&None, &None));
    }

    #[test]
    fn the_account_of_a_note_is_that_of_the_record_where_no_field_holds_one() {
        let noted = beside(changed(&[(F::Iban, "")]), &["DE02120300000000202051"]);
        let account = |reading: &Reading| invoice(reading, "doc", "v1").unwrap().iban;
        assert_eq!(account(&noted).as_deref(), Some("DE02120300000000202051"));
        let first = beside(changed(&[]), &["DE02120300000000202051"]);
        assert_eq!(account(&first).as_deref(), Some("DE89370400440532013000"));
    }

    #[test]
    fn what_a_record_is_nothing_without_is_named_where_it_is_stated() {
        for (field, text) in [
            (F::Number, "\u{80}"),
            (F::IssueDate, "2201-01-01"),
            (F::Currency, "EURO"),
            (F::Total, "1000000000000000"),
        ] {
            let reading = changed(&[(field, text)]);
            assert_eq!(unfit(&reading, "doc"), [field], "{field}");
            assert!(invoice(&reading, "doc", "v1").is_none(), "{field}");
            assert!(unfit(&changed(&[(field, "")]), "doc").is_empty(), "{field}");
        }
        assert!(unfit(&changed(&[(F::DueDate, "2201-01-01")]), "doc").is_empty());
    }
}
