//! Which period is asked about, why none is, and how far ahead.

use uuid::Uuid;

use super::*;
use crate::advice::{ModelRef, Status};
use crate::cases::forecast_case::Question as _;
use crate::cases::timesheet::{NotAsked, TimesheetInput, input, periods_watched};
use crate::learn::calibration::Platt;
use crate::learn::distribution::{Distribution, Level, Range, Tails};
use crate::learn::forecast::{Forecast, ForecastWeights};
use crate::learn::learner::Learner;
use crate::learn::linear_score::{LinearScore, Term};

#[test]
fn the_week_that_is_being_closed_is_watched_beside_the_one_to_come() {
    let mut facts = facts();
    for (number, late) in [(8, None), (9, None)] {
        for who in 0..6 {
            add(&mut facts, who, week(number), late);
        }
    }
    let sunday = |number: u64| week(number) + Days::new(6);
    let watched = |facts: &Facts, on: NaiveDate| periods_watched("a", &seen(facts, at(on, 9)));
    // Monday, and sheets of the week before are due.
    assert_eq!(watched(&facts, week(9)), [sunday(8), sunday(9)]);
    for who in 0..6 {
        add(&mut facts, who, week(8), Some(0));
    }
    assert_eq!(watched(&facts, week(9) + Days::new(1)), [sunday(9)]);
}

#[test]
fn a_team_that_is_gone_is_asked_for_nothing() {
    let mut facts = facts();
    for who in 0..6 {
        add(&mut facts, who, week(8), None);
    }
    let later = at(week(8) + Days::new(30), 12);
    let ask = |facts: &Facts| input::read("a", None, &seen(facts, later)).map(|_| ());
    assert_eq!(ask(&facts), Ok(()));
    for who in 0..6_u64 {
        // In the middle of the week, of which each still owes a sheet.
        let body = json!({"id": format!("e{who}"), "left_on": week(8) + Days::new(3)});
        let known = at(week(8) + Days::new(3), 8);
        facts.insert(RecordKind::Employee, known, 1, body).unwrap();
    }
    assert_eq!(ask(&facts), Err(NotAsked::NothingOpen));
}

#[test]
fn who_left_has_no_sheet_to_hand_in() {
    let mut facts = facts();
    for who in 0..6 {
        add(&mut facts, who, week(8), None);
    }
    let leaves = |facts: &mut Facts, who: u64, day: NaiveDate| {
        let body = json!({"id": format!("e{who}"), "left_on": day});
        let known = at(week(7), 8);
        facts.insert(RecordKind::Employee, known, 1, body).unwrap();
    };
    // Within the week there is a sheet still.
    leaves(&mut facts, 1, week(8));
    leaves(&mut facts, 0, week(7) + Days::new(4));
    let work = seen(&facts, at(week(8) + Days::new(1), 12));
    let (found, _) = input::read("a", None, &work).unwrap();
    assert_eq!(found.sheets, 5);
    leaves(&mut facts, 2, week(5));
    let work = seen(&facts, at(week(8) + Days::new(1), 12));
    let asked = input::read("a", Some(week(8) + Days::new(6)), &work);
    assert_eq!(asked.err(), Some(NotAsked::FewSheets));
    // What was handed in before counts.
    let (found, _) = input::read("a", Some(week(6) + Days::new(6)), &work).unwrap();
    assert_eq!(found.sheets, 6);
}

#[test]
fn what_is_in_already_is_not_late_any_more() {
    let facts = facts();
    // One of six is late, and the others came in time.
    let known = |number: u64, moment| {
        let end = week(number) + Days::new(6);
        let (input, _) = input::read("a", Some(end), &seen(&facts, moment)).unwrap();
        input.known.unwrap()
    };
    let all_open = known(7, at(week(7), 12));
    assert_eq!(
        (all_open.late, all_open.late_and_missing, all_open.open),
        (0, 0, 6)
    );
    let one_missing = known(7, at(week(8), 11));
    assert_eq!(
        (
            one_missing.late,
            one_missing.late_and_missing,
            one_missing.open
        ),
        (1, 1, 0)
    );
    let it_came = known(7, at(week(9), 11));
    assert_eq!(
        (it_came.late, it_came.late_and_missing, it_came.open),
        (1, 0, 0)
    );
}

/// Sheets of the ninth week, laid out beforehand.
fn plan_ninth(facts: &mut Facts, known_at: DateTime<Utc>) {
    for who in 0..6 {
        let body = json!({"id": format!("s{who}-{}", week(9)), "employee_id": format!("e{who}"), "team": "a",
            "period_start": week(9), "period_end": week(9) + Days::new(6), "due_at": at(week(10), 10)});
        let kind = RecordKind::Timesheet;
        facts.insert(kind, known_at, 1, body).unwrap();
    }
}

#[test]
fn a_week_is_watched_from_its_first_day_on() {
    let mut facts = facts();
    // Its plans are known on the Friday before.
    let friday = week(8) + Days::new(4);
    plan_ninth(&mut facts, at(friday, 8));
    let watched = |on: NaiveDate| periods_watched("a", &seen(&facts, at(on, 9)));
    assert!(watched(friday).is_empty());
    assert_eq!(watched(week(9)), [week(9) + Days::new(6)]);
    // Whoever asks without a day is told of it all the same, where nothing else is waited for.
    let (found, _) = input::read("a", None, &seen(&facts, at(friday, 9))).unwrap();
    assert_eq!(found.period_start, week(9));
}

#[test]
fn why_nothing_is_asked_names_what_is_at_fault() {
    let facts = facts();
    let ask = |team: &str, end: Option<NaiveDate>, on: NaiveDate| {
        let asked = input::read(team, end, &seen(&facts, at(on, 12)));
        asked.map(|_| ()).map_err(|why| (why.field(), why))
    };
    let later = week(9);
    assert_eq!(ask("b", None, later), Err(("id", NotAsked::Unknown)));
    let before = week(0) - Days::new(7);
    assert_eq!(ask("a", None, before), Err(("id", NotAsked::Unknown)));
    assert_eq!(ask("a", None, later), Err(("id", NotAsked::NothingOpen)));
    let sunday = week(7) + Days::new(6);
    assert_eq!(ask("a", Some(sunday), later), Ok(()));
    let saturday = Some(week(7) + Days::new(5));
    let no_period = ("period_end", NotAsked::NoPeriod);
    assert_eq!(ask("a", saturday, later), Err(no_period.clone()));
    // Known, but long ago.
    let much_later = later + Days::new(900);
    assert_eq!(ask("a", Some(sunday), much_later), Err(no_period));
    let nothing_open = ("id", NotAsked::NothingOpen);
    assert_eq!(ask("a", None, much_later), Err(nothing_open));
}

/// A model fitted on periods that were looked at at most so many days before their sheets were due.
fn fitted_on(days: f64) -> Forecast {
    let mut terms = vec![Term::NOTHING; NAMES.len()];
    terms[DAYS_TO_DUE] = Term {
        highest: days,
        weight: 0.1,
        ..Term::NOTHING
    };
    let level = Level {
        threshold: 10.0,
        learner: Learner::Linear(LinearScore::new(0.0, terms).unwrap()),
        calibration: Platt::identity().into(),
    };
    let range = Range {
        lowest: -1.0,
        highest: 101.0,
        whole: true,
    };
    let tails = Tails {
        coverage: 0.8,
        feature: HISTORY,
        bounds: Vec::new(),
        left_out: vec![0.1],
    };
    let names = NAMES.map(str::to_owned).to_vec();
    let weights = ForecastWeights {
        distribution: Distribution::new(names, range, vec![level], tails).unwrap(),
        usual: vec![None; NAMES.len()],
        highest: (0..NAMES.len())
            .map(|at| (at == DAYS_TO_DUE).then_some(days))
            .collect(),
    };
    let reference = ModelRef {
        name: "timesheet".to_owned(),
        version: "1".to_owned(),
        sha256: String::new(),
        trained_until: week(0),
    };
    Forecast::new(weights, reference, &NAMES).unwrap()
}

#[test]
fn nothing_is_foretold_sooner_than_any_period_was_looked_at() {
    let facts = facts();
    let told = |as_of: DateTime<Utc>, forecast: &Forecast| {
        let asked = input::read("a", Some(week(7) + Days::new(6)), &seen(&facts, as_of));
        let (input, row): (TimesheetInput, Vec<f64>) = asked.unwrap();
        let answer = input.recommend(&row, forecast, String::new(), Uuid::nil());
        let answer = answer.unwrap();
        (answer.status, answer.score, answer.data_quality.missing)
    };
    let too_soon = (
        Status::Abstained,
        None,
        vec!["comparable_days_to_due".to_owned()],
    );
    // A Monday, seven days and two hours before its sheets are due.
    let monday = at(week(7), 8);
    let (status, score, missing) = told(monday, &fitted_on(7.5));
    assert_eq!((status, missing), (Status::Scored, Vec::new()));
    assert!(score.is_some());
    assert_eq!(told(monday, &fitted_on(7.0)), too_soon);
    // Of a week that has not begun nothing is said, however long others were looked at before.
    let mut early = facts.clone();
    plan_ninth(&mut early, at(week(8), 8));
    let work = seen(&early, at(week(8), 12));
    let (input, row) = input::read("a", Some(week(9) + Days::new(6)), &work).unwrap();
    let answer = input.recommend(&row, &fitted_on(60.0), String::new(), Uuid::nil());
    assert_eq!(answer.unwrap().status, Status::Abstained);
}
