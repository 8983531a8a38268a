//! Days and moments of the demo firm's two years.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, Utc, Weekday};

use crate::documents::Dice;

/// First month with records.
pub(super) const FIRST_MONTH: Option<NaiveDate> = NaiveDate::from_ymd_opt(2024, 12, 1);
/// The firm's today: nothing is known after it.
pub(super) const TODAY: Option<NaiveDate> = NaiveDate::from_ymd_opt(2026, 11, 20);

pub(super) fn today() -> NaiveDate {
    TODAY.unwrap_or_default()
}

/// First days of the 24 months, oldest first.
pub(super) fn months() -> impl Iterator<Item = NaiveDate> {
    let first = FIRST_MONTH.unwrap_or_default();
    (0..24).map(move |month| {
        first
            .checked_add_months(Months::new(month))
            .unwrap_or(first)
    })
}

pub(super) fn later(date: NaiveDate, days: u32) -> NaiveDate {
    date.checked_add_days(Days::new(u64::from(days)))
        .unwrap_or(date)
}

pub(super) fn earlier(date: NaiveDate, days: u32) -> NaiveDate {
    date.checked_sub_days(Days::new(u64::from(days)))
        .unwrap_or(date)
}

/// `date`, or the Monday after it.
pub(super) fn workday(date: NaiveDate) -> NaiveDate {
    match date.weekday() {
        Weekday::Sat => later(date, 2),
        Weekday::Sun => later(date, 1),
        _ => date,
    }
}

/// The last day of the month of `date`.
pub(super) fn month_end(date: NaiveDate) -> NaiveDate {
    let first = date.with_day(1).unwrap_or(date);
    earlier(first.checked_add_months(Months::new(1)).unwrap_or(date), 1)
}

/// A moment of `date` within working hours.
pub(super) fn moment(dice: &mut Dice, date: NaiveDate) -> DateTime<Utc> {
    at(date, dice.between(8, 17), dice.below(60))
}

/// `date` at the given hour and minute, UTC.
pub(super) fn at(date: NaiveDate, hour: u32, minute: u32) -> DateTime<Utc> {
    let time = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default();
    date.and_time(time).and_utc()
}

/// RFC 3339, to the second.
pub(super) fn text(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// `date` if it is not after today.
pub(super) fn known(date: NaiveDate) -> Option<NaiveDate> {
    (date <= today()).then_some(date)
}

/// How busy the month is, in percent of an ordinary one: quiet summers and Decembers,
/// busy quarter ends.
pub(super) fn season(month: NaiveDate) -> u32 {
    match month.month() {
        8 => 70,
        12 => 80,
        3 | 6 | 9 | 11 => 115,
        _ => 100,
    }
}
