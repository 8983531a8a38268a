//! Would a team's sheets have been late? Fitted before a cut, asked after it.
//!
//! Each team and period is asked about once, at the first moment of the period's last day, or a
//! day before the first sheet is due where that is earlier. The service is asked at any time from the
//! period's first day on, so it is fitted at several moments of that course
//! (`fitting::timesheet::moments`), which are one case together, and further figures tell how well is
//! answered at each of them. What is measured is what the service answers: the model's curve, cut at
//! what the sheets that are in by then leave possible. Single sheets are asked about, and fitted on,
//! where they are not in by then or later, as for reminders, which are written from then on.
//! Whether a sheet is late is known when it is due, so fitting sees the periods due
//! before the cut as they were known at it; how late, only once it is in: by the cut it was watched for so
//! long. Where no sheet was known yet the service would not have answered, and nothing is measured.

mod asked;
mod baselines;
mod by_moment;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::ensure;
use chrono::NaiveDate;
use scrutineer::cases::timesheet::{Foretold, LEAST_TEAM};
use scrutineer::domain::RecordKind;
use scrutineer::learn::forecast::ForecastWeights;
use scrutineer_fitting::collections::moment;
use scrutineer_fitting::distribution::{DistributionPlan, Example, LEAST_EXAMPLES};
use scrutineer_fitting::{forecast, timesheet as fitting};

use crate::coverage::{Held, covered, share_within, unfinished};
use crate::lift::{Lift, Listed};
use crate::metrics::{self, Scored};
use crate::plotted::Plotted;
use crate::records::facts_of;
use crate::{EvalError, Evaluation};
use asked::{Asked, asked};
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

/// What was fitted before the cut, and on how much.
struct Fitted {
    weights: ForecastWeights,
    shares: Shares,
    /// Periods, or sheets.
    cases: usize,
    /// Moments at which they were looked at.
    moments: usize,
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
    let (early, rest) = asked(&facts, cut, options.per_sheet);
    if early.is_empty() && rest.is_empty() {
        return Err(EvalError::insufficient(&format!(
            "no team of {LEAST_TEAM} people or more has a period that is over"
        )));
    }
    let (rest, others): (Vec<Asked>, Vec<Asked>) = rest.into_iter().partition(Asked::is_usual);
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
    let (plan, threshold) = plan(options).map_err(|error| wrong(error.to_string()))?;
    let fitted = fit(&early, &plan, threshold).map_err(|error| EvalError::insufficient(&error))?;
    let (plotted, mut metrics) = measure(&rest, &fitted);
    // What was fitted knows all until the cut.
    let others: Vec<Asked> = others.into_iter().filter(|one| one.on >= cut).collect();
    metrics.extend(by_moment::figures(&others, &fitted.weights, threshold));
    let unanswered = Some(not_answered.len() as f64);
    metrics.insert("not_answered".to_owned(), unanswered);
    let mut evaluation = Evaluation {
        case: "timesheet".to_owned(),
        set: options.set.clone(),
        protocol: options.protocol.clone(),
        n: rest.len(),
        metrics,
        baselines: baselines::of(&rest, &fitted.shares),
        fields: BTreeMap::new(),
        lines: BTreeMap::new(),
        confusion: BTreeMap::new(),
    };
    plotted.tell(&mut evaluation);
    Ok(TimesheetOutcome {
        evaluation,
        plotted,
        fitted: fitted.weights,
    })
}

/// Fits on what is asked about before the cut, of which there must be enough, however often each was looked at.
fn fit(early: &[Asked], plan: &DistributionPlan, threshold: f64) -> anyhow::Result<Fitted> {
    let cases: Vec<&Asked> = early.iter().filter(|one| one.is_usual()).collect();
    let is_finished = |one: &&&Asked| one.outcome.quantity().is_some();
    let finished = cases.iter().filter(is_finished).count();
    ensure!(
        finished >= LEAST_EXAMPLES,
        "{finished} finished cases are too few; {LEAST_EXAMPLES} are needed"
    );
    let examples: Vec<Example> = early.iter().map(Asked::example).collect();
    Ok(Fitted {
        weights: forecast::fit(plan, &examples)?,
        shares: Shares::of(&cases, threshold),
        cases: cases.len(),
        moments: examples.len(),
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

type Figures = BTreeMap<String, Option<f64>>;

fn measure(asked: &[Asked], fitted: &Fitted) -> (Plotted, Figures) {
    let (model, shares) = (&fitted.weights.distribution, &fitted.shares);
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
    let fitted_on = [
        ("fitted_on", fitted.cases),
        ("fitted_on_moments", fitted.moments),
    ];
    metrics.extend(fitted_on.map(|(name, count)| (name.to_owned(), Some(count as f64))));
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
