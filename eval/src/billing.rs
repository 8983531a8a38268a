//! Would the bill have slipped? Fitted before a cut, asked after it.
//!
//! Each bill is asked about once, on the first day on which it is planned for seven days later, from
//! what was known then; a bill that was out by then is not asked about. The bill is the one known at that
//! moment, and it slips when it goes out after the day planned then: one that missed its day and was
//! planned anew slipped. Fitting sees the bills as they stood at the cut.

mod baselines;
mod course;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{Days, NaiveDate, Utc};
use scrutineer::cases::billing::features;
use scrutineer::domain::RecordKind;
use scrutineer::domain::records::Bill;
use scrutineer::history::Facts;
use scrutineer::learn::distribution::{Curve, Distribution};
use scrutineer::learn::forecast::ForecastWeights;
use scrutineer_fitting::collections::{moment, outcome, passing};
use scrutineer_fitting::distribution::{Example, LEAST_EXAMPLES, Outcome, Possible, on_calendar};
use scrutineer_fitting::{billing as fitting, forecast};

use crate::coverage::{Held, covered, share_within, unfinished};
use crate::lift::{Lift, Listed};
use crate::metrics::{self, Scored, figures};
use crate::plotted::Plotted;
use crate::records::{END, facts_of, versions_of};
use crate::told_until::last_day;
use crate::{EvalError, Evaluation};
use baselines::Before;
use course::{Ahead, Course, courses};

/// What is asked.
#[derive(Debug, Clone)]
pub struct BillingOptions {
    /// Name of the folder.
    pub set: String,
    /// How the cut was chosen, in words.
    pub protocol: String,
    /// Bills asked about before it are fitted on, with what was known of them by it.
    pub cut: NaiveDate,
}

/// The figures, and what their plots are drawn from.
#[derive(Debug, Clone)]
pub struct BillingOutcome {
    /// The figures.
    pub evaluation: Evaluation,
    /// What is drawn of it.
    pub plotted: Plotted,
    /// What was fitted before the cut.
    pub fitted: ForecastWeights,
}

/// Kinds of record that tell of bills; the first must be there.
const KINDS: [RecordKind; 5] = [
    RecordKind::Bill,
    RecordKind::Project,
    RecordKind::Timesheet,
    RecordKind::Approval,
    RecordKind::Employee,
];

/// A bill at the moment it is asked about.
struct Looked {
    /// Place of the bill among all.
    place: usize,
    on: NaiveDate,
    /// By what was known then.
    planned_on: NaiveDate,
    /// Days after the day planned, as known at the cut of what is fitted on, else when the records end.
    outcome: Outcome,
    row: Vec<f64>,
}

/// Reads canonical records and measures.
///
/// # Errors
/// [`EvalError`] when records are absent or wrong, or there is too little to fit or ask.
pub fn on_records(
    folder: &std::path::Path,
    options: &BillingOptions,
) -> Result<BillingOutcome, EvalError> {
    let wrong = |message: String| EvalError::File {
        path: options.set.clone(),
        message,
    };
    let facts = Arc::new(facts_of(folder, &KINDS)?);
    let bills = versions_of::<Bill>(folder)?;
    let ended = courses(&bills, moment(END));
    let Some(until) = last_issue(&ended, Utc::now().date_naive()) else {
        return Err(EvalError::insufficient(&"no bill went out"));
    };
    let early = to_fit(&courses(&bills, moment(options.cut)), options.cut, &facts);
    let asked = to_ask(&ended, options.cut, until, &facts);
    if asked.is_empty() {
        return Err(wrong(format!(
            "no bill is asked about from {} on",
            options.cut
        )));
    }
    let is_out = |looked: &&Looked| looked.days().is_some();
    let sent = early.iter().filter(is_out).map(|looked| looked.place);
    let sent = sent.collect::<BTreeSet<usize>>().len();
    if sent < LEAST_EXAMPLES {
        let few = format!("{sent} bills sent are too few; {LEAST_EXAMPLES} are needed");
        return Err(EvalError::insufficient(&few));
    }
    let examples: Vec<Example> = early
        .iter()
        .map(|looked| Example {
            group: Some(looked.place),
            possible: looked.possible(),
            passing: Some(passing(looked.planned_on)),
            ..Example::new(
                looked.row.clone(),
                looked.outcome,
                on_calendar(moment(looked.on)),
            )
        })
        .collect();
    let plan = fitting::plan().map_err(|error| wrong(error.to_string()))?;
    let fitted =
        forecast::fit(&plan, &examples).map_err(|error| EvalError::insufficient(&error))?;
    let before = Before::of(&early);
    let (plotted, mut metrics) = measure(&asked, &fitted.distribution, &before);
    let bills: BTreeSet<usize> = early.iter().map(|looked| looked.place).collect();
    for (name, count) in [
        ("fitted_on", bills.len()),
        ("fitted_on_moments", examples.len()),
    ] {
        metrics.insert(name.to_owned(), Some(count as f64));
    }
    let mut evaluation = Evaluation {
        case: "billing".to_owned(),
        set: options.set.clone(),
        protocol: options.protocol.clone(),
        n: asked.len(),
        metrics,
        baselines: before.figures(&asked),
        fields: BTreeMap::new(),
        lines: BTreeMap::new(),
        confusion: BTreeMap::new(),
    };
    plotted.tell(&mut evaluation);
    Ok(BillingOutcome {
        evaluation,
        plotted,
        fitted,
    })
}

/// The last day on which a bill went out, as far as records tell.
fn last_issue(courses: &[Course<'_>], today: NaiveDate) -> Option<NaiveDate> {
    let issued = courses.iter().filter_map(|course| course.stands.issued_on);
    last_day(issued, today)
}

/// Bills that are fitted on, as they stood at the cut: in order of the day planned, the days on which one
/// is looked at together.
fn to_fit(courses: &[Course<'_>], cut: NaiveDate, facts: &Arc<Facts>) -> Vec<Looked> {
    let mut early = Vec::new();
    for (place, course) in courses.iter().enumerate() {
        let days = fitting::LEADS.into_iter();
        let days = days.filter_map(|lead| course.ahead(lead));
        let days = days.filter(|ahead| ahead.on < cut);
        early.extend(days.filter_map(|ahead| Looked::at(place, course, ahead, cut, facts)));
    }
    early
}

/// Bills that are asked about, where records go on long enough to say whether they slipped.
fn to_ask(
    courses: &[Course<'_>],
    cut: NaiveDate,
    until: NaiveDate,
    facts: &Arc<Facts>,
) -> Vec<Looked> {
    let known_on = until + Days::new(1);
    let looked = courses.iter().enumerate().filter_map(|(place, course)| {
        let ahead = course.ahead(fitting::ASKED_BEFORE)?;
        if ahead.on < cut || ahead.planned_on > until {
            return None;
        }
        Looked::at(place, course, ahead, known_on, facts)
    });
    looked.collect()
}

impl Looked {
    /// The bill as the service sees it some days before its day, with what was known of it on another;
    /// none where it is not asked about then.
    fn at(
        place: usize,
        course: &Course<'_>,
        ahead: Ahead,
        known_on: NaiveDate,
        facts: &Arc<Facts>,
    ) -> Option<Self> {
        let work = fitting::known(facts, ahead.planned_on, ahead.lead);
        let subject = work.bill(course.stands.id.as_str())?;
        let issued_on = course.stands.issued_on;
        // Its record may have told so later.
        let is_out = issued_on.is_some_and(|day| day < ahead.on);
        if is_out || !subject.is_open() {
            return None;
        }
        Some(Self {
            place,
            on: ahead.on,
            planned_on: ahead.planned_on,
            outcome: outcome(ahead.planned_on, issued_on, known_on),
            row: fitting::row(&subject, &work)?,
        })
    }

    /// Whether it is looked at on the day on which bills are asked about.
    fn is_asked_about(&self) -> bool {
        (self.planned_on - self.on).num_days() == fitting::ASKED_BEFORE as i64
    }

    /// It is not out yet, so that earlier days are ruled out.
    fn possible(&self) -> Possible {
        let passed = (self.on - self.planned_on).num_days() as f64;
        Possible::Above(passed - 1.0)
    }

    /// What the service foretells by.
    fn curve(&self, model: &Distribution) -> Curve {
        self.possible().left_of(model.curve(&self.row))
    }

    /// Whether it went out after the day planned, or not at all; none where that was not known yet.
    fn slipped(&self) -> Option<bool> {
        self.outcome.above(0.0)
    }

    /// Days after the day planned, once out.
    fn days(&self) -> Option<f64> {
        self.outcome.quantity()
    }

    fn feature(&self, name: &str) -> Option<f64> {
        let at = features::NAMES.iter().position(|known| *known == name)?;
        self.row.get(at).copied().filter(|value| !value.is_nan())
    }
}

type Figures = BTreeMap<String, Option<f64>>;

fn measure(asked: &[Looked], model: &Distribution, before: &Before) -> (Plotted, Figures) {
    let curves: Vec<Curve> = asked.iter().map(|looked| looked.curve(model)).collect();
    let both = || asked.iter().zip(&curves);
    let slipped: Vec<Scored> = both()
        .filter_map(|(looked, curve)| Some((curve.above(0.0), looked.slipped()?)))
        .collect();
    let mut metrics = figures(&slipped);
    let errors =
        both().filter_map(|(looked, curve)| Some((curve.quantile(0.5) - looked.days()?).abs()));
    metrics.insert("mae_days".to_owned(), metrics::mean(errors));
    let outcomes = asked.iter().map(|looked| looked.outcome);
    metrics.insert("unfinished".to_owned(), unfinished(outcomes));
    let held: Vec<Held<'_>> = both()
        .map(|(looked, curve)| Held {
            row: &looked.row,
            curve,
            outcome: looked.outcome,
        })
        .collect();
    let intervals = held
        .iter()
        .map(|one| (one.outcome, model.interval(one.row, one.curve)));
    metrics.insert("coverage80".to_owned(), share_within(intervals));
    let came = slipped
        .iter()
        .map(|(_, slipped)| f64::from(u8::from(*slipped)));
    metrics.insert("slipped".to_owned(), metrics::mean(came));
    let listed: Vec<Listed> = both()
        .filter_map(|(looked, curve)| {
            Some(Listed {
                ours: curve.above(0.0),
                baseline: before.share_of_project(looked),
                worth: f64::from(u8::from(looked.slipped()?)),
            })
        })
        .collect();
    let lift = Lift::of("late", "slipped bills", baselines::PROJECT, &listed);
    let plotted = Plotted {
        scored: slipped,
        lifts: lift.into_iter().collect(),
        coverage: covered(model, &held),
    };
    (plotted, metrics)
}
