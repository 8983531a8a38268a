//! How long will each request still take, and will it come late? Fitted before a cut, asked
//! after it.
//!
//! Each step is asked about at the moment it was taken, from what was known then. Fitting
//! sees the steps taken before the cut and what had come of them by then; requests still open,
//! or given up, count as taking so long at least.

mod baselines;
mod days;
mod deadline;
mod end;
mod options;
mod protocol;
mod records;
mod sets;

use std::collections::BTreeMap;
use std::path::Path;

use scrutineer::cases::project_setup::{AskedRow, FactNames, Request, rows};
use scrutineer::eventlog::{Columns, EventLogError, Limits, read_file};
use scrutineer::learn::distribution::Curve;
use scrutineer::learn::forecast::ForecastWeights;
use scrutineer_fitting::distribution::Outcome;
use scrutineer_fitting::forecast;
use scrutineer_fitting::project_setup::{Forecaster, Foretold};

pub use protocol::{Late, LogQuestion};
pub use scrutineer::cases::project_setup::Known;
pub use sets::on_set;

use crate::coverage::{Held, covered, share_within, unfinished};
use crate::lift::{Lift, Listed};
use crate::metrics::{self, Scored};
use crate::plotted::Plotted;
use crate::{EvalError, Evaluation};
use protocol::Asked;

/// Steps of a request whose figures are told apart.
const STEPS_TOLD: usize = 8;
/// What is told of facts that are looked at with doubt.
const IGNORE: &str = " (--ignore leaves out what is not known early)";
/// Cases of either outcome that a figure of one step needs.
const LEAST_OF_A_STEP: usize = 10;

/// The figures, and what their plots are drawn from.
#[derive(Debug, Clone)]
pub struct RequestsOutcome {
    /// The figures.
    pub evaluation: Evaluation,
    /// What is drawn of it; what it says of coming late is of steps at which that was open.
    pub plotted: Plotted,
    /// Facts that the features were made from, and days left, as fitted before the cut.
    pub fitted: (FactNames, ForecastWeights),
}

/// Reads an event log and measures.
///
/// # Errors
/// [`EvalError`] when the log is absent or wrong, or there is too little to fit or ask.
pub fn on_log(
    file: &Path,
    columns: &Columns,
    question: &LogQuestion,
) -> Result<RequestsOutcome, EvalError> {
    let read = read_file(file, Limits::default(), columns);
    let mut log = read.map_err(|error| match &error {
        EventLogError::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
            EvalError::Absent(error.to_string())
        }
        _ => EvalError::File {
            path: "event log".to_owned(),
            message: error.to_string(),
        },
    })?;
    options::check(&log, question)?;
    days::read(&mut log, question, columns.day_order)?;
    // Of one moment in order of id, whatever the order of the file.
    log.traces
        .sort_by(|a, b| (a.started(), &a.id).cmp(&(b.started(), &b.id)));
    let asked = Asked::of_log(log, question)?;
    evaluate(&file.display().to_string(), "event log", asked)
}

/// Reads canonical `project_setup` records and measures those asked for from a day on.
///
/// # Errors
/// As [`on_log`].
pub fn on_records(folder: &Path, cut: chrono::NaiveDate) -> Result<RequestsOutcome, EvalError> {
    let asked = records::asked(folder, cut)?;
    let protocol = format!("asked at every step, fitted before {cut}");
    evaluate(&folder.display().to_string(), &protocol, asked)
}

/// A step of the test, what was foretold, and what came of it.
struct Answer {
    row: AskedRow,
    foretold: Foretold,
    /// Days it took from there, as far as it was watched.
    left: Outcome,
    late: Option<bool>,
    /// Whether coming late was still open.
    open: bool,
}

impl Answer {
    /// Probability of coming late, as the service gives it. Where nothing is due there is none, and
    /// what a classifier says stands in.
    fn told(&self) -> Option<f64> {
        self.foretold.late.or(self.foretold.late_by_itself)
    }
}

fn evaluate(set: &str, protocol: &str, asked: Asked) -> Result<RequestsOutcome, EvalError> {
    let requests: Vec<&Request> = asked.requests.iter().collect();
    let complete: Vec<&Request> = requests
        .iter()
        .copied()
        .filter(|one| one.ended.is_some_and(|ended| ended < asked.cut))
        .collect();
    let names = FactNames::at(asked.scope(), &complete, &asked.known)
        .asked(asked.scope(), requests.iter().any(|one| one.due.is_some()));
    let all = rows(&names, &requests, |request, event| {
        asked.asks(request, event)
    });
    let is_asked = |row: &AskedRow| asked.test.contains(&row.request);
    let (test, early): (Vec<AskedRow>, Vec<AskedRow>) = all.into_iter().partition(is_asked);
    let model = Forecaster::fit(names, &requests, &early, asked.cut)
        .map_err(|error| EvalError::insufficient(&error))?;
    let fitted_rows = early.iter().filter(|row| row.at < asked.cut);
    let fitted_rows = fitted_rows.map(|row| row.row.as_slice());
    let weights = forecast::with_values_seen(model.left.clone(), fitted_rows);
    let answers: Vec<Answer> = test
        .into_iter()
        .filter_map(|row| answer(row, &requests, &model, &asked))
        .collect();
    if answers.is_empty() {
        return Err(EvalError::insufficient(&"no step to ask about"));
    }
    let mut metrics = figures(&answers);
    metrics.extend(by_step(&answers));
    let fitted_on = early.iter().filter(|row| row.at < asked.cut).count();
    metrics.insert("fitted_on".to_owned(), Some(fitted_on as f64));
    metrics.insert("requests".to_owned(), Some(asked.test.len() as f64));
    let cut = protocol::day(asked.cut);
    let mut in_words = format!("{protocol}, fitted on what was known before {cut}");
    in_words += &said_of_facts(&model.names, asked.can_be_told());
    if answers.iter().all(|answer| answer.foretold.late.is_none()) {
        let why = asked.why_nothing_is_due();
        in_words += &format!(
            "; {why}, so that lateness is told by a classifier of its own, which is not in the service"
        );
    }
    in_words += &asked.left_out;
    let baselines = baselines::of(&answers, &early, &asked, &model.names);
    let shares = baselines::shares_after_step(&answers, &early, &asked);
    let plotted = plotted(&answers, &shares, &model);
    let mut evaluation = Evaluation {
        case: "project_setup".to_owned(),
        set: set.to_owned(),
        protocol: in_words,
        n: answers.len(),
        metrics,
        baselines,
        fields: BTreeMap::new(),
        lines: BTreeMap::new(),
        confusion: BTreeMap::new(),
    };
    plotted.tell(&mut evaluation);
    Ok(RequestsOutcome {
        evaluation,
        plotted,
        fitted: (model.names, weights),
    })
}

/// What is said of the facts that the features are made from, with the option that has another say, if any.
fn said_of_facts(names: &FactNames, can_be_told: bool) -> String {
    let all = [
        (&names.hindsight, "left out as hindsight", ""),
        (
            &names.tell_lateness,
            "kept though they tell which come late, for the times taken lie apart",
            IGNORE,
        ),
        (
            &names.doubtful,
            "kept though they tell almost which come late, or how long they take",
            IGNORE,
        ),
        (
            &names.untimed,
            "kept though records do not say that they were known in time",
            IGNORE,
        ),
    ];
    let told = all.into_iter().filter(|(facts, ..)| !facts.is_empty());
    let told = told.map(|(facts, what, option)| {
        let option = if can_be_told { option } else { "" };
        format!("; {what}: {}{option}", facts.join(", "))
    });
    told.collect()
}

fn answer(
    row: AskedRow,
    requests: &[&Request],
    model: &Forecaster,
    asked: &Asked,
) -> Option<Answer> {
    let request = requests.get(row.request)?;
    let due_in = request.due_at(row.event).map(|due| due - row.at);
    Some(Answer {
        foretold: model.foretell(&row.row, due_in),
        left: left(request, row.at, asked.horizon),
        late: asked.late(request.late_at(row.event)),
        open: due_in.is_none_or(|days| days >= 0.0),
        row,
    })
}

/// Days left from a moment, as known when the records end. A log does not say when that is: what is over
/// in it is known, and of the rest no days are measured.
fn left(request: &Request, at: f64, horizon: f64) -> Outcome {
    // An end dated beyond that is none yet.
    let ended = request.ended.filter(|ended| *ended <= horizon);
    let ended = ended.map(|ended| ended - at);
    let watched = request.watched_until(horizon) - at;
    let is_told = ended.is_some() || watched.is_finite();
    Outcome::watched(ended, if is_told { watched } else { f64::NEG_INFINITY })
}

/// Curves of steps at which coming late was open; `shares` are the baseline's, one an answer.
fn plotted(answers: &[Answer], shares: &[f64], model: &Forecaster) -> Plotted {
    let open = answers.iter().zip(shares).filter(|(answer, _)| answer.open);
    let listed: Vec<Listed> = open
        .filter_map(|(answer, share)| {
            Some(Listed {
                ours: answer.told()?,
                baseline: *share,
                worth: f64::from(u8::from(answer.late?)),
            })
        })
        .collect();
    let curves: Vec<Curve> = answers
        .iter()
        .map(|answer| model.days_left(&answer.row.row))
        .collect();
    let held: Vec<Held<'_>> = answers
        .iter()
        .zip(&curves)
        .map(|(answer, curve)| Held {
            row: &answer.row.row,
            curve,
            outcome: answer.left,
        })
        .collect();
    let lift = Lift::of(
        "late",
        "steps of late requests",
        baselines::LAST_STEP,
        &listed,
    );
    Plotted {
        scored: scored(answers, |answer| answer.open),
        lifts: lift.into_iter().collect(),
        coverage: covered(&model.left, &held),
    }
}

fn scored(answers: &[Answer], which: impl Fn(&Answer) -> bool) -> Vec<Scored> {
    let told = answers.iter().filter(|answer| which(answer));
    told.filter_map(|answer| Some((answer.told()?, answer.late?)))
        .collect()
}

fn figures(answers: &[Answer]) -> BTreeMap<String, Option<f64>> {
    let (all, open) = (scored(answers, |_| true), scored(answers, |one| one.open));
    let errors = answers
        .iter()
        .filter_map(|one| Some((one.foretold.median - one.left.quantity()?).abs()));
    let intervals = answers
        .iter()
        .map(|one| (one.left, (one.foretold.low, one.foretold.high)));
    // Whatever came of them, if they were watched at all.
    let watched = answers.iter().filter(|one| one.left.above(0.0).is_some());
    let widths = watched.map(|one| one.foretold.high - one.foretold.low);
    [
        ("mae_remaining_days", metrics::mean(errors)),
        ("unfinished", unfinished(answers.iter().map(|one| one.left))),
        ("coverage80", share_within(intervals)),
        ("interval_days", metrics::mean(widths)),
        ("auc", metrics::auc(&all)),
        ("ap", metrics::average_precision(&all)),
        ("brier", metrics::brier(&all)),
        ("ece", metrics::calibration_error(&all, metrics::BINS)),
        ("auc_open", metrics::auc(&open)),
        ("ap_open", metrics::average_precision(&open)),
        ("brier_open", metrics::brier(&open)),
        (
            "late",
            metrics::mean(all.iter().map(|(_, late)| f64::from(u8::from(*late)))),
        ),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// How well lateness is told after each number of steps, while it is open.
fn by_step(answers: &[Answer]) -> BTreeMap<String, Option<f64>> {
    let mut found = BTreeMap::new();
    for step in 0..STEPS_TOLD {
        let at_step = scored(answers, |one| one.open && one.row.event == step);
        let late = at_step.iter().filter(|(_, late)| *late).count();
        if late.min(at_step.len() - late) >= LEAST_OF_A_STEP {
            found.insert(format!("auc_step_{}", step + 1), metrics::auc(&at_step));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use scrutineer::eventlog::{Attributes, Trace};

    use super::*;

    #[test]
    fn facts_left_out_and_looked_at_with_doubt_are_told_with_what_can_be_said_of_them() {
        let names = FactNames {
            hindsight: vec!["a".to_owned(), "b".to_owned()],
            doubtful: vec!["c".to_owned()],
            ..FactNames::default()
        };
        let told = said_of_facts(&names, true);
        let (left_out, kept) = told.split_once("; kept").unwrap();
        assert_eq!(left_out, "; left out as hindsight: a, b");
        assert!(kept.contains("almost which come late") && kept.ends_with(&format!(": c{IGNORE}")));
        assert!(
            said_of_facts(&names, false).ends_with(": c"),
            "of records nobody can say"
        );
        let untimed = FactNames {
            untimed: vec!["d".to_owned()],
            ..FactNames::default()
        };
        assert_eq!(
            said_of_facts(&untimed, false),
            "; kept though records do not say that they were known in time: d"
        );
        assert_eq!(said_of_facts(&FactNames::default(), true), "");
    }

    #[test]
    fn days_left_are_known_as_far_as_records_go_and_in_a_log_once_over() {
        let open = Request::finished(Trace {
            id: Arc::from("c"),
            attributes: Attributes::new(),
            events: Vec::new(),
        });
        let given_up = Request {
            given_up: Some(5.0),
            ..open.clone()
        };
        let over = Request {
            ended: Some(9.0),
            ..open.clone()
        };
        let at_horizon = |horizon: f64| {
            [&open, &given_up, &over].map(|request| {
                let left = left(request, 2.0, horizon);
                (left.quantity(), left.above(3.0), left.above(8.0))
            })
        };
        let nothing = (None, None, None);
        let still_open = (None, Some(true), Some(true));
        let seven = (Some(7.0), Some(true), Some(false));
        assert_eq!(at_horizon(10.0)[0], still_open);
        assert_eq!(at_horizon(10.0)[1], (None, Some(true), None));
        assert_eq!(at_horizon(10.0)[2], seven);
        assert_eq!(at_horizon(9.0)[2], (Some(7.0), Some(true), None));
        assert_eq!(at_horizon(8.0)[2], (None, Some(true), None));
        assert_eq!(at_horizon(f64::INFINITY)[0], nothing);
        assert_eq!(at_horizon(f64::INFINITY)[2], seven);
    }
}
