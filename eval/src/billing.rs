//! Would the bill have slipped? Fitted before a cut, asked after it.
//!
//! Each bill is asked about once, seven days before the day planned for it, from what was
//! known then; a bill that was out by then, or that was to go out earlier by the plan of then, is
//! not asked about. The bill is the one known at that moment.

mod baselines;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use scrutineer::cases::billing::features;
use scrutineer::domain::RecordKind;
use scrutineer::domain::records::{Bill, BillStatus};
use scrutineer::history::{Facts, FactsAsOf, History as _};
use scrutineer::learn::distribution::{Curve, Distribution};
use scrutineer::learn::forecast::ForecastWeights;
use scrutineer_fitting::collections::{moment, outcome};
use scrutineer_fitting::distribution::{Example, LEAST_EXAMPLES, Possible};
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
    /// Place of the bill among all.
    place: usize,
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
    // In order of the day planned, the days on which one bill is looked at together.
    for (place, bill) in bills.iter().enumerate() {
        for lead in fitting::LEADS {
            let Some(looked) = Looked::at(place, bill, lead, &facts) else {
                continue;
            };
            if looked.on < options.cut {
                early.push(looked);
            } else if lead == fitting::ASKED_BEFORE && looked.is_to_come() && looked.is_known(until)
            {
                asked.push(looked);
            }
        }
    }
    if asked.is_empty() {
        return Err(wrong(format!(
            "no bill is asked about from {} on",
            options.cut
        )));
    }
    let out_before = |looked: &&Looked| looked.issued_on.is_some_and(|day| day < options.cut);
    let sent = early.iter().filter(out_before).map(|looked| looked.place);
    let sent = sent.collect::<BTreeSet<usize>>().len();
    if sent < LEAST_EXAMPLES {
        let few = format!("{sent} bills sent are too few; {LEAST_EXAMPLES} are needed");
        return Err(EvalError::insufficient(&few));
    }
    let examples: Vec<Example> = early
        .iter()
        .map(|looked| Example {
            row: looked.row.clone(),
            outcome: outcome(looked.planned_on, looked.issued_on, options.cut),
            weight: 1.0,
            group: Some(looked.place),
            possible: looked.possible(),
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

/// Every bill as it stands in the end, in order of the day planned, but cancelled ones and those
/// that went out on a day that is not known.
fn bills(facts: &Arc<Facts>) -> Vec<Arc<Bill>> {
    let end = FactsAsOf::new(Arc::clone(facts), moment(END)).work();
    let mut bills: Vec<Arc<Bill>> = end
        .projects_billed()
        .iter()
        .flat_map(|project| end.bills_of(project, NaiveDate::MIN, END))
        .filter(|bill| bill.status != Some(BillStatus::Cancelled))
        .filter(|bill| bill.is_open() || bill.issued_on.is_some())
        .collect();
    bills.sort_by(|a, b| {
        let key = |bill: &Bill| (bill.planned_on, bill.id.as_str().to_owned());
        key(a).cmp(&key(b))
    });
    bills
}

impl Looked {
    /// The bill some days before its day; none where it is not asked about then.
    fn at(place: usize, bill: &Bill, lead: u64, facts: &Arc<Facts>) -> Option<Self> {
        let on = bill.planned_on - Days::new(lead);
        let work = fitting::known(facts, bill.planned_on, lead);
        let known = work.bill(bill.id.as_str());
        let was_open = known.as_deref().is_none_or(Bill::is_open);
        // Its record may have told so later.
        let is_out = bill.issued_on.is_some_and(|day| day < on);
        if is_out || !was_open {
            return None;
        }
        // As the service sees it; where the record came later, what it says in the end.
        let subject = known.as_deref().unwrap_or(bill);
        Some(Self {
            place,
            on,
            planned_on: subject.planned_on,
            issued_on: bill.issued_on,
            row: fitting::row(subject, &work)?,
        })
    }

    /// Whether it was to go out then or later, so that it could still slip.
    fn is_to_come(&self) -> bool {
        self.on <= self.planned_on
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
    let curves: Vec<Curve> = asked.iter().map(|looked| looked.curve(model)).collect();
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

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use scrutineer::cases::billing::BillingInput;
    use scrutineer::cases::forecast_case::Question as _;
    use scrutineer::cases::record_case::RecordItem;
    use scrutineer::learn::calibration::Platt;
    use scrutineer::learn::distribution::{Level, Range, Tails};
    use scrutineer::learn::learner::Learner;
    use scrutineer::learn::trees::Trees;
    use serde_json::{Value, json};

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn put(facts: &mut Facts, known_on: &str, version: u64, body: Value) {
        let known_at = moment(day(known_on));
        facts
            .insert(RecordKind::Bill, known_at, version, body)
            .unwrap();
    }

    /// A bill, as it was planned and as it was in the end.
    fn facts() -> Facts {
        let mut facts = Facts::default();
        let past = json!({"id": "a", "project_id": "p", "planned_on": "2026-02-09",
            "issued_on": "2026-02-12", "planned_amount": "900", "currency": "EUR"});
        put(&mut facts, "2026-02-13", 1, past);
        let planned = json!({"id": "b", "project_id": "p", "period_start": "2026-02-01",
            "period_end": "2026-02-28", "planned_on": "2026-03-09", "planned_amount": "1000",
            "currency": "EUR", "status": "planned"});
        put(&mut facts, "2026-02-01", 1, planned);
        let out = json!({"id": "b", "project_id": "p", "customer_id": "c",
            "period_start": "2026-01-01", "period_end": "2026-02-25", "planned_on": "2026-03-09",
            "issued_on": "2026-03-12", "planned_amount": "9000", "currency": "USD",
            "status": "issued"});
        put(&mut facts, "2026-03-13", 2, out);
        facts
    }

    fn looked(facts: &Arc<Facts>, lead: u64) -> Option<Looked> {
        let bills = bills(facts);
        let bill = bills.iter().find(|bill| bill.id.as_str() == "b")?;
        Looked::at(1, bill, lead, facts)
    }

    #[test]
    fn what_is_fitted_on_is_bit_for_bit_what_the_service_judges_by() {
        let facts = Arc::new(facts());
        let bits = |row: &[f64]| row.iter().map(|one| one.to_bits()).collect::<Vec<u64>>();
        for lead in fitting::LEADS {
            let fitted = looked(&facts, lead).unwrap();
            let history = FactsAsOf::new(Arc::clone(&facts), moment(fitted.on));
            let item = RecordItem {
                id: "b".to_owned(),
                as_of: None,
                period_end: None,
            };
            let (input, served) = BillingInput::read(&item, &(), &history).unwrap();
            assert_eq!(bits(&fitted.row), bits(&served), "{lead} days before");
            assert_eq!(input.amount.as_deref(), Some("1000"));
            assert_eq!(fitted.days(), Some(3.0));
        }
    }

    #[test]
    fn a_bill_that_was_withdrawn_or_out_by_then_is_not_asked_about() {
        let mut withdrawn = facts();
        let body = json!({"id": "b", "project_id": "p", "planned_on": "2026-03-09",
            "currency": "EUR", "status": "cancelled"});
        put(&mut withdrawn, "2026-03-01", 3, body);
        let withdrawn = Arc::new(withdrawn);
        let asked = fitting::LEADS.map(|lead| looked(&withdrawn, lead).is_some());
        assert_eq!(asked, [true, false, false]);
        // One that is out, nobody knows since when, says nothing of slipping.
        let mut unnoted = facts();
        let body = json!({"id": "b", "project_id": "p", "planned_on": "2026-03-09",
            "currency": "EUR", "status": "issued"});
        put(&mut unnoted, "2026-03-20", 3, body);
        assert!(looked(&Arc::new(unnoted), 7).is_none());
    }

    #[test]
    fn days_that_have_passed_are_ruled_out_as_the_service_rules_them_out() {
        let level = |threshold: f64, raw: f64| Level {
            threshold,
            learner: Learner::Trees(Trees::new(raw, 1, Vec::new()).unwrap()),
            calibration: Platt::identity().into(),
        };
        let range = Range {
            lowest: -20.0,
            highest: 20.0,
            whole: true,
        };
        let tails = Tails {
            coverage: 0.8,
            feature: 0,
            bounds: Vec::new(),
            left_out: vec![0.1],
        };
        let levels = vec![level(-10.0, 1.0), level(0.0, 0.0), level(9.0, -1.0)];
        let model = Distribution::new(vec!["x".to_owned()], range, levels, tails).unwrap();
        let looked = |planned_on: &str| Looked {
            place: 0,
            on: day("2026-03-02"),
            planned_on: day(planned_on),
            issued_on: None,
            row: vec![1.0],
        };
        // A week ahead it cannot go out more than a week early any more.
        let ahead = looked("2026-03-09");
        let curve = ahead.curve(&model);
        assert!(ahead.is_to_come() && curve.above(-8.0) == 1.0);
        assert!(curve.above(0.0) > model.curve(&[1.0]).above(0.0));
        // By another plan of then it has slipped already.
        let overdue = looked("2026-02-26");
        assert!(!overdue.is_to_come() && overdue.curve(&model).above(3.0) == 1.0);
    }

    #[test]
    fn the_days_on_which_one_bill_is_looked_at_are_one_example() {
        let mut csv = "id,project_id,planned_on,issued_on,planned_amount,currency\n".to_owned();
        // Seventeen before the cut, each looked at three times, and five after it.
        for number in 0..22_u64 {
            let weeks = if number < 17 { 0 } else { 12 };
            let planned = day("2025-01-13") + Days::new(14 * number + 7 * weeks);
            let issued = planned + Days::new(number * 7 % 5);
            let _ = writeln!(csv, "b{number},p,{planned},{issued},{}00,EUR", 10 + number);
        }
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("bill.csv"), csv).unwrap();
        let options = BillingOptions {
            set: "made up".to_owned(),
            protocol: "test".to_owned(),
            cut: day("2025-10-01"),
        };
        let refused = on_records(folder.path(), &options).unwrap_err().to_string();
        assert!(refused.contains("17 bills sent are too few"), "{refused}");
    }
}
