//! Whether the day or the month comes first between slashes: one time does not say, its column does.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime};

use super::time::is_within;
use super::xes::shortened;

/// What comes first in a day whose year comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayOrder {
    /// `13/02/2024`.
    DayFirst,
    /// `02/13/2024`.
    MonthFirst,
}

/// Clocks behind such a day.
const CLOCKS: [&str; 4] = ["%H:%M:%S%.f", "%H:%M", "%I:%M:%S %p", "%I:%M %p"];
/// Months of a year.
const MONTHS: u8 = 12;

impl DayOrder {
    /// The moment that a text states so, with or without a clock, which is taken for UTC.
    pub(super) fn read(self, text: &str) -> Option<DateTime<FixedOffset>> {
        let text = text.trim();
        let whole = text.strip_suffix(" UTC").unwrap_or(text);
        let (day, clock) = match whole.split_once(' ') {
            Some((day, clock)) => (day, Some(clock.trim())),
            None => (whole, None),
        };
        let form = match self {
            Self::DayFirst => "%d/%m/%Y",
            Self::MonthFirst => "%m/%d/%Y",
        };
        let day = NaiveDate::parse_from_str(day, form).ok()?;
        let of_form = |clock: &str, form: &str| NaiveTime::parse_from_str(clock, form).ok();
        let clock = match clock {
            Some(clock) => CLOCKS.iter().find_map(|form| of_form(clock, form))?,
            None => NaiveTime::MIN,
        };
        let time = day.and_time(clock).and_utc().fixed_offset();
        is_within(&time).then_some(time)
    }

    const fn first(self) -> &'static str {
        match self {
            Self::DayFirst => "day",
            Self::MonthFirst => "month",
        }
    }
}

/// What a column has shown so far.
#[derive(Debug)]
pub(super) struct Shown {
    order: Option<DayOrder>,
    /// Line of the time that shows it; none where it was said.
    line: Option<u64>,
}

impl Shown {
    /// Of a column of which nothing was read, but something may have been said.
    pub(super) const fn new(said: Option<DayOrder>) -> Self {
        Self {
            order: said,
            line: None,
        }
    }

    /// The order, where it is known.
    pub(super) const fn order(&self) -> Option<DayOrder> {
        self.order
    }

    /// Looks at one more time. Whether it can be read by what is known.
    ///
    /// # Errors
    /// If it has another order, in words.
    pub(super) fn look(&mut self, text: &str, line: u64) -> Result<bool, String> {
        let Some((first, second)) = numbers(text) else {
            return Ok(true);
        };
        let shows = match (first > MONTHS, second > MONTHS) {
            (true, false) => DayOrder::DayFirst,
            (false, true) => DayOrder::MonthFirst,
            _ => return Ok(self.order.is_some()),
        };
        let Some(order) = self.order else {
            (self.order, self.line) = (Some(shows), Some(line));
            return Ok(true);
        };
        if order == shows {
            return Ok(true);
        }
        let before = match self.line {
            Some(line) => format!("that of line {line} the {}", order.first()),
            None => format!("and the {} was said to come first", order.first()),
        };
        let (text, shows) = (shortened(text), shows.first());
        Err(format!("the time {text:?} has the {shows} first, {before}"))
    }
}

/// The two numbers before the year of a day between slashes.
fn numbers(text: &str) -> Option<(u8, u8)> {
    let (first, rest) = text.trim().split_once('/')?;
    let (second, rest) = rest.split_once('/')?;
    let year = rest.as_bytes().get(..4)?;
    let number = |digits: &str| digits.parse().ok().filter(|_| digits.len() <= 2);
    let both = number(first).zip(number(second));
    both.filter(|_| year.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_between_slashes_are_read_by_their_order() {
        for (text, order, utc) in [
            ("13/02/2024", DayOrder::DayFirst, "2024-02-13T00:00:00Z"),
            ("1/2/2024 8:05", DayOrder::DayFirst, "2024-02-01T08:05:00Z"),
            (
                "1/2/2024 8:05",
                DayOrder::MonthFirst,
                "2024-01-02T08:05:00Z",
            ),
            (
                "02/13/2024 10:05:00.5",
                DayOrder::MonthFirst,
                "2024-02-13T10:05:00.5Z",
            ),
            (
                "02/13/2024 10:05:07 PM",
                DayOrder::MonthFirst,
                "2024-02-13T22:05:07Z",
            ),
            (
                " 02/13/2024 12:05 am UTC ",
                DayOrder::MonthFirst,
                "2024-02-13T00:05:00Z",
            ),
        ] {
            let expected: DateTime<chrono::Utc> = utc.parse().unwrap();
            assert_eq!(order.read(text), Some(expected.fixed_offset()), "{text}");
        }
        for text in [
            "13/13/2024",
            "13/02/24",
            "13/02/0024",
            "13/02/2024 noon",
            "2/2024",
            "",
        ] {
            assert_eq!(DayOrder::DayFirst.read(text), None, "{text}");
        }
        assert_eq!(DayOrder::MonthFirst.read("13/02/2024"), None);
    }

    #[test]
    fn a_column_shows_its_order_by_numbers_that_are_no_month() {
        let mut shown = Shown::new(None);
        for text in ["2024/13/02", "2024-02-13", "13.02.2024", "13/02/24", ""] {
            assert_eq!(shown.look(text, 1), Ok(true), "{text}");
        }
        assert_eq!(shown.look("01/02/2024 08:00", 2), Ok(false));
        assert_eq!(shown.look("13/02/2024 08:00", 3), Ok(true));
        assert_eq!(shown.order(), Some(DayOrder::DayFirst));
        assert_eq!(shown.look("01/02/2024 08:00", 4), Ok(true));
        let other = "the time \"02/13/2024\" has the month first, that of line 3 the day";
        assert_eq!(shown.look("02/13/2024", 5), Err(other.to_owned()));
        let mut said = Shown::new(Some(DayOrder::MonthFirst));
        assert_eq!(said.look("01/02/2024", 2), Ok(true));
        let other =
            "the time \"13/02/2024\" has the day first, and the month was said to come first";
        assert_eq!(said.look("13/02/2024", 3), Err(other.to_owned()));
    }
}
