//! Times as logs write them.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};

/// Forms without an offset, taken for UTC.
const LOCAL: [&str; 7] = [
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S%.f",
    "%Y/%m/%d %H:%M",
    "%d.%m.%Y %H:%M:%S%.f",
    "%d.%m.%Y %H:%M",
];
/// Forms of a day alone. Between points the day comes first wherever points are written.
const DAYS: [&str; 2] = ["%Y-%m-%d", "%d.%m.%Y"];
/// Forms with an offset that are not RFC 3339.
const WITH_OFFSET: [&str; 3] = [
    "%Y-%m-%dT%H:%M:%S%.f%z",
    "%Y-%m-%d %H:%M:%S%.f%#z",
    "%Y/%m/%d %H:%M:%S%.f%z",
];

/// A moment: RFC 3339, the like with a blank or slashes, day, month and year between points, or a
/// day alone for its first moment. Where no offset is stated, the clock is kept and taken for UTC. A
/// form that could mean two days (day and month before the year, between slashes) is none.
#[must_use]
pub fn parse_time(text: &str) -> Option<DateTime<FixedOffset>> {
    let text = text.trim();
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return within(time);
    }
    let whole = text.strip_suffix(" UTC").unwrap_or(text);
    WITH_OFFSET
        .iter()
        .find_map(|form| DateTime::parse_from_str(whole, form).ok())
        .or_else(|| {
            let local = LOCAL
                .iter()
                .find_map(|form| NaiveDateTime::parse_from_str(whole, form).ok());
            let day = || {
                let mut read = DAYS.iter();
                let day = read.find_map(|form| NaiveDate::parse_from_str(whole, form).ok())?;
                Some(day.and_time(NaiveTime::MIN))
            };
            local.or_else(day).map(|time| time.and_utc().fixed_offset())
        })
        .and_then(within)
}

/// Years that a business writes; what lies beyond is a placeholder or a fault.
fn within(time: DateTime<FixedOffset>) -> Option<DateTime<FixedOffset>> {
    use chrono::Datelike as _;
    (1900..=9999).contains(&time.year()).then_some(time)
}
