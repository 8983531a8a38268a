//! Two copies and a changed account among the last weeks, for a reviewer to find.

use chrono::NaiveDate;
use scrutineer::domain::RecordKind;
use serde_json::{Value, json};

use super::calendar::{self, earlier, later, text, today};
use super::{FirmError, Ledger};
use crate::documents::{Dice, GeneratedDocument, iban};

/// An invoice from this amount on is entered twice.
const LARGE: f64 = 5_000.0;
/// Invoices of a vendor from which its account is known.
const KNOWN: usize = 5;
/// Days back on which the copies come.
const CAME: u32 = 3;

/// Enters an invoice again under a slipped number and another, without its document, that asks to be
/// paid elsewhere, and has a colleague claim a photographed receipt again that went through another
/// program. Returns that receipt.
pub(super) fn plant(
    dice: &mut Dice,
    records: &mut Ledger,
    documents: &[GeneratedDocument],
) -> Result<Vec<GeneratedDocument>, FirmError> {
    enter_again(records)?;
    enter_elsewhere(dice, records)?;
    claim_again(records, documents)
}

fn enter_again(records: &mut Ledger) -> Result<(), FirmError> {
    let all = records.rows(RecordKind::VendorInvoice);
    let slipped = |row: &Value| {
        // What a vendor charges month after month would look like one more month.
        let once = all
            .iter()
            .filter(|other| other["total"] == row["total"])
            .count()
            == 1;
        let number = row["number"].as_str()?;
        let total: f64 = row["total"].as_str()?.parse().ok()?;
        (once && total >= LARGE && number.contains('0')).then(|| number.replacen('0', "O", 1))
    };
    let mut rows = all.iter().rev();
    let Some((first, number)) = rows.find_map(|row| Some((row.clone(), slipped(row)?))) else {
        return Ok(());
    };
    let came = earlier(today(), CAME);
    let again = with(
        first,
        json!({
            "id": "VI-AGAIN",
            "number": number,
            "received_on": came.to_string(),
            "status": "received",
            "posted_on": null,
            "paid_on": null,
            "document_sha256": null,
            "known_at": at(came),
        }),
    );
    records.put(RecordKind::VendorInvoice, again)
}

fn enter_elsewhere(dice: &mut Dice, records: &mut Ledger) -> Result<(), FirmError> {
    let all = records.rows(RecordKind::VendorInvoice);
    let of_vendor = |row: &Value| {
        let same = all
            .iter()
            .filter(|other| other["vendor_id"] == row["vendor_id"]);
        same.count()
    };
    let named = |row: &&Value| row["iban"].is_string() && row["id"] != "VI-AGAIN";
    let mut rows = all.iter().rev().filter(named);
    let Some(last) = rows.find(|row| of_vendor(row) >= KNOWN).cloned() else {
        return Ok(());
    };
    let came = earlier(today(), CAME);
    let total = format!("{}.{:02}", dice.between(400, 900), dice.below(100));
    let billed = &last["lines"][0];
    let elsewhere = with(
        last.clone(),
        json!({
            "id": "VI-MOVED",
            "number": dice.fill("#######"),
            "iban": iban(dice, "FR"),
            "total": total,
            "net": null,
            "tax": null,
            "lines": [{"line": "1", "description": billed["description"], "account": billed["account"],
                "cost_centre": billed["cost_centre"], "net": total}],
            "issued_on": calendar::last_workday(earlier(came, 2)).to_string(),
            "due_on": later(came, 28).to_string(),
            "received_on": came.to_string(),
            "order_number": null,
            "service_start": null,
            "service_end": null,
            "status": "received",
            "posted_on": null,
            "paid_on": null,
            "document_sha256": null,
            "known_at": at(came),
        }),
    );
    records.put(RecordKind::VendorInvoice, elsewhere)
}

fn claim_again(
    records: &mut Ledger,
    documents: &[GeneratedDocument],
) -> Result<Vec<GeneratedDocument>, FirmError> {
    let claims = records.rows(RecordKind::ExpenseClaim);
    let photographed = documents.iter().rev().find_map(|document| {
        let claim = |row: &&Value| row["receipt_sha256"] == document.truth.sha256.as_str();
        let claim = document
            .is_photograph()
            .then(|| claims.iter().rev().find(claim))?;
        Some((document, claim?.clone()))
    });
    let Some((receipt, first)) = photographed else {
        return Ok(Vec::new());
    };
    let colleague = claims
        .iter()
        .rev()
        .find(|row| row["team"] == first["team"] && row["employee_id"] != first["employee_id"]);
    let Some(colleague) = colleague.map(|row| row["employee_id"].clone()) else {
        return Ok(Vec::new());
    };
    let copy = receipt.sent_on("receipt-again.jpg".to_owned());
    let copy = copy.map_err(FirmError::Receipt)?;
    let came = earlier(today(), CAME);
    let again = with(
        first,
        json!({
            "id": "X-AGAIN",
            "employee_id": colleague,
            "report_id": null,
            "card_transaction_id": null,
            "paid_by": "employee",
            "receipt_sha256": copy.truth.sha256,
            "submitted_at": at(came),
            "approver_id": null,
            "approved_at": null,
            "known_at": at(came),
        }),
    );
    records.put(RecordKind::ExpenseClaim, again)?;
    Ok(vec![copy])
}

fn at(day: NaiveDate) -> String {
    text(calendar::at(day, 11, 5))
}

/// A row with other members; those that become null are left out when it is kept.
fn with(mut row: Value, members: Value) -> Value {
    if let (Value::Object(row), Value::Object(members)) = (&mut row, members) {
        row.extend(members);
    }
    row
}
