//! What invoices are fitted on and asked about: their features, each on a day.

use std::sync::Arc;

use chrono::NaiveDate;
use scrutineer::cases::collections::notes::ReadsNotes;
use scrutineer::history::Facts;
use scrutineer_fitting::collections::days_passed;
use scrutineer_fitting::distribution::Again;

use super::Invoice;
use crate::EvalError;

/// What an invoice is fitted on.
#[derive(Debug)]
pub(super) struct Rows {
    /// Features on the day of issue.
    pub(super) on_issue: Vec<f64>,
    /// The same on other days on which it was not paid.
    pub(super) again: Vec<Again>,
}

/// What each of some invoices is fitted on, in order of time. Those before a place are asked about once alone.
///
/// # Errors
/// [`EvalError`] if a note of a customer could not be read.
pub(super) fn rows(
    invoices: &[&Invoice],
    again_from: usize,
    facts: &Arc<Facts>,
    notes: &dyn ReadsNotes,
) -> Result<Vec<Rows>, EvalError> {
    let placed = || invoices.iter().copied().enumerate();
    let asked_again = |(at, invoice): (usize, &Invoice)| -> Vec<i64> {
        let again = invoice.asked_again();
        again.filter(|_| at >= again_from).collect()
    };
    let asked = placed().flat_map(|(at, invoice)| {
        let again = asked_again((at, invoice)).into_iter();
        let again = again.map(|days| invoice.after_due(days));
        let days: Vec<NaiveDate> = [invoice.issued_on].into_iter().chain(again).collect();
        days.into_iter().map(move |day| (invoice, day))
    });
    let asked: Vec<(&Invoice, NaiveDate)> = asked.collect();
    let mut rows = rows_on(&asked, facts, notes)?.into_iter();
    let found = placed().map(|one| Rows {
        on_issue: rows.next().unwrap_or_default(),
        again: asked_again(one)
            .into_iter()
            .zip(rows.by_ref())
            .map(|(days, row)| Again {
                row,
                passed: days_passed(days),
            })
            .collect(),
    });
    Ok(found.collect())
}

/// Features of invoices, each on a day, in the order in which they are asked for. They are looked up by
/// customer and day: to see a customer on a day takes a walk through all its invoices, and only what was
/// seen last of each is kept.
///
/// # Errors
/// [`EvalError`] if a note of a customer could not be read.
pub(super) fn rows_on(
    asked: &[(&Invoice, NaiveDate)],
    facts: &Arc<Facts>,
    notes: &dyn ReadsNotes,
) -> Result<Vec<Vec<f64>>, EvalError> {
    let mut order: Vec<_> = asked.iter().enumerate().collect();
    order.sort_by(|(_, (a, day)), (_, (b, other))| {
        let customers = a.customer.cmp(&b.customer);
        customers.then_with(|| day.cmp(other))
    });
    let mut rows = Vec::with_capacity(order.len());
    for (at, (invoice, day)) in order {
        rows.push((at, invoice.row_on(*day, facts, notes)?));
    }
    rows.sort_by_key(|(at, _)| *at);
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

#[cfg(test)]
mod tests {
    use chrono::{Days, TimeDelta};
    use scrutineer::domain::RecordKind;
    use scrutineer_fitting::collections::{moment, outcome};
    use scrutineer_fitting::notes::WhenMet;
    use serde_json::json;

    use super::super::invoices::Records;
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn whoever_asks_about_many_at_once_is_told_what_each_alone_would_be() {
        let mut facts = Facts::default();
        let first = day("2026-01-05");
        for at in 0..24_u64 {
            let (issued, term) = (first + Days::new(3 * at), 10 + 7 * (at % 3));
            let due = issued + Days::new(term);
            let mut body = json!({"id": format!("i{at:02}"), "customer_id": format!("c{}", at % 2),
                "issued_on": issued, "due_on": due, "currency": "EUR", "total": (80 + at).to_string()});
            let kind = RecordKind::CustomerInvoice;
            facts.insert(kind, moment(issued), 1, body.clone()).unwrap();
            let cleared = due + Days::new(5 * (at % 5));
            body["cleared_on"] = json!(cleared);
            let known = moment(cleared + Days::new(1));
            facts.insert(kind, known, 2, body).unwrap();
            // One that becomes known in the course of a day.
            let paid = json!({"id": format!("p{at}"), "customer_id": format!("c{}", at % 2),
                "paid_on": due, "amount": "1", "currency": "EUR"});
            let known = moment(due) + TimeDelta::hours(15);
            facts.insert(RecordKind::Payment, known, 1, paid).unwrap();
        }
        let until = day("2026-12-31");
        let records = Records::of(facts, day("2026-12-01"), |due_on, cleared_on| {
            outcome(due_on, cleared_on, until)
        });
        let (facts, notes) = (&records.facts, WhenMet::default());
        // In order of neither customer nor day.
        let mut invoices: Vec<&Invoice> = records.ended.iter().collect();
        invoices.sort_by_key(|invoice| invoice.id[2..].to_owned());
        let bits = |row: &[f64]| row.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        let (mut early, mut overdue) = (0, 0);
        let found = rows(&invoices, 0, facts, &notes).unwrap();
        assert_eq!(found.len(), invoices.len());
        for (invoice, rows) in invoices.iter().zip(&found) {
            let alone = invoice.row(facts, &notes).unwrap();
            assert_eq!(bits(&rows.on_issue), bits(&alone));
            let days: Vec<i64> = invoice.asked_again().collect();
            assert_eq!(rows.again.len(), days.len());
            for (again, days) in rows.again.iter().zip(days) {
                let day = invoice.after_due(days);
                let alone = invoice.row_on(day, facts, &notes).unwrap();
                assert_eq!(bits(&again.row), bits(&alone), "{invoice:?} {day}");
                assert_eq!(again.passed, days_passed(days));
                assert!(day > invoice.issued_on);
                if days < 0 {
                    early += 1;
                } else {
                    overdue += 1;
                }
            }
        }
        // Each a week and a day before it is due.
        assert_eq!((early, overdue > 24), (2 * invoices.len(), true));
        let later = rows(&invoices, 20, facts, &notes).unwrap();
        for (at, (later, all)) in later.iter().zip(&found).enumerate() {
            assert_eq!(bits(&later.on_issue), bits(&all.on_issue));
            let again = if at < 20 { 0 } else { all.again.len() };
            assert_eq!(later.again.len(), again);
        }
    }
}
