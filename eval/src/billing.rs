//! Would the bill have slipped? Fitted before a cut, asked after it.
//!
//! Each bill is asked about once, on the first day on which it is planned for seven days later, from
//! what was known then; a bill that was out by then is not asked about. The bill is the one known at that
//! moment, and it slips when it goes out after the day planned then: one that missed its day and was
//! planned anew slipped. Fitting sees the bills as they stood at the cut.

mod baselines;
mod course;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{Days, NaiveDate};
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
    let issued = ended.iter().filter_map(|course| course.stands.issued_on);
    let Some(until) = issued.max() else {
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

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use scrutineer::cases::billing::BillingInput;
    use scrutineer::cases::forecast_case::Question as _;
    use scrutineer::cases::record_case::RecordItem;
    use scrutineer::history::FactsAsOf;
    use scrutineer::learn::calibration::Platt;
    use scrutineer::learn::distribution::{Level, Range, Tails};
    use scrutineer::learn::learner::Learner;
    use scrutineer::learn::trees::Trees;
    use serde_json::{Value, json};

    use super::*;
    use crate::records::{Versions, keep};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// The same records as facts and by version.
    #[derive(Default)]
    struct Records {
        facts: Facts,
        bills: BTreeMap<String, Versions<Bill>>,
    }

    impl Records {
        fn put(&mut self, known_on: &str, version: u64, body: Value) {
            let (kind, known_at) = (RecordKind::Bill, moment(day(known_on)));
            keep(&mut self.bills, known_at, version, body.clone()).unwrap();
            self.facts.insert(kind, known_at, version, body).unwrap();
        }

        /// Bill `b` as it is looked at some days before its day, by what is known in the end.
        fn looked(&self, lead: u64) -> Option<Looked> {
            let courses = courses(&self.bills, moment(END));
            let mut courses = courses.iter();
            let course = courses.find(|course| course.stands.id.as_str() == "b")?;
            let facts = Arc::new(self.facts.clone());
            Looked::at(1, course, course.ahead(lead)?, day("2026-05-01"), &facts)
        }

        /// What is fitted on before a cut.
        fn fitted(&self, cut: &str) -> Vec<(NaiveDate, Outcome, Vec<u64>)> {
            let courses = courses(&self.bills, moment(day(cut)));
            let looked = to_fit(&courses, day(cut), &Arc::new(self.facts.clone()));
            let told = looked
                .iter()
                .map(|one| (one.on, one.outcome, bits(&one.row)));
            told.collect()
        }
    }

    fn bits(row: &[f64]) -> Vec<u64> {
        row.iter().map(|one| one.to_bits()).collect()
    }

    fn bill(planned_on: &str, issued_on: Option<&str>) -> Value {
        json!({"id": "b", "project_id": "p", "planned_on": planned_on, "issued_on": issued_on,
            "planned_amount": "1000", "currency": "EUR"})
    }

    fn withdrawn() -> Value {
        json!({"id": "b", "project_id": "p", "planned_on": "2026-03-09", "currency": "EUR",
            "status": "cancelled"})
    }

    /// A bill, as it was planned and as it was in the end.
    fn records() -> Records {
        let mut records = Records::default();
        let past = json!({"id": "a", "project_id": "p", "planned_on": "2026-02-09",
            "issued_on": "2026-02-12", "planned_amount": "900", "currency": "EUR"});
        records.put("2026-02-13", 1, past);
        let planned = json!({"id": "b", "project_id": "p", "period_start": "2026-02-01",
            "period_end": "2026-02-28", "planned_on": "2026-03-09", "planned_amount": "1000",
            "currency": "EUR", "status": "planned"});
        records.put("2026-02-01", 1, planned);
        let out = json!({"id": "b", "project_id": "p", "customer_id": "c",
            "period_start": "2026-01-01", "period_end": "2026-02-25", "planned_on": "2026-03-09",
            "issued_on": "2026-03-12", "planned_amount": "9000", "currency": "USD",
            "status": "issued"});
        records.put("2026-03-13", 2, out);
        records
    }

    #[test]
    fn what_is_fitted_on_is_bit_for_bit_what_the_service_judges_by() {
        let records = records();
        let facts = Arc::new(records.facts.clone());
        for lead in fitting::LEADS {
            let fitted = records.looked(lead).unwrap();
            let history = FactsAsOf::new(Arc::clone(&facts), moment(fitted.on));
            let item = RecordItem {
                id: "b".to_owned(),
                as_of: None,
                period_end: None,
            };
            let (input, served) = BillingInput::read(&item, &(), &history).unwrap();
            assert_eq!(bits(&fitted.row), bits(&served), "{lead} days before");
            assert_eq!(input.amount.as_deref(), Some("1000"));
            assert_eq!(input.planned_on, fitted.planned_on);
            assert_eq!(fitted.days(), Some(3.0));
        }
    }

    #[test]
    fn a_bill_that_was_withdrawn_or_out_by_then_is_not_asked_about() {
        let mut gone = records();
        gone.put("2026-03-01", 3, withdrawn());
        let asked = fitting::LEADS.map(|lead| gone.looked(lead).is_some());
        assert_eq!(asked, fitting::LEADS.map(|lead| lead > 8));
        // One that is out, nobody knows since when, says nothing of slipping.
        let mut unnoted = records();
        let body = json!({"id": "b", "project_id": "p", "planned_on": "2026-03-09",
            "currency": "EUR", "status": "issued"});
        unnoted.put("2026-03-20", 3, body);
        assert!(unnoted.looked(7).is_none());
    }

    #[test]
    fn a_bill_slips_by_the_plan_of_the_day_on_which_it_is_asked_about() {
        let moved = |known_on: &str| {
            let mut records = Records::default();
            records.put("2026-02-01", 1, bill("2026-03-09", None));
            records.put(known_on, 2, bill("2026-03-30", None));
            let out = bill("2026-03-30", Some("2026-04-02"));
            records.put("2026-04-03", 3, out);
            fitting::LEADS.map(|lead| {
                let looked = records.looked(lead).unwrap();
                (looked.planned_on, looked.days())
            })
        };
        let by_the_first = (day("2026-03-09"), Some(24.0));
        let by_the_last = (day("2026-03-30"), Some(3.0));
        // Planned anew after it had missed its day, and before.
        assert_eq!(moved("2026-03-10"), fitting::LEADS.map(|_| by_the_first));
        let moved_ten_days_before =
            fitting::LEADS.map(|lead| if lead > 10 { by_the_first } else { by_the_last });
        assert_eq!(moved("2026-02-27"), moved_ten_days_before);
    }

    #[test]
    fn what_is_known_after_the_cut_changes_nothing_that_is_fitted_on() {
        const CUT: &str = "2026-03-05";
        let mut records = Records::default();
        records.put("2026-02-01", 1, bill("2026-03-09", None));
        let known = records.fitted(CUT);
        let before = fitting::LEADS.iter().filter(|lead| **lead >= 5);
        assert_eq!(known.len(), before.count(), "five days before and earlier");
        records.put("2026-03-06", 2, withdrawn());
        assert_eq!(records.fitted(CUT), known);
        records.put("2026-03-07", 3, bill("2026-04-20", None));
        assert_eq!(records.fitted(CUT), known);
        records.put("2026-03-08", 4, bill("2026-03-09", Some("2026-03-04")));
        assert_eq!(records.fitted(CUT), known);
        // When it was withdrawn nobody says: then it teaches nothing.
        records.put("9999-12-31", 5, withdrawn());
        assert!(records.fitted(CUT).is_empty());
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
            outcome: Outcome::watched(None, -7.0),
            row: vec![1.0],
        };
        // A week ahead it cannot go out more than a week early any more.
        let ahead = looked("2026-03-09");
        let curve = ahead.curve(&model);
        assert!(curve.above(-8.0) == 1.0);
        assert!(curve.above(0.0) > model.curve(&[1.0]).above(0.0));
        // By another plan of then it has slipped already.
        let overdue = looked("2026-02-26");
        assert!(overdue.curve(&model).above(3.0) == 1.0);
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
