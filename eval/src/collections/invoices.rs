//! Invoices of ours with what became of them, and the facts as they became known.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, Utc};
use scrutineer::cases::collections::features::Subject;
use scrutineer::domain::loader::{Rows, Source};
use scrutineer::domain::{CheckedRecord, Currency, RecordKind};
use scrutineer::history::{Facts, FactsAsOf, History as _};
use scrutineer_datasets::sets::receivables;
use scrutineer_fitting::collections::{moment, row};
use serde_json::{Value, json};

use crate::EvalError;

/// An invoice of ours and when it was paid.
#[derive(Debug, Clone)]
pub struct Invoice {
    id: String,
    customer: String,
    /// Invoice date, when it is asked about.
    pub issued_on: NaiveDate,
    /// Day payment was due.
    pub due_on: NaiveDate,
    /// Day it was paid in full; none if it never was in the records.
    pub cleared_on: Option<NaiveDate>,
    /// Total with tax.
    pub amount: f64,
    currency: Currency,
}

impl Invoice {
    /// Its features on the day of issue.
    pub(super) fn row(&self, facts: &Arc<Facts>) -> Vec<f64> {
        let subject = Subject {
            id: &self.id,
            issued_on: self.issued_on,
            due_on: self.due_on,
            amount: self.amount,
            currency: self.currency,
        };
        row(facts, &self.customer, &subject)
    }
}

/// Kinds of record that tell of receivables; the first must be there.
const KINDS: [RecordKind; 4] = [
    RecordKind::CustomerInvoice,
    RecordKind::Payment,
    RecordKind::Customer,
    RecordKind::Interaction,
];

/// Reads `KIND.csv` or `KIND.ndjson` of a folder.
pub(super) fn of_records(folder: &Path) -> Result<(Arc<Facts>, Vec<Invoice>), EvalError> {
    let mut facts = Facts::default();
    for kind in KINDS {
        let path = ["csv", "ndjson"]
            .map(|ending| folder.join(format!("{kind}.{ending}")))
            .into_iter()
            .find(|path| path.is_file());
        let Some(path) = path else {
            if kind == RecordKind::CustomerInvoice {
                let missing = folder.join("customer_invoice.csv");
                return Err(EvalError::Absent(format!(
                    "{} is not there",
                    missing.display()
                )));
            }
            continue;
        };
        let wrong = |message: String| EvalError::File {
            path: path.display().to_string(),
            message,
        };
        let file = File::open(&path).map_err(|error| wrong(error.to_string()))?;
        let source = Source {
            name: path.display().to_string(),
            kind,
            format: None,
        };
        for item in Rows::new(file, source) {
            let item = item.map_err(|problem| wrong(problem.to_string()))?;
            for (version, (known_at, body)) in (1..).zip(moments(item.record)) {
                facts
                    .insert(kind, known_at, version, body)
                    .map_err(&wrong)?;
            }
        }
    }
    Ok(with_outcomes(facts))
}

/// The paid invoices of the HighRadius extract, in its one currency.
pub(super) fn of_highradius(data: &Path) -> Result<(Arc<Facts>, Vec<Invoice>), EvalError> {
    let mut facts = Facts::default();
    for paid in receivables::highradius(data)? {
        let record = CheckedRecord {
            kind: RecordKind::CustomerInvoice,
            id: paid.row.to_string(),
            known_at: None,
            business_date: Some(paid.issued_on),
            body: json!({
                "id": paid.row.to_string(),
                "customer_id": paid.customer,
                "issued_on": paid.issued_on,
                "due_on": paid.due_on,
                "cleared_on": paid.cleared_on,
                "currency": "USD",
                "total": format!("{:.2}", paid.amount),
            }),
        };
        for (version, (known_at, body)) in (1..).zip(moments(record)) {
            let inserted = facts.insert(RecordKind::CustomerInvoice, known_at, version, body);
            inserted.map_err(|message| EvalError::File {
                path: format!("highradius, invoice {}", paid.row),
                message,
            })?;
        }
    }
    Ok(with_outcomes(facts))
}

/// When the facts of a record became known: when it says, else on its business days, a
/// payment on the day after, since the day of payment itself ends with it.
fn moments(record: CheckedRecord) -> Vec<(DateTime<Utc>, Value)> {
    let on = |day: Option<NaiveDate>| day.map_or(DateTime::<Utc>::MIN_UTC, moment);
    let business = record.business_date;
    if let Some(known_at) = record.known_at {
        return vec![(known_at, record.body)];
    }
    match record.kind {
        RecordKind::CustomerInvoice => {
            let day =
                |name: &str| -> Option<NaiveDate> { record.body.get(name)?.as_str()?.parse().ok() };
            let cleared = day("cleared_on");
            let mut issued = record.body.clone();
            if let Some(members) = issued.as_object_mut() {
                for later in ["cleared_on", "open_amount", "status"] {
                    members.remove(later);
                }
            }
            let mut known = vec![(on(business), issued)];
            // Paid before it was issued: known from its first day.
            let settled = cleared.map(|day| moment(day + Days::new(1)).max(on(business)));
            known.extend(settled.map(|known_at| (known_at, record.body)));
            known
        }
        RecordKind::Payment => vec![(on(business.map(|day| day + Days::new(1))), record.body)],
        RecordKind::Interaction => {
            let said = record.body.get("time").and_then(Value::as_str);
            let time = said.and_then(|time| time.parse().ok());
            vec![(time.unwrap_or_else(|| on(business)), record.body)]
        }
        _ => vec![(DateTime::<Utc>::MIN_UTC, record.body)],
    }
}

/// A day after all others.
const END: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

/// The invoices as they stand in the end; credits and cancelled ones are not asked about.
fn with_outcomes(facts: Facts) -> (Arc<Facts>, Vec<Invoice>) {
    let facts = Arc::new(facts);
    let end = FactsAsOf::new(Arc::clone(&facts), moment(END));
    let mut invoices = Vec::new();
    for customer in end.customers_billed() {
        let ledger = end.receivables(&customer);
        invoices.extend(
            ledger
                .iter()
                .filter(|one| one.is_collectable())
                .map(|one| Invoice {
                    id: one.id.to_owned(),
                    customer: customer.clone(),
                    issued_on: one.issued_on,
                    due_on: one.due_on,
                    cleared_on: one.cleared_on,
                    amount: one.amount,
                    currency: one.currency,
                }),
        );
    }
    (facts, invoices)
}
