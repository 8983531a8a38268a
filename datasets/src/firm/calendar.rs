//! Days and moments of the demo firm: purchases and expenses of two years, work and
//! what was billed for it of three.

use std::cell::Cell;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, Utc, Weekday};

use crate::documents::Dice;

/// Months of projects, time sheets, bills and receivables until today, this one included.
const MONTHS_OF_WORK: u32 = 36;
/// Months of purchases and expenses, the last of them.
const MONTHS: u32 = 24;
/// The day on which models are fitted and tests run: nothing is known after it.
pub const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();

thread_local! {
    /// The firm's today, which nearly everything depends on and which never changes while a firm is made.
    static NOW: Cell<NaiveDate> = const { Cell::new(TODAY) };
}

/// Does something on another day than [`TODAY`].
pub(super) fn on<T>(day: NaiveDate, make: impl FnOnce() -> T) -> T {
    let before = NOW.replace(day);
    let made = make();
    NOW.set(before);
    made
}

/// The firm's today: nothing is known after it.
pub(super) fn today() -> NaiveDate {
    NOW.get()
}

/// The first day of the month so many months before this one.
fn months_ago(months: u32) -> NaiveDate {
    let first = today().with_day(1);
    let back = first.and_then(|first| first.checked_sub_months(Months::new(months)));
    back.unwrap_or_default()
}

/// First days of the 24 months of purchases and expenses, oldest first.
pub(super) fn months() -> impl Iterator<Item = NaiveDate> {
    months_from(months_ago(MONTHS - 1), MONTHS)
}

/// First days of the 36 months of work, oldest first.
pub(super) fn months_of_work() -> impl Iterator<Item = NaiveDate> {
    months_from(first_day(), MONTHS_OF_WORK)
}

/// The first day of work on record.
pub(super) fn first_day() -> NaiveDate {
    months_ago(MONTHS_OF_WORK - 1)
}

fn months_from(first: NaiveDate, count: u32) -> impl Iterator<Item = NaiveDate> {
    (0..count).map(move |month| {
        first
            .checked_add_months(Months::new(month))
            .unwrap_or(first)
    })
}

/// Mondays of the weeks that begin within the months of work, until `last`.
pub(super) fn mondays(last: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    let first = first_day();
    let monday = later(first, (7 - first.weekday().num_days_from_monday()) % 7);
    monday.iter_weeks().take_while(move |day| *day <= last)
}

/// The week of the months of work that a day lies in, from 0; the first for earlier days.
pub(super) fn week(date: NaiveDate) -> usize {
    usize::try_from((date - first_day()).num_days() / 7).unwrap_or(0)
}

/// The first day of the last year, after which forecasts can be asked for.
pub(super) fn last_year() -> NaiveDate {
    months_ago(11)
}

/// Weeks that [`week`] tells apart, and one year more for what is planned.
pub(super) const WEEKS: usize = 210;

/// Easter Monday of a year, by Butcher's rule of 1876.
fn easter_monday(year: i32) -> Option<NaiveDate> {
    let (golden, century, of_century) = (year % 19, year / 100, year % 100);
    let moved = (8 * century + 13) / 25;
    let full_moon = (19 * golden + century - century / 4 - moved + 15) % 30;
    let to_sunday =
        (32 + 2 * (century % 4) + 2 * (of_century / 4) - full_moon - of_century % 4) % 7;
    let late = (golden + 11 * full_moon + 22 * to_sunday) / 451;
    let days = full_moon + to_sunday - 7 * late + 114;
    let sunday = NaiveDate::from_ymd_opt(
        year,
        u32::try_from(days / 31).ok()?,
        u32::try_from(days % 31 + 1).ok()?,
    );
    Some(later(sunday?, 1))
}

/// Irish public holidays.
pub(super) fn is_holiday(date: NaiveDate) -> bool {
    let monday = date.weekday() == Weekday::Mon;
    match (date.month(), date.day()) {
        (1, 1) | (3, 17) | (12, 25 | 26) => true,
        (2 | 5 | 6 | 8, 1..=7) | (10, 25..=31) => monday,
        _ => easter_monday(date.year()) == Some(date),
    }
}

/// Whether the firm works that day.
pub(super) fn is_workday(date: NaiveDate) -> bool {
    !matches!(date.weekday(), Weekday::Sat | Weekday::Sun) && !is_holiday(date)
}

/// `date`, or the first working day after it.
pub(super) fn open_day(date: NaiveDate) -> NaiveDate {
    let mut day = date;
    while !is_workday(day) {
        day = later(day, 1);
    }
    day
}

/// `date`, or the last working day before it.
#[must_use]
pub fn last_workday(date: NaiveDate) -> NaiveDate {
    let mut day = date;
    while !is_workday(day) {
        day = earlier(day, 1);
    }
    day
}

/// The working day so many working days after `date`.
pub(super) fn workdays_after(date: NaiveDate, count: u32) -> NaiveDate {
    (0..count).fold(open_day(date), |day, _| open_day(later(day, 1)))
}

/// Like [`workdays_after`], on days that somebody is not away.
pub(super) fn days_at_work(
    date: NaiveDate,
    count: u32,
    away: &std::collections::BTreeSet<NaiveDate>,
) -> NaiveDate {
    let free = |mut day: NaiveDate| {
        while away.contains(&day) || !is_workday(day) {
            day = later(day, 1);
        }
        day
    };
    (0..count).fold(free(date), |day, _| free(later(day, 1)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_mondays_are_those_of_the_almanac() {
        for (year, month, day) in [
            (2000, 4, 24),
            (2008, 3, 24),
            (2023, 4, 10),
            (2024, 4, 1),
            (2025, 4, 21),
            (2026, 4, 6),
            (2027, 3, 29),
            (2038, 4, 26),
        ] {
            assert_eq!(
                easter_monday(year),
                NaiveDate::from_ymd_opt(year, month, day)
            );
        }
    }
}
