//! Numbers that features are made of; what cannot be told is not a number.

use std::sync::OnceLock;

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

/// The same of whole days, bit by bit, looked up: a customer has hundreds of payments.
pub(super) struct HalfLife {
    half: f64,
    of_days: OnceLock<Box<[f64]>>,
}

/// Ages that are looked up, in days.
const LOOKED_UP: u16 = 4096;

impl HalfLife {
    /// Of something that counts half at so many days.
    pub(super) const fn days(half: f64) -> Self {
        Self {
            half,
            of_days: OnceLock::new(),
        }
    }

    /// What it counts at an age.
    pub(super) fn at(&self, age: f64) -> f64 {
        let all = || (0..LOOKED_UP).map(|age| half_life(f64::from(age), self.half));
        let of_days = self.of_days.get_or_init(|| all().collect());
        let whole = age.fract() == 0.0 && age >= 0.0;
        let known = of_days.get(age as usize).filter(|_| whole);
        known.copied().unwrap_or_else(|| half_life(age, self.half))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_up_is_what_is_worked_out() {
        let looked_up = HalfLife::days(60.0);
        for age in [0.0, 1.0, 59.0, 60.0, 4095.0, 4096.0, 9e9, 0.5, -3.0] {
            assert_eq!(looked_up.at(age), half_life(age, 60.0), "{age}");
        }
        assert!(looked_up.at(f64::NAN).is_nan());
    }
}
