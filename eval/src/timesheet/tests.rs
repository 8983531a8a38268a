//! Backtests of sheets on made-up weeks.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use chrono::{DateTime, Days, TimeDelta, Utc};
use scrutineer::cases::forecast_case::Question as _;
use scrutineer::cases::record_case::RecordItem;
use scrutineer::cases::timesheet::TimesheetInput;
use scrutineer::history::{Facts, FactsAsOf};
use scrutineer_fitting::timesheet::Moment;

use super::asked::days_late;
use super::*;
use crate::records::END;

/// Weeks of three teams of six people; the third is all in on the Friday, of the others every
/// other person comes late in many weeks.
fn sheets(weeks: u64) -> tempfile::TempDir {
    let mut csv =
        "id,employee_id,team,period_start,period_end,due_at,submitted_at,hours\n".to_owned();
    for week in 0..weeks {
        for person in 0..18_u64 {
            let (team, place) = (person / 6, person % 6);
            let monday = NaiveDate::from_ymd_opt(2025, 1, 6).unwrap() + Days::new(7 * week);
            let (sunday, due) = (monday + Days::new(6), monday + Days::new(7));
            let late = place.is_multiple_of(2) && (week + team) * 7 % 5 < 3;
            let came = match (team, late) {
                (2, _) => due - Days::new(3),
                (_, true) => due + Days::new(2),
                (_, false) => due,
            };
            let _ = writeln!(
                csv,
                "s{person}-{week},e{person},t{team},{monday},{sunday},{due}T10:00:00Z,{came}T09:00:00Z,38"
            );
        }
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("timesheet.csv"), csv).unwrap();
    folder
}

fn options() -> TimesheetOptions {
    TimesheetOptions {
        set: "made up".to_owned(),
        protocol: "test".to_owned(),
        cut: NaiveDate::from_ymd_opt(2025, 9, 1).unwrap(),
        tolerated_percent: 10.0,
        per_sheet: false,
    }
}

#[test]
fn what_is_measured_is_cut_at_what_sheets_in_already_leave_possible() {
    let outcome = on_records(sheets(52).path(), &options()).unwrap();
    let scored = &outcome.plotted.scored;
    assert!(scored.len() > 30 && scored.len().is_multiple_of(3));
    // In order of weeks and teams: the third cannot be late any more, and is not.
    assert!(
        scored
            .iter()
            .skip(2)
            .step_by(3)
            .all(|one| *one == (0.0, false))
    );
}

/// The same sheets, known when they are handed in and no sooner.
fn known_once_in(folder: &tempfile::TempDir) {
    let file = folder.path().join("timesheet.csv");
    let csv = std::fs::read_to_string(&file).unwrap();
    let known = csv.lines().map(|line| {
        let came = line.split(',').nth(6).unwrap();
        format!("{line},{}\n", came.replace("submitted_at", "known_at"))
    });
    std::fs::write(&file, known.collect::<String>()).unwrap();
}

#[test]
fn periods_of_which_no_sheet_was_known_are_not_measured() {
    let folder = sheets(52);
    let all = on_records(folder.path(), &options()).unwrap().evaluation;
    assert_eq!(all.metrics["not_answered"], Some(0.0));
    known_once_in(&folder);
    // Of the third team alone the sheets are in when it is asked about.
    let told = on_records(folder.path(), &options()).unwrap().evaluation;
    assert_eq!(3 * told.n, all.n);
    assert_eq!(told.metrics["not_answered"], Some(2.0 * told.n as f64));
    let per_sheet = TimesheetOptions {
        per_sheet: true,
        ..options()
    };
    let refused = on_records(folder.path(), &per_sheet).unwrap_err();
    let refused = refused.to_string();
    assert!(
        refused.contains("insufficient history: none of"),
        "{refused}"
    );
}

#[test]
fn a_period_teaches_what_was_known_of_it_at_the_cut() {
    let folder = sheets(4);
    let late = |facts: &Arc<Facts>| -> Vec<Option<f64>> {
        let cut = "2025-01-16T00:00:00Z".parse().unwrap();
        let (early, _) = asked(facts, cut, false);
        let early = early.into_iter().filter(Asked::is_usual);
        early.map(|one| one.outcome.quantity()).collect()
    };
    let mut facts = facts_of(folder.path(), &KINDS).unwrap();
    let known = late(&Arc::new(facts.clone()));
    assert_eq!(known, [Some(50.0), Some(50.0), Some(0.0)]);
    // Long after, a sheet that was in time turns out to have been late.
    let corrected = serde_json::json!({"id": "s1-0", "employee_id": "e1", "team": "t0",
        "period_start": "2025-01-06", "period_end": "2025-01-12",
        "due_at": "2025-01-13T10:00:00Z", "submitted_at": "2025-01-15T09:00:00Z"});
    let known_at = "2025-03-01T00:00:00Z".parse().unwrap();
    let inserted = facts.insert(RecordKind::Timesheet, known_at, 9_999, corrected);
    inserted.unwrap();
    assert_eq!(late(&Arc::new(facts)), known);
}

#[test]
fn a_sheet_that_is_in_is_neither_fitted_on_nor_asked_about() {
    let folder = sheets(4);
    let facts = Arc::new(facts_of(folder.path(), &KINDS).unwrap());
    let usual = |per_sheet: bool| -> Vec<Asked> {
        let (early, _) = asked(&facts, moment(END), per_sheet);
        early.into_iter().filter(Asked::is_usual).collect()
    };
    let (periods, sheets) = (usual(false), usual(true));
    assert!(!periods.is_empty());
    let of = |team: &str| sheets.iter().filter(|one| one.team == team).count();
    let weeks = periods.len() / 3;
    assert_eq!(["t0", "t1", "t2"].map(of), [6 * weeks, 6 * weeks, 0]);
}

#[test]
fn a_sheet_teaches_what_was_seen_of_it_by_then() {
    let due: DateTime<Utc> = "2026-03-09T10:00:00Z".parse().unwrap();
    let after = |hours: i64| due + TimeDelta::hours(hours);
    let seen = |came: Option<i64>, by: i64| {
        let outcome = days_late(due, came.map(after), after(by));
        (outcome.quantity(), outcome.number())
    };
    // Two days and an hour late: by the day after it was late, and that is all.
    assert_eq!(seen(Some(49), 24), (None, 1.0));
    assert_eq!(seen(Some(49), 72), (Some(3.0), 3.0));
    assert_eq!(seen(Some(-500), 72), (Some(-7.0), -7.0));
    // One that never came is late by what it was watched for, and so is one that came after that.
    assert_eq!(seen(None, 72), (None, 3.0));
    assert_eq!(seen(None, 90_000), (None, 30.0));
    assert_eq!(seen(Some(40 * 24), 90_000), (None, 30.0));
    let never = days_late(due, None, after(90_000));
    assert_eq!([0.0, 30.0].map(|days| never.above(days)), [Some(true); 2]);
    let in_time = days_late(due, Some(after(-1)), after(240));
    assert_eq!(
        [0.0, 11.0].map(|days| in_time.above(days)),
        [Some(false), None]
    );
}

#[test]
fn a_sheet_dated_far_ahead_makes_no_announced_period_late() {
    let asked_about = |came: &str| -> Vec<(String, usize, Option<f64>)> {
        let folder = sheets(8);
        let file = folder.path().join("timesheet.csv");
        let mut csv = std::fs::read_to_string(&file).unwrap();
        // Twelve weeks more are announced to one team, of which one sheet says that it came.
        for place in 0..72_u64 {
            let (week, person) = (8 + place / 6, place % 6);
            let monday = NaiveDate::from_ymd_opt(2025, 1, 6).unwrap() + Days::new(7 * week);
            let (sunday, due) = (monday + Days::new(6), monday + Days::new(7));
            let came = if place == 0 { came } else { "" };
            let _ = writeln!(
                csv,
                "s{person}-{week},e{person},t0,{monday},{sunday},{due}T10:00:00Z,{came},"
            );
        }
        std::fs::write(&file, csv).unwrap();
        let facts = Arc::new(facts_of(folder.path(), &KINDS).unwrap());
        let (_, rest) = asked(&facts, "2025-02-03T00:00:00Z".parse().unwrap(), false);
        let usual = rest.into_iter().filter(Asked::is_usual);
        let told = usual.map(|one| (one.team, one.period, one.outcome.quantity()));
        told.collect()
    };
    let known = asked_about("");
    assert_eq!(known.len(), 12);
    // In ten years, and mistyped by one that has passed.
    for slip in ["2036-03-10T09:00:00Z", "2026-03-10T09:00:00Z"] {
        assert_eq!(asked_about(slip), known, "{slip}");
    }
}

#[test]
fn what_came_after_the_cut_is_not_fitted_on() {
    let folder = sheets(4);
    let facts = Arc::new(facts_of(folder.path(), &KINDS).unwrap());
    // The first week was due on the 13th at 10; its late ones came on the 15th at 9.
    let late = |cut: &str| -> Vec<Option<f64>> {
        let cut: DateTime<Utc> = cut.parse().unwrap();
        let (early, _) = asked(&facts, cut, true);
        let early = early.into_iter();
        let early = early.filter(|one| one.is_usual() && one.team == "t0");
        let late = early.filter(|one| one.outcome.above(0.0) == Some(true));
        late.map(|one| one.outcome.quantity()).collect()
    };
    assert_eq!(late("2025-01-14T00:00:00Z"), [None::<f64>; 3]);
    assert_eq!(late("2025-01-16T00:00:00Z"), [Some(2.0); 3]);
}

#[test]
fn the_moments_of_one_period_are_one_case_and_follow_one_another() {
    let facts = Arc::new(facts_of(sheets(8).path(), &KINDS).unwrap());
    for per_sheet in [false, true] {
        let (early, _) = asked(&facts, moment(END), per_sheet);
        let runs: Vec<&[Asked]> = early.chunk_by(|a, b| a.period == b.period).collect();
        assert_eq!(runs.len(), if per_sheet { 16 } else { 24 });
        let places: BTreeSet<usize> = runs.iter().map(|run| run[0].period).collect();
        assert_eq!(places.len(), runs.len());
        for run in runs {
            assert!(run.is_sorted_by_key(|one| one.on));
            let mut moments: Vec<Moment> = run.iter().map(|one| one.moment).collect();
            moments.dedup();
            let known: &[Moment] = if per_sheet {
                &[Moment::Asked, Moment::Closing, Moment::BeforeDue]
            } else {
                assert_eq!(run[0].moment, Moment::FirstDay);
                &Moment::ALL
            };
            assert_eq!(moments.len(), known.len());
            assert!(known.iter().all(|moment| moments.contains(moment)));
            let example = run[0].example();
            assert_eq!(example.group, Some(run[0].period));
        }
    }
}

#[test]
fn what_is_fitted_on_is_bit_for_bit_what_the_service_judges_by() {
    let bits = |row: &[f64]| row.iter().map(|one| one.to_bits()).collect::<Vec<u64>>();
    let facts = Arc::new(facts_of(sheets(8).path(), &KINDS).unwrap());
    let (early, _) = asked(&facts, moment(END), false);
    for one in early {
        let week = one.period as u64 / 3;
        let sunday = NaiveDate::from_ymd_opt(2025, 1, 12).unwrap() + Days::new(7 * week);
        let item = RecordItem {
            id: one.team.clone(),
            as_of: None,
            period_end: Some(sunday),
        };
        let history = FactsAsOf::new(Arc::clone(&facts), one.on);
        let (input, served) = TimesheetInput::read(&item, &(), &history).unwrap();
        assert_eq!(bits(&one.row), bits(&served), "{item:?} at {}", one.on);
        assert_eq!(input.sheets, 6);
    }
}

#[test]
fn few_periods_are_few_however_often_they_are_looked_at() {
    let cut = |text: &str| TimesheetOptions {
        cut: text.parse().unwrap(),
        ..options()
    };
    // Sixteen weeks of three teams, each looked at six times.
    let folder = sheets(52);
    let few = on_records(folder.path(), &cut("2025-05-01")).unwrap_err();
    let few = few.to_string();
    assert!(few.contains("48 finished cases are too few"), "{few}");
    let told = on_records(folder.path(), &options()).unwrap().evaluation;
    let metric = |name: &str| told.metrics[name].unwrap();
    assert_eq!(metric("fitted_on_moments"), 6.0 * metric("fitted_on"));
    for moment in ["first_day", "running", "last_days", "closing", "before_due"] {
        let (asked, brier) = (format!("asked_{moment}"), format!("brier_{moment}"));
        assert!(metric(&asked) >= told.n as f64 - 3.0, "{moment}");
        assert!((0.0..0.4).contains(&metric(&brier)), "{moment}");
    }
}
