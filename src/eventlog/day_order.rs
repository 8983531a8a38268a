//! Whether the day or the month comes first in days whose year comes last, between slashes or dashes: one such
//! day does not say, its column does.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset as _, Utc};

use super::time::{StatedTime, is_within};
use super::xes::shortened;

/// What comes first in a day whose year comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayOrder {
    /// `13/02/2024`, `13-02-2024`.
    DayFirst,
    /// `02/13/2024`, `02-13-2024`.
    MonthFirst,
}

/// What parts the numbers of such a day. Between points the day comes first wherever points are written.
const BETWEEN: [char; 2] = ['/', '-'];
/// Clocks behind such a day.
const CLOCKS: [&str; 4] = ["%H:%M:%S%.f", "%H:%M", "%I:%M:%S %p", "%I:%M %p"];
/// Months of a year.
const MONTHS: u8 = 12;

impl DayOrder {
    /// What a text states so: a day, with or without a clock. Where no offset is stated, the clock is taken
    /// for UTC.
    #[must_use]
    pub fn stated(self, text: &str) -> Option<StatedTime> {
        let text = text.trim();
        let whole = text.strip_suffix(" UTC").unwrap_or(text);
        let (day, clock) = match whole.split_once([' ', 'T']) {
            Some((day, clock)) => (day, Some(clock.trim())),
            None => (whole, None),
        };
        let day = self.day(day)?;
        let time = match clock {
            Some(text) => {
                let (clock, offset) = clock_and_offset(text)?;
                NaiveDateTime::new(day, clock)
                    .and_local_timezone(offset)
                    .single()?
            }
            None => day.and_time(NaiveTime::MIN).and_utc().fixed_offset(),
        };
        let is_day = clock.is_none();
        is_within(&time).then_some(StatedTime { time, is_day })
    }

    /// The moment that a text states so.
    pub(super) fn read(self, text: &str) -> Option<DateTime<FixedOffset>> {
        self.stated(text).map(|stated| stated.time)
    }

    /// The order that a text shows: one of its two numbers before the year is no month.
    #[must_use]
    pub fn shown_by(text: &str) -> Option<Self> {
        let (first, second) = numbers(text)?;
        match (first > MONTHS, second > MONTHS) {
            (true, false) => Some(Self::DayFirst),
            (false, true) => Some(Self::MonthFirst),
            _ => None,
        }
    }

    /// Whether a text states a day whose year comes last, between slashes or dashes: no other text is read by
    /// an order.
    #[must_use]
    pub fn reads(text: &str) -> bool {
        numbers(text).is_some()
    }

    fn day(self, text: &str) -> Option<NaiveDate> {
        let form = match (self, text.contains('-')) {
            (Self::DayFirst, false) => "%d/%m/%Y",
            (Self::DayFirst, true) => "%d-%m-%Y",
            (Self::MonthFirst, false) => "%m/%d/%Y",
            (Self::MonthFirst, true) => "%m-%d-%Y",
        };
        NaiveDate::parse_from_str(text, form).ok()
    }

    /// What comes first, in words.
    #[must_use]
    pub const fn first(self) -> &'static str {
        match self {
            Self::DayFirst => "day",
            Self::MonthFirst => "month",
        }
    }
}

/// A clock, and the offset that stands behind it, if any.
fn clock_and_offset(text: &str) -> Option<(NaiveTime, FixedOffset)> {
    let (clock, offset) = match text.rfind(['+', '-']) {
        Some(at) => {
            let (clock, offset) = text.split_at_checked(at)?;
            let mut digits = offset.chars().skip(1);
            let is_offset = digits.all(|one| one.is_ascii_digit() || one == ':');
            let offset = is_offset.then(|| offset.parse::<FixedOffset>().ok());
            (clock.trim_end(), offset.flatten()?)
        }
        None => (text.strip_suffix('Z').unwrap_or(text), Utc.fix()),
    };
    let of_form = |form: &&str| NaiveTime::parse_from_str(clock, form).ok();
    CLOCKS.iter().find_map(of_form).map(|clock| (clock, offset))
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
        if !DayOrder::reads(text) {
            return Ok(true);
        }
        let Some(shows) = DayOrder::shown_by(text) else {
            return Ok(self.order.is_some());
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

/// The two numbers before the year of a day whose year comes last.
fn numbers(text: &str) -> Option<(u8, u8)> {
    let text = text.trim();
    let between = text.chars().find(|one| BETWEEN.contains(one))?;
    let (first, rest) = text.split_once(between)?;
    let (second, rest) = rest.split_once(between)?;
    let (year, behind) = rest.as_bytes().split_at_checked(4)?;
    let number = |digits: &str| digits.parse().ok().filter(|_| digits.len() <= 2);
    let both = number(first).zip(number(second));
    let is_year = year.iter().all(u8::is_ascii_digit);
    let goes_on = behind.first().is_some_and(u8::is_ascii_digit);
    both.filter(|_| is_year && !goes_on)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_whose_year_comes_last_are_read_by_their_order() {
        for (text, order, utc) in [
            (
                "13-02-2024 10:05",
                DayOrder::DayFirst,
                "2024-02-13T10:05:00Z",
            ),
            ("02-13-2024", DayOrder::MonthFirst, "2024-02-13T00:00:00Z"),
            (
                "13/02/2024T10:05:00Z",
                DayOrder::DayFirst,
                "2024-02-13T10:05:00Z",
            ),
            (
                "13/02/2024 10:05 +02:00",
                DayOrder::DayFirst,
                "2024-02-13T08:05:00Z",
            ),
            (
                "02/13/2024 10:05:00.5-0130",
                DayOrder::MonthFirst,
                "2024-02-13T11:35:00.5Z",
            ),
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
            let is_day = !text.contains(':');
            assert_eq!(order.stated(text).unwrap().is_day, is_day, "{text}");
            assert!(DayOrder::reads(text), "{text}");
        }
        for text in [
            "13/13/2024",
            "13/02/24",
            "13/02/0024",
            "13/02/2024 noon",
            "13/02/2024 10:05 +later",
            "13/02-2024",
            "2024-02-13",
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
        for text in [
            "2024/13/02",
            "2024-02-13",
            "13.02.2024",
            "13/02/24",
            "1/2/20245",
            "",
        ] {
            assert_eq!(shown.look(text, 1), Ok(true), "{text}");
            assert!(!DayOrder::reads(text), "{text}");
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
