//! Backtests of sheets and bills on small made-up histories, as a firm would hand them in:
//! CSV alone, without a word of when each record was known.
#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;

use chrono::{Days, NaiveDate};
use scrutineer_eval::EvalError;
use scrutineer_eval::billing::{self, BillingOptions, BillingOutcome};
use scrutineer_eval::timesheet::{self, TimesheetOptions, TimesheetOutcome};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Weeks of three teams; who belongs to the second is late every other week.
fn sheets(weeks: u64, team: u64, late: impl Fn(u64, u64, u64) -> bool) -> String {
    let mut csv =
        "id,employee_id,team,period_start,period_end,due_at,submitted_at,hours\n".to_owned();
    for week in 0..weeks {
        for place in 0..3 * team {
            let group = place / team;
            let monday = day("2025-01-06") + Days::new(7 * week);
            let due = monday + Days::new(7);
            let came = due + Days::new(if late(week, group, place) { 2 } else { 0 });
            let _ = writeln!(
                csv,
                "s{place}-{week},e{place},t{group},{monday},{},{due}T10:00:00Z,{came}T09:00:00Z,38",
                monday + Days::new(6)
            );
        }
    }
    csv
}

fn of_sheets(csv: &str, per_sheet: bool) -> Result<TimesheetOutcome, EvalError> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("timesheet.csv"), csv).unwrap();
    let options = TimesheetOptions {
        set: "made up".to_owned(),
        protocol: "test".to_owned(),
        cut: day("2025-09-01"),
        tolerated_percent: 10.0,
        per_sheet,
    };
    timesheet::on_records(folder.path(), &options)
}

fn habit(week: u64, group: u64, place: u64) -> bool {
    match group {
        1 => week * 7 % 5 < 3 && place.is_multiple_of(2),
        _ => (week * 31 + place * 17).is_multiple_of(97),
    }
}

#[test]
fn a_team_that_is_often_late_is_told_from_others() {
    let outcome = of_sheets(&sheets(52, 6, habit), false).unwrap();
    let metric = |name: &str| outcome.evaluation.metrics[name].unwrap();
    assert_eq!(outcome.evaluation.n, outcome.plotted.scored.len());
    assert!(metric("auc") > 0.8, "{}", metric("auc"));
    // Each is looked at more than once, and is one case all the same.
    assert!(metric("fitted_on_moments") > 5.0 * metric("fitted_on"));
    for moment in ["first_day", "before_due"] {
        let brier = metric(&format!("brier_{moment}"));
        assert!(brier < 0.25, "{moment}: {brier}");
    }
    assert!(
        outcome
            .plotted
            .scored
            .iter()
            .all(|(p, _)| (0.0..=1.0).contains(p))
    );
    let one = of_sheets(&sheets(52, 6, habit), true).unwrap();
    assert_eq!(one.evaluation.n, 6 * outcome.evaluation.n);
    assert!(one.evaluation.metrics["auc"].unwrap() > 0.8);
    // Nobody is reminded before the last day.
    assert!(!one.evaluation.metrics.contains_key("brier_first_day"));
    assert!(one.evaluation.metrics.contains_key("brier_before_due"));
}

#[test]
fn small_teams_and_punctual_ones_are_told_instead_of_fitted() {
    let small = of_sheets(&sheets(52, 4, habit), false)
        .unwrap_err()
        .to_string();
    assert!(
        small.contains("insufficient history: no team of 5"),
        "{small}"
    );
    let punctual = of_sheets(&sheets(52, 6, |_, _, _| false), false);
    let punctual = punctual.unwrap_err().to_string();
    assert!(punctual.contains("insufficient history"), "{punctual}");
    let short = of_sheets(&sheets(40, 6, habit).replace("2025-0", "2026-0"), false);
    assert!(short.is_err());
}

/// Bills of twenty projects over a year; those with an odd number slip by about ten days.
fn bills(slips: impl Fn(u64, u64) -> u64) -> String {
    let mut csv =
        "id,project_id,period_start,period_end,planned_on,issued_on,planned_amount,currency\n"
            .to_owned();
    for month in 0..14_u64 {
        let first = day("2025-01-01")
            .checked_add_months(chrono::Months::new(month as u32))
            .unwrap();
        let last = first.checked_add_months(chrono::Months::new(1)).unwrap() - Days::new(1);
        for project in 0..20 {
            let planned = last + Days::new(6);
            let issued = planned + Days::new(slips(project, month));
            let _ = writeln!(
                csv,
                "b{project}-{month},p{project},{first},{last},{planned},{issued},{}00,EUR",
                10 + project
            );
        }
    }
    csv
}

fn of_bills(csv: &str) -> Result<BillingOutcome, EvalError> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("bill.csv"), csv).unwrap();
    let options = BillingOptions {
        set: "made up".to_owned(),
        protocol: "test".to_owned(),
        cut: day("2025-10-01"),
    };
    billing::on_records(folder.path(), &options)
}

#[test]
fn projects_whose_bills_slip_are_told_from_others_by_bills_alone() {
    let habit = |project: u64, month: u64| {
        let noise = (project * 13 + month * 29) % 5;
        if project % 2 == 1 {
            7 + noise
        } else {
            u64::from(noise == 4)
        }
    };
    let outcome = of_bills(&bills(habit)).unwrap();
    let metric = |name: &str| outcome.evaluation.metrics[name].unwrap();
    // Five months of twenty bills each.
    assert_eq!(outcome.evaluation.n, 100);
    assert!(metric("auc") > 0.85, "{}", metric("auc"));
    assert!(metric("mae_days") < 3.5, "{}", metric("mae_days"));
    let always = of_bills(&bills(|_, _| 3)).unwrap_err().to_string();
    assert!(always.contains("insufficient history"), "{always}");
}

#[test]
fn what_is_absent_is_named() {
    let empty = tempfile::tempdir().unwrap();
    let options = BillingOptions {
        set: "x".to_owned(),
        protocol: "x".to_owned(),
        cut: day("2025-10-01"),
    };
    let absent = billing::on_records(empty.path(), &options).unwrap_err();
    assert!(absent.to_string().contains("bill.csv"), "{absent}");
    let none = of_bills("id,project_id,planned_on,currency\nb1,p1,2025-10-01,EUR\n");
    assert!(none.unwrap_err().to_string().contains("no bill went out"));
}
