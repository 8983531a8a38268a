//! Would the bill have slipped? Fitted before a cut, asked after it.
//!
//! Each bill is asked about once, seven days before the day planned for it, from what was
//! known then; a bill that was out by then is not asked about. The plan is the one known
//! at that moment.

mod baselines;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use scrutineer::cases::billing::features;
use scrutineer::domain::RecordKind;
use scrutineer::domain::records::{Bill, BillStatus};
use scrutineer::history::{Facts, FactsAsOf, History as _};
use scrutineer::learn::distribution::Distribution;
use scrutineer::learn::forecast::ForecastWeights;
use scrutineer_fitting::collections::{moment, outcome};
use scrutineer_fitting::distribution::Example;
use scrutineer_fitting::{billing as fitting, forecast};

use crate::coverage::{Held, covered};
use crate::lift::{Lift, Listed};
use crate::metrics::{self, Scored, figures};
use crate::plotted::Plotted;
use crate::records::{END, facts_of};
use crate::{EvalError, Evaluation};
use baselines::Before;

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
    on: NaiveDate,
    planned_on: NaiveDate,
    issued_on: Option<NaiveDate>,
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
    let bills = bills(&facts);
    let until = bills.iter().filter_map(|bill| bill.issued_on).max();
    let Some(until) = until else {
        return Err(EvalError::insufficient(&"no bill went out"));
    };
    let mut early: Vec<Looked> = Vec::new();
    let mut asked: Vec<Looked> = Vec::new();
    for bill in &bills {
        for lead in fitting::LEADS {
            let Some(looked) = Looked::at(bill, lead, &facts) else {
                continue;
            };
            if looked.on < options.cut {
                early.push(looked);
            } else if lead == fitting::ASKED_BEFORE && looked.is_known(until) {
                asked.push(looked);
            }
        }
    }
    early.sort_by_key(|looked| looked.on);
    if asked.is_empty() {
        return Err(wrong(format!(
            "no bill is asked about from {} on",
            options.cut
        )));
    }
    let examples: Vec<Example> = early
        .iter()
        .map(|looked| Example {
            row: looked.row.clone(),
            outcome: outcome(looked.planned_on, looked.issued_on, options.cut),
            weight: 1.0,
            group: None,
            again: Vec::new(),
        })
        .collect();
    let plan = fitting::plan().map_err(|error| wrong(error.to_string()))?;
    let fitted =
        forecast::fit(&plan, &examples).map_err(|error| EvalError::insufficient(&error))?;
    let before = Before::of(&early, options.cut);
    let (plotted, mut metrics) = measure(&asked, &fitted.distribution, &before);
    metrics.insert("fitted_on".to_owned(), Some(examples.len() as f64));
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

/// Every bill as it stands in the end but cancelled ones, in order of the day planned.
fn bills(facts: &Arc<Facts>) -> Vec<Arc<Bill>> {
    let end = FactsAsOf::new(Arc::clone(facts), moment(END)).work();
    let mut bills: Vec<Arc<Bill>> = end
        .projects_billed()
        .iter()
        .flat_map(|project| end.bills_of(project, NaiveDate::MIN, END))
        .filter(|bill| bill.status != Some(BillStatus::Cancelled))
        .collect();
    bills.sort_by(|a, b| {
        let key = |bill: &Bill| (bill.planned_on, bill.id.as_str().to_owned());
        key(a).cmp(&key(b))
    });
    bills
}

impl Looked {
    /// The bill some days before its day; none where it is out by then.
    fn at(bill: &Arc<Bill>, lead: u64, facts: &Arc<Facts>) -> Option<Self> {
        let on = bill.planned_on - Days::new(lead);
        let work = fitting::known(facts, bill.planned_on, lead);
        // The plan of that moment; where the record came later, what it says of the plan.
        let known = work.bill(bill.id.as_str());
        let planned_on = known
            .as_ref()
            .map_or(bill.planned_on, |known| known.planned_on);
        let subject = Bill {
            planned_on,
            ..(**bill).clone()
        };
        Some(Self {
            on,
            planned_on,
            issued_on: bill.issued_on,
            row: fitting::row(&subject, &work)?,
        })
    }

    /// Whether records go on long enough to say if it slipped.
    fn is_known(&self, until: NaiveDate) -> bool {
        self.issued_on.is_some() || self.planned_on < until
    }

    /// A bill that is not out when records end is late.
    fn slipped(&self) -> bool {
        self.issued_on.is_none_or(|day| day > self.planned_on)
    }

    /// Days after the day planned, once out.
    fn days(&self) -> Option<f64> {
        Some((self.issued_on? - self.planned_on).num_days() as f64)
    }

    fn feature(&self, name: &str) -> Option<f64> {
        let at = features::NAMES.iter().position(|known| *known == name)?;
        self.row.get(at).copied().filter(|value| !value.is_nan())
    }
}

type Figures = BTreeMap<String, Option<f64>>;

fn measure(asked: &[Looked], model: &Distribution, before: &Before) -> (Plotted, Figures) {
    let curves: Vec<_> = asked
        .iter()
        .map(|looked| model.curve(&looked.row))
        .collect();
    let both = || asked.iter().zip(&curves);
    let slipped: Vec<Scored> = both()
        .map(|(looked, curve)| (curve.above(0.0), looked.slipped()))
        .collect();
    let mut metrics = figures(&slipped);
    let errors =
        both().filter_map(|(looked, curve)| Some((curve.quantile(0.5) - looked.days()?).abs()));
    metrics.insert("mae_days".to_owned(), metrics::mean(errors));
    let held: Vec<Held<'_>> = both()
        .filter_map(|(looked, curve)| {
            Some(Held {
                row: &looked.row,
                curve,
                came: looked.days()?,
            })
        })
        .collect();
    let within = held.iter().map(|one| {
        let (low, high) = model.interval(one.row, one.curve);
        f64::from(u8::from((low..=high).contains(&one.came)))
    });
    metrics.insert("coverage80".to_owned(), metrics::mean(within));
    let came = slipped
        .iter()
        .map(|(_, slipped)| f64::from(u8::from(*slipped)));
    metrics.insert("slipped".to_owned(), metrics::mean(came));
    let listed: Vec<Listed> = asked
        .iter()
        .zip(&slipped)
        .map(|(looked, (ours, slipped))| Listed {
            ours: *ours,
            baseline: before.share_of_project(looked),
            worth: f64::from(u8::from(*slipped)),
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
