//! What was said of the whole account, and what became of one promise after another.

use serde_json::{Value, json};

use super::*;

/// Something said to or by the customer, known at once.
fn say(facts: &mut Facts, id: &str, on: &str, kind: &str, more: &Value) {
    let time = moment(day(on));
    let mut body = json!({"id": id, "customer_id": "c1", "kind": kind, "time": time});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    facts
        .insert(RecordKind::Interaction, time, 1, body)
        .unwrap();
}

/// Two invoices, of which one was billed after all else, and payment of everything promised for a far day.
fn promised() -> Facts {
    let mut facts = Facts::default();
    add(&mut facts, "before", day("2026-01-05"), None, "100");
    add(&mut facts, "after", day("2026-02-07"), None, "100");
    let far = json!({"promised_on": "2026-06-30"});
    say(&mut facts, "far", "2026-01-20", "promise", &far);
    facts
}

#[test]
fn the_promise_made_last_holds_and_ends_the_one_before_once_it_is_broken() {
    for more in [
        json!({"promised_on": "2026-02-02"}),
        json!({"promised_on": "2026-02-02", "promised_amount": "100.00"}),
        json!({"promised_on": "2026-02-02", "customer_invoice_id": "before"}),
    ] {
        let mut facts = promised();
        say(&mut facts, "near", "2026-01-28", "promise", &more);
        let pending = contact(&facts, "before", "2026-02-01");
        assert_eq!(pending.promised_on, Some(day("2026-02-02")), "{more}");
        let broken = contact(&facts, "before", "2026-02-10");
        assert_eq!((broken.promised_on, broken.promise_broken), (None, true));
        assert_eq!(broken.promises_broken, 1);
        // Nobody promised to pay what was billed later.
        let later = contact(&facts, "after", "2026-02-10");
        assert_eq!((later.promised_on, later.promise_broken), (None, false));
    }
}

#[test]
fn a_promise_of_less_than_an_invoice_leaves_what_was_promised_of_it_before() {
    for (amount, outcome) in [("50.00", None), ("100.00", Some("kept"))] {
        let mut facts = promised();
        let part =
            json!({"promised_on": "2026-02-02", "promised_amount": amount, "outcome": outcome});
        say(&mut facts, "part", "2026-01-28", "promise", &part);
        let found = contact(&facts, "before", "2026-02-10");
        let far = Some(day("2026-06-30"));
        assert_eq!((found.promised_on, found.promise_broken), (far, false));
    }
}

#[test]
fn a_reminder_of_all_is_one_of_what_was_billed_by_then() {
    let mut facts = promised();
    say(&mut facts, "r", "2026-02-01", "reminder", &json!({}));
    let reminders = |invoice| contact(&facts, invoice, "2026-02-10").reminders;
    assert_eq!((reminders("before"), reminders("after")), (1, 0));
}

#[test]
fn what_came_of_a_promise_is_read_in_letters_of_any_case() {
    for (outcome, kept, broken) in [(" Broken ", 0, 1), ("KEPT", 1, 0), ("unclear", 0, 0)] {
        let mut facts = Facts::default();
        add(&mut facts, "before", day("2026-01-05"), None, "100");
        let promise = json!({"promised_on": "2026-06-30", "outcome": outcome});
        say(&mut facts, "p", "2026-01-28", "promise", &promise);
        let found = contact(&facts, "before", "2026-02-10");
        let counts = (found.promises_kept, found.promises_broken);
        assert_eq!(counts, (kept, broken), "{outcome}");
    }
}

/// An older invoice, which may be paid so many days after it was due, and a newer one; of 100 each.
fn two(late: Option<i64>) -> Facts {
    let mut facts = Facts::default();
    add(&mut facts, "older", day("2026-01-05"), late, "100");
    add(&mut facts, "newer", day("2026-01-06"), None, "100");
    facts
}

#[test]
fn a_promise_for_all_that_was_kept_leaves_what_is_open_as_it_stood() {
    // The older one is paid on 10 February.
    for (named_for, promised_on, broken) in [
        ("2026-02-02", None, true),
        ("2026-06-30", Some(day("2026-06-30")), false),
    ] {
        let mut facts = two(Some(26));
        let named = json!({"promised_on": named_for, "customer_invoice_id": "newer"});
        say(&mut facts, "named", "2026-01-28", "promise", &named);
        let all = json!({"promised_on": "2026-02-20"});
        say(&mut facts, "all", "2026-02-03", "promise", &all);
        let found = contact(&facts, "newer", "2026-02-25");
        assert_eq!(found.promises_kept, 1);
        let stands = (found.promised_on, found.promise_broken);
        assert_eq!(stands, (promised_on, broken), "{named_for}");
    }
}

#[test]
fn a_promise_for_all_is_kept_by_an_invoice_of_its_currency_and_by_no_credit() {
    for (total, currency, kept) in [
        ("100", None, 1),
        ("100", Some("EUR"), 1),
        ("100", Some("JPY"), 0),
        ("-100", None, 0),
    ] {
        let mut facts = two(None);
        add(&mut facts, "paid", day("2026-01-07"), Some(24), total);
        let all = json!({"promised_on": "2026-02-20", "currency": currency});
        say(&mut facts, "all", "2026-02-03", "promise", &all);
        let found = contact(&facts, "newer", "2026-02-25");
        let counts = (found.promises_kept, found.promises_broken);
        assert_eq!(counts, (kept, 1 - kept), "{total} {currency:?}");
    }
}

/// The same two, of which the older one is paid by a payment.
fn paid(on: &str) -> Facts {
    let mut facts = two(None);
    let pay = json!({"id": "m", "invoice_id": "older", "paid_on": on, "amount": "100", "currency": "EUR"});
    let known = moment(day(on));
    facts.insert(RecordKind::Payment, known, 1, pay).unwrap();
    facts
}

#[test]
fn what_came_too_late_of_a_broken_promise_is_not_looked_for_in_the_next_debt() {
    for mut facts in [two(Some(31)), paid("2026-02-15")] {
        let all = json!({"promised_on": "2026-02-02", "promised_amount": "100.00"});
        say(&mut facts, "all", "2026-01-28", "promise", &all);
        let broken = |invoice, today| contact(&facts, invoice, today).promise_broken;
        let before = (broken("older", "2026-02-10"), broken("newer", "2026-02-10"));
        assert_eq!(before, (true, false));
        assert!(!broken("newer", "2026-02-20"));
    }
}

#[test]
fn a_promise_holds_back_what_is_left_of_its_amount_and_no_more() {
    let far = Some(day("2026-02-28"));
    for (amount, held) in [("100.00", None), ("150.00", None), ("200.00", far)] {
        // Paid on 2 February.
        for mut facts in [two(Some(18)), paid("2026-02-02")] {
            let all = json!({"promised_on": "2026-02-28", "promised_amount": amount});
            say(&mut facts, "all", "2026-01-28", "promise", &all);
            let found = contact(&facts, "newer", "2026-02-10");
            assert_eq!(found.promised_on, held, "{amount}");
        }
    }
    // What came before it was made is none of it.
    let mut facts = paid("2026-02-02");
    let all = json!({"promised_on": "2026-02-28", "promised_amount": "100.00"});
    say(&mut facts, "all", "2026-02-03", "promise", &all);
    assert_eq!(contact(&facts, "newer", "2026-02-10").promised_on, far);
}
