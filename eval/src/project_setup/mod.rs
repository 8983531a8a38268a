//! How long will each request still take, and will it come late? Fitted before a cut, asked
//! after it.
//!
//! Each step is asked about at the moment it was taken, from what was known then. Fitting
//! sees the steps taken before the cut and what had come of them by then; requests still open,
//! or given up, count as taking so long at least.

mod baselines;
mod protocol;
mod records;
mod sets;

use std::collections::BTreeMap;
use std::path::Path;

use scrutineer::cases::project_setup::{AskedRow, FactNames, Request, rows};
use scrutineer::eventlog::{Columns, EventLogError, Limits, read_file};
use scrutineer::learn::distribution::Curve;
use scrutineer::learn::forecast::ForecastWeights;
use scrutineer_fitting::forecast;
use scrutineer_fitting::project_setup::{Forecaster, Foretold};

pub use protocol::{Late, LogQuestion};
pub use scrutineer::cases::project_setup::Known;
pub use sets::on_set;

use crate::coverage::{Held, covered};
use crate::lift::{Lift, Listed};
use crate::metrics::{self, Scored};
use crate::plotted::Plotted;
use crate::{EvalError, Evaluation};
use protocol::Asked;

/// Steps of a request whose figures are told apart.
const STEPS_TOLD: usize = 8;
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
    let log = read_file(file, Limits::default(), columns).map_err(|error| match &error {
        EventLogError::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
            EvalError::Absent(error.to_string())
        }
        _ => EvalError::File {
            path: "event log".to_owned(),
            message: error.to_string(),
        },
    })?;
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
    /// Days it took from there.
    left: Option<f64>,
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
    let names = FactNames::of(&complete, &asked.known)
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
        .filter_map(|row| answer(row, &requests, &model, asked.horizon))
        .collect();
    if answers.is_empty() {
        return Err(EvalError::insufficient(&"no step to ask about"));
    }
    let mut metrics = figures(&answers);
    metrics.extend(by_step(&answers));
    let fitted_on = early.iter().filter(|row| row.at < asked.cut).count();
    metrics.insert("fitted_on".to_owned(), Some(fitted_on as f64));
    metrics.insert("requests".to_owned(), Some(asked.test.len() as f64));
    let cut = chrono::DateTime::from_timestamp_millis((asked.cut * 86_400_000.0) as i64);
    let cut = cut.map_or_else(String::new, |cut| cut.date_naive().to_string());
    let mut in_words = format!("{protocol}, fitted on what was known before {cut}");
    if !model.names.hindsight.is_empty() {
        let names = model.names.hindsight.join(", ");
        in_words = format!("{in_words}; left out as hindsight: {names}");
    }
    if answers.iter().all(|answer| answer.foretold.late.is_none()) {
        in_words += "; nothing is due, so that lateness is told by a classifier of its own, which is not in the service";
    }
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

fn answer(
    row: AskedRow,
    requests: &[&Request],
    model: &Forecaster,
    horizon: f64,
) -> Option<Answer> {
    let request = requests.get(row.request)?;
    let due_in = request.due_at(row.event).map(|due| due - row.at);
    let known = request.late_at(row.event);
    let known = known.filter(|(_, at)| *at <= horizon);
    Some(Answer {
        foretold: model.foretell(&row.row, due_in),
        left: request.ended.map(|ended| ended - row.at),
        late: known.map(|(late, _)| late),
        open: due_in.is_none_or(|days| days >= 0.0),
        row,
    })
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
    let over = answers.iter().filter(|answer| answer.left.is_some());
    let curves: Vec<(&Answer, Curve)> = over
        .map(|answer| (answer, model.days_left(&answer.row.row)))
        .collect();
    let held: Vec<Held<'_>> = curves
        .iter()
        .filter_map(|(answer, curve)| {
            Some(Held {
                row: &answer.row.row,
                curve,
                came: answer.left?,
            })
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
    let of_those = |value: fn(&Answer, f64) -> f64| {
        let left = answers.iter().filter_map(|one| Some(value(one, one.left?)));
        metrics::mean(left)
    };
    [
        (
            "mae_remaining_days",
            of_those(|one, left| (one.foretold.median - left).abs()),
        ),
        (
            "coverage80",
            of_those(|one, left| {
                let held = (one.foretold.low..=one.foretold.high).contains(&left);
                f64::from(u8::from(held))
            }),
        ),
        (
            "interval_days",
            of_those(|one, _| one.foretold.high - one.foretold.low),
        ),
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
