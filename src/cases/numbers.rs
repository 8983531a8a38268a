//! Numbers that features are made of; what cannot be told is not a number.

use chrono::{Datelike as _, NaiveDate};

/// Natural logarithm of an amount; credits and cents count as one unit.
pub(super) fn log_amount(amount: f64) -> f64 {
    amount.max(1.0).ln()
}

/// One for yes.
pub(super) fn flag(yes: bool) -> f64 {
    f64::from(u8::from(yes))
}

/// Days from one to another; negative when backwards.
pub(super) fn days(from: NaiveDate, to: NaiveDate) -> f64 {
    (to - from).num_days() as f64
}

/// What something of an age counts that counts half at `half`.
pub(super) fn half_life(age: f64, half: f64) -> f64 {
    (-age / half).exp2()
}

/// Monday is 0.
pub(super) fn weekday(day: NaiveDate) -> f64 {
    f64::from(day.weekday().num_days_from_monday())
}

/// Days left in the month.
pub(super) fn days_to_month_end(day: NaiveDate) -> f64 {
    f64::from(u32::from(day.num_days_in_month()) - day.day())
}

/// The mean; missing for nothing, and of what is not missing.
pub(super) fn mean(values: impl Iterator<Item = f64>) -> f64 {
    weighed(values.map(|value| (value, 1.0)))
}

/// The mean of values with their weights; missing for nothing.
pub(super) fn weighed(values: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (sum, weight) = values
        .filter(|(value, _)| !value.is_nan())
        .fold((0.0, 0.0), |(sum, weight), (value, w)| {
            (sum + value * w, weight + w)
        });
    if weight > 0.0 { sum / weight } else { f64::NAN }
}
