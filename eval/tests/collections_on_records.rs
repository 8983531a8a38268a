//! Backtests of payment on small made-up histories, as a firm would hand them in.
#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::path::Path;

use chrono::{Days, NaiveDate, TimeDelta};
use scrutineer_eval::EvalError;
use scrutineer_eval::collections::{CollectionsOptions, CollectionsOutcome, on_records};

const HEAD: &str = "id,customer_id,issued_on,due_on,cleared_on,currency,total\n";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Customers with an odd number pay about a week late, the others on time.
fn invoices(count: u64) -> String {
    let mut csv = HEAD.to_owned();
    for i in 0..count {
        let customer = i % 20;
        let issued = day("2025-01-06") + Days::new(i * 300 / count);
        let due = issued + Days::new(14);
        let late = (i * 7919 % 4) + if customer % 2 == 1 { 6 } else { 0 };
        let cleared = due + Days::new(late) - Days::new(1);
        let total = 100 + i * 37 % 900;
        let _ = writeln!(
            csv,
            "i{i},c{customer},{issued},{due},{cleared},EUR,{total}.50"
        );
    }
    csv
}

fn backtest(csv: &str) -> Result<CollectionsOutcome, EvalError> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("customer_invoice.csv"), csv).unwrap();
    on_records(
        folder.path(),
        &CollectionsOptions {
            set: "made up".to_owned(),
            protocol: "test".to_owned(),
            cut: day("2025-08-15"),
            end: None,
        },
    )
}

#[test]
fn a_short_history_gives_sane_answers() {
    let outcome = backtest(&invoices(240)).unwrap();
    let metric = |name: &str| outcome.evaluation.metrics[name].unwrap();
    assert!(outcome.evaluation.n > 60);
    // On time is -1 to 2 days, late 5 to 8: half of the first are not late.
    assert!(metric("auc") > 0.8, "{}", metric("auc"));
    assert!(metric("coverage80") > 0.7, "{}", metric("coverage80"));
    assert!(metric("mae_days") < 3.0, "{}", metric("mae_days"));
    assert!(
        outcome
            .plotted
            .scored
            .iter()
            .all(|(p, _)| (0.0..=1.0).contains(p))
    );
}

#[test]
fn invoices_paid_before_they_were_issued_are_measured_too() {
    let mut csv = invoices(240);
    csv.push_str("early,c1,2025-09-20,2025-10-04,2025-09-01,EUR,70.00\n");
    let outcome = backtest(&csv).unwrap();
    assert_eq!(outcome.plotted.scored.len(), outcome.evaluation.n);
}

/// The same invoices, each so many days late.
fn paid(count: u64, days_late: impl Fn(u64) -> i64) -> String {
    let lines = invoices(count);
    let cells = lines.lines().zip(0..).map(|(line, at)| {
        let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        if let Some(i) = u64::checked_sub(at, 1) {
            let late = TimeDelta::days(days_late(i));
            cells[4] = (day(&cells[3]) + late).to_string();
        }
        cells.join(",") + "\n"
    });
    cells.collect()
}

#[test]
fn too_little_and_one_class_are_told_instead_of_fitted() {
    let insufficient = |csv: &str, why: &str| {
        let error = backtest(csv).unwrap_err();
        assert!(matches!(error, EvalError::Insufficient(_)), "{error}");
        let text = error.to_string();
        assert!(text.contains("insufficient history"), "{text}");
        assert!(text.contains(why), "{text}");
    };
    insufficient(&invoices(60), "too few");
    // Late by different days, and on time by different days, is one class all the same.
    let late = paid(240, |i| 1 + (i * 7919 % 9).cast_signed());
    insufficient(&late, "0 invoices paid on time");
    let on_time = paid(240, |i| -(i * 7919 % 9).cast_signed());
    insufficient(&on_time, "0 invoices paid late");
    let next_to_none = paid(240, |i| {
        if i % 50 == 0 {
            4
        } else {
            -(i % 7).cast_signed()
        }
    });
    insufficient(&next_to_none, "4 invoices paid late");
    insufficient(HEAD, "no invoice");
}

#[test]
fn what_was_never_paid_is_late_and_what_is_not_due_yet_is_left_out() {
    let mut unpaid = 0;
    let mut csv = String::new();
    // From the cut on the customers with an odd number stop paying.
    for line in invoices(240).lines() {
        let mut cells: Vec<&str> = line.split(',').collect();
        let odd = cells[1].ends_with(['1', '3', '5', '7', '9']);
        if odd && cells[2] >= "2025-08-15" && cells[0] != "id" {
            cells[4] = "";
            unpaid += 1;
        }
        let _ = writeln!(csv, "{}", cells.join(","));
    }
    // Records go on until this is paid, and three are due only later, one of them paid early.
    csv.push_str("end,c2,2025-12-01,2025-12-15,2025-12-20,EUR,70.00\n");
    csv.push_str("open,c2,2025-12-01,2025-12-21,,EUR,70.00\n");
    csv.push_str("open2,c3,2025-12-10,2025-12-31,,EUR,70.00\n");
    csv.push_str("early,c2,2025-12-10,2025-12-31,2025-12-12,EUR,70.00\n");
    let outcome = backtest(&csv).unwrap();
    let metric = |name: &str| outcome.evaluation.metrics[name].unwrap();
    assert!(
        outcome
            .evaluation
            .protocol
            .contains("known until 2025-12-20")
    );
    assert_eq!(
        (metric("unpaid"), metric("censored")),
        (f64::from(unpaid), 3.0)
    );
    assert_eq!(outcome.plotted.scored.len(), outcome.evaluation.n - 3);
    let unfinished = metric("unfinished") * outcome.evaluation.n as f64;
    assert!((unfinished - f64::from(unpaid) - 3.0).abs() < 1e-6);
    // All of the odd ones are late, and about half of the others and the one at the end.
    let late = f64::from(unpaid) / outcome.plotted.scored.len() as f64;
    assert!(unpaid > 30 && metric("late") > late, "{unpaid} {late}");
    assert!(metric("very_late") > 0.3, "{}", metric("very_late"));
    // They lie beyond every interval, so that less is covered than of those paid alone.
    assert!(metric("coverage80") < 0.7, "{}", metric("coverage80"));
    let all = &outcome.plotted.coverage[0];
    assert_eq!(all.cases, outcome.plotted.scored.len());
    // Overdue ones are asked about again, and nothing said of them is certain.
    assert!(metric("overdue08_asked") >= f64::from(unpaid));
    assert!(metric("overdue15_came") > 0.9);
    assert_eq!(metric("overdue15_certain"), 0.0);
    let plain = &outcome.evaluation.baselines["the firm's past share and median"];
    assert!(plain["overdue01_brier"].is_some());
}

#[test]
fn what_was_withdrawn_or_paid_nobody_says_when_is_left_out_and_counted() {
    let mut csv = String::new();
    for (at, line) in invoices(240).lines().enumerate() {
        let mut cells: Vec<&str> = line.split(',').collect();
        let (status, open) = match at % 10 {
            _ if at == 0 => ("status", "open_amount"),
            1 => ("cancelled", ""),
            4 => ("paid", ""),
            7 => ("", "0.00"),
            _ => ("", ""),
        };
        if at > 0 && (status, open) != ("", "") {
            cells[4] = "";
        }
        let _ = writeln!(csv, "{},{status},{open}", cells.join(","));
    }
    let (all, told) = (backtest(&invoices(240)).unwrap(), backtest(&csv).unwrap());
    let metric = |name: &str| told.evaluation.metrics[name].unwrap();
    assert_eq!(metric("unpaid"), 0.0);
    let left_out = metric("left_out");
    assert!(left_out > 10.0);
    assert_eq!(told.evaluation.n as f64 + left_out, all.evaluation.n as f64);
    let fitted_on = all.evaluation.metrics["fitted_on"].unwrap();
    assert_eq!(metric("fitted_on") + metric("fit_left_out"), fitted_on);
    assert_eq!(all.evaluation.metrics["left_out"], Some(0.0));
}

#[test]
fn the_order_of_rows_changes_no_figure() {
    let csv = invoices(240);
    let rows = csv.lines().skip(1).collect::<Vec<_>>();
    let turned: String = rows.iter().rev().map(|row| format!("{row}\n")).collect();
    let turned = backtest(&format!("{HEAD}{turned}")).unwrap();
    let plain = backtest(&csv).unwrap();
    assert_eq!(turned.evaluation.metrics, plain.evaluation.metrics);
}

#[test]
fn an_invoice_dated_into_the_future_moves_no_end() {
    let plain = backtest(&invoices(240)).unwrap();
    let until = |one: &CollectionsOutcome| one.evaluation.protocol.clone();
    // Nor does one paid on a day mistyped by a year, which has passed.
    for slip in ["2196-09-20,2196-10-04,", "2025-08-01,2025-08-15,2026-09-01"] {
        let mut csv = invoices(240);
        let _ = writeln!(csv, "slip,c1,{slip},EUR,70.00");
        assert_eq!(until(&backtest(&csv).unwrap()), until(&plain), "{slip}");
    }
}

#[test]
fn amounts_of_another_currency_are_not_added_to_the_firm_s() {
    let mut csv = invoices(240);
    // More yen than all euros together, late by months.
    csv.push_str("yen,c1,2025-09-20,2025-10-04,2025-10-30,JPY,90000000\n");
    let outcome = backtest(&csv).unwrap();
    let metrics = &outcome.evaluation.metrics;
    assert_eq!(metrics["money_days_left_out"], Some(1.0));
    let mut lifts = outcome.plotted.lifts.iter();
    let money_days = lifts.find(|lift| lift.slug == "money_days").unwrap();
    let (_, first) = money_days.perfect[1];
    assert!(first < 0.5, "one invoice is not nearly all: {first}");
    let plain = backtest(&invoices(240)).unwrap();
    let metrics = &plain.evaluation.metrics;
    assert_eq!(metrics["money_days_left_out"], Some(0.0));
    assert_eq!(metrics["unfinished"], Some(0.0));
}

#[test]
fn what_is_absent_or_wrong_is_named() {
    let options = CollectionsOptions {
        set: "x".to_owned(),
        protocol: "x".to_owned(),
        cut: day("2025-08-15"),
        end: None,
    };
    let absent = on_records(Path::new("/nonexistent"), &options).unwrap_err();
    assert!(matches!(absent, EvalError::Absent(_)));
    let wrong = backtest(&format!("{HEAD}i1,c1,2025-02-30,2025-03-01,,EUR,1\n")).unwrap_err();
    let text = wrong.to_string();
    assert!(text.contains(":2") && text.contains("issued_on"), "{text}");
}
