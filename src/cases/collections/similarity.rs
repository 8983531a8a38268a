//! Past payments weighed by how like they are to the one asked about.
//!
//! A kernel estimate within one customer (Nadaraya, "On estimating regression", 1964):
//! each payment counts by its age, its weekday, its day of the month and its amount.

use chrono::{Datelike as _, NaiveDate};

use super::features::Subject;
use super::past::Past;
use crate::cases::numbers::{HalfLife, days, flag};

/// Age at which a payment counts half.
static AGE: HalfLife = HalfLife::days(90.0);
/// What an invoice due on another weekday counts.
const OTHER_WEEKDAY: f64 = 0.1;
/// Difference of log amount at which a payment counts 1/e, 3.5 over a whole number: 0.7 beside the
/// weekday and 0.5 alone. Both are powers of what 3.5 gives, worked out once for each payment.
const AMOUNT: f64 = 3.5;
const AMOUNT_WITH_WEEKDAY: i32 = 5;
const AMOUNT_ALONE: i32 = 7;
/// Days of the month at which a payment counts 1/e.
const MONTH_DAYS: f64 = 1.5;
/// Difference of log amount taken where the currency is another.
const UNKNOWN_AMOUNT: f64 = 1.0;
/// Weight of the customer's own level, in payments.
const DRAWN: f64 = 0.5;
/// Lateness told apart, in days.
const FIRST: i32 = -120;
const LAST: i32 = 365;

/// Weights of past payments by lateness, for one invoice.
pub(super) struct Likeness {
    late_share: f64,
    weekday: Sums,
    like: Sums,
    amount: Sums,
    month_day: Sums,
    weekday_days: Spread,
    like_days: Spread,
}

#[derive(Default)]
struct Sums {
    late: f64,
    weight: f64,
}

/// What a payment counts for its age.
pub(super) fn weight(due_on: NaiveDate, today: NaiveDate) -> f64 {
    AGE.at(days(due_on, today).max(0.0))
}

/// Weight by whole day of lateness.
struct Spread {
    weights: Vec<f64>,
    /// Where there is any.
    first: usize,
    last: usize,
}

impl Likeness {
    /// Of an invoice whose amount has this natural logarithm.
    pub(super) fn of(past: &Past, subject: &Subject<'_>, amount: f64) -> Self {
        let due_on = subject.due_on;
        let due_weekday = due_on.weekday().num_days_from_monday();
        let mut found = Self {
            late_share: past.late_share,
            weekday: Sums::default(),
            like: Sums::default(),
            amount: Sums::default(),
            month_day: Sums::default(),
            weekday_days: Spread::new(),
            like_days: Spread::new(),
        };
        // Days of the month lie at most fifteen apart.
        let of_month_days: [f64; 16] =
            std::array::from_fn(|apart| (-(apart as f64) / MONTH_DAYS).exp());
        for paid in &past.settled {
            let age = paid.weight;
            let same_weekday = u32::from(paid.due_weekday) == due_weekday;
            let weekday = age * if same_weekday { 1.0 } else { OTHER_WEEKDAY };
            let apart = (paid.amount(subject.currency) - amount).abs();
            let apart = if apart.is_nan() {
                UNKNOWN_AMOUNT
            } else {
                apart
            };
            let alike = (-apart / AMOUNT).exp();
            let like = weekday * alike.powi(AMOUNT_WITH_WEEKDAY);
            let late = flag(paid.late() > 0.0);
            found.weekday.add(late, weekday);
            found.like.add(late, like);
            found.amount.add(late, age * alike.powi(AMOUNT_ALONE));
            let month_days = days_within_month(paid.due_day.into(), due_on.day());
            let month_day = of_month_days.get(month_days).copied().unwrap_or(0.0);
            found.month_day.add(late, age * month_day);
            found.weekday_days.add(paid.late(), weekday);
            found.like_days.add(paid.late(), like);
        }
        found
    }

    /// Shares late by weekday, by all, by amount and by day of the month; how much history
    /// is like; days late by weekday; days late by all, in the middle, high and low.
    pub(super) fn features(&self) -> [f64; 9] {
        let share = |sums: &Sums| sums.share(self.late_share);
        [
            share(&self.weekday),
            share(&self.like),
            share(&self.amount),
            share(&self.month_day),
            self.like.weight,
            self.weekday_days.quantile(0.5),
            self.like_days.quantile(0.5),
            self.like_days.quantile(0.8),
            self.like_days.quantile(0.2),
        ]
    }
}

impl Sums {
    fn add(&mut self, late: f64, weight: f64) {
        self.late += late * weight;
        self.weight += weight;
    }

    fn share(&self, level: f64) -> f64 {
        (self.late + DRAWN * level) / (self.weight + DRAWN)
    }
}

impl Spread {
    fn new() -> Self {
        Self {
            weights: vec![0.0; (LAST - FIRST + 1) as usize],
            first: usize::MAX,
            last: 0,
        }
    }

    fn add(&mut self, late: f64, weight: f64) {
        let at = (late.clamp(f64::from(FIRST), f64::from(LAST)) as i32 - FIRST) as usize;
        if let Some(sum) = self.weights.get_mut(at) {
            *sum += weight;
            self.first = self.first.min(at);
            self.last = self.last.max(at);
        }
    }

    /// The least lateness below or at which this share of the weight lies; missing for no weight.
    fn quantile(&self, share: f64) -> f64 {
        let within = self.weights.get(self.first..=self.last);
        let within = within.unwrap_or_default();
        let total: f64 = within.iter().sum();
        if total <= 0.0 {
            return f64::NAN;
        }
        let mut below = 0.0;
        let reached = (FIRST..=LAST)
            .skip(self.first)
            .zip(within)
            .find(|(_, weight)| {
                below += **weight;
                below >= share * total
            });
        f64::from(reached.map_or(LAST, |(day, _)| day))
    }
}

/// Days of the month apart, the short way round.
fn days_within_month(a: u32, b: u32) -> usize {
    let apart = a.abs_diff(b);
    apart.min(30_u32.abs_diff(apart)) as usize
}
