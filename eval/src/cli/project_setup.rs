//! `scrutineer-eval project_setup`.

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use scrutineer::eventlog::{Columns, DayOrder};
use scrutineer_datasets::sets::{self, RequestSet};
use scrutineer_eval::EvalError;
use scrutineer_eval::project_setup::{self, Known, Late, LogQuestion};

/// What is said of a log alone. That one of these requires `--log` is waived where another source, which
/// conflicts with it, is given: so each is refused beside those by name.
const OF_LOGS: [&str; 15] = [
    "late",
    "deadline",
    "within",
    "label",
    "end",
    "until",
    "at",
    "first",
    "ignore",
    "known",
    "settled",
    "case_column",
    "activity_column",
    "time_column",
    "day_order",
];

#[derive(Debug, Args)]
pub(super) struct ProjectSetupArgs {
    /// An event log with one case a request: XES or CSV, compressed by gzip or not.
    #[arg(long, required_unless_present_any = ["records", "set"], conflicts_with_all = ["records", "set", "cut"])]
    log: Option<PathBuf>,
    /// Folder of `project_setup.csv` (or `.ndjson`).
    #[arg(long, requires = "cut", conflicts_with = "set", conflicts_with_all = OF_LOGS)]
    records: Option<PathBuf>,
    /// A public set of `SCRUTINEER_DATA`.
    #[arg(long, value_parser = parse_set, conflicts_with = "cut", conflicts_with_all = OF_LOGS)]
    set: Option<RequestSet>,
    /// Set-ups asked for from this day on are asked about; earlier ones are fitted on.
    #[arg(long, requires = "records")]
    cut: Option<NaiveDate>,
    /// Late is what takes longer than three quarters of the requests before.
    #[arg(long, requires = "log", conflicts_with_all = ["deadline", "within", "label"])]
    late: Option<LateArg>,
    /// Late is what ends after the time that this attribute states, known from the event that states it.
    #[arg(long, requires = "log", conflicts_with_all = ["within", "label"])]
    deadline: Option<String>,
    /// Late is what ends more than so many days after the step asked at.
    #[arg(long, requires = "log", value_name = "DAYS", value_parser = parse_days, conflicts_with = "label")]
    within: Option<f64>,
    /// Late is what has this value of an attribute in the end.
    #[arg(long, requires = "log", value_name = "ATTRIBUTE=VALUE", value_parser = parse_label)]
    label: Option<(String, String)>,
    /// A request ends at the time that this attribute states, not with its last event;
    /// 1900-01-01 and 9999-12-31 state none.
    #[arg(long, requires = "log", value_name = "ATTRIBUTE")]
    end: Option<String>,
    /// A request ends with the first event whose activity begins so.
    #[arg(long, requires = "log", value_name = "ACTIVITY")]
    until: Option<String>,
    /// Ask at the first event whose activity begins so, not at every one.
    #[arg(long, requires = "log", value_name = "ACTIVITY")]
    at: Option<String>,
    /// Ask at the first event alone.
    #[arg(long, requires = "log", conflicts_with = "at")]
    first: bool,
    /// An attribute that the log states early but that came to be known later; repeat for more.
    #[arg(long, requires = "log", value_name = "ATTRIBUTE")]
    ignore: Vec<String>,
    /// An attribute that is known from the first event on although it seems to tell the whole
    /// course, or a date that was set then; repeat for more.
    #[arg(long, requires = "log", value_name = "ATTRIBUTE")]
    known: Vec<String>,
    /// With `--late p75`: requests that began later than this quantile of the durations
    /// before the end of the log are left out.
    #[arg(long, requires = "log", default_value_t = 0.9, value_parser = parse_share)]
    settled: f64,
    /// Column of a CSV log that names the case.
    #[arg(long, requires = "log", value_name = "COLUMN")]
    case_column: Option<String>,
    /// Column of a CSV log that says what happened.
    #[arg(long, requires = "log", value_name = "COLUMN")]
    activity_column: Option<String>,
    /// Column of a CSV log that says when.
    #[arg(long, requires = "log", value_name = "COLUMN")]
    time_column: Option<String>,
    /// What comes first in days such as 01/02/2024 or 01-02-2024 where none of them shows it: in times of a CSV
    /// log, and in what attributes of any log state.
    #[arg(long, requires = "log")]
    day_order: Option<DayOrderArg>,
    /// Leave the last fifth alone and ask within the period before it, as for choosing
    /// features and parameters.
    #[arg(long, conflicts_with = "records")]
    validate: bool,
    #[command(flatten)]
    output: super::OutputArgs,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LateArg {
    /// Three quarters.
    P75,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum DayOrderArg {
    /// 13/02/2024.
    DayFirst,
    /// 02/13/2024.
    MonthFirst,
}

impl From<DayOrderArg> for DayOrder {
    fn from(said: DayOrderArg) -> Self {
        match said {
            DayOrderArg::DayFirst => Self::DayFirst,
            DayOrderArg::MonthFirst => Self::MonthFirst,
        }
    }
}

fn parse_set(name: &str) -> Result<RequestSet, String> {
    RequestSet::of_name(name).ok_or_else(|| {
        let known = RequestSet::ALL.map(RequestSet::name);
        format!("expected one of {}", known.join(", "))
    })
}

fn parse_label(text: &str) -> Result<(String, String), String> {
    let (attribute, value) = text.split_once('=').ok_or("expected ATTRIBUTE=VALUE")?;
    Ok((attribute.to_owned(), value.to_owned()))
}

fn parse_days(text: &str) -> Result<f64, String> {
    let days = text
        .parse()
        .ok()
        .filter(|days: &f64| days.is_finite() && *days >= 0.0);
    days.ok_or_else(|| "expected a number of days".to_owned())
}

fn parse_share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| "expected a number")?;
    if (0.0..=1.0).contains(&share) {
        Ok(share)
    } else {
        Err("expected a share from 0 to 1".to_owned())
    }
}

pub(super) fn run(args: &ProjectSetupArgs) -> Result<ExitCode, EvalError> {
    let outcome = match (&args.set, &args.records, args.cut, &args.log) {
        (Some(set), _, _, _) => project_setup::on_set(&sets::data_dir(), *set, args.validate)?,
        (None, Some(folder), Some(cut), _) => project_setup::on_records(folder, cut)?,
        (None, _, _, Some(log)) => {
            let columns = Columns {
                case: args.case_column.clone(),
                activity: args.activity_column.clone(),
                time: args.time_column.clone(),
                day_order: args.day_order.map(DayOrder::from),
                ..Columns::default()
            };
            project_setup::on_log(log, &columns, &question(args))?
        }
        _ => {
            return Err(EvalError::Absent(
                "name --log, --set, or --records and --cut".to_owned(),
            ));
        }
    };
    super::tell_figures(&outcome.evaluation, &outcome.plotted, &args.output)
}

fn question(args: &ProjectSetupArgs) -> LogQuestion {
    let late = match (&args.deadline, args.within, &args.label) {
        (Some(fact), _, _) => Late::Deadline(fact.clone()),
        (_, Some(days), _) => Late::Within(days),
        (_, _, Some((fact, value))) => Late::Labelled(fact.clone(), value.clone()),
        _ => Late::P75,
    };
    LogQuestion {
        late,
        end: args.end.clone(),
        at: args.at.clone(),
        first: args.first,
        until: args.until.clone(),
        known: Known {
            late: args.ignore.clone(),
            early: args.known.clone(),
        },
        settled: args.settled,
        validate: args.validate,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        _args: ProjectSetupArgs,
    }

    #[test]
    fn what_the_source_has_no_use_for_is_refused() {
        let taken = |line: &str| {
            let words = std::iter::once("eval").chain(line.split(' '));
            Line::try_parse_from(words).is_ok()
        };
        for line in [
            "--log f --late p75 --until Done",
            "--log f --day-order month-first",
            "--records d --cut 2026-01-01",
            "--set receipt --validate",
        ] {
            assert!(taken(line), "{line}");
        }
        for line in [
            "--log f --late p75 --cut 2026-01-01",
            "--records d --cut 2026-01-01 --known template",
            "--records d --cut 2026-01-01 --settled 0.5",
            "--set receipt --deadline nonsense",
            "--set receipt --day-order day-first",
            "--log f --day-order year-first",
            "--set receipt --cut 2026-01-01",
            "--records d",
        ] {
            assert!(!taken(line), "{line}");
        }
    }
}
