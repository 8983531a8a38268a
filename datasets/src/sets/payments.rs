//! Payments to vendors with copies injected: one firm's payments of 2010.

use std::path::Path;

use chrono::NaiveDate;
use flate2::read::GzDecoder;
use scrutineer::domain::FieldSet as _;
use scrutineer::domain::records::VendorInvoice;
use serde::Deserialize;
use serde_json::json;

use super::SetError;

/// A pair that is one thing paid twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InjectedCopy {
    /// Id of the copy.
    pub copy: String,
    /// Id of what it is a copy of.
    pub original: String,
    /// How it was made.
    pub kind: String,
}

/// The payments as invoices, and what was injected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payments {
    /// Every payment, in the order of the file; ids are row numbers of ten digits.
    pub invoices: Vec<VendorInvoice>,
    /// The copies among them.
    pub copies: Vec<InjectedCopy>,
}

#[derive(Deserialize)]
struct Row {
    #[serde(rename = "VendorNum")]
    vendor: String,
    #[serde(rename = "Date")]
    date: NaiveDate,
    #[serde(rename = "InvNum")]
    number: String,
    #[serde(rename = "Amount")]
    amount: String,
    row: u64,
    kind: String,
    /// Written with a point, as `189.0`.
    dup_of: String,
}

/// Reads the payments.
///
/// # Errors
/// [`SetError`] when the file is absent or a row is not what it should be.
pub fn load(data: &Path) -> Result<Payments, SetError> {
    let path = data.join("expenses/payments_injected_duplicates.csv.gz");
    let file = std::fs::File::open(&path).map_err(|error| SetError::io(&path, error))?;
    let rows = csv::Reader::from_reader(GzDecoder::new(file)).into_deserialize();
    let wrong = |line: usize, message: String| SetError::Row {
        path: path.display().to_string(),
        line,
        message,
    };
    let mut payments = Payments {
        invoices: Vec::new(),
        copies: Vec::new(),
    };
    for (line, row) in (2..).zip(rows) {
        let row: Row = row.map_err(|error: csv::Error| wrong(line, error.to_string()))?;
        if !row.dup_of.is_empty() {
            let whole = row.dup_of.split('.').next().unwrap_or_default();
            let original = whole
                .parse()
                .map_err(|_| wrong(line, "`dup_of` is no row number".to_owned()))?;
            payments.copies.push(InjectedCopy {
                copy: padded(row.row),
                original: padded(original),
                kind: row.kind.clone(),
            });
        }
        let invoice = invoice(&row).map_err(|message| wrong(line, message))?;
        payments.invoices.push(invoice);
    }
    Ok(payments)
}

/// Ten digits, so that rows of one day keep the order of the file.
fn padded(row: u64) -> String {
    format!("{row:010}")
}

fn invoice(row: &Row) -> Result<VendorInvoice, String> {
    let members = json!({
        "id": padded(row.row),
        "number": row.number,
        "vendor_id": row.vendor,
        "issued_on": row.date.to_string(),
        "currency": "USD",
        "total": row.amount,
    });
    let serde_json::Value::Object(members) = members else {
        return Err("no object".to_owned());
    };
    VendorInvoice::from_members("", members).map_err(|problems| {
        let first = problems.first();
        first.map_or_else(String::new, |first| {
            format!("`{}` {}", first.field, first.problem)
        })
    })
}
