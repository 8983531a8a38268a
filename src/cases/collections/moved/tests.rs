//! What is said of who moved.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::super::Action;
use super::*;
use crate::advice::{Level, ModelRef};
use crate::domain::Currency;

fn row(rank: usize, at_stake: f64) -> CollectionsRow {
    let invoice = InvoiceRow {
        customer_invoice_id: "i".to_owned(),
        due_on: NaiveDate::MIN,
        days_overdue: 9,
        open_amount: Decimal::ONE,
        currency: Currency::EUR,
        score: Some(0.5),
        score_kind: String::new(),
        expected_on: None,
        action: Action::Remind,
        suppressed_by: Vec::new(),
        promise_broken: false,
        at_stake,
        because: Vec::new(),
        recommendation_id: Uuid::nil(),
    };
    CollectionsRow {
        rank: Some(rank),
        customer_id: "c".to_owned(),
        name: None,
        phone: None,
        action: Action::Remind,
        suppressed_by: Vec::new(),
        level: Level::Low,
        open_amount: Decimal::ONE,
        overdue_amount: Decimal::ONE,
        held_back_amount: Decimal::ZERO,
        set_off_amount: Decimal::ZERO,
        currency: Currency::EUR,
        other_currencies: Vec::new(),
        days_overdue: 9,
        at_stake,
        moved: None,
        invoices: vec![invoice],
        left_out: 0,
    }
}

fn run(ranked: Vec<CollectionsRow>, usual_amounts: BTreeMap<Currency, f64>) -> CollectionsRun {
    CollectionsRun {
        as_of: DateTime::<Utc>::MIN_UTC,
        ranked,
        held_back: Vec::new(),
        waiting: Vec::new(),
        left_out: 0,
        cash: Vec::new(),
        usual_amounts,
        usual_days: BTreeMap::new(),
        model: None,
        beyond_capacity: 0,
    }
}

/// Why the first of a run stands where it does.
fn told(mut run: CollectionsRun, before: &CollectionsRun) -> String {
    tell_moves(&mut run, before);
    let moved = run.ranked.first().and_then(|row| row.moved.clone());
    moved.unwrap().why
}

#[test]
fn what_is_held_back_as_before_does_not_explain_why_there_is_something_to_speak_of() {
    let invoice = |id: &str, suppressed_by: &[Suppressed]| InvoiceRow {
        customer_invoice_id: id.to_owned(),
        suppressed_by: suppressed_by.to_vec(),
        ..row(1, 1.0).invoices[0].clone()
    };
    let of = |invoices: &[InvoiceRow]| CollectionsRow {
        action: Action::RemindAhead,
        invoices: invoices.to_vec(),
        ..row(1, 1.0)
    };
    let disputed: &[Suppressed] = &[Suppressed::Disputed];
    let promised: &[Suppressed] = &[Suppressed::PromisePending];
    let before = [
        invoice("a", disputed),
        invoice("b", disputed),
        invoice("ahead", &[]),
    ];
    let before = CollectionsRun {
        held_back: vec![CollectionsRow {
            suppressed_by: disputed.to_vec(),
            ..of(&before)
        }],
        ..run(Vec::new(), BTreeMap::new())
    };
    let why = |row: CollectionsRow| told(run(vec![row], BTreeMap::new()), &before);
    let (a, b, ahead) = (
        invoice("a", disputed),
        invoice("b", disputed),
        invoice("ahead", &[]),
    );
    let came_near = "Next step is now to remind before it is due.";
    assert_eq!(why(of(&[a.clone(), b.clone(), ahead.clone()])), came_near);
    // For another reason, and still.
    let other = [
        invoice("a", promised),
        invoice("b", promised),
        ahead.clone(),
    ];
    assert_eq!(why(of(&other)), came_near);
    let something = "Something of it is no longer held back.";
    let free = [a.clone(), invoice("b", &[]), ahead.clone()];
    assert_eq!(why(of(&free)), something);
    assert_eq!(
        why(of(&[a.clone(), ahead.clone()])),
        something,
        "it is paid"
    );
    let not_scored = CollectionsRow {
        left_out: 1,
        ..of(&[a, ahead.clone()])
    };
    assert_eq!(why(not_scored), came_near);
    let all = [invoice("a", &[]), invoice("b", promised), ahead];
    assert_eq!(
        why(of(&all)),
        "Held back before (contested), and no longer."
    );
}

#[test]
fn a_promise_that_was_broken_is_told_as_that_and_not_as_gone() {
    let row = |suppressed_by: &[Suppressed], promise_broken| CollectionsRow {
        action: Action::Call,
        suppressed_by: suppressed_by.to_vec(),
        invoices: vec![InvoiceRow {
            suppressed_by: suppressed_by.to_vec(),
            promise_broken,
            ..row(1, 1.0).invoices[0].clone()
        }],
        ..row(1, 1.0)
    };
    let pending = row(&[Suppressed::PromisePending], false);
    let why = |now: CollectionsRow, held_back: bool| {
        let mut before = run(vec![pending.clone()], BTreeMap::new());
        if held_back {
            std::mem::swap(&mut before.held_back, &mut before.ranked);
        }
        told(run(vec![now], BTreeMap::new()), &before)
    };
    assert_eq!(why(row(&[], true), true), PROMISE_BROKEN);
    // Of something else it was on the list already.
    assert_eq!(why(row(&[], true), false), PROMISE_BROKEN);
    // Part of it came, or it was for something else after all.
    let gone = "Held back before (payment is promised), and no longer.";
    assert_eq!(why(row(&[], false), true), gone);
    let before = run(vec![row(&[], true)], BTreeMap::new());
    let again = run(vec![row(&[], true)], BTreeMap::new());
    assert_eq!(told(again, &before), UNCHANGED, "no news the day after");
}

#[test]
fn days_of_others_change_nothing_that_is_told_of_an_invoice_without_a_forecast() {
    let days = |days: f64| BTreeMap::from([("paid_very_late".to_owned(), days)]);
    let row = |open: i64, at_stake| {
        let mut row = row(2, at_stake);
        for invoice in &mut row.invoices {
            invoice.score = None;
            invoice.score_kind = "paid_very_late".to_owned();
            invoice.open_amount = Decimal::from(open);
        }
        row
    };
    let run = |row: CollectionsRow, usual_days| CollectionsRun {
        usual_days,
        ..run(vec![row], BTreeMap::from([(Currency::EUR, 100.0)]))
    };
    let before = run(row(100, 10.0), days(10.0));
    let why = |now: CollectionsRow, usual: f64| told(run(now, days(usual)), &before);
    assert_eq!(why(row(100, 20.0), 20.0), UNCHANGED);
    assert_eq!(why(row(150, 30.0), 20.0), "50 % more at stake.");
}

#[test]
fn what_another_model_says_is_not_told_as_the_customers_own() {
    let usual = || BTreeMap::from([(Currency::EUR, 100.0)]);
    let version = |version: &str| ModelRef {
        name: "collections".to_owned(),
        version: version.to_owned(),
        sha256: version.repeat(64),
        trained_until: NaiveDate::MIN,
    };
    let by = |version: Option<ModelRef>, row: CollectionsRow| CollectionsRun {
        model: version,
        ..run(vec![row], usual())
    };
    let why = |now: CollectionsRow, then: Option<&str>| {
        let before = by(then.map(version), row(2, 10.0));
        told(by(Some(version("2")), now), &before)
    };
    let another = "Another model answers.";
    assert_eq!(why(row(2, 12.7), Some("2")), "27 % more at stake.");
    assert_eq!(why(row(2, 12.7), Some("1")), another);
    assert_eq!(why(row(1, 10.0), Some("1")), another);
    assert_eq!(why(row(2, 10.0), Some("1")), UNCHANGED);
    assert_eq!(why(row(2, 12.7), None), "27 % more at stake.", "of before");
    let mut two = row(3, 12.7);
    two.invoices.push(InvoiceRow {
        customer_invoice_id: "second".to_owned(),
        ..two.invoices[0].clone()
    });
    assert_eq!(
        why(two, Some("1")),
        "1 more open, and another model answers."
    );
    let call = CollectionsRow {
        action: Action::Call,
        ..row(2, 12.7)
    };
    assert_eq!(why(call, Some("1")), "Next step is now to call.");
}

#[test]
fn a_run_kept_before_models_were_said_is_read() {
    let kept = r#"{"as_of": "2026-01-05T09:00:00Z", "ranked": [], "held_back": [], "waiting": [],
        "left_out": 0, "cash": []}"#;
    let run: CollectionsRun = serde_json::from_str(kept).unwrap();
    assert_eq!((run.model, run.beyond_capacity), (None, 0));
}

#[test]
fn a_move_is_explained_by_the_customers_own_money_and_by_where_it_went() {
    let usual = |amount: f64| BTreeMap::from([(Currency::EUR, amount)]);
    let before = |rank: usize, at_stake: f64| run(vec![row(rank, at_stake)], usual(100.0));
    let why = |rank, at_stake, now: f64| {
        let now = run(vec![row(rank, at_stake)], usual(now));
        told(now, &before(2, 10.0))
    };
    // Half the usual amount makes twice as many of them.
    assert_eq!(why(2, 20.0, 50.0), UNCHANGED);
    assert_eq!(why(3, 20.0, 50.0), "Others moved.");
    assert_eq!(why(1, 15.0, 100.0), "50 % more at stake.");
    assert_eq!(
        why(3, 15.0, 100.0),
        "50 % more at stake, and others rose further."
    );
    assert_eq!(
        why(1, 5.0, 100.0),
        "50 % less at stake, and others fell further or left the list."
    );
    // A run of before does not say what was usual.
    let old = CollectionsRun {
        usual_amounts: BTreeMap::new(),
        ..before(2, 10.0)
    };
    let why = |old: &CollectionsRun, now: &CollectionsRow, some_left_out| {
        let now = CollectionsRun {
            left_out: usize::from(some_left_out),
            ..run(vec![now.clone()], usual(100.0))
        };
        told(now, old)
    };
    assert_eq!(why(&old, &row(2, 30.0), false), UNCHANGED);
    let is_news = |why: &str| {
        let why = why.to_owned();
        let moved = Moved { from: Some(2), why };
        moved.news().is_some()
    };
    assert!(is_news("Others moved.") && !is_news(UNCHANGED));
    // One more of a small amount is no reason to stand lower.
    let mut two = row(5, 11.0);
    two.invoices.push(InvoiceRow {
        customer_invoice_id: "second".to_owned(),
        at_stake: 1.0,
        ..two.invoices[0].clone()
    });
    let one = before(2, 10.0);
    assert_eq!(
        why(&one, &two, false),
        "1 more open, and others rose further."
    );
    // What was never spoken of is no part of it.
    let mut contested = row(2, 10.0);
    contested.invoices.push(InvoiceRow {
        customer_invoice_id: "contested".to_owned(),
        suppressed_by: vec![Suppressed::Disputed],
        ..two.invoices[0].clone()
    });
    let paid = CollectionsRun {
        ranked: vec![contested],
        ..one.clone()
    };
    assert_eq!(why(&paid, &row(1, 15.0), false), "50 % more at stake.");
    // It may have been open all along.
    assert_eq!(
        why(&one, &two, true),
        "10 % more at stake, and others rose further."
    );
    assert_eq!(
        why(
            &CollectionsRun {
                ranked: Vec::new(),
                ..one
            },
            &two,
            false
        ),
        "Nothing was open before."
    );
}
