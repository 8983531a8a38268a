//! Bills as they are fitted on and asked about.

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
fn a_bill_dated_far_ahead_makes_no_planned_one_late() {
    let until = |slip: &str| {
        let mut records = Records::default();
        let mut put = |id: &str, planned_on: &str, issued_on: Option<&str>| {
            let mut body = bill(planned_on, issued_on);
            body["id"] = json!(id);
            records.put("2026-01-01", 1, body);
        };
        for number in 1..=9 {
            let planned_on = format!("2026-02-{:02}", 3 * number);
            let id = format!("b{number}");
            put(&id, &planned_on, Some(planned_on.as_str()));
        }
        put("planned", "2026-06-02", None);
        put("slip", "2026-02-09", Some(slip));
        let courses = courses(&records.bills, moment(END));
        let until = last_issue(&courses, day("2027-06-30")).unwrap();
        let facts = Arc::new(records.facts.clone());
        let asked = |until: NaiveDate| to_ask(&courses, day("2026-01-05"), until, &facts).len();
        assert_eq!(asked(day("2026-06-30")), 11, "the planned one among them");
        (until, asked(until))
    };
    // In ten years, and mistyped by one that has passed.
    for slip in ["2036-02-10", "2027-02-10"] {
        assert_eq!(until(slip), (day("2026-02-27"), 10), "{slip}");
    }
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
    // Seventeen before the cut, each looked at on many days, and five after it.
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
