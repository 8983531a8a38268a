//! Backtests of payment on small made-up histories, as a firm would hand them in.
#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::path::Path;

use chrono::{Days, NaiveDate};
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

#[test]
fn too_little_and_one_class_are_told_instead_of_fitted() {
    let few = backtest(&invoices(60)).unwrap_err().to_string();
    assert!(few.contains("too few"), "{few}");
    let same: String = invoices(240)
        .lines()
        .map(|line| {
            let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
            if cells[0] != "id" {
                cells[4] = cells[3].clone();
            }
            cells.join(",") + "\n"
        })
        .collect();
    let same = backtest(&same).unwrap_err().to_string();
    assert!(same.contains("always the same"), "{same}");
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
