//! Invoices of ours with what became of them, and the facts as they became known.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use scrutineer::cases::collections::features::Subject;
use scrutineer::cases::collections::notes::ReadsNotes;
use scrutineer::domain::{CheckedRecord, Currency, RecordKind};
use scrutineer::history::{Facts, FactsAsOf, History as _, ReceivablesAsOf};
use scrutineer_datasets::sets::receivables;
use scrutineer_fitting::collections::{DAYS_OVERDUE, days_passed, moment, outcome, row_on};
use scrutineer_fitting::distribution::{Again, Outcome};
use serde_json::json;

use crate::EvalError;
use crate::records::{END, facts_of, moments};

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
    /// What is known of its days late when the records end.
    pub outcome: Outcome,
    /// Total with tax.
    pub amount: f64,
    currency: Currency,
}

impl Invoice {
    /// Its features on the day of issue.
    ///
    /// # Errors
    /// [`EvalError`] if a note of the customer could not be read.
    pub(super) fn row(
        &self,
        facts: &Arc<Facts>,
        notes: &dyn ReadsNotes,
    ) -> Result<Vec<f64>, EvalError> {
        self.row_on(self.issued_on, facts, notes)
    }

    /// The same on days on which it was overdue and not paid, as far as it was watched.
    ///
    /// # Errors
    /// [`EvalError`] if a note of the customer could not be read.
    pub(super) fn asked_again(
        &self,
        watched: Outcome,
        facts: &Arc<Facts>,
        notes: &dyn ReadsNotes,
    ) -> Result<Vec<Again>, EvalError> {
        let open = DAYS_OVERDUE.into_iter().filter(|days| {
            let day = self.due_on + Days::new(*days);
            day > self.issued_on && watched.above(days_passed(*days)) == Some(true)
        });
        open.map(|days| {
            Ok(Again {
                row: self.row_on(self.due_on + Days::new(days), facts, notes)?,
                passed: days_passed(days),
            })
        })
        .collect()
    }

    /// Its features on another day.
    ///
    /// # Errors
    /// [`EvalError`] if a note of the customer could not be read.
    pub(super) fn row_on(
        &self,
        day: NaiveDate,
        facts: &Arc<Facts>,
        notes: &dyn ReadsNotes,
    ) -> Result<Vec<f64>, EvalError> {
        let subject = Subject {
            id: &self.id,
            issued_on: self.issued_on,
            due_on: self.due_on,
            amount: self.amount,
            currency: self.currency,
        };
        row_on(day, facts, &self.customer, &subject, notes).map_err(|error| EvalError::File {
            path: format!("interactions with {}", self.customer),
            message: error.to_string(),
        })
    }
}

/// Kinds of record that tell of receivables; the first must be there.
const KINDS: [RecordKind; 4] = [
    RecordKind::CustomerInvoice,
    RecordKind::Payment,
    RecordKind::Customer,
    RecordKind::Interaction,
];

/// Invoices with what became of them until the records end.
pub(super) struct Records {
    pub(super) facts: Arc<Facts>,
    pub(super) invoices: Vec<Invoice>,
    /// The last day on which one was issued or paid.
    pub(super) until: NaiveDate,
}

/// Reads `KIND.csv` or `KIND.ndjson` of a folder.
pub(super) fn of_records(folder: &Path) -> Result<Records, EvalError> {
    let (facts, mut invoices) = as_they_ended(facts_of(folder, &KINDS)?);
    let days = invoices.iter().flat_map(|invoice| {
        let issued = Some(invoice.issued_on);
        issued.into_iter().chain(invoice.cleared_on)
    });
    let Some(until) = days.max() else {
        return Err(EvalError::insufficient(&"there is no invoice"));
    };
    for invoice in &mut invoices {
        let known_on = until + Days::new(1);
        invoice.outcome = outcome(invoice.due_on, invoice.cleared_on, known_on);
    }
    Ok(Records {
        facts,
        invoices,
        until,
    })
}

/// The paid invoices of the HighRadius extract, in its one currency; how late each was is known.
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
    Ok(as_they_ended(facts))
}

/// The invoices with what became of them in the end, those paid with their days late, those that were not
/// watched for none; credits and cancelled ones are not asked about. What each says is as it was known on
/// the day after its issue, for nobody knew then what was corrected later; what was not known by then,
/// as it ended.
fn as_they_ended(facts: Facts) -> (Arc<Facts>, Vec<Invoice>) {
    let facts = Arc::new(facts);
    let end = FactsAsOf::new(Arc::clone(&facts), moment(END));
    let mut invoices = Vec::new();
    for customer in end.customers_billed() {
        let ledger = end.receivables(&customer);
        let mut by_day: BTreeMap<NaiveDate, ReceivablesAsOf> = BTreeMap::new();
        invoices.extend(ledger.iter().filter(|one| one.is_collectable()).map(|one| {
            let first = by_day.entry(one.issued_on).or_insert_with(|| {
                let day_after = moment(one.issued_on + Days::new(1));
                FactsAsOf::new(Arc::clone(&facts), day_after).receivables(&customer)
            });
            let first = first.get(one.id).filter(|first| first.is_collectable());
            let first = first.unwrap_or(one);
            let late = one.cleared_on.map(|day| (day - first.due_on).num_days());
            Invoice {
                id: one.id.to_owned(),
                customer: customer.clone(),
                issued_on: first.issued_on,
                due_on: first.due_on,
                cleared_on: one.cleared_on,
                outcome: late.map_or(Outcome::watched(None, f64::NEG_INFINITY), |late| {
                    Outcome::known(late as f64)
                }),
                amount: first.amount,
                currency: first.currency,
            }
        }));
    }
    (facts, invoices)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;

    #[test]
    fn what_an_invoice_says_is_as_it_was_known_when_it_is_asked_about() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let mut facts = Facts::default();
        let mut add = |known_at: &str,
                       version: u64,
                       due_on: &str,
                       total: &str,
                       cleared: Option<&str>| {
            let body = json!({"id": "i", "customer_id": "c", "issued_on": "2026-01-05", "due_on": due_on,
                "currency": "EUR", "total": total, "cleared_on": cleared});
            let kind = RecordKind::CustomerInvoice;
            facts.insert(kind, at(known_at), version, body).unwrap();
        };
        add("2026-01-05T15:00:00Z", 1, "2026-01-15", "1000", None);
        // Half of it was credited, and time given, before it was paid.
        add("2026-01-20T09:00:00Z", 2, "2026-01-30", "500", None);
        add(
            "2026-01-29T09:00:00Z",
            3,
            "2026-01-30",
            "500",
            Some("2026-01-28"),
        );
        let (_, invoices) = as_they_ended(facts);
        let [one] = invoices.as_slice() else {
            panic!("{invoices:?}");
        };
        assert_eq!(
            (one.amount, one.due_on),
            (1000.0, "2026-01-15".parse().unwrap())
        );
        assert_eq!(one.outcome.quantity(), Some(13.0));
    }
}
