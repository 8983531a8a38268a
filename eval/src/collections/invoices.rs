//! Invoices of ours with what became of them, and the facts as they became known.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use scrutineer::cases::collections::features::Subject;
use scrutineer::cases::collections::notes::ReadsNotes;
use scrutineer::domain::{CheckedRecord, Currency, RecordKind};
use scrutineer::history::{
    Facts, FactsAsOf, History as _, InvoiceSort, Receivable, ReceivablesAsOf,
};
use scrutineer_datasets::sets::receivables;
use scrutineer_fitting::collections::{ASKED_AGAIN, days_passed, moment, outcome, row_on};
use scrutineer_fitting::distribution::Outcome;
use serde_json::json;

use crate::EvalError;
use crate::records::{END, facts_shown, moments};
use crate::told_until::last_day;

/// An invoice of ours and when it was paid.
#[derive(Debug, Clone)]
pub struct Invoice {
    pub(super) id: String,
    pub(super) customer: String,
    /// Invoice date, when it is asked about.
    pub issued_on: NaiveDate,
    /// Day payment was due.
    pub due_on: NaiveDate,
    /// Day it was paid in full; none if it never was in the records.
    pub cleared_on: Option<NaiveDate>,
    /// Whether it can be told when it was paid: neither withdrawn nor paid nobody says when.
    pub(super) is_told: bool,
    /// What is known of its days late at the cut, of what is fitted on, else when the records end.
    pub outcome: Outcome,
    /// Total with tax.
    pub amount: f64,
    pub(super) currency: Currency,
    pub(super) sort: InvoiceSort,
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

    /// Days after the due day, before it negative, on which it is asked about again: not paid, as far as it was
    /// watched.
    pub(super) fn asked_again(&self) -> impl Iterator<Item = i64> {
        ASKED_AGAIN.into_iter().filter(move |days| {
            self.after_due(*days) > self.issued_on
                && self.outcome.above(days_passed(*days)) == Some(true)
        })
    }

    /// The day so many days after its due day.
    pub(super) fn after_due(&self, days: i64) -> NaiveDate {
        self.due_on + TimeDelta::days(days)
    }

    /// Its features on another day.
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
            sort: self.sort,
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

/// Invoices as they were known at the cut, and as they ended.
pub(super) struct Records {
    pub(super) facts: Arc<Facts>,
    /// As known at the cut, with what had become of them by then.
    pub(super) early: Vec<Invoice>,
    /// With what became of them until the records end.
    pub(super) ended: Vec<Invoice>,
}

/// Reads `KIND.csv` or `KIND.ndjson` of a folder; tells the last day that the records know of, too.
pub(super) fn of_records(folder: &Path, cut: NaiveDate) -> Result<(Records, NaiveDate), EvalError> {
    let (mut watched, today) = (Watched::default(), Utc::now().date_naive());
    let facts = facts_shown(folder, &KINDS, |record| watched.see(record))?;
    let Some(until) = watched.until(today) else {
        let none = format!("there is no invoice issued by {today}");
        return Err(EvalError::insufficient(&none));
    };
    let known_on = until + Days::new(1);
    let became = |due_on, cleared_on| outcome(due_on, cleared_on, known_on);
    Ok((Records::of(facts, cut, became), until))
}

/// The days of which records tell what happened.
#[derive(Default)]
struct Watched {
    /// Those with a payment, and before those on which a record became known.
    happened: Vec<NaiveDate>,
    /// Those with an invoice.
    issued: Vec<NaiveDate>,
}

impl Watched {
    /// The last of them.
    fn until(self, today: NaiveDate) -> Option<NaiveDate> {
        let last = |days: Vec<NaiveDate>| last_day(days.into_iter(), today);
        last(self.happened).or_else(|| last(self.issued))
    }

    fn see(&mut self, record: &CheckedRecord) {
        let day =
            |name: &str| -> Option<NaiveDate> { record.body.get(name)?.as_str()?.parse().ok() };
        let (paid, issued) = match record.kind {
            RecordKind::CustomerInvoice => (day("cleared_on"), day("issued_on")),
            RecordKind::Payment => (day("paid_on"), None),
            _ => return,
        };
        // What became known in the course of a day tells of the days before it.
        let known = record.known_at.map(|at| at.date_naive());
        let known = known.and_then(|day| day.checked_sub_days(Days::new(1)));
        self.happened.extend(paid.into_iter().chain(known));
        self.issued.extend(issued);
    }
}

/// The paid invoices of the HighRadius extract, in its one currency; how late each was is known.
pub(super) fn of_highradius(data: &Path, cut: NaiveDate) -> Result<Records, EvalError> {
    let mut facts = Facts::default();
    for paid in receivables::highradius(data)? {
        // Padded, so that ids are in the order of the file.
        let id = format!("{:08}", paid.row);
        let record = CheckedRecord {
            kind: RecordKind::CustomerInvoice,
            id: id.clone(),
            known_at: None,
            business_date: Some(paid.issued_on),
            body: json!({
                "id": id,
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
    Ok(Records::of(facts, cut, |due_on, cleared_on| {
        let late = cleared_on.map(|day| (day - due_on).num_days());
        late.map_or(Outcome::watched(None, f64::NEG_INFINITY), |late| {
            Outcome::known(late as f64)
        })
    }))
}

impl Records {
    /// What `became` of invoices in the end is said by due day and day of payment.
    pub(super) fn of(
        facts: Facts,
        cut: NaiveDate,
        became: impl Fn(NaiveDate, Option<NaiveDate>) -> Outcome,
    ) -> Self {
        let facts = Arc::new(facts);
        let by_then = |due_on, cleared_on| outcome(due_on, cleared_on, cut);
        Self {
            early: as_known(&facts, moment(cut), by_then),
            ended: as_known(&facts, moment(END), became),
            facts,
        }
    }
}

/// The invoices known at a moment with what was known of their payment then, in order of customer, day and
/// id; credits are not asked about. What each says is as it was known on the day after its issue, for nobody
/// knew then what was corrected later; what was not known by then, as it was at the moment.
fn as_known(
    facts: &Arc<Facts>,
    by: DateTime<Utc>,
    became: impl Fn(NaiveDate, Option<NaiveDate>) -> Outcome,
) -> Vec<Invoice> {
    let at = |moment: DateTime<Utc>| FactsAsOf::new(Arc::clone(facts), moment);
    let (known, end) = (at(by), at(moment(END)));
    let dated = at(moment(END) - TimeDelta::seconds(1));
    let mut invoices = Vec::new();
    for customer in known.customers_billed() {
        let ledger = known.receivables(&customer);
        let (end, dated) = (end.receivables(&customer), dated.receivables(&customer));
        // Of what nobody dated it is not known that it came after the moment.
        let is_undone = |id: &str| {
            let tells = |ledger: &ReceivablesAsOf| ledger.get(id).is_some_and(|one| is_told(&one));
            tells(&dated) && !tells(&end)
        };
        let mut by_day: BTreeMap<NaiveDate, ReceivablesAsOf> = BTreeMap::new();
        let debts = ledger.iter().filter(|one| one.amount > 0.0);
        invoices.extend(debts.map(|one| {
            let first = by_day.entry(one.issued_on).or_insert_with(|| {
                let day_after = moment(one.issued_on + Days::new(1));
                at(day_after).receivables(&customer)
            });
            let first = first.get(one.id).filter(|first| first.is_collectable());
            let first = first.unwrap_or(one);
            Invoice {
                id: one.id.to_owned(),
                customer: customer.clone(),
                issued_on: first.issued_on,
                due_on: first.due_on,
                cleared_on: one.cleared_on,
                is_told: is_told(&one) && !is_undone(one.id),
                outcome: became(first.due_on, one.cleared_on),
                amount: first.amount,
                currency: first.currency,
                sort: first.sort,
            }
        }));
    }
    invoices.sort_by(|a: &Invoice, b| {
        let other = (&b.customer, b.issued_on, &b.id);
        (&a.customer, a.issued_on, &a.id).cmp(&other)
    });
    invoices
}

/// Whether it can be told when it was paid, or that it was not.
fn is_told(invoice: &Receivable<'_>) -> bool {
    invoice.is_collectable() && !invoice.is_paid_some_day()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// An invoice due on a day; with when it was paid, where it says.
    fn body(due_on: &str, total: &str, cleared_on: Option<&str>) -> Value {
        json!({"id": "i", "customer_id": "c", "issued_on": "2026-01-05", "due_on": due_on,
            "currency": "EUR", "total": total, "cleared_on": cleared_on})
    }

    fn add(facts: &mut Facts, known_at: &str, version: u64, body: Value) {
        let kind = RecordKind::CustomerInvoice;
        facts.insert(kind, at(known_at), version, body).unwrap();
    }

    /// What is fitted on and what is asked about, at a cut.
    fn records(facts: &Facts, cut: &str) -> Records {
        let until = day("2026-12-31");
        Records::of(facts.clone(), day(cut), |due_on, cleared_on| {
            outcome(due_on, cleared_on, until)
        })
    }

    #[test]
    fn what_an_invoice_says_is_as_it_was_known_when_it_is_asked_about() {
        let mut facts = Facts::default();
        let first = body("2026-01-15", "1000", None);
        add(&mut facts, "2026-01-05T15:00:00Z", 1, first);
        // Half of it was credited, and time given, before it was paid.
        let credited = body("2026-01-30", "500", None);
        add(&mut facts, "2026-01-20T09:00:00Z", 2, credited);
        let paid = body("2026-01-30", "500", Some("2026-01-28"));
        add(&mut facts, "2026-01-29T09:00:00Z", 3, paid);
        let ended = records(&facts, "2026-03-01").ended;
        let [one] = ended.as_slice() else {
            panic!("{ended:?}");
        };
        assert_eq!((one.amount, one.due_on), (1000.0, day("2026-01-15")));
        assert_eq!(one.outcome.quantity(), Some(13.0));
    }

    #[test]
    fn what_became_known_after_the_cut_changes_nothing_that_is_fitted_on() {
        const CUT: &str = "2026-03-01";
        let mut facts = Facts::default();
        let open = body("2026-01-15", "1000", None);
        add(&mut facts, "2026-01-05T15:00:00Z", 1, open);
        let fitted = |facts: &Facts| format!("{:?}", records(facts, CUT).early);
        let known = fitted(&facts);
        let early = records(&facts, CUT).early;
        assert_eq!(early[0].outcome.quantity(), None);
        // It was paid long before, and booked, corrected and withdrawn only afterwards.
        let paid = body("2026-01-15", "1000", Some("2026-01-20"));
        add(&mut facts, "2026-03-02T09:00:00Z", 2, paid);
        assert_eq!(fitted(&facts), known);
        let ended = records(&facts, CUT).ended;
        assert_eq!(ended[0].outcome.quantity(), Some(5.0));
        let corrected = body("2026-01-15", "1000", Some("2026-02-20"));
        add(&mut facts, "2026-06-01T09:00:00Z", 3, corrected);
        assert_eq!(fitted(&facts), known);
        let mut withdrawn = body("2026-01-15", "1000", None);
        withdrawn["status"] = json!("cancelled");
        add(&mut facts, "2026-07-01T09:00:00Z", 4, withdrawn.clone());
        assert_eq!(fitted(&facts), known);
        assert!(early[0].is_told && !records(&facts, CUT).ended[0].is_told);
        // When it was withdrawn nobody says: then it teaches nothing.
        let mut undated = Facts::default();
        let open = body("2026-01-15", "1000", None);
        add(&mut undated, "2026-01-05T00:00:00Z", 1, open);
        add(&mut undated, "9999-12-31T00:00:00Z", 2, withdrawn);
        assert!(!records(&undated, CUT).early[0].is_told);
    }

    #[test]
    fn records_go_as_far_as_something_happened_in_them() {
        let seen = |rows: &[(RecordKind, Value)]| {
            let mut watched = Watched::default();
            for (kind, body) in rows {
                let Value::Object(members) = body.clone() else {
                    panic!("{body}");
                };
                watched.see(&kind.check(members).unwrap());
            }
            watched.until(day("2026-06-30"))
        };
        let invoice = |issued_on: &str, cleared_on: Option<&str>, known_at: Option<&str>| {
            let body = json!({"id": "i", "customer_id": "c", "issued_on": issued_on,
                "due_on": issued_on, "currency": "EUR", "total": "1", "cleared_on": cleared_on,
                "known_at": known_at});
            (RecordKind::CustomerInvoice, body)
        };
        let paid = json!({"id": "p", "customer_id": "c", "paid_on": "2026-05-20", "amount": "1",
            "currency": "EUR"});
        let paid = (RecordKind::Payment, paid);
        let rows = [
            invoice("2026-05-02", None, None),
            invoice("2026-03-02", Some("2026-04-02"), None),
        ];
        assert_eq!(seen(&[]), None);
        assert_eq!(seen(&rows[..1]), Some(day("2026-05-02")));
        assert_eq!(seen(&rows), Some(day("2026-04-02")));
        // One is dated into the future, and one claims to be paid there.
        let slips = [
            invoice("2036-05-02", None, None),
            invoice("2026-05-02", Some("2027-01-01"), None),
            invoice("2026-05-02", None, Some("2026-05-11T15:00:00Z")),
        ];
        assert_eq!(seen(&slips), Some(day("2026-05-10")));
        assert_eq!(seen(&[slips[2].clone(), paid]), Some(day("2026-05-20")));
    }
}
