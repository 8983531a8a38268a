//! A span of days.

use chrono::NaiveDate;

/// From one day to another, both within.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    start: NaiveDate,
    end: NaiveDate,
}

/// The end lies before the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("ends before it starts")]
pub struct InvalidPeriod;

impl Period {
    /// Checks the order.
    ///
    /// # Errors
    /// [`InvalidPeriod`] if `end` is before `start`.
    pub fn new(start: NaiveDate, end: NaiveDate) -> Result<Self, InvalidPeriod> {
        if start <= end {
            Ok(Self { start, end })
        } else {
            Err(InvalidPeriod)
        }
    }

    /// First day.
    #[must_use]
    pub const fn start(self) -> NaiveDate {
        self.start
    }

    /// Last day.
    #[must_use]
    pub const fn end(self) -> NaiveDate {
        self.end
    }

    /// Days in it, at least 1.
    #[must_use]
    pub fn days(self) -> i64 {
        (self.end - self.start).num_days() + 1
    }

    /// Whether the day lies within.
    #[must_use]
    pub fn contains(self, day: NaiveDate) -> bool {
        self.start <= day && day <= self.end
    }
}

#[cfg(test)]
mod tests {
    use super::{InvalidPeriod, Period};
    use chrono::NaiveDate;

    #[test]
    fn a_period_counts_both_ends() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let leap = Period::new(day("2024-02-28"), day("2024-03-01")).unwrap();
        assert_eq!(leap.days(), 3);
        assert!(leap.contains(day("2024-02-29")));
        assert!(!leap.contains(day("2024-03-02")));
        let back = Period::new(day("2024-03-01"), day("2024-02-28"));
        assert_eq!(back, Err(InvalidPeriod));
    }
}
