//! Would a team's sheets have been late? Fitted before a cut, asked after it.
//!
//! Each team and period is asked about once, at the first moment of the period's last day, or a
//! day before the first sheet is due where that is earlier. What is measured is what the service
//! answers: the model's curve, cut at what the sheets that are in by then leave possible. Single
//! sheets are asked about, and fitted on, where they are not in by then, as for reminders.
//! Whether a sheet is late is known when it is due, so fitting sees the periods due
//! before the cut as they were known at it; how late, only once it is in: by the cut it was watched for so
//! long. Where no sheet was known yet the service would not have answered, and nothing is measured.

mod baselines;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use scrutineer::cases::timesheet::features::{self, Known, Subject};
use scrutineer::cases::timesheet::{
    Foretold, KnownSheets, LEAST_TEAM, SheetSubject, TeamPeriod, periods, sheet_row,
};
use scrutineer::domain::RecordKind;
use scrutineer::history::{Facts, FactsAsOf, History as _, WorkAsOf};
use scrutineer::learn::distribution::Distribution;
use scrutineer::learn::forecast::ForecastWeights;
use scrutineer_fitting::collections::moment;
use scrutineer_fitting::distribution::{DistributionPlan, Example, Outcome, Possible};
use scrutineer_fitting::{forecast, timesheet as fitting};

use crate::coverage::{Held, covered, share_within, unfinished};
use crate::lift::{Lift, Listed};
use crate::metrics::{self, Scored};
use crate::plotted::Plotted;
use crate::records::{END, facts_of};
use crate::{EvalError, Evaluation};
use baselines::Shares;

/// What is asked.
#[derive(Debug, Clone)]
pub struct TimesheetOptions {
    /// Name of the folder.
    pub set: String,
    /// How the cut was chosen, in words.
    pub protocol: String,
    /// Periods due before it are fitted on; those whose last day is not before it are asked about.
    pub cut: NaiveDate,
    /// A team's period is late when more than so many of a hundred sheets are.
    pub tolerated_percent: f64,
    /// Ask about each sheet that is not in, instead of each team.
    pub per_sheet: bool,
}

/// The figures, and what their plots are drawn from.
#[derive(Debug, Clone)]
pub struct TimesheetOutcome {
    /// The figures.
    pub evaluation: Evaluation,
    /// What is drawn of it.
    pub plotted: Plotted,
    /// What was fitted before the cut.
    pub fitted: ForecastWeights,
}

/// Kinds of record that tell of sheets; the first must be there.
const KINDS: [RecordKind; 2] = [RecordKind::Timesheet, RecordKind::Employee];
/// Days early and late beyond which no sheet is told from another: who waits longer waits for one that
/// may never come.
const EARLIEST: f64 = -7.0;
const LATEST: f64 = 30.0;

/// A team's period, or one sheet of it, and what came of it.
struct Asked {
    team: String,
    on: DateTime<Utc>,
    row: Vec<f64>,
    /// Late sheets of a hundred; or days late of the one, as known at the cut of what is asked about before
    /// it, else when the records end.
    outcome: Outcome,
    hours: Option<f64>,
    /// Sheets of the period known of when it was asked about.
    sheets: usize,
    /// What was known of them then; nothing of one sheet, which was not in.
    known: Option<KnownSheets>,
    /// Whether the service would have answered: it knew of the sheet, or of a team's of the period.
    is_answered: bool,
}

impl Asked {
    /// What sheets that were in left possible.
    fn possible(&self) -> Possible {
        let known = self.known.map(|known| known.possible(self.sheets));
        known.map_or(Possible::All, |(above, most)| Possible::Within(above, most))
    }

    /// What the service would have said.
    fn foretold(&self, model: &Distribution) -> Foretold {
        Foretold::of(model.curve(&self.row), self.sheets, self.known)
    }
}

/// Reads canonical records and measures.
///
/// # Errors
/// [`EvalError`] when records are absent or wrong, or there is too little to fit or ask.
pub fn on_records(
    folder: &std::path::Path,
    options: &TimesheetOptions,
) -> Result<TimesheetOutcome, EvalError> {
    let wrong = |message: String| EvalError::File {
        path: options.set.clone(),
        message,
    };
    let facts = Arc::new(facts_of(folder, &KINDS)?);
    let cut = moment(options.cut);
    let all = asked(&facts, cut, options.per_sheet);
    if all.is_empty() {
        return Err(EvalError::insufficient(&format!(
            "no team of {LEAST_TEAM} people or more has a period that is over"
        )));
    }
    let (early, rest): (Vec<Asked>, Vec<Asked>) = all.into_iter().partition(|one| one.on < cut);
    if rest.is_empty() {
        return Err(wrong(format!(
            "no period is asked about from {} on",
            options.cut
        )));
    }
    let (rest, not_answered): (Vec<Asked>, Vec<Asked>) =
        rest.into_iter().partition(|one| one.is_answered);
    if rest.is_empty() {
        return Err(EvalError::insufficient(&format!(
            "none of {} would have been answered from {} on, for no sheet was known yet when they were asked about",
            not_answered.len(),
            options.cut
        )));
    }
    let examples: Vec<Example> = early
        .iter()
        .map(|one| Example {
            row: one.row.clone(),
            outcome: one.outcome,
            weight: 1.0,
            group: None,
            possible: one.possible(),
            again: Vec::new(),
        })
        .collect();
    let (plan, threshold) = plan(options).map_err(|error| wrong(error.to_string()))?;
    let fitted =
        forecast::fit(&plan, &examples).map_err(|error| EvalError::insufficient(&error))?;
    let shares = Shares::of(&early, threshold);
    let (plotted, mut metrics) = measure(&rest, &fitted, &shares, examples.len());
    let unanswered = Some(not_answered.len() as f64);
    metrics.insert("not_answered".to_owned(), unanswered);
    let mut evaluation = Evaluation {
        case: "timesheet".to_owned(),
        set: options.set.clone(),
        protocol: options.protocol.clone(),
        n: rest.len(),
        metrics,
        baselines: baselines::of(&rest, &shares),
        fields: BTreeMap::new(),
        lines: BTreeMap::new(),
        confusion: BTreeMap::new(),
    };
    plotted.tell(&mut evaluation);
    Ok(TimesheetOutcome {
        evaluation,
        plotted,
        fitted,
    })
}

fn plan(options: &TimesheetOptions) -> anyhow::Result<(DistributionPlan, f64)> {
    if options.per_sheet {
        return Ok((fitting::sheet_plan()?, 0.0));
    }
    let mut plan = fitting::plan()?;
    plan.required = vec![0.0, options.tolerated_percent];
    Ok((plan, options.tolerated_percent))
}

/// Every team's period of enough people that was due while records were kept, in order of when it is asked
/// about: before the cut as it was known then, from it on as it ended.
fn asked(facts: &Arc<Facts>, cut: DateTime<Utc>, per_sheet: bool) -> Vec<Asked> {
    let (by_then, ended) = (of_teams(facts, cut), of_teams(facts, moment(END)));
    let sheets = ended.iter().flat_map(|(_, period)| &period.sheets);
    let Some(until) = sheets.filter_map(|sheet| sheet.submitted_at).max() else {
        return Vec::new();
    };
    let early = by_then.iter().filter(|(_, period)| period.asked_at() < cut);
    let rest = ended.iter().filter(|(_, period)| period.asked_at() >= cut);
    let seen = early.map(|one| (one, cut.min(until)));
    let seen = seen.chain(rest.map(|one| (one, until)));
    let mut asked: Vec<Asked> = Vec::new();
    for ((team, period), until) in seen {
        if !period.is_of_team() || period.due_at() >= until {
            continue;
        }
        if per_sheet {
            asked.extend(sheets_of(facts, team, period, until));
        } else {
            asked.extend(period_of(facts, team, period, until));
        }
    }
    asked.sort_by(|a, b| (a.on, &a.team).cmp(&(b.on, &b.team)));
    asked
}

/// Every team's periods, as known at a moment.
fn of_teams(facts: &Arc<Facts>, by: DateTime<Utc>) -> Vec<(String, TeamPeriod)> {
    let work = FactsAsOf::new(Arc::clone(facts), by).work();
    let mut found = Vec::new();
    for team in work.teams() {
        let of_team = periods(&team, &work, NaiveDate::MIN, END).into_iter();
        found.extend(of_team.map(|period| (team.clone(), period)));
    }
    found
}

fn subject<'a>(team: &'a str, period: &TeamPeriod) -> Subject<'a> {
    Subject {
        team,
        start: period.start,
        end: period.end,
    }
}

/// What the service knew of the same period at a moment; nothing of fewer people, or while no sheet was
/// known.
fn known_then(team: &str, period: &TeamPeriod, work: &WorkAsOf) -> Option<TeamPeriod> {
    let mut known = periods(team, work, period.end, period.end).into_iter();
    known.find(|then| then.start == period.start && then.is_of_team())
}

/// With what became of it by another moment.
fn period_of(
    facts: &Arc<Facts>,
    team: &str,
    period: &TeamPeriod,
    until: DateTime<Utc>,
) -> Option<Asked> {
    let subject = subject(team, period);
    let on = period.asked_at();
    let work = fitting::known(facts, on);
    let known = Known::of(&subject, &work);
    let then = known_then(team, period, &work);
    Some(Asked {
        team: team.to_owned(),
        on,
        row: known.row(&subject),
        outcome: Outcome::known(period.late_percent(until)?),
        hours: known.expected_hours(),
        sheets: then.as_ref().map_or(0, |then| then.sheets.len()),
        known: then.as_ref().map(|then| KnownSheets::of(then, on)),
        is_answered: then.is_some(),
    })
}

/// The sheets that were not in, with what was seen of them by another moment: the others need no reminder.
fn sheets_of(
    facts: &Arc<Facts>,
    team: &str,
    period: &TeamPeriod,
    seen: DateTime<Utc>,
) -> Vec<Asked> {
    let on = period.asked_at();
    let work = fitting::known(facts, on);
    let of_team = features::row(&subject(team, period), &work);
    let then = known_then(team, period, &work);
    let then = then.iter().flat_map(|then| &then.sheets);
    let known: BTreeSet<&str> = then.map(|sheet| sheet.id.as_str()).collect();
    let missing = period
        .sheets
        .iter()
        .filter(|sheet| sheet.submitted_at.is_none_or(|came| came > on));
    let sheets = missing.map(|sheet| {
        let asked = SheetSubject {
            id: &sheet.id,
            employee: &sheet.employee,
            start: period.start,
            end: period.end,
        };
        Asked {
            team: team.to_owned(),
            on,
            row: sheet_row(&asked, &of_team, &work),
            outcome: days_late(sheet.due_at, sheet.submitted_at, seen),
            hours: None,
            sheets: 1,
            known: None,
            is_answered: known.contains(sheet.id.as_str()),
        }
    });
    sheets.collect()
}

/// Whole days late of a sheet, rounded up, as seen by a moment: so many days it was watched in full.
fn days_late(
    due_at: DateTime<Utc>,
    submitted_at: Option<DateTime<Utc>>,
    seen: DateTime<Utc>,
) -> Outcome {
    let days = |at: DateTime<Utc>| (at - due_at).num_seconds() as f64 / 86_400.0;
    let came = submitted_at.filter(|at| *at <= seen);
    let late = came.map(|at| days(at).max(EARLIEST).ceil());
    // What came later than it is watched for is late by so much at least.
    Outcome::watched(
        late.filter(|days| *days <= LATEST),
        days(seen).floor().min(LATEST),
    )
}

type Figures = BTreeMap<String, Option<f64>>;

fn measure(
    asked: &[Asked],
    fitted: &ForecastWeights,
    shares: &Shares,
    fitted_on: usize,
) -> (Plotted, Figures) {
    let model = &fitted.distribution;
    let foretold: Vec<Foretold> = asked.iter().map(|one| one.foretold(model)).collect();
    let both = || asked.iter().zip(&foretold);
    let above = |threshold: f64| -> Vec<Scored> {
        let scored = both().filter_map(|(one, told)| {
            let came = one.outcome.above(threshold)?;
            Some((told.curve.above(threshold), came))
        });
        scored.collect()
    };
    let late = above(shares.threshold);
    let mut metrics = metrics::figures(&late);
    let held: Vec<Held<'_>> = both()
        .map(|(one, told)| Held {
            row: &one.row,
            curve: &told.curve,
            outcome: one.outcome,
        })
        .collect();
    let intervals = held
        .iter()
        .map(|one| (one.outcome, model.interval(one.row, one.curve)));
    metrics.insert("coverage80".to_owned(), share_within(intervals));
    let outcomes = asked.iter().map(|one| one.outcome);
    metrics.insert("unfinished".to_owned(), unfinished(outcomes));
    metrics.insert("auc_any".to_owned(), metrics::auc(&above(0.0)));
    // Hours missing as foretold and as they came, of the hours expected. None is late when it is
    // asked, so that all that came late was missing.
    let hours = both().filter_map(|(one, told)| {
        let came = one.outcome.quantity()? / 100.0;
        Some(one.hours? * (told.missing_share - came).abs())
    });
    metrics.insert("mae_missing_hours".to_owned(), metrics::mean(hours));
    let came = late.iter().map(|(_, late)| f64::from(u8::from(*late)));
    metrics.insert("late".to_owned(), metrics::mean(came));
    metrics.insert("fitted_on".to_owned(), Some(fitted_on as f64));
    let listed: Vec<Listed> = both()
        .filter_map(|(one, told)| {
            Some(Listed {
                ours: told.curve.above(shares.threshold),
                baseline: shares.of_team(one),
                worth: f64::from(u8::from(one.outcome.above(shares.threshold)?)),
            })
        })
        .collect();
    let lift = Lift::of("late", "late cases", baselines::TEAM, &listed);
    let plotted = Plotted {
        scored: late,
        lifts: lift.into_iter().collect(),
        coverage: covered(model, &held),
    };
    (plotted, metrics)
}
