//! Where items and truth come from: folders of records, and the set of payments.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use scrutineer::cases::duplicate::Item;
use scrutineer::domain::loader::{Rows, Source};
use scrutineer::domain::records::{
    CardTransaction, ExpenseClaim, PurchaseOrder, Vendor, VendorInvoice,
};
use scrutineer::domain::{FieldSet, RecordKind};
use scrutineer::history::KnownInvoice;
use scrutineer_datasets::copies::add_copies;
use scrutineer_datasets::sets::payments;
use serde::Deserialize;

use super::{DuplicateOptions, TruePair, evaluate};
use crate::records::home_of;
use crate::{EvalError, Evaluation};

/// Hundredths from which a payment is looked at.
const LEAST_MINOR: i128 = 10_000;
/// Days within which copies of payments are looked for.
const WINDOW_DAYS: u64 = 60;
/// Copies of our own making.
const OWN_COPIES: usize = 500;

/// The payments with their injected copies, or with copies of our own making by a seed.
///
/// # Errors
/// [`EvalError::Absent`] without the data.
pub fn on_payments(
    data: &Path,
    own_copies: Option<u64>,
    reviewed: Option<usize>,
) -> Result<Evaluation, EvalError> {
    let mut payments = payments::load(data)?;
    if let Some(seed) = own_copies {
        let least = "100".parse().unwrap_or_default();
        payments.copies = add_copies(&mut payments.invoices, OWN_COPIES, least, seed);
    }
    let truth: Vec<TruePair> = payments
        .copies
        .into_iter()
        .map(|copy| TruePair {
            a: copy.copy,
            b: copy.original,
            kind: Some(copy.kind),
        })
        .collect();
    let items = payments
        .invoices
        .iter()
        .map(|invoice| Item::from_invoice(&KnownInvoice::from(invoice.clone()), None))
        .collect();
    let made = own_copies.map_or_else(String::new, |seed| {
        format!(", copies of our own with seed {seed}")
    });
    let options = DuplicateOptions {
        set: "payments".to_owned(),
        protocol: format!("amount at least 100, within 60 days, the whole book known{made}"),
        least_minor: Some(LEAST_MINOR),
        window_days: Some(WINDOW_DAYS),
        reviewed,
    };
    evaluate(items, &truth, &options)
}

/// A folder of records, with the truth where there is one.
///
/// # Errors
/// [`EvalError`] that names the file, the line and the member.
pub fn on_records(
    folder: &Path,
    truth: Option<&Path>,
    options: &DuplicateOptions,
) -> Result<Evaluation, EvalError> {
    let vendors: Vec<Vendor> = read(folder, RecordKind::Vendor)?;
    let names = vendors
        .iter()
        .map(|one| (one.id.as_str(), one.name.as_str()));
    let names: HashMap<&str, &str> = names.collect();
    let invoices: Vec<VendorInvoice> = read(folder, RecordKind::VendorInvoice)?;
    let claims: Vec<ExpenseClaim> = read(folder, RecordKind::ExpenseClaim)?;
    let cards: Vec<CardTransaction> = read(folder, RecordKind::CardTransaction)?;
    let invoices = invoices.iter().map(|invoice| {
        let known = KnownInvoice::from(invoice.clone());
        Item::from_invoice(&known, names.get(invoice.vendor_id.as_str()).copied())
    });
    let items: Vec<Item> = invoices
        .chain(claims.iter().map(Item::from_claim))
        .chain(cards.iter().map(Item::from_card))
        .collect();
    let home = home_of(items.iter().map(|item| item.currency));
    let orders: Vec<PurchaseOrder> = read(folder, RecordKind::PurchaseOrder)?;
    let mut of_number: HashMap<&str, Vec<&PurchaseOrder>> = HashMap::new();
    for order in &orders {
        of_number.entry(&order.number).or_default().push(order);
    }
    let told = |item: Item| {
        let orders = item.order.as_deref().and_then(|order| of_number.get(order));
        let orders: Vec<&PurchaseOrder> = orders.cloned().unwrap_or_default();
        let item = item.with_order(orders.into_iter());
        match home {
            Some(home) => item.in_firm_of(home),
            None => item,
        }
    };
    let items: Vec<Item> = items.into_iter().map(told).collect();
    if items.is_empty() {
        let why = "no vendor_invoice, expense_claim or card_transaction there";
        return Err(EvalError::Absent(format!("{}: {why}", folder.display())));
    }
    let truth = truth.map(true_pairs).transpose()?.unwrap_or_default();
    evaluate(items, &truth, options)
}

#[derive(Deserialize)]
struct TruthRow {
    id_a: String,
    id_b: String,
    kind: Option<String>,
}

fn true_pairs(path: &Path) -> Result<Vec<TruePair>, EvalError> {
    let wrong = |message: String| EvalError::File {
        path: path.display().to_string(),
        message,
    };
    let file = File::open(path).map_err(|error| wrong(error.to_string()))?;
    let rows = csv::Reader::from_reader(file).into_deserialize();
    rows.map(|row| {
        let row: TruthRow = row.map_err(|error: csv::Error| wrong(error.to_string()))?;
        Ok(TruePair {
            a: row.id_a,
            b: row.id_b,
            kind: row.kind.filter(|kind| !kind.is_empty()),
        })
    })
    .collect()
}

/// The records of a kind; none where there is no file.
fn read<T: FieldSet>(folder: &Path, kind: RecordKind) -> Result<Vec<T>, EvalError> {
    let path = ["csv", "ndjson"]
        .map(|ending| folder.join(format!("{kind}.{ending}")))
        .into_iter()
        .find(|path| path.is_file());
    let Some(path) = path else {
        return Ok(Vec::new());
    };
    let name = path.display().to_string();
    let wrong = |message: String| EvalError::File {
        path: name.clone(),
        message,
    };
    let file = File::open(&path).map_err(|error| wrong(error.to_string()))?;
    let source = Source {
        name: name.clone(),
        kind,
        format: None,
    };
    let mut records = Vec::new();
    for row in Rows::new(file, source) {
        let row = row.map_err(|problem| wrong(problem.to_string()))?;
        let known_at = row.record.known_at;
        let serde_json::Value::Object(mut members) = row.record.body else {
            continue;
        };
        if let Some(known_at) = known_at {
            members.insert("known_at".to_owned(), known_at.to_rfc3339().into());
        }
        let read = T::from_members("", members);
        records.push(read.map_err(|problems| wrong(format!("{problems:?}")))?);
    }
    Ok(records)
}
