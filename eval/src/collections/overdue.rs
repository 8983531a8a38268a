//! What is said of open invoices some days before and after they are due.
//!
//! The list of whom to contact lives on it, and it is not what was fitted: the curve of the
//! day of issue is cut at the day of the question. So it is asked as the service asks it, with what
//! was known that day, of the invoices then still open.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use scrutineer::history::Facts;
use scrutineer::learn::distribution::Distribution;
use scrutineer_fitting::collections::{VERY_LATE_DAYS, days_passed};
use scrutineer_fitting::distribution::{Example, Outcome};
use scrutineer_fitting::notes::WhenMet;

use super::Invoice;
use super::rows::rows_on;
use crate::EvalError;
use crate::coverage::share_within;
use crate::metrics::{self, BINS, Scored, brier, calibration_error};

/// Days after the due day, before it negative, on which is asked.
const AGES: [i64; 6] = [-7, -1, 1, 8, 15, 31];
/// Once very late, what is asked is whether it stays open so much longer.
const LONGER_DAYS: f64 = 30.0;

type Figures = BTreeMap<String, Option<f64>>;

/// Figures at every age, and the same of the share among the invoices fitted on.
pub(super) fn figures(
    facts: &Arc<Facts>,
    asked: &[&Invoice],
    end: Option<NaiveDate>,
    model: &Distribution,
    fitted_on: &[Example],
) -> Result<(Figures, Figures), EvalError> {
    let notes = WhenMet::default();
    let (mut ours, mut plain) = (Figures::new(), Figures::new());
    for age in AGES {
        let question = Question::of(age);
        let share = question.share(fitted_on.iter().map(|example| example.outcome));
        let dated = asked.iter().copied().filter_map(|invoice| {
            let day = invoice.after_due(age);
            let open = question.is_open(invoice.outcome) && day >= invoice.issued_on;
            let is_asked = open && end.is_none_or(|end| day < end);
            is_asked.then_some((invoice, day))
        });
        let dated: Vec<(&Invoice, NaiveDate)> = dated.collect();
        let rows = rows_on(&dated, facts, &notes)?;
        let (mut scored, mut baseline, mut held) = (Vec::new(), Vec::new(), Vec::new());
        for ((invoice, _), row) in dated.iter().zip(rows) {
            let curve = model.curve(&row).given_above(question.passed);
            held.push((invoice.outcome, model.interval(&row, &curve)));
            if let Some(came) = invoice.outcome.above(question.threshold) {
                scored.push((curve.above(question.threshold), came));
                baseline.extend(share.map(|share| (share, came)));
            }
        }
        let tell = |into: &mut Figures, name: &str, value: Option<f64>| {
            let when = if age < 0 { "before" } else { "overdue" };
            into.insert(format!("{when}{:02}_{name}", age.abs()), value);
        };
        tell(&mut ours, "asked", Some(scored.len() as f64));
        tell(&mut ours, "probability", mean_score(&scored));
        tell(&mut ours, "came", mean_truth(&scored));
        tell(&mut ours, "brier", brier(&scored));
        tell(&mut ours, "ece", calibration_error(&scored, BINS));
        let certain = scored
            .iter()
            .filter(|(score, _)| [0.0, 1.0].contains(score));
        tell(&mut ours, "certain", Some(certain.count() as f64));
        tell(&mut ours, "coverage80", share_within(held.into_iter()));
        tell(&mut plain, "probability", mean_score(&baseline));
        tell(&mut plain, "brier", brier(&baseline));
        tell(&mut plain, "ece", calibration_error(&baseline, BINS));
    }
    Ok((ours, plain))
}

/// What is asked of an invoice at an age, as the service asks it.
struct Question {
    /// Days late that are ruled out: it is paid on the day of the question at the earliest.
    passed: f64,
    /// Days late that the score is the probability of exceeding.
    threshold: f64,
}

impl Question {
    fn of(age: i64) -> Self {
        let days = age as f64;
        Self {
            passed: days_passed(age),
            threshold: if age <= 0 {
                0.0
            } else if days <= VERY_LATE_DAYS {
                VERY_LATE_DAYS
            } else {
                days + LONGER_DAYS
            },
        }
    }

    fn is_open(&self, outcome: Outcome) -> bool {
        outcome.above(self.passed) == Some(true)
    }

    /// Share that came true among those that were open so long.
    fn share(&self, outcomes: impl Iterator<Item = Outcome>) -> Option<f64> {
        let open = outcomes.filter(|outcome| self.is_open(*outcome));
        let came = open.filter_map(|outcome| outcome.above(self.threshold));
        metrics::mean(came.map(|came| f64::from(u8::from(came))))
    }
}

fn mean_score(scored: &[Scored]) -> Option<f64> {
    metrics::mean(scored.iter().map(|(score, _)| *score))
}

fn mean_truth(scored: &[Scored]) -> Option<f64> {
    metrics::mean(scored.iter().map(|(_, came)| f64::from(u8::from(*came))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn before_it_is_due_is_asked_whether_it_comes_late_and_then_how_late() {
        let asked = AGES.map(|age| {
            let question = Question::of(age);
            (question.passed, question.threshold)
        });
        let expected = [
            (-8.0, 0.0),
            (-2.0, 0.0),
            (0.0, 30.0),
            (7.0, 30.0),
            (14.0, 30.0),
            (30.0, 61.0),
        ];
        assert_eq!(asked, expected);
        // Paid eight days before it was due, and a day later.
        let open = |late: f64| Question::of(-7).is_open(Outcome::known(late));
        assert_eq!([-8.0, -7.0].map(open), [false, true]);
    }
}
