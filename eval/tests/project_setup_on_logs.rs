//! Backtests of requests on small made-up logs and records, as a firm would hand them in.
#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::path::Path;

use chrono::{Days, NaiveDate, TimeDelta};
use scrutineer::cases::project_setup::{self, Request};
use scrutineer::domain::FieldSet as _;
use scrutineer::domain::records::ProjectSetup;
use scrutineer::eventlog::Columns;
use scrutineer_eval::EvalError;
use scrutineer_eval::project_setup::{
    Known, Late, LogQuestion, RequestsOutcome, on_log, on_records,
};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A number without order for each place, by Knuth's multiplicative hash: a multiple taken modulo
/// so small a spread would rise and fall with the place.
fn mixed(i: i64) -> i64 {
    (i * 2_654_435_761 % (1 << 32)) >> 16
}

/// Requests of team `a` take 3 to 6 days, of team `b` 9 to 14; one begins every twelve hours.
/// A variant named after the course, and the total of days, are stated from the first event on.
fn log(count: i64) -> String {
    let mut csv = "case,activity,time,team,variant,total,due\n".to_owned();
    for i in 0..count {
        let begun = day("2025-01-06").and_hms_opt(8, 0, 0).unwrap() + TimeDelta::hours(12 * i);
        let (team, least, spread) = if i % 2 == 0 {
            ("a", 72, 72)
        } else {
            ("b", 216, 120)
        };
        let hours = least + mixed(i) % spread;
        let rework = i % 5 == 0;
        let due = begun.date() + Days::new(8);
        let mut put = |activity: &str, after: i64| {
            let time = begun + TimeDelta::hours(after);
            let variant = u8::from(rework);
            let _ = writeln!(
                csv,
                "c{i},{activity},{time},{team},v{variant},{hours},{due}"
            );
        };
        put("ask", 0);
        put("check", 10);
        if rework {
            put("check", 30);
        }
        put("done", hours);
    }
    csv
}

fn backtest(csv: &str, question: &LogQuestion) -> Result<RequestsOutcome, EvalError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.csv");
    std::fs::write(&path, csv).unwrap();
    on_log(&path, &Columns::default(), question)
}

fn metric(outcome: &RequestsOutcome, name: &str) -> f64 {
    outcome.evaluation.metrics[name].unwrap()
}

#[test]
fn a_small_log_gives_sane_answers_and_hindsight_is_named() {
    let outcome = backtest(&log(300), &LogQuestion::default()).unwrap();
    assert!(metric(&outcome, "auc_open") > 0.8);
    assert!(metric(&outcome, "mae_remaining_days") < 2.0);
    assert!(metric(&outcome, "coverage80") > 0.6);
    let protocol = &outcome.evaluation.protocol;
    assert!(protocol.contains("hindsight: total, variant"), "{protocol}");
    let baseline = &outcome.evaluation.baselines["the same last step before"];
    assert!(baseline["mae_remaining_days"].unwrap() > metric(&outcome, "mae_remaining_days"));
}

#[test]
fn a_fact_that_a_later_step_states_is_looked_at() {
    // Whose a request is comes out with its check, and is said no more.
    let csv: String = log(400)
        .lines()
        .map(|row| {
            let cells: Vec<&str> = row.split(',').collect();
            match cells.as_slice() {
                [case, activity @ ("ask" | "done"), time, _, rest @ ..] => {
                    format!("{case},{activity},{time},,{}\n", rest.join(","))
                }
                _ => format!("{row}\n"),
            }
        })
        .collect();
    let outcome = backtest(&csv, &LogQuestion::default()).unwrap();
    assert_eq!(outcome.fitted.0.categories, ["team"]);
    let baseline = &outcome.evaluation.baselines["share late by team"];
    assert!(baseline["auc_open"].unwrap() > 0.65);
}

#[test]
fn deadlines_steps_and_labels_can_be_asked_about() {
    let deadline = LogQuestion {
        late: Late::Deadline("due".to_owned()),
        first: true,
        ..LogQuestion::default()
    };
    let outcome = backtest(&log(400), &deadline).unwrap();
    assert_eq!(outcome.evaluation.n, 80);
    assert!(metric(&outcome, "auc") > 0.9);
    // One team takes longer than there is time.
    let protocol = &outcome.evaluation.protocol;
    assert!(
        protocol.contains("kept though they tell which come late") && protocol.contains(": team ("),
        "{protocol}"
    );
    let other = "mean with a classifier of lateness, not in the service";
    assert!(outcome.evaluation.baselines[other]["auc"].is_some());
    let within = LogQuestion {
        late: Late::Within(7.0),
        at: Some("check".to_owned()),
        until: Some("done".to_owned()),
        ..LogQuestion::default()
    };
    assert!(metric(&backtest(&log(400), &within).unwrap(), "auc") > 0.9);
    let label = LogQuestion {
        late: Late::Labelled("variant".to_owned(), "v1".to_owned()),
        first: true,
        ..LogQuestion::default()
    };
    let outcome = backtest(&log(400), &label).unwrap();
    assert!(
        (0.3..0.7).contains(&metric(&outcome, "auc")),
        "nothing tells of it"
    );
    let protocol = &outcome.evaluation.protocol;
    assert!(protocol.contains("nothing is due"), "{protocol}");
}

#[test]
fn a_deadline_between_slashes_is_read_as_any_other() {
    let plain = log(400);
    let slashed = plain.lines().map(|row| match row.rsplit_once(',') {
        Some((others, due)) if due != "due" => {
            format!("{others},{}\n", day(due).format("%d/%m/%Y"))
        }
        _ => format!("{row}\n"),
    });
    let question = LogQuestion {
        late: Late::Deadline("due".to_owned()),
        first: true,
        ..LogQuestion::default()
    };
    let metrics = |csv: &str| backtest(csv, &question).unwrap().evaluation.metrics;
    assert_eq!(metrics(&slashed.collect::<String>()), metrics(&plain));
    // Nothing says which of the two comes first.
    let unclear = "case,activity,time,due\n1,ask,2025-01-06,01/02/2025\n";
    let refused = backtest(unclear, &question).unwrap_err().to_string();
    assert!(
        refused.starts_with("--deadline") && refused.contains("--day-order"),
        "{refused}"
    );
}

/// The number of the case of a row.
fn number(row: &str) -> i64 {
    let case = row.split(',').next().unwrap();
    case.trim_start_matches('c').parse().unwrap()
}

/// Whether a row is of one of the last forty of 400 requests, and of team `a`.
fn is_of_the_last(row: &str) -> bool {
    !row.starts_with("case") && number(row) >= 360 && number(row) % 2 == 0
}

#[test]
fn an_open_request_is_not_late_before_its_deadline() {
    // Some are not done when the log ends, and due years later.
    let csv = log(400);
    let rows = csv
        .lines()
        .filter(|row| !(is_of_the_last(row) && row.contains(",done,")));
    let rows = rows.map(|row| match row.rsplit_once(',') {
        Some((others, _)) if is_of_the_last(row) => format!("{others},2030-01-01\n"),
        _ => format!("{row}\n"),
    });
    let question = LogQuestion {
        late: Late::Deadline("due".to_owned()),
        until: Some("done".to_owned()),
        first: true,
        ..LogQuestion::default()
    };
    let outcome = backtest(&rows.collect::<String>(), &question).unwrap();
    let protocol = &outcome.evaluation.protocol;
    assert!(
        protocol.contains("; of 20 requests the log, which ends on "),
        "{protocol}"
    );
    // A fifth of the 380 others: 56 of both teams, and the last twenty of team `b`.
    assert_eq!(outcome.evaluation.n, 76);
    assert!((metric(&outcome, "late") - 48.0 / 76.0).abs() < 1e-9);
}

#[test]
fn a_column_that_restates_the_label_is_named_and_left_out() {
    let csv: String = log(400)
        .lines()
        .map(|row| {
            if row.starts_with("case") {
                return format!("{row},outcome,twin\n");
            }
            let (outcome, twin) = if mixed(number(row) + 1_000) % 4 == 0 {
                ("bad", "Overdue")
            } else {
                ("good", "OK")
            };
            format!("{row},{outcome},{twin}\n")
        })
        .collect();
    let question = LogQuestion {
        late: Late::Labelled("outcome".to_owned(), "bad".to_owned()),
        first: true,
        ..LogQuestion::default()
    };
    let outcome = backtest(&csv, &question).unwrap();
    let protocol = &outcome.evaluation.protocol;
    assert!(
        protocol.contains("hindsight: total, twin, variant"),
        "{protocol}"
    );
    let known = LogQuestion {
        known: Known {
            early: vec!["twin".to_owned()],
            ..Known::default()
        },
        ..question
    };
    let outcome = backtest(&csv, &known).unwrap();
    assert!(!outcome.evaluation.protocol.contains("twin"));
    assert!(metric(&outcome, "auc") > 0.9);
}

#[test]
fn the_order_of_cases_changes_no_figure() {
    let csv = log(200);
    let mut rows: Vec<&str> = csv.lines().collect();
    let head = rows.remove(0);
    // Rows of one case stay in order.
    rows.sort_by_key(|row| std::cmp::Reverse(row.split(',').next().unwrap()));
    let turned = format!("{head}\n{}\n", rows.join("\n"));
    let usual = LogQuestion::default();
    let (plain, turned) = (backtest(&csv, &usual), backtest(&turned, &usual));
    let metrics = |outcome: Result<RequestsOutcome, EvalError>| outcome.unwrap().evaluation.metrics;
    assert_eq!(metrics(turned), metrics(plain));
}

#[test]
fn what_a_question_names_must_be_in_the_log() {
    let question = LogQuestion {
        late: Late::Deadline("deadline".to_owned()),
        ..LogQuestion::default()
    };
    let text = backtest(&log(60), &question).unwrap_err().to_string();
    assert!(
        text.starts_with("--deadline") && text.contains("\"due\""),
        "{text}"
    );
}

#[test]
fn too_little_and_one_class_are_told_instead_of_fitted() {
    let told = |csv: &str, question: &LogQuestion| backtest(csv, question).unwrap_err().to_string();
    let usual = LogQuestion::default();
    for csv in [log(0), log(1), log(30)] {
        let text = told(&csv, &usual);
        assert!(text.contains("insufficient history"), "{text}");
    }
    let same: String = log(300)
        .lines()
        .filter(|line| !line.contains(",done,"))
        .map(|line| format!("{line}\n"))
        .collect();
    let never_late = LogQuestion {
        late: Late::Within(300.0),
        at: Some("ask".to_owned()),
        ..LogQuestion::default()
    };
    let always_late = LogQuestion {
        late: Late::Within(0.1),
        ..never_late.clone()
    };
    for one_class in [never_late, always_late] {
        let text = told(&log(300), &one_class);
        let class = text.contains("insufficient history: 0 requests that came");
        assert!(class, "{text}");
    }
    // All steps but the last are the same ten hours: nothing to foretell.
    let outcome = backtest(&same, &usual);
    assert!(
        outcome.is_ok()
            || outcome
                .unwrap_err()
                .to_string()
                .contains("insufficient history")
    );
}

#[test]
fn what_is_absent_or_wrong_is_named() {
    let usual = LogQuestion::default();
    let absent = on_log(Path::new("/nonexistent.xes"), &Columns::default(), &usual).unwrap_err();
    assert!(matches!(absent, EvalError::Absent(_)));
    let wrong = backtest("case,activity,time\n1,a,soon\n", &usual)
        .unwrap_err()
        .to_string();
    assert!(wrong.contains(":2") && wrong.contains("soon"), "{wrong}");
    let absent = on_records(Path::new("/nonexistent"), day("2025-06-01")).unwrap_err();
    assert!(matches!(absent, EvalError::Absent(_)));
}

#[test]
fn set_ups_are_asked_about_from_their_records() {
    let (mut rows, mut setups) = (String::new(), Vec::new());
    for i in 0..300_i64 {
        let begun = day("2025-01-06") + Days::new(i.unsigned_abs());
        let at = |days: i64| {
            (begun + TimeDelta::days(days))
                .format("%Y-%m-%dT09:00:00Z")
                .to_string()
        };
        let contract = if i % 2 == 0 { 2 + i % 3 } else { 9 + i % 4 };
        let tax = 3 + i % 2;
        let row = serde_json::json!({
            "id": format!("s{i}"), "project_id": "p", "requested_at": at(0),
            "planned_activation_on": begun + Days::new(8),
            "template": if i % 2 == 0 { "short" } else { "long" },
            "activated_at": at(contract.max(tax) + 1),
            "dependencies": [
                {"name": "contract", "owner_role": "legal", "state": "done", "started_at": at(1), "done_at": at(contract)},
                {"name": "tax", "state": "done", "done_at": at(tax)},
            ],
        });
        let _ = writeln!(rows, "{row}");
        let serde_json::Value::Object(members) = row else {
            unreachable!()
        };
        setups.push(ProjectSetup::from_members("", members).unwrap());
    }
    // As they are read: in order of id.
    setups.sort_by(|a, b| a.id.as_str().cmp(b.id.as_str()));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("project_setup.ndjson"), rows).unwrap();
    let outcome = on_records(folder.path(), day("2025-09-01")).unwrap();
    assert!(metric(&outcome, "auc_open") > 0.9);
    assert!(metric(&outcome, "mae_remaining_days") < 2.0);
    // What is measured is what the service would answer by the weights that ship.
    let (names, weights) = &outcome.fitted;
    let requests: Vec<Request> = setups.iter().map(Request::of_setup).collect();
    let requests: Vec<&Request> = requests.iter().collect();
    let answers: Vec<u64> = project_setup::rows(names, &requests, |_, _| true)
        .into_iter()
        .map(|row| {
            let due = requests[row.request].due.unwrap() - row.at;
            let curve = weights.distribution.curve(&row.row).given_above(0.0);
            curve.above(due).to_bits()
        })
        .collect();
    let scored = &outcome.plotted.scored;
    assert!(scored.len() > 50);
    assert!(
        scored
            .iter()
            .all(|(told, _)| answers.contains(&told.to_bits()))
    );
}

#[test]
fn what_records_say_was_known_from_the_start_is_no_hindsight_though_the_course_follows() {
    let told = |says_when: bool| {
        let mut rows = String::new();
        for i in 0..160_i64 {
            let begun = day("2025-01-06") + Days::new(i.unsigned_abs());
            let at = |days: i64| {
                (begun + TimeDelta::days(days))
                    .format("%Y-%m-%dT09:00:00Z")
                    .to_string()
            };
            let is_long = i % 2 == 0;
            let mut needs = vec![("contract", 2 + mixed(i) % 5)];
            if is_long {
                needs.push(("tax", 8 + mixed(i + 500) % 7));
            }
            let active = needs
                .iter()
                .map(|(_, days)| days + 1 + mixed(i + 900) % 3)
                .max();
            let active = active.unwrap();
            for known in [0, active] {
                let dependencies: Vec<serde_json::Value> = needs
                    .iter()
                    .map(|(name, days)| {
                        let done = (*days <= known).then(|| at(*days));
                        let state = if done.is_some() { "done" } else { "open" };
                        serde_json::json!({"name": name, "state": state, "done_at": done})
                    })
                    .collect();
                let mut row = serde_json::json!({
                    "id": format!("s{i}"), "project_id": "p", "requested_at": at(0),
                    "planned_activation_on": begun + Days::new(11),
                    "template": if is_long { "long" } else { "short" },
                    "activated_at": (active <= known).then(|| at(active)),
                    "dependencies": dependencies,
                });
                if says_when {
                    row["known_at"] = serde_json::json!(at(known));
                }
                let _ = writeln!(rows, "{row}");
            }
        }
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("project_setup.ndjson"), rows).unwrap();
        on_records(folder.path(), day("2025-05-06")).unwrap()
    };
    let known = told(true);
    assert_eq!(known.fitted.0.categories, ["dependencies", "template"]);
    let protocol = &known.evaluation.protocol;
    assert!(
        !protocol.contains("hindsight") && !protocol.contains("kept"),
        "{protocol}"
    );
    // Nobody says that the last version does not tell what came of it.
    let unknown = told(false).evaluation.protocol;
    assert!(
        unknown.contains("hindsight: dependencies, template"),
        "{unknown}"
    );
}
