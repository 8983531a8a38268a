//! What is there that belongs to no debt, and what it is set off against.

use serde_json::{Value, json};

use super::*;

#[test]
fn money_that_names_no_invoice_is_set_off_against_the_oldest_debts() {
    let mut facts = Facts::default();
    add(&mut facts, "old", day("2026-01-05"), None, "1000");
    add(&mut facts, "new", day("2026-01-20"), None, "400");
    add(&mut facts, "credit", day("2026-01-10"), None, "-900");
    let found = |facts: &Facts| {
        let history = FactsAsOf::new(Arc::new(facts.clone()), moment(day("2026-03-01")));
        let file = CustomerFile::of("c1", &history);
        ["old", "new"].map(|id| file.set_off(&file.ledger.get(id).unwrap()))
    };
    assert_eq!(found(&facts), [None, None]);
    let pay = |facts: &mut Facts, version: u64, amount: &str| {
        let body = json!({"id": "p", "customer_id": "c1", "paid_on": "2026-02-02", "amount": amount, "currency": "EUR"});
        let known = moment(day("2026-02-03"));
        facts
            .insert(RecordKind::Payment, known, version, body)
            .unwrap();
    };
    pay(&mut facts, 1, "100");
    assert_eq!(found(&facts), [Some(1000.0), None]);
    pay(&mut facts, 2, "500");
    assert_eq!(found(&facts), [Some(1400.0), Some(400.0)]);
}

#[test]
fn what_is_paid_beyond_an_invoice_is_there_for_the_next() {
    let mut facts = Facts::default();
    add(&mut facts, "old", day("2026-01-05"), None, "100");
    add(&mut facts, "new", day("2026-01-20"), None, "40");
    let body = json!({"id": "p", "invoice_id": "old", "paid_on": "2026-02-02", "amount": "150", "currency": "EUR"});
    let known = moment(day("2026-02-03"));
    facts.insert(RecordKind::Payment, known, 1, body).unwrap();
    let history = FactsAsOf::new(Arc::new(facts), moment(day("2026-03-01")));
    let file = CustomerFile::of("c1", &history);
    assert_eq!(file.set_off(&file.ledger.get("new").unwrap()), Some(50.0));
}

#[test]
fn money_that_comes_to_an_invoice_in_parts_is_set_off_whatever_binary_sums_make_of_it() {
    let mut facts = Facts::default();
    add(&mut facts, "old", day("2026-01-04"), None, "846.09");
    add(&mut facts, "new", day("2026-01-05"), None, "1202.86");
    let known = moment(day("2026-02-03"));
    for (id, amount) in [("m1", "1048.95"), ("m2", "1000.00")] {
        let pay = json!({"id": id, "customer_id": "c1", "paid_on": "2026-02-02", "amount": amount, "currency": "EUR"});
        facts.insert(RecordKind::Payment, known, 1, pay).unwrap();
    }
    let history = FactsAsOf::new(Arc::new(facts), moment(day("2026-02-10")));
    let file = CustomerFile::of("c1", &history);
    for (id, left) in [("old", 2048.95), ("new", 1202.86)] {
        let found = file.set_off(&file.ledger.get(id).unwrap()).unwrap();
        assert!((found - left).abs() < 0.001, "{id}: {found}");
    }
}

#[test]
fn a_credit_that_is_paid_out_in_part_is_not_used_up() {
    let mut facts = Facts::default();
    add(&mut facts, "g", day("2026-01-05"), None, "-100");
    add(&mut facts, "a", day("2026-01-05"), None, "50");
    let known = moment(day("2026-02-03"));
    let pay = json!({"id": "m", "invoice_id": "g", "paid_on": "2026-02-02", "amount": "-50", "currency": "EUR"});
    facts.insert(RecordKind::Payment, known, 1, pay).unwrap();
    let history = FactsAsOf::new(Arc::new(facts), moment(day("2026-02-10")));
    let file = CustomerFile::of("c1", &history);
    let left = file.set_off(&file.ledger.get("a").unwrap());
    assert!(
        left.is_some_and(|left| (left - 50.0).abs() < 0.001),
        "{left:?}"
    );
}

fn euros_and_yen(facts: &Facts) -> [String; 2] {
    let history = FactsAsOf::new(Arc::new(facts.clone()), moment(day("2026-03-10")));
    let file = CustomerFile::of("c1", &history);
    ["EUR", "JPY"].map(|code| {
        let there = file.to_set_off(Currency::new(code).unwrap());
        there.map_or_else(String::new, |money| money.to_string())
    })
}

fn put(facts: &mut Facts, kind: RecordKind, body: Value) {
    let known = moment(day("2026-03-01"));
    facts.insert(kind, known, 1, body).unwrap();
}

/// An invoice known as the others are, with other members.
fn bill(facts: &mut Facts, id: &str, currency: &str, total: &str, more: &Value) {
    let mut body = json!({"id": id, "customer_id": "c1", "issued_on": "2026-01-05", "due_on": "2026-02-05",
        "currency": currency, "total": total});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    put(facts, RecordKind::CustomerInvoice, body);
}

fn pay(facts: &mut Facts, id: &str, currency: &str, amount: &str, invoice: Option<&str>) {
    let body = json!({"id": id, "customer_id": "c1", "paid_on": "2026-02-20", "amount": amount,
        "currency": currency, "invoice_id": invoice});
    put(facts, RecordKind::Payment, body);
}

#[test]
fn credits_and_money_on_account_are_told_by_currency_whether_they_cover_a_debt_or_not() {
    let mut owed = Facts::default();
    bill(&mut owed, "old", "EUR", "1000.00", &json!({}));
    bill(&mut owed, "new", "EUR", "400.00", &json!({}));
    bill(&mut owed, "yen", "JPY", "90000", &json!({}));
    assert_eq!(euros_and_yen(&owed), ["", ""]);
    let mut credited = owed.clone();
    bill(&mut credited, "credit", "EUR", "-300.00", &json!({}));
    assert_eq!(euros_and_yen(&credited), ["300.00", ""]);
    for (currency, amount, told) in [
        ("EUR", "50.50", ["350.50", ""]),
        ("EUR", "2000.00", ["2300.00", ""]),
        ("JPY", "700", ["300.00", "700"]),
        ("EUR", "-320.00", ["", ""]),
    ] {
        let mut facts = credited.clone();
        pay(&mut facts, "p", currency, amount, None);
        assert_eq!(euros_and_yen(&facts), told, "{amount}");
    }
}

#[test]
fn who_has_credits_alone_has_them_in_every_currency() {
    let mut facts = Facts::default();
    bill(&mut facts, "euros", "EUR", "-300.00", &json!({}));
    bill(&mut facts, "dinars", "KWD", "-50.125", &json!({}));
    let history = FactsAsOf::new(Arc::new(facts), moment(day("2026-03-10")));
    let file = CustomerFile::of("c1", &history);
    let told = file.all_to_set_off().into_iter();
    let told: Vec<String> = told.map(|(code, sum)| format!("{sum} {code}")).collect();
    assert_eq!(told, ["300.00 EUR", "50.125 KWD"]);
}

#[test]
fn a_credit_counts_by_what_is_left_of_it_whatever_its_sign_and_not_once_given_up() {
    for (more, told) in [
        (json!({}), "300.00"),
        (json!({"open_amount": "-120.00"}), "120.00"),
        (json!({"open_amount": "120.00"}), "120.00"),
        (json!({"open_amount": "0.00"}), ""),
        (json!({"status": "disputed"}), "300.00"),
        (json!({"status": "written_off"}), ""),
        (json!({"status": "cancelled"}), ""),
        (json!({"status": "paid"}), ""),
    ] {
        let mut facts = Facts::default();
        bill(&mut facts, "owed", "EUR", "1000.00", &json!({}));
        bill(&mut facts, "credit", "EUR", "-300.00", &more);
        assert_eq!(euros_and_yen(&facts), [told, ""], "{more}");
    }
}

#[test]
fn what_was_paid_on_an_invoice_that_was_withdrawn_is_there_for_the_one_in_its_place() {
    for (status, sent_back, told) in [
        ("cancelled", None, "200.00"),
        ("cancelled", Some("-200.00"), ""),
        ("open", None, ""),
    ] {
        let mut facts = Facts::default();
        let status = json!({"status": status});
        bill(&mut facts, "first", "EUR", "200.00", &status);
        bill(&mut facts, "second", "EUR", "200.00", &json!({}));
        pay(&mut facts, "p1", "EUR", "200.00", Some("first"));
        if let Some(amount) = sent_back {
            pay(&mut facts, "p2", "EUR", amount, Some("first"));
        }
        assert_eq!(euros_and_yen(&facts), [told, ""], "{status} {sent_back:?}");
    }
}
