//! Each detector at its boundary: the case that just alarms and the one that just does not.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::domain::Currency;
use crate::domain::FieldSet;
use crate::domain::records::{Employee, ExpenseClaim, PurchaseOrder, Vendor, VendorInvoice};
use crate::history::Receipt;

fn read<T: FieldSet>(usual: Value, changed: Value) -> T {
    let (Value::Object(mut members), Value::Object(changed)) = (usual, changed) else {
        panic!("not objects")
    };
    members.extend(changed);
    members.retain(|_, value| !value.is_null());
    T::from_members("", members).unwrap()
}

fn claim(changed: Value) -> ExpenseClaim {
    // A Wednesday.
    let usual = json!({
        "id": "c", "employee_id": "e", "incurred_on": "2026-03-04", "amount": "61.37", "currency": "EUR",
        "category": "office", "merchant": "Papier Klein",
    });
    read(usual, changed)
}

/// A line beside the claim.
fn other(id: usize, changed: Value) -> Arc<ExpenseClaim> {
    let mut line = claim(changed);
    line.id = format!("o{id}").parse().unwrap();
    Arc::new(line)
}

#[derive(Default)]
struct Around {
    lines: Lines,
    own: Vec<Arc<ExpenseClaim>>,
    on_receipt: Vec<Arc<ExpenseClaim>>,
    elsewhere: Vec<Arc<ExpenseClaim>>,
    at_merchant: Vec<Arc<ExpenseClaim>>,
    in_currency: Vec<Arc<ExpenseClaim>>,
    receipt: Option<Receipt>,
    employee: Option<Employee>,
    on_leave: bool,
    thresholds: Thresholds,
}

impl Around {
    fn own(own: impl IntoIterator<Item = Value>) -> Self {
        let own = own
            .into_iter()
            .enumerate()
            .map(|(id, line)| other(id, line))
            .collect();
        Self {
            own,
            ..Self::default()
        }
    }

    fn flags(&self, changed: Value) -> Vec<Flag> {
        let claim = claim(changed);
        flags_of_claim(&ClaimView {
            lines: self.lines,
            claim: &claim,
            came: claim.known_at,
            own: &self.own,
            on_receipt: &self.on_receipt,
            elsewhere: &self.elsewhere,
            at_merchant: &self.at_merchant,
            in_currency: &self.in_currency,
            merchants_are_named: true,
            receipt: self.receipt.as_ref(),
            employee: self.employee.as_ref(),
            on_leave: self.on_leave,
            thresholds: &self.thresholds,
        })
    }

    /// Whether a detector of that name alarms.
    fn alarms(&self, name: &str, changed: Value) -> bool {
        assert!(CLAIM.iter().any(|detector| detector.name == name), "{name}");
        self.flags(changed).iter().any(|flag| flag.detector == name)
    }
}

#[test]
fn a_plain_claim_alarms_nobody() {
    let around = Around {
        at_merchant: vec![other(0, json!({}))],
        ..Around::default()
    };
    assert_eq!(around.flags(json!({})), []);
}

#[test]
fn names_are_unique_and_a_detector_can_be_turned_off() {
    let names = CLAIM
        .iter()
        .map(|d| d.name)
        .chain(INVOICE.iter().map(|d| d.name));
    let names: Vec<&str> = names.collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    let mut around = Around::default();
    assert!(around.alarms("just_under_limit", json!({"amount": "98"})));
    around.thresholds.off = vec!["just_under_limit".to_owned()];
    assert!(!around.alarms("just_under_limit", json!({"amount": "98"})));
}

#[test]
fn uses_of_cards_are_asked_what_they_can_answer() {
    let names = of_lines(Lines::Cards).map(|detector| detector.name);
    assert!(
        names.eq(CLAIM
            .iter()
            .map(|d| d.name)
            .filter(|name| OF_CARDS.contains(name)))
    );
    assert_eq!(of_lines(Lines::Cards).count(), OF_CARDS.len());
    let line = || json!({"amount": "60", "receipt": false});
    let mut around = Around::own([json!({"amount": "45", "incurred_on": "2026-03-03"})]);
    assert!(around.alarms("receipt_missing", line()));
    around.lines = Lines::Cards;
    let flags = around.flags(line());
    let found: Vec<&str> = flags.iter().map(|flag| flag.detector.as_str()).collect();
    assert_eq!(found, ["split_purchase"]);
    assert_eq!(flags[0].twins, ["card_transaction/o0"]);
}

#[test]
fn just_under_a_limit_is_within_three_percent_and_not_at_it() {
    let alone = Around::default();
    let alarms = |amount: &str| alone.alarms("just_under_limit", json!({"amount": amount}));
    assert!(alarms("97.00") && alarms("99.99") && alarms("485"));
    assert!(!alarms("96.99") && !alarms("100") && !alarms("-99") && !alarms("999999999999999"));
    // Of another currency nothing is known without the amount at home.
    assert!(!alone.alarms(
        "just_under_limit",
        json!({"amount": "99", "currency": "SEK"})
    ));
    let home = json!({"amount": "1100", "currency": "SEK", "home_amount": "99.00"});
    assert!(alone.alarms("just_under_limit", home));
}

#[test]
fn a_split_crosses_the_limit_together_at_one_merchant_in_few_days() {
    let with = |line: Value| Around::own([line]).alarms("split_purchase", json!({"amount": "60"}));
    assert!(with(json!({"amount": "40", "incurred_on": "2026-03-07"})));
    assert!(
        !with(json!({"amount": "39.99"})),
        "does not reach the limit"
    );
    assert!(
        !with(json!({"amount": "40", "incurred_on": "2026-03-08"})),
        "too far"
    );
    assert!(!with(json!({"amount": "40", "merchant": "Other"})));
    assert!(
        !with(json!({"amount": "140"})),
        "it needs approval by itself"
    );
    assert!(!with(json!({"amount": "-40"})));
    let by_card = |line: Value| {
        let around = Around {
            elsewhere: vec![other(0, line)],
            ..Around::default()
        };
        around.flags(json!({"amount": "60"}))
    };
    let flags = by_card(json!({"amount": "45"}));
    assert_eq!(flags[0].twins, ["card_transaction/o0"]);
    assert_eq!(by_card(json!({"amount": "39.99"})), []);
    assert_eq!(
        by_card(json!({"amount": "60"})),
        [],
        "one purchase told twice"
    );
}

#[test]
fn round_amounts_are_large_multiples_and_no_allowances() {
    let alone = Around::default();
    assert!(alone.alarms("round_amount", json!({"amount": "100.00"})));
    assert!(alone.alarms("round_amount", json!({"amount": "350"})));
    assert!(!alone.alarms("round_amount", json!({"amount": "50"})));
    assert!(!alone.alarms("round_amount", json!({"amount": "125"})));
    assert!(!alone.alarms(
        "round_amount",
        json!({"amount": "100", "category": "Per diem"})
    ));
}

#[test]
fn an_amount_repeats_from_the_fourth_time_on() {
    let line = |day: &str| json!({"incurred_on": day, "merchant": day});
    let days = ["2026-02-02", "2026-02-10", "2026-02-20"];
    assert!(Around::own(days.map(line)).alarms("repeated_amount", json!({})));
    assert!(!Around::own([line(days[0]), line(days[1])]).alarms("repeated_amount", json!({})));
    let far = ["2026-02-01", "2026-02-10", "2026-02-20"];
    assert!(
        !Around::own(far.map(line)).alarms("repeated_amount", json!({})),
        "31 days"
    );
    assert!(!Around::own(days.map(line)).alarms("repeated_amount", json!({"currency": "USD"})));
}

#[test]
fn days_off_are_weekends_without_a_journey_holidays_and_leave() {
    let mut around = Around::default();
    let on = |day: &str| json!({"incurred_on": day});
    assert!(
        around.alarms("weekend", on("2026-03-07")) && around.alarms("weekend", on("2026-03-08"))
    );
    assert!(
        !around.alarms("weekend", on("2026-03-06")) && !around.alarms("weekend", on("2026-03-09"))
    );
    assert!(!around.alarms(
        "weekend",
        json!({"incurred_on": "2026-03-07", "category": "Hotel"})
    ));
    around.thresholds.holidays = vec!["2028-02-29".parse().unwrap()];
    assert!(
        around.alarms("holiday", on("2028-02-29")) && !around.alarms("holiday", on("2028-03-01"))
    );
    assert!(!around.alarms("on_leave", json!({})));
    around.on_leave = true;
    assert!(around.alarms("on_leave", json!({})));
}

#[test]
fn days_have_to_fit_each_other() {
    let mut around = Around::default();
    let submitted = |at: &str| json!({"submitted_at": at});
    assert!(around.alarms("late_claim", submitted("2026-05-04T00:00:00Z")));
    assert!(!around.alarms("late_claim", submitted("2026-05-03T23:59:59Z")));
    assert!(around.alarms("future_dated", submitted("2026-03-02T12:00:00Z")));
    assert!(
        !around.alarms("future_dated", submitted("2026-03-03T12:00:00Z")),
        "other clocks"
    );
    let known = |at: &str| json!({"known_at": at});
    assert!(around.alarms("future_dated", known("2026-03-02T12:00:00Z")));
    assert!(!around.alarms("future_dated", known("2026-03-03T12:00:00Z")));
    let employed = |from: &str, until: Value| {
        read(
            json!({"id": "e"}),
            json!({"joined_on": from, "left_on": until}),
        )
    };
    for (from, until, alarms) in [
        ("2026-03-05", Value::Null, true),
        ("2026-03-04", json!("2026-03-04"), false),
        ("2026-01-01", json!("2026-03-03"), true),
    ] {
        around.employee = Some(employed(from, until));
        assert_eq!(around.alarms("back_dated", json!({})), alarms, "{from}");
    }
}

#[test]
fn a_receipt_has_to_say_the_same_amount_day_and_merchant() {
    let with = |receipt: Receipt| {
        Around {
            receipt: Some(receipt),
            ..Around::default()
        }
        .alarms("receipt_mismatch", json!({}))
    };
    let day = |text: &str| Receipt {
        date: text.parse().ok(),
        ..Receipt::default()
    };
    assert!(
        !with(Receipt::default()),
        "an illegible receipt says nothing"
    );
    assert!(!with(day("2026-03-06")) && with(day("2026-03-07")) && with(day("2026-03-01")));
    let total = |text: &str, code: &str| Receipt {
        total: text.parse().ok(),
        currency: Currency::new(code).ok(),
        ..Receipt::default()
    };
    assert!(!with(total("61.37", "EUR")) && with(total("61.36", "EUR")));
    assert!(!with(total("70", "USD")), "not comparable");
    assert!(
        with(total("61.37", "USD")),
        "converted it is another figure"
    );
    let by = |name: &str| Receipt {
        merchant: Some(name.to_owned()),
        ..Receipt::default()
    };
    assert!(!with(by("PAPIER KLEIN GmbH, Filiale Mitte")) && with(by("Uhren Klein")));
    assert!(!with(by("Papier 0815")), "a branch");
    let mut missing = Around::default();
    let none = |amount: &str| json!({"receipt": false, "amount": amount});
    assert!(missing.alarms("receipt_missing", none("25")));
    assert!(!missing.alarms("receipt_missing", none("24.99")));
    missing.thresholds.receipt_from = 0;
    assert!(!missing.alarms(
        "receipt_missing",
        json!({"receipt": false, "category": "mileage"})
    ));
    assert!(!missing.alarms("receipt_missing", json!({})), "not said");
}

#[test]
fn a_receipt_that_is_claimed_in_several_lines_says_what_they_come_to() {
    let flags = |total: &str, code: &str, lines: &[Value]| {
        let lines = lines.iter().enumerate();
        let around = Around {
            receipt: Some(Receipt {
                total: total.parse().ok(),
                currency: Currency::new(code).ok(),
                ..Receipt::default()
            }),
            on_receipt: lines.map(|(id, line)| other(id, line.clone())).collect(),
            ..Around::default()
        };
        let mut flags = around.flags(json!({"amount": "200"}));
        flags.retain(|flag| flag.detector == "receipt_mismatch");
        flags
    };
    let breakfast = || [json!({"amount": "40"})];
    assert_eq!(flags("240", "EUR", &breakfast()), []);
    assert_eq!(flags("200.00", "EUR", &breakfast()), []);
    let more = flags("230", "EUR", &breakfast());
    assert_eq!(
        more[0].text,
        "The receipt says a total of 230 where 200 is claimed, 240 in all lines on it."
    );
    assert_eq!(more[0].twins, ["expense_claim/o0"]);
    assert_eq!(flags("240", "EUR", &[]).len(), 1);
    let abroad = [json!({"amount": "40", "currency": "USD"})];
    assert_eq!(
        flags("240", "EUR", &abroad).len(),
        1,
        "no figures to add up"
    );
    assert_eq!(flags("240", "USD", &breakfast()).len(), 1, "not converted");
}

#[test]
fn a_rate_of_exchange_is_compared_with_three_others() {
    let line = |home: &str| json!({"currency": "USD", "amount": "100", "home_amount": home});
    let with = |others: &[&str], home: &str| {
        let in_currency = others
            .iter()
            .enumerate()
            .map(|(id, home)| other(id, line(home)))
            .collect();
        Around {
            in_currency,
            ..Around::default()
        }
        .alarms("exchange_rate", line(home))
    };
    let usual = ["90", "91", "89"];
    assert!(!with(&usual, "94.50") && with(&usual, "94.51") && with(&usual, "85.49"));
    assert!(!with(&usual[..2], "120"));
    let nothing = json!({"currency": "USD", "amount": "0", "home_amount": "5"});
    assert!(!Around::default().alarms("exchange_rate", nothing));
}

#[test]
fn tips_per_diems_and_distances_have_their_measure() {
    let bill = || json!({"amount": "50", "category": "Restaurant"});
    let tip = |amount: &str| json!({"amount": amount, "category": "Tip"});
    assert!(!Around::own([bill()]).alarms("tip", tip("10")));
    assert!(Around::own([bill()]).alarms("tip", tip("10.01")));
    assert!(
        !Around::default().alarms("tip", tip("10.01")),
        "without the bill"
    );

    let meal = || json!({"category": "Meals"});
    let allowance = || json!({"category": "Per diem"});
    assert!(Around::own([meal()]).alarms("per_diem_with_meal", allowance()));
    assert!(Around::own([allowance()]).alarms("per_diem_with_meal", meal()));
    let next_day = json!({"category": "Per diem", "incurred_on": "2026-03-05"});
    assert!(!Around::own([next_day]).alarms("per_diem_with_meal", meal()));
    assert!(!Around::own([meal()]).alarms("per_diem_with_meal", meal()));

    let drive =
        |far: &str, amount: &str| json!({"category": "Mileage", "quantity": far, "amount": amount});
    let alone = Around::default();
    assert!(
        !alone.alarms("mileage", drive("800", "240"))
            && alone.alarms("mileage", drive("801", "240.30"))
    );
    assert!(
        !alone.alarms("mileage", drive("101", "30.31"))
            && alone.alarms("mileage", drive("101", "30.32"))
    );
}

#[test]
fn two_countries_on_one_day_need_a_journey() {
    let in_country = |code: &str| json!({"country": code});
    let abroad = || json!({"country": "JP"});
    assert!(Around::own([abroad()]).alarms("impossible_travel", in_country("FR")));
    assert!(!Around::own([abroad()]).alarms("impossible_travel", in_country("JP")));
    let flight = json!({"category": "Flight", "incurred_on": "2026-03-03"});
    assert!(!Around::own([abroad(), flight]).alarms("impossible_travel", in_country("FR")));
    let later = json!({"country": "JP", "incurred_on": "2026-03-05"});
    assert!(!Around::own([later]).alarms("impossible_travel", in_country("FR")));
}

#[test]
fn merchants_can_be_barred_new_or_posted_wrongly() {
    let alone = Around::default();
    assert!(alone.alarms("barred_merchant", json!({"merchant": "Grand CASINO Nord"})));
    assert!(alone.alarms("barred_merchant", json!({"merchant_category": "7995"})));
    assert!(alone.alarms("barred_merchant", json!({"category": "Night club"})));
    assert!(!alone.alarms("barred_merchant", json!({"merchant": "Shell 7995"})));
    assert!(!alone.alarms(
        "barred_merchant",
        json!({"merchant": "Casinoplatz Apotheke"})
    ));
    assert!(alone.alarms("new_merchant", json!({"amount": "250"})));
    assert!(!alone.alarms("new_merchant", json!({"amount": "249.99"})));
    assert!(!alone.alarms("new_merchant", json!({"amount": "250", "merchant": null})));
    assert!(alone.alarms("cash_advance", json!({"merchant_category": "6011"})));
    assert!(!alone.alarms("cash_advance", json!({"merchant_category": "60110"})));

    let posted = |travel: usize, office: usize| {
        let lines = (0..travel + office).map(|id| {
            other(
                id,
                json!({"category": if id < travel { "travel" } else { "office" }}),
            )
        });
        Around {
            at_merchant: lines.collect(),
            ..Around::default()
        }
    };
    assert!(posted(8, 2).alarms("wrong_category", json!({})));
    assert!(
        !posted(7, 3).alarms("wrong_category", json!({})),
        "they do not agree"
    );
    assert!(!posted(9, 0).alarms("wrong_category", json!({})), "too few");
    assert!(!posted(8, 2).alarms("wrong_category", json!({"category": "travel"})));
}

#[test]
fn cards_have_to_be_used_and_lines_can_be_many() {
    let alone = Around::default();
    let paid =
        |by: &str, amount: &str| json!({"paid_by": by, "amount": amount, "category": "Hotel"});
    assert!(alone.alarms("card_required", paid("employee", "150")));
    assert!(!alone.alarms("card_required", paid("employee", "149.99")));
    assert!(!alone.alarms("card_required", paid("company_card", "150")));
    let lines = |count: usize| Around::own((0..count).map(|i| json!({"amount": i.to_string()})));
    assert!(lines(14).alarms("burst", json!({})) && !lines(13).alarms("burst", json!({})));
}

mod claims;
mod invoices;
