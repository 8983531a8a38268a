#![allow(clippy::unwrap_used)]

mod promises;
mod set_off;

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde_json::json;

use super::contact::{Contact, Promises};
use super::features::{HISTORY, Known, NAMES, Subject, row};
use super::input::CustomerFile;
use super::notes::Notes;
use crate::domain::{Currency, RecordKind};
use crate::history::{Facts, FactsAsOf, History as _, InvoiceSort};

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
        sort: InvoiceSort::default(),
    }
}

fn features(facts: Facts, today: NaiveDate) -> impl Fn(&str) -> f64 {
    let history = FactsAsOf::new(Arc::new(facts), moment(today));
    let (ledger, levels) = (history.receivables("c1"), history.paid_levels());
    let known = Known {
        ledger: &ledger,
        levels: &levels,
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
fn credits_and_what_was_withdrawn_are_no_debts() {
    let mut facts = Facts::default();
    add(&mut facts, "a", day("2026-01-05"), Some(4), "80");
    let plain = features(facts.clone(), day("2026-03-02"));
    add(&mut facts, "c", day("2026-01-06"), None, "-120");
    let mut withdrawn = json!({"id": "w", "customer_id": "c1", "issued_on": "2026-01-06", "due_on": "2026-01-16",
        "currency": "EUR", "total": "500", "status": "cancelled"});
    let kind = RecordKind::CustomerInvoice;
    let known = moment(day("2026-01-06"));
    facts.insert(kind, known, 1, withdrawn.clone()).unwrap();
    // Paid, and nobody said when.
    withdrawn["id"] = json!("p");
    withdrawn["status"] = json!("paid");
    facts.insert(kind, known, 1, withdrawn).unwrap();
    let found = features(facts, day("2026-03-02"));
    for name in [
        "open_invoices",
        "overdue_longest_days",
        "due_late_share_recent",
        "late_share",
    ] {
        assert_eq!(found(name).to_bits(), plain(name).to_bits(), "{name}");
    }
}

#[test]
fn a_part_that_was_promised_and_came_is_a_promise_kept() {
    let mut facts = Facts::default();
    add(&mut facts, "a", day("2026-01-05"), None, "1000");
    let pay = |facts: &mut Facts, amount: &str| {
        let body = json!({"id": "p", "invoice_id": "a", "paid_on": "2026-02-02", "amount": amount, "currency": "EUR"});
        facts
            .insert(RecordKind::Payment, moment(day("2026-02-03")), 1, body)
            .unwrap();
    };
    let promise = |amount: Option<&str>| {
        let body = json!({"id": "s", "customer_id": "c1", "customer_invoice_id": "a", "kind": "promise",
            "time": "2026-01-28T09:00:00Z", "promised_on": "2026-02-01", "promised_amount": amount});
        let mut facts = facts.clone();
        facts
            .insert(RecordKind::Interaction, moment(day("2026-01-29")), 1, body)
            .unwrap();
        facts
    };
    let broken = |facts: Facts| {
        let history = FactsAsOf::new(Arc::new(facts), moment(day("2026-02-10")));
        contact_of("a", &history).promise_broken
    };
    let paid = |amount: Option<&str>, came: &str| {
        let mut facts = promise(amount);
        pay(&mut facts, came);
        broken(facts)
    };
    assert!(broken(promise(Some("500"))));
    assert!(!paid(Some("500"), "500"));
    assert!(paid(Some("500"), "300"));
    assert!(paid(None, "500"), "all was promised");
}

#[test]
fn a_term_of_no_sense_is_told_and_judging_goes_on() {
    let mut facts = Facts::default();
    let customer = |days: u64| json!({"id": "c1", "name": "Acme", "payment_terms_days": days});
    let known = moment(day("2026-01-01"));
    let told = facts.insert(RecordKind::Customer, known, 1, customer(100_000_000));
    assert!(told.unwrap_err().contains("payment_terms_days"));
    facts
        .insert(RecordKind::Customer, known, 1, customer(65_535))
        .unwrap();
}

#[test]
fn who_is_a_person_is_told_in_many_words() {
    let is = |legal_type: &str| {
        let mut facts = Facts::default();
        let body = json!({"id": "c1", "name": "A", "attributes": {"legal_type": legal_type}});
        let known = moment(day("2026-01-01"));
        facts.insert(RecordKind::Customer, known, 1, body).unwrap();
        let history = FactsAsOf::new(Arc::new(facts), known);
        CustomerFile::of("c1", &history).is_natural_person()
    };
    for person in [
        "natural_person",
        "Natural Person",
        "INDIVIDUAL",
        "sole trader",
        "Privatperson",
        "natürliche Person",
    ] {
        assert!(is(person), "{person}");
    }
    assert!(!is("GmbH") && !is("personnel services"));
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
    let history = FactsAsOf::new(Arc::new(facts), moment(day("2026-02-10")));
    let (ledger, levels) = (history.receivables("c1"), history.paid_levels());
    let asked = Subject {
        currency: Currency::new("JPY").unwrap(),
        ..subject(day("2026-02-10"))
    };
    let known = Known {
        ledger: &ledger,
        levels: &levels,
        customer: None,
        contact: &Contact::default(),
        notes: &Notes::default(),
    };
    let row = row(&asked, &known);
    assert!(row[1].is_nan());
    assert_eq!(row[HISTORY], 1.0);
}

#[test]
fn credits_and_what_was_withdrawn_are_no_history() {
    let mut facts = Facts::default();
    for at in 0..40 {
        let issued = day("2026-01-05") + Days::new(at / 4);
        add(
            &mut facts,
            &format!("i{at}"),
            issued,
            Some(at as i64 % 3),
            "-10",
        );
    }
    let has_paid = |facts: &Facts| {
        let history = FactsAsOf::new(Arc::new(facts.clone()), moment(day("2026-06-01")));
        history.has_paid(30, 5)
    };
    assert!(!has_paid(&facts));
    for at in 0..40 {
        let issued = day("2026-01-05") + Days::new(at / 4);
        add(
            &mut facts,
            &format!("p{at}"),
            issued,
            Some(at as i64 % 3),
            "10",
        );
    }
    assert!(has_paid(&facts));
}

#[test]
fn who_foretells_a_payment_has_not_been_paid() {
    let mut facts = Facts::default();
    for (id, more) in [("status", "paid"), ("amount", "open")] {
        let body = json!({"id": id, "customer_id": "c1", "issued_on": "2026-01-05", "due_on": "2026-01-15",
            "currency": "EUR", "total": "100", "cleared_on": "2026-03-15", "status": more,
            "open_amount": if more == "open" { Some("0") } else { None }});
        let known = moment(day("2026-01-06"));
        facts
            .insert(RecordKind::CustomerInvoice, known, 1, body)
            .unwrap();
    }
    let open = |day: NaiveDate| {
        let history = FactsAsOf::new(Arc::new(facts.clone()), moment(day));
        CustomerFile::of("c1", &history).open().count()
    };
    assert_eq!((open(day("2026-03-14")), open(day("2026-03-15"))), (2, 0));
}

#[test]
fn a_promise_for_another_decade_holds_nothing_back() {
    let mut facts = Facts::default();
    add(&mut facts, "a", day("2026-01-05"), None, "100");
    for (id, promised) in [("far", "2062-02-01"), ("near", "2026-03-01")] {
        let body = json!({"id": id, "customer_id": "c1", "customer_invoice_id": "a", "kind": "promise",
            "time": if id == "far" { "2026-02-03T09:00:00Z" } else { "2026-02-02T09:00:00Z" },
            "promised_on": promised});
        let known = moment(day("2026-02-04"));
        facts
            .insert(RecordKind::Interaction, known, 1, body)
            .unwrap();
    }
    let history = FactsAsOf::new(Arc::new(facts), moment(day("2026-02-10")));
    let contact = contact_of("a", &history);
    assert_eq!(contact.promised_on, Some(day("2026-03-01")));
}

fn contact_of(invoice: &str, history: &FactsAsOf) -> Contact {
    let (said, ledger) = (history.interactions_with("c1"), history.receivables("c1"));
    Contact::of(invoice, &said, &Promises::of(&said, &ledger), &ledger)
}

fn contact(facts: &Facts, invoice: &str, today: &str) -> Contact {
    let history = FactsAsOf::new(Arc::new(facts.clone()), moment(day(today)));
    contact_of(invoice, &history)
}

#[test]
fn a_promise_that_is_recorded_as_broken_holds_nothing_back() {
    let mut facts = Facts::default();
    add(&mut facts, "a", day("2026-01-05"), None, "100");
    let body = json!({"id": "p", "customer_id": "c1", "customer_invoice_id": "a", "kind": "promise",
        "time": "2026-01-28T09:00:00Z", "promised_on": "2026-02-20", "outcome": "broken"});
    let known = moment(day("2026-01-29"));
    facts
        .insert(RecordKind::Interaction, known, 1, body)
        .unwrap();
    let found = contact(&facts, "a", "2026-02-10");
    assert_eq!((found.promised_on, found.promise_broken), (None, true));
}

#[test]
fn what_was_promised_in_one_currency_is_not_paid_in_another() {
    let mut facts = Facts::default();
    add(&mut facts, "a", day("2026-01-05"), None, "1000");
    let pay = json!({"id": "m", "invoice_id": "a", "paid_on": "2026-02-02", "amount": "500", "currency": "EUR"});
    let known = moment(day("2026-02-03"));
    facts.insert(RecordKind::Payment, known, 1, pay).unwrap();
    for (currency, broken) in [(Some("JPY"), true), (Some("EUR"), false), (None, false)] {
        let body = json!({"id": "p", "customer_id": "c1", "customer_invoice_id": "a", "kind": "promise",
            "time": "2026-01-28T09:00:00Z", "promised_on": "2026-02-01", "promised_amount": "500",
            "currency": currency});
        let mut facts = facts.clone();
        facts
            .insert(RecordKind::Interaction, known, 1, body)
            .unwrap();
        assert_eq!(contact(&facts, "a", "2026-02-10").promise_broken, broken);
    }
}

#[test]
fn a_promise_is_not_broken_while_the_bank_may_still_be_at_it() {
    let mut facts = Facts::default();
    add(&mut facts, "a", day("2026-01-05"), None, "100");
    let mut promise = json!({"id": "p", "customer_id": "c1", "customer_invoice_id": "a", "kind": "promise",
        "time": "2026-01-28T09:00:00Z", "promised_on": "2026-02-02"});
    let kind = RecordKind::Interaction;
    let known = moment(day("2026-01-29"));
    facts.insert(kind, known, 1, promise.clone()).unwrap();
    for (today, pending, broken) in [
        ("2026-02-02", true, 0),
        ("2026-02-03", true, 0),
        ("2026-02-04", true, 0),
        ("2026-02-05", false, 1),
    ] {
        let found = contact(&facts, "a", today);
        assert_eq!(found.promised_on.is_some(), pending, "{today}");
        assert_eq!(
            (found.promise_broken, found.promises_broken),
            (broken == 1, broken)
        );
    }
    // Who says that it was broken need not wait.
    promise["outcome"] = json!("broken");
    let known = moment(day("2026-02-03"));
    facts.insert(kind, known, 2, promise).unwrap();
    assert!(contact(&facts, "a", "2026-02-03").promise_broken);
}

#[test]
fn a_promise_for_all_is_one_for_what_was_billed_by_then() {
    let mut facts = Facts::default();
    add(&mut facts, "before", day("2026-01-05"), None, "100");
    add(&mut facts, "after", day("2026-02-02"), None, "100");
    let promise = json!({"id": "p", "customer_id": "c1", "kind": "promise",
        "time": "2026-01-28T09:00:00Z", "promised_on": "2026-11-02"});
    let known = moment(day("2026-01-29"));
    facts
        .insert(RecordKind::Interaction, known, 1, promise)
        .unwrap();
    let promised = |invoice| contact(&facts, invoice, "2026-02-10").promised_on;
    assert_eq!(promised("before"), Some(day("2026-11-02")));
    assert_eq!(promised("after"), None);
}

#[test]
fn what_else_is_owed_is_what_is_left_to_pay_in_the_same_currency() {
    let mut facts = Facts::default();
    let mut add = |id: &str, currency: &str, more: serde_json::Value| {
        let mut body = json!({"id": id, "customer_id": "c1", "issued_on": "2026-01-05", "due_on": "2026-01-15",
            "currency": currency, "total": "1000"});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let known = moment(day("2026-01-06"));
        facts
            .insert(RecordKind::CustomerInvoice, known, 1, body)
            .unwrap();
    };
    add("part", "EUR", json!({"open_amount": "50"}));
    add("yen", "JPY", json!({}));
    add("given up", "EUR", json!({"status": "written_off"}));
    let found = features(facts, day("2026-03-02"));
    assert_eq!(found("open_invoices"), 2.0);
    assert_eq!(
        found("open_amount"),
        crate::cases::numbers::log_amount(50.0)
    );
}
