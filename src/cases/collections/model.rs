//! Days late of one invoice as a distribution, seen from today.

use chrono::{Days, NaiveDate, TimeDelta};

use super::counterfactuals;
use super::explanation::WORDS;
use super::input::CollectionsInput;
use crate::advice::{Counterfactual, InvalidRecommendation};
use crate::cases::forecast::{Explained, Explaining, is_beyond};
use crate::learn::distribution::Curve;
use crate::learn::forecast::Forecast;

/// Code of the reason that some time has passed already: true, and no news to a collector.
pub(super) const OPEN_UNTIL_TODAY: &str = "open_until_today";
/// Weeks that expected cash is given for, this one first.
const WEEKS: u64 = 13;
/// Days beyond today that a delay counts at most: what is later is not moved by a contact now.
pub(super) const MOVABLE_DAYS: f64 = 90.0;
/// Once very late, what is asked is whether it stays open so much longer.
const LONGER_DAYS: f64 = 30.0;

/// What the score is the probability of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    /// Not due yet: will it be paid late?
    Late,
    /// Overdue: will it become very late?
    VeryLate,
    /// Very late: will it be open for 30 days more?
    StillOpen,
}

impl Question {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Late => "paid_late",
            Self::VeryLate => "paid_very_late",
            Self::StillOpen => "open_in_30_days",
        }
    }
}

/// What is foretold of one invoice.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) question: Question,
    /// The score.
    pub(super) probability: f64,
    pub(super) late: f64,
    pub(super) very_late: f64,
    /// Days of payment: p10, p50 and p90.
    pub(super) payment: [NaiveDate; 3],
    /// Days late that hold the truth with the model's coverage.
    pub(super) interval: (f64, f64),
    /// Days unpaid and overdue from today on that a contact could shorten, on average.
    pub(super) days_at_stake: f64,
    /// Monday of each week and the share of the money that comes in it.
    pub(super) weeks: Vec<(NaiveDate, f64)>,
    pub(super) explained: Explained,
    pub(super) counterfactuals: Vec<Counterfactual>,
}

impl Verdict {
    /// Foretells; the same input and row give the same verdict, bit for bit.
    pub(super) fn of(
        forecast: &Forecast,
        input: &CollectionsInput,
        row: &[f64],
    ) -> Result<Self, InvalidRecommendation> {
        let today = input.as_of.date_naive();
        let very_late_days = f64::from(input.policy.very_late_days);
        let distribution = forecast.distribution();
        let Asked {
            question,
            threshold,
            passed,
        } = Asked::of(input, input.due_on);
        let curve = open_today(forecast, row, passed);
        let probability = curve.above(threshold);
        let explained = Explaining {
            forecast,
            row,
            words: &WORDS,
            threshold,
            probability,
            beyond: (OPEN_UNTIL_TODAY, waited(input, today)),
        }
        .explain()?;
        let payment =
            [0.1, 0.5, 0.9].map(|share| on(input.due_on, curve.quantile(share)).max(today));
        let from = passed.max(0.0);
        Ok(Self {
            question,
            probability,
            late: curve.above(0.0),
            very_late: curve.above(very_late_days),
            payment,
            interval: distribution.interval(row, &curve),
            days_at_stake: curve.mean_above(from) - curve.mean_above(from + MOVABLE_DAYS),
            weeks: weeks(&curve, input.due_on, today),
            explained,
            counterfactuals: counterfactuals::of(input, row, forecast, question, probability),
        })
    }
}

/// What is asked of an invoice that is open today.
pub(super) struct Asked {
    pub(super) question: Question,
    /// Days late that the score is the probability of exceeding.
    threshold: f64,
    /// Days overdue; negative before.
    passed: f64,
}

impl Asked {
    pub(super) fn of(input: &CollectionsInput, due_on: NaiveDate) -> Self {
        let passed = (input.as_of.date_naive() - due_on).num_days() as f64;
        let very_late_days = f64::from(input.policy.very_late_days);
        let (question, threshold) = if passed <= 0.0 {
            (Question::Late, 0.0)
        } else if passed <= very_late_days {
            (Question::VeryLate, very_late_days)
        } else {
            (Question::StillOpen, passed + LONGER_DAYS)
        };
        Self {
            question,
            threshold,
            passed,
        }
    }
}

/// The question of an invoice due on a day, and the probability by these features.
pub(super) fn chance(
    forecast: &Forecast,
    input: &CollectionsInput,
    due_on: NaiveDate,
    row: &[f64],
) -> (Question, f64) {
    let asked = Asked::of(input, due_on);
    let curve = open_today(forecast, row, asked.passed);
    (asked.question, curve.above(asked.threshold))
}

impl CollectionsInput {
    /// Whether it is open for longer than any invoice that the model was fitted on: what follows, nobody
    /// has seen.
    pub(super) fn is_beyond(&self, forecast: &Forecast) -> bool {
        let passed = Asked::of(self, self.due_on).passed;
        is_beyond(forecast, passed - 1.0)
    }
}

/// Open today: it is paid today at the earliest.
fn open_today(forecast: &Forecast, row: &[f64], passed: f64) -> Curve {
    forecast.distribution().curve(row).given_above(passed - 1.0)
}

fn waited(input: &CollectionsInput, today: NaiveDate) -> String {
    let days = (today - input.issued_on).num_days();
    format!(
        "Open {days} days after it was issued: earlier payment is ruled out, and the day asked about lies between those that were fitted."
    )
}

fn on(due_on: NaiveDate, late: f64) -> NaiveDate {
    TimeDelta::try_days(late as i64)
        .and_then(|days| due_on.checked_add_signed(days))
        .unwrap_or(NaiveDate::MAX)
}

/// How the money is spread over the weeks to come.
fn weeks(curve: &Curve, due_on: NaiveDate, today: NaiveDate) -> Vec<(NaiveDate, f64)> {
    let late = |day: NaiveDate| (day - due_on).num_days() as f64;
    let monday = today.week(chrono::Weekday::Mon).first_day();
    let mut open = 1.0;
    let mut weeks = Vec::new();
    for week in 0..WEEKS {
        let first = monday + Days::new(7 * week);
        let after = curve.above(late(first) + 6.0);
        weeks.push((first, open - after));
        open = after;
    }
    weeks
}
