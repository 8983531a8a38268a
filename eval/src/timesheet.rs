//! Would a team's sheets have been late? Fitted before a cut, asked after it.
//!
//! Each team and period is asked about once, at the first moment of the period's last day, or a
//! day before the first sheet is due where that is earlier. What is measured is what the service
//! answers: the model's curve, cut at what the sheets that are in by then leave possible. Single
//! sheets are asked about, and fitted on, where they are not in by then, as for reminders.
//! Whether a sheet is late is known when it is due, so fitting sees the periods due
//! before the cut.

mod baselines;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use scrutineer::cases::timesheet::features::{self, Known, Subject};
use scrutineer::cases::timesheet::{
    Foretold, KnownSheets, LEAST_TEAM, SheetSubject, TeamPeriod, periods, sheet_row,
};
use scrutineer::domain::RecordKind;
use scrutineer::history::{Facts, FactsAsOf, History as _};
use scrutineer::learn::distribution::Distribution;
use scrutineer::learn::forecast::ForecastWeights;
use scrutineer_fitting::collections::moment;
use scrutineer_fitting::distribution::{DistributionPlan, Example, Outcome, Possible};
use scrutineer_fitting::{forecast, timesheet as fitting};

use crate::coverage::{Held, covered};
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

/// A team's period, or one sheet of it, and what came of it.
struct Asked {
    team: String,
    on: DateTime<Utc>,
    due_at: DateTime<Utc>,
    row: Vec<f64>,
    /// Late sheets of a hundred, or days late of the one.
    came: f64,
    hours: Option<f64>,
    /// Sheets of the period known of when it was asked about.
    sheets: usize,
    /// What was known of them then; nothing of one sheet, which was not in.
    known: Option<KnownSheets>,
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
    let all = asked(&facts, options.per_sheet);
    if all.is_empty() {
        return Err(EvalError::insufficient(&format!(
            "no team of {LEAST_TEAM} people or more has a period that is over"
        )));
    }
    let cut = moment(options.cut);
    let (early, rest): (Vec<Asked>, Vec<Asked>) = all.into_iter().partition(|one| one.on < cut);
    let early: Vec<Asked> = early.into_iter().filter(|one| one.due_at < cut).collect();
    if rest.is_empty() {
        return Err(wrong(format!(
            "no period is asked about from {} on",
            options.cut
        )));
    }
    let examples: Vec<Example> = early
        .iter()
        .map(|one| Example {
            row: one.row.clone(),
            outcome: Outcome::known(one.came),
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
    let (plotted, metrics) = measure(&rest, &fitted, &shares, examples.len());
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

/// Every team's period of enough people that was due while records were kept, in order
/// of its last day.
fn asked(facts: &Arc<Facts>, per_sheet: bool) -> Vec<Asked> {
    let end = FactsAsOf::new(Arc::clone(facts), moment(END)).work();
    let teams = end.teams();
    let of_team = |team: &String| periods(team, &end, NaiveDate::MIN, END);
    let known: Vec<(&String, Vec<TeamPeriod>)> =
        teams.iter().map(|team| (team, of_team(team))).collect();
    let sheets = known
        .iter()
        .flat_map(|(_, periods)| periods)
        .flat_map(|one| &one.sheets);
    let Some(until) = sheets.filter_map(|sheet| sheet.submitted_at).max() else {
        return Vec::new();
    };
    let mut asked: Vec<Asked> = Vec::new();
    for (team, periods) in &known {
        let counted = periods
            .iter()
            .filter(|one| one.is_of_team() && one.due_at() < until);
        for period in counted {
            if per_sheet {
                asked.extend(sheets_of(facts, team, period));
            } else {
                asked.extend(period_of(facts, team, period));
            }
        }
    }
    asked.sort_by(|a, b| (a.on, &a.team).cmp(&(b.on, &b.team)));
    asked
}

fn subject<'a>(team: &'a str, period: &TeamPeriod) -> Subject<'a> {
    Subject {
        team,
        start: period.start,
        end: period.end,
    }
}

fn period_of(facts: &Arc<Facts>, team: &str, period: &TeamPeriod) -> Option<Asked> {
    let subject = subject(team, period);
    let on = period.asked_at();
    let work = fitting::known(facts, on);
    let known = Known::of(&subject, &work);
    // Of fewer people the service says nothing yet: then the model alone is measured.
    let seen = periods(team, &work, period.end, period.end)
        .into_iter()
        .find(|seen| seen.start == period.start && seen.is_of_team());
    Some(Asked {
        team: team.to_owned(),
        on,
        due_at: period.due_at(),
        row: known.row(&subject),
        came: period.late_percent(moment(END))?,
        hours: known.expected_hours(),
        sheets: seen.as_ref().map_or(0, |seen| seen.sheets.len()),
        known: seen.as_ref().map(|seen| KnownSheets::of(seen, on)),
    })
}

/// The sheets that were not in: the others need no reminder.
fn sheets_of(facts: &Arc<Facts>, team: &str, period: &TeamPeriod) -> Vec<Asked> {
    let on = period.asked_at();
    let work = fitting::known(facts, on);
    let of_team = features::row(&subject(team, period), &work);
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
        let came = sheet.submitted_at.unwrap_or_else(|| moment(END));
        let days = (came - sheet.due_at).num_seconds() as f64 / 86_400.0;
        Asked {
            team: team.to_owned(),
            on,
            due_at: sheet.due_at,
            row: sheet_row(&asked, &of_team, &work),
            came: days.clamp(-7.0, 30.0).ceil(),
            hours: None,
            sheets: 1,
            known: None,
        }
    });
    sheets.collect()
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
        let scored = both().map(|(one, told)| (told.curve.above(threshold), one.came > threshold));
        scored.collect()
    };
    let late = above(shares.threshold);
    let mut metrics = metrics::figures(&late);
    let held: Vec<Held<'_>> = both()
        .map(|(one, told)| Held {
            row: &one.row,
            curve: &told.curve,
            came: one.came,
        })
        .collect();
    let within = held.iter().map(|one| {
        let (low, high) = model.interval(one.row, one.curve);
        f64::from(u8::from((low..=high).contains(&one.came)))
    });
    metrics.insert("coverage80".to_owned(), metrics::mean(within));
    metrics.insert("auc_any".to_owned(), metrics::auc(&above(0.0)));
    // Hours missing as foretold and as they came, of the hours expected. None is late when it is
    // asked, so that all that came late was missing.
    let hours = both()
        .filter_map(|(one, told)| Some(one.hours? * (told.missing_share - one.came / 100.0).abs()));
    metrics.insert("mae_missing_hours".to_owned(), metrics::mean(hours));
    let came = late.iter().map(|(_, late)| f64::from(u8::from(*late)));
    metrics.insert("late".to_owned(), metrics::mean(came));
    metrics.insert("fitted_on".to_owned(), Some(fitted_on as f64));
    let listed: Vec<Listed> = asked
        .iter()
        .zip(&late)
        .map(|(one, (ours, late))| Listed {
            ours: *ours,
            baseline: shares.of_team(one),
            worth: f64::from(u8::from(*late)),
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

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use chrono::Days;

    use super::*;

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

    #[test]
    fn what_is_measured_is_cut_at_what_sheets_in_already_leave_possible() {
        let options = TimesheetOptions {
            set: "made up".to_owned(),
            protocol: "test".to_owned(),
            cut: NaiveDate::from_ymd_opt(2025, 9, 1).unwrap(),
            tolerated_percent: 10.0,
            per_sheet: false,
        };
        let outcome = on_records(sheets(52).path(), &options).unwrap();
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

    #[test]
    fn a_sheet_that_is_in_is_neither_fitted_on_nor_asked_about() {
        let folder = sheets(4);
        let facts = Arc::new(facts_of(folder.path(), &KINDS).unwrap());
        let periods = asked(&facts, false);
        let sheets = asked(&facts, true);
        assert!(!periods.is_empty());
        let of = |team: &str| sheets.iter().filter(|one| one.team == team).count();
        let weeks = periods.len() / 3;
        assert_eq!(["t0", "t1", "t2"].map(of), [6 * weeks, 6 * weeks, 0]);
    }
}
