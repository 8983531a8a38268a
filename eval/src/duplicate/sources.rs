//! Where items and truth come from: folders of records, and the set of payments.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use chrono::{DateTime, Utc};
use scrutineer::cases::duplicate::Item;
use scrutineer::domain::records::{
    CardTransaction, ExpenseClaim, PurchaseOrder, Record, Vendor, VendorInvoice,
};
use scrutineer::history::KnownInvoice;
use scrutineer_datasets::copies::add_copies;
use scrutineer_datasets::sets::payments;
use serde::Deserialize;

use super::{DuplicateOptions, TruePair, evaluate};
use crate::records::{Standing, file_of, home_of, standing};
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
    let items = items_of(folder)?;
    if items.is_empty() {
        let why = "no vendor_invoice, expense_claim or card_transaction there";
        return Err(EvalError::Absent(format!("{}: {why}", folder.display())));
    }
    let truth = truth.map(true_pairs).transpose()?.unwrap_or_default();
    evaluate(items, &truth, options)
}

/// The records of a folder as they stand in the end, each filed at the moment when it first was known.
fn items_of(folder: &Path) -> Result<Vec<Item>, EvalError> {
    let vendors: Vec<Standing<Vendor>> = read(folder)?;
    let vendors = vendors.iter().map(|one| &one.record);
    let vendors: HashMap<&str, &Vendor> = vendors.map(|one| (one.id.as_str(), one)).collect();
    let invoices: Vec<Standing<VendorInvoice>> = read(folder)?;
    let claims: Vec<Standing<ExpenseClaim>> = read(folder)?;
    let cards: Vec<Standing<CardTransaction>> = read(folder)?;
    let invoices = invoices.into_iter().map(|one| {
        let invoice = KnownInvoice::from(one.record);
        let vendor = vendors.get(invoice.vendor_id.as_str()).copied();
        known_from(one.first_known, Item::billed_by(&invoice, vendor))
    });
    let claims = claims
        .iter()
        .map(|one| known_from(one.first_known, Item::from_claim(&one.record)));
    let cards = cards
        .iter()
        .map(|one| known_from(one.first_known, Item::from_card(&one.record)));
    let items: Vec<Item> = invoices.chain(claims).chain(cards).collect();
    let home = home_of(items.iter().map(|item| item.currency));
    let orders: Vec<Standing<PurchaseOrder>> = read(folder)?;
    let mut of_number: HashMap<&str, Vec<&PurchaseOrder>> = HashMap::new();
    for Standing { record: order, .. } in &orders {
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
    Ok(items.into_iter().map(told).collect())
}

/// When a record first was known tells which of two came later, not when it was changed; one that does not
/// say is known from its own day.
fn known_from(first_known: Option<DateTime<Utc>>, item: Item) -> Item {
    Item {
        known_at: first_known.unwrap_or(item.known_at),
        ..item
    }
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
fn read<T: Record>(folder: &Path) -> Result<Vec<Standing<T>>, EvalError> {
    file_of(folder, T::KIND).map_or_else(|| Ok(Vec::new()), |path| standing(&path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_compared_as_it_stands_and_filed_when_it_first_was_known() {
        let folder = tempfile::tempdir().unwrap();
        let line = |id: &str, total: &str, known_at: &str| {
            format!("{id},v,A-7,2026-03-02,EUR,{total},o,{known_at}\n")
        };
        let rows = [
            // Written out newest first.
            line("i", "400", "2026-03-09T09:00:00Z"),
            line("i", "40", "2026-03-03T09:00:00Z"),
            line("j", "400", "2026-03-05T09:00:00Z"),
            line("k", "400", ""),
        ];
        let head = "id,vendor_id,number,issued_on,currency,total,order_number,known_at\n";
        let write = |file: &str, rows: String| {
            std::fs::write(folder.path().join(file), rows).unwrap();
        };
        write("vendor_invoice.csv", format!("{head}{}", rows.concat()));
        let names = "id,name,trading_name,known_at\n\
            v,New,Bluebird,2026-02-01T09:00:00Z\nv,Old,,2025-02-01T09:00:00Z\n";
        write("vendor.csv", names.to_owned());
        let orders = "id,number,vendor_id,issued_on,currency,total,known_at\n\
            o,o,v,2026-01-02,EUR,400,2026-01-09T09:00:00Z\n\
            o,o,v,2026-01-02,EUR,900,2026-01-03T09:00:00Z\n";
        write("purchase_order.csv", orders.to_owned());
        let items = items_of(folder.path()).unwrap();
        let told = items.iter().map(|item| {
            let known_on = item.known_at.date_naive().to_string();
            (item.id.as_str(), item.minor, known_on)
        });
        let of = |id: &'static str, known_on: &str| (id, 40_000_i128, known_on.to_owned());
        let expected = [
            of("i", "2026-03-03"),
            of("j", "2026-03-05"),
            of("k", "2026-03-02"),
        ];
        assert_eq!(told.collect::<Vec<_>>(), expected);
        let first = &items[0];
        assert_eq!(first.party_name.as_deref(), Some("New"));
        assert_eq!(first.trading_name.as_deref(), Some("Bluebird"));
        assert_eq!(first.ordered, Some(40_000));
    }
}
