#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde_json::json;

use super::contact::Contact;
use super::features::{HISTORY, Known, NAMES, Subject, row};
use super::notes::Notes;
use crate::domain::{Currency, RecordKind};
use crate::history::{Facts, FactsAsOf, History as _};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn moment(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(chrono::NaiveTime::MIN).and_utc()
}

/// An invoice known when issued and, when paid, the day after.
fn add(facts: &mut Facts, id: &str, issued: NaiveDate, late: Option<i64>, total: &str) {
    let due = issued + Days::new(10);
    let mut body = json!({"id": id, "customer_id": "c1", "issued_on": issued, "due_on": due,
        "currency": "EUR", "total": total});
    let kind = RecordKind::CustomerInvoice;
    facts.insert(kind, moment(issued), 1, body.clone()).unwrap();
    if let Some(late) = late {
        let cleared = due + chrono::TimeDelta::days(late);
        body["cleared_on"] = json!(cleared);
        facts
            .insert(kind, moment(cleared + Days::new(1)), 2, body)
            .unwrap();
    }
}

fn subject(issued: NaiveDate) -> Subject<'static> {
    Subject {
        id: "asked",
        issued_on: issued,
        due_on: issued + Days::new(10),
        amount: 100.0,
        currency: Currency::new("EUR").unwrap(),
    }
}

fn features(facts: Facts, today: NaiveDate) -> impl Fn(&str) -> f64 {
    let ledger = FactsAsOf::new(Arc::new(facts), moment(today)).receivables("c1");
    let known = Known {
        ledger: &ledger,
        customer: None,
        contact: &Contact::default(),
        notes: &Notes::default(),
    };
    let row = row(&subject(today), &known);
    assert_eq!(row.len(), NAMES.len());
    assert_eq!(NAMES[HISTORY], "paid_invoices");
    move |name| row[NAMES.iter().position(|known| *known == name).unwrap()]
}

#[test]
fn a_customer_never_seen_has_missing_history_and_no_guess() {
    let found = features(Facts::default(), day("2026-03-02"));
    assert_eq!(found("paid_invoices"), 0.0);
    assert!(found("late_share").is_nan() && found("like_days_late").is_nan());
    assert_eq!(found("open_invoices"), 0.0);
    assert_eq!(found("term_days"), 10.0);
}

#[test]
fn what_is_paid_tomorrow_is_open_today() {
    let mut facts = Facts::default();
    add(&mut facts, "a", day("2026-01-05"), Some(4), "80");
    add(&mut facts, "b", day("2026-01-06"), Some(30), "120");
    let found = features(facts.clone(), day("2026-02-10"));
    assert_eq!(found("paid_invoices"), 1.0);
    assert_eq!(found("open_invoices"), 1.0);
    assert_eq!(found("overdue_longest_days"), 25.0);
    assert_eq!(found("late_share"), 1.0);
    let found = features(facts, day("2026-02-16"));
    assert_eq!((found("paid_invoices"), found("open_invoices")), (2.0, 0.0));
}

#[test]
fn likeness_tells_weekdays_and_amounts_apart() {
    let mut facts = Facts::default();
    // Due on Mondays and small: on time. Due on Thursdays and large: ten days late.
    for week in 0..8 {
        let monday = day("2026-01-02") + Days::new(7 * week);
        add(&mut facts, &format!("m{week}"), monday, Some(0), "100");
        add(
            &mut facts,
            &format!("t{week}"),
            monday + Days::new(3),
            Some(10),
            "9000",
        );
    }
    // Asked on a Friday: due on a Monday.
    let found = features(facts, day("2026-04-03"));
    assert_eq!(found("late_share"), 0.5);
    assert!(found("like_late_share") < 0.05);
    assert!(found("weekday_late_share") < 0.2);
    assert_eq!(found("like_days_late"), 0.0);
}

#[test]
fn another_currency_tells_nothing_about_amounts() {
    let mut facts = Facts::default();
    add(&mut facts, "a", day("2026-01-05"), Some(4), "80");
    let ledger = FactsAsOf::new(Arc::new(facts), moment(day("2026-02-10"))).receivables("c1");
    let asked = Subject {
        currency: Currency::new("JPY").unwrap(),
        ..subject(day("2026-02-10"))
    };
    let known = Known {
        ledger: &ledger,
        customer: None,
        contact: &Contact::default(),
        notes: &Notes::default(),
    };
    let row = row(&asked, &known);
    assert!(row[1].is_nan());
    assert_eq!(row[HISTORY], 1.0);
}
