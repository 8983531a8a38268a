//! What is said of a record, in words that are so.

use std::sync::Arc;

use super::*;
use crate::advice::Recommendation;
use crate::cases::record_case::{RecordCase as _, RecordItem};
use crate::domain::RecordKind;
use crate::history::{Facts, FactsAsOf};

/// What is said of the last of some records, each known a day after the one before.
fn told(kind: RecordKind, records: &[Value]) -> Recommendation {
    let mut facts = Facts::default();
    let mut last = String::new();
    for (day, record) in (1..).zip(records) {
        let mut body = json!({"currency": "EUR"});
        let members = record.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(members);
        last = body["id"].as_str().unwrap().to_owned();
        let known = format!("2026-06-{day:02}T08:00:00Z").parse().unwrap();
        facts.insert(kind, known, day, body).unwrap();
    }
    let now = "2026-06-30T00:00:00Z".parse().unwrap();
    let asked = RecordItem {
        id: last,
        as_of: None,
        period_end: None,
    };
    let history = FactsAsOf::new(Arc::new(facts), now);
    DuplicateCase
        .judge(&asked, &history)
        .unwrap()
        .recommendation
}

fn bill(id: &str, number: &str, day: &str, more: Value) -> Value {
    let mut body =
        json!({"id": id, "vendor_id": "v", "number": number, "issued_on": day, "total": "900.00"});
    let more = more.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(more);
    body
}

#[test]
fn a_record_of_which_no_other_is_a_copy_is_not_said_to_be_alone_with_its_amount() {
    let spent = |id: &str, employee: &str, merchant: &str| {
        let day = "2026-05-04";
        json!({"id": id, "employee_id": employee, "merchant": merchant, "incurred_on": day, "amount": "64.20"})
    };
    let claims = [
        spent("a", "e1", "Hotel Krone"),
        spent("b", "e2", "Taxi Nord"),
    ];
    let answer = told(RecordKind::ExpenseClaim, &claims);
    assert_eq!(
        answer.reasons[0].text,
        "Nothing earlier that has its amount, number or document looks like it."
    );
}

#[test]
fn a_pair_that_is_too_unlikely_is_not_said_to_be_harmless() {
    // One price on days at no interval.
    let bills = [
        ("4471", "2026-01-03"),
        ("9082", "2026-01-05"),
        ("1537", "2026-02-20"),
        ("6619", "2026-02-21"),
        ("3304", "2026-03-17"),
        ("7758", "2026-05-30"),
    ];
    let bills = bills.map(|(number, day)| bill(number, number, day, json!({})));
    let answer = told(RecordKind::VendorInvoice, &bills);
    let text = &answer.reasons[0].text;
    assert!(
        text.starts_with("Looks a little like vendor_invoice/") && text.contains("(same amount)"),
        "{text}"
    );
    let rents = ["2026-03-01", "2026-04-01", "2026-05-01"];
    let rents = rents.map(|day| bill(day, &day[2..7], day, json!({})));
    let answer = told(RecordKind::VendorInvoice, &rents);
    let text = &answer.reasons[0].text;
    assert!(
        text.starts_with("Looks like vendor_invoice/") && text.ends_with("but: recurring."),
        "{text}"
    );
}

#[test]
fn which_of_two_names_the_other_is_left_open() {
    let corrects = json!({"preceding_invoice": "5001"});
    let bills = [
        bill("a", "5007", "2026-05-20", corrects),
        bill("b", "5001", "2026-05-05", json!({})),
    ];
    let answer = told(RecordKind::VendorInvoice, &bills);
    let reason = answer.reasons.iter().find(|one| one.code == "corrects");
    assert_eq!(
        reason.unwrap().text,
        "One of the two names the other as what it corrects."
    );
}
