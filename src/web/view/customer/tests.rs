//! What is said of one customer.

use std::sync::Arc;

use super::*;
use crate::domain::RecordKind;
use crate::history::{Facts, FactsAsOf};

#[test]
fn a_contact_may_be_about_all_that_is_open_and_credits_are_told_where_nothing_is() {
    let mut facts = Facts::default();
    let known = "2026-01-05T09:00:00Z".parse().unwrap();
    for (id, due_on, currency, total) in [
        ("new", "2026-03-05", "EUR", "1000.00"),
        ("old", "2026-02-05", "EUR", "90.00"),
        ("credit", "2026-02-05", "EUR", "-10.00"),
        ("dinars", "2026-02-05", "KWD", "-7.125"),
    ] {
        let body = serde_json::json!({"id": id, "customer_id": "c", "issued_on": "2026-01-05",
            "due_on": due_on, "currency": currency, "total": total});
        let kind = RecordKind::CustomerInvoice;
        facts.insert(kind, known, 1, body).unwrap();
    }
    let as_of = "2026-03-10T09:00:00Z".parse().unwrap();
    let file = CustomerFile::of("c", &FactsAsOf::new(Arc::new(facts), as_of));
    // Nothing of it was scored.
    let view = CustomerView::new(&file, None, &[]);
    let labels: Vec<&str> = view.about.iter().map(|(_, label)| label.as_str()).collect();
    assert_eq!(labels, ["old · 90.00 EUR", "new · 1\u{202f}000.00 EUR"]);
    assert_eq!(view.about.first().unwrap().0, "old");
    let credits = ("Credit, and nothing open", "7.125 KWD".to_owned());
    assert!(view.facts.contains(&credits), "{:?}", view.facts);
}

#[test]
fn of_thousands_of_invoices_the_first_are_shown_and_the_others_counted() {
    let row = |count: usize| -> CollectionsRow {
        let invoice = |at: usize| {
            serde_json::json!({"customer_invoice_id": at.to_string(), "due_on": "2026-03-01",
                "days_overdue": 9, "open_amount": "1.00", "currency": "EUR", "score": null,
                "score_kind": "paid_late", "expected_on": null, "action": "wait", "suppressed_by": [],
                "at_stake": 0.0, "because": [], "recommendation_id": Uuid::nil()})
        };
        let invoices: Vec<serde_json::Value> = (0..count).map(invoice).collect();
        let row = serde_json::json!({"rank": null, "customer_id": "c", "name": null, "phone": null,
            "action": "wait", "suppressed_by": [], "level": "low", "open_amount": "1.00",
            "overdue_amount": "0", "currency": "EUR", "days_overdue": 0, "at_stake": 0.0,
            "moved": null, "invoices": invoices});
        serde_json::from_value(row).unwrap()
    };
    let as_of = "2026-03-10T09:00:00Z".parse().unwrap();
    let file = CustomerFile::of("c", &FactsAsOf::new(Arc::new(Facts::default()), as_of));
    for (open, seen, unseen) in [(0, 0, 0), (100, 100, 0), (4668, 100, 4568)] {
        let row = row(open);
        let firsts = shown(&row).iter().zip(&row.invoices);
        assert_eq!(firsts.filter(|(a, b)| a == b).count(), seen);
        assert_eq!(shown(&row).len(), seen);
        assert_eq!(CustomerView::new(&file, Some(&row), &[]).unshown, unseen);
    }
}

#[test]
fn nothing_is_told_as_certain_that_is_not() {
    let told = |score| chance(score, "paid_very_late");
    assert_eq!(told(0.9992), "99\u{a0}% to be paid very late");
    assert_eq!(told(0.004), "1\u{a0}% to be paid very late");
    assert_eq!(told(0.424), "42\u{a0}% to be paid very late");
}

#[test]
fn what_is_open_counts_what_was_not_scored_and_adds_up_no_currencies() {
    let invoice = |id: &str, days: i64, currency: &str| {
        serde_json::json!({"customer_invoice_id": id, "due_on": "2026-03-01", "days_overdue": days,
            "open_amount": "100.00", "currency": currency, "score": null, "score_kind": "paid_late",
            "expected_on": null, "action": "wait", "suppressed_by": [], "at_stake": 0.0, "because": [],
            "recommendation_id": Uuid::nil()})
    };
    let row = serde_json::json!({"rank": null, "customer_id": "c", "name": null, "phone": null,
        "action": "wait", "suppressed_by": [], "level": "low", "open_amount": "1300.00",
        "overdue_amount": "100.00", "set_off_amount": "70.00", "currency": "EUR", "days_overdue": 9,
        "at_stake": 0.0, "moved": null, "left_out": 12,
        "other_currencies": [{"currency": "USD", "open_amount": "100.00", "overdue_amount": "100.00",
            "set_off_amount": "5.00"}],
        "invoices": [invoice("a", 9, "EUR"), invoice("b", -9, "EUR"), invoice("c", 9, "USD")]});
    let row: CollectionsRow = serde_json::from_value(row).unwrap();
    let (open, overdue) = owed(&row);
    assert_eq!(open, "1\u{202f}300.00 EUR + 100.00 USD");
    assert_eq!(overdue, "100.00 EUR + 100.00 USD");
    assert_eq!(set_off(&row).unwrap(), "70.00 EUR + 5.00 USD");
    assert_eq!(invoices(row.left_out), "12 smaller invoices");
}

#[test]
fn the_days_below_a_plot_can_be_told_apart() {
    let named = |first: &str, last: &str| -> Vec<String> {
        let days = named_days(first.parse().unwrap(), last.parse().unwrap());
        days.into_iter().map(|(.., label)| label).collect()
    };
    assert_eq!(named("2026-03-03", "2026-03-03"), ["3 Mar 2026"]);
    let both = ["3 Mar 2026", "9 Apr 2026"];
    assert_eq!(named("2026-03-03", "2026-04-09"), both);
    let quarters = ["Jan 26", "Apr 26", "Jul 26"];
    assert_eq!(named("2025-12-03", "2026-07-09"), quarters);
    let years = named("2010-05-01", "2026-07-09");
    assert_eq!((years.len(), &*years[0]), (6, "2011"));
}
