//! Times as logs write them.

use chrono::{DateTime, Datelike as _, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};

/// Forms without an offset, taken for UTC.
const LOCAL: [&str; 8] = [
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S%.f",
    "%Y/%m/%d %H:%M",
    "%d.%m.%Y %H:%M:%S%.f",
    "%d.%m.%Y %H:%M",
];
/// Forms of a day alone. Between points the day comes first wherever points are written.
const DAYS: [&str; 3] = ["%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d"];
/// Forms with an offset that are not RFC 3339.
const WITH_OFFSET: [&str; 5] = [
    "%Y-%m-%dT%H:%M:%S%.f%z",
    "%Y-%m-%dT%H:%M%#z",
    "%Y-%m-%d %H:%M%#z",
    "%Y-%m-%d %H:%M:%S%.f%#z",
    "%Y/%m/%d %H:%M:%S%.f%z",
];

/// A moment as a text states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatedTime {
    /// The moment; of a day alone its first.
    pub time: DateTime<FixedOffset>,
    /// Whether the text states a day alone.
    pub is_day: bool,
}

/// A moment: RFC 3339, the like with a blank or slashes, day, month and year between points, or a
/// day alone for its first moment. Where no offset is stated, the clock is kept and taken for UTC. A
/// form that could mean two days (day and month before the year, between slashes or dashes) is none: only a
/// whole column says which of the two comes first ([`super::DayOrder`]).
#[must_use]
pub fn parse_time(text: &str) -> Option<DateTime<FixedOffset>> {
    parse_stated(text).map(|stated| stated.time)
}

/// The same, with whether the text states a day alone.
#[must_use]
pub fn parse_stated(text: &str) -> Option<StatedTime> {
    let text = text.trim();
    let whole = text.strip_suffix(" UTC").unwrap_or(text);
    let moment = DateTime::parse_from_rfc3339(text).ok();
    let moment = moment
        .or_else(|| with_offset(whole))
        .or_else(|| local(whole));
    let stated = match moment {
        Some(time) => StatedTime {
            time,
            is_day: false,
        },
        None => StatedTime {
            time: day(whole)?,
            is_day: true,
        },
    };
    is_within(&stated.time).then_some(stated)
}

/// Whether a moment lies on a day that systems write where none is known: 1900-01-01 or 9999-12-31.
#[must_use]
pub fn is_placeholder(time: &DateTime<FixedOffset>) -> bool {
    let day = (time.year(), time.month(), time.day());
    matches!(day, (1900, 1, 1) | (9999, 12, 31))
}

fn with_offset(text: &str) -> Option<DateTime<FixedOffset>> {
    let mut forms = WITH_OFFSET.iter();
    forms.find_map(|form| DateTime::parse_from_str(text, form).ok())
}

fn local(text: &str) -> Option<DateTime<FixedOffset>> {
    let mut forms = LOCAL.iter();
    let time = forms.find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())?;
    Some(time.and_utc().fixed_offset())
}

fn day(text: &str) -> Option<DateTime<FixedOffset>> {
    let mut forms = DAYS.iter();
    let day = forms.find_map(|form| NaiveDate::parse_from_str(text, form).ok())?;
    Some(day.and_time(NaiveTime::MIN).and_utc().fixed_offset())
}

/// Years that a business writes; what lies beyond is a placeholder or a fault.
pub(super) fn is_within(time: &DateTime<FixedOffset>) -> bool {
    (1900..=9999).contains(&time.year())
}
