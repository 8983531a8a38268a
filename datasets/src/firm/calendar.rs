//! Days and moments of the demo firm: purchases and expenses of two years, work and
//! what was billed for it of three.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, Utc, Weekday};

use crate::documents::Dice;

/// First month of projects, time sheets, bills and receivables.
const FIRST_MONTH_OF_WORK: Option<NaiveDate> = NaiveDate::from_ymd_opt(2023, 12, 1);
/// Months from there to today, this one included.
const MONTHS_OF_WORK: u32 = 36;
/// First month of purchases and expenses.
const FIRST_MONTH: Option<NaiveDate> = NaiveDate::from_ymd_opt(2024, 12, 1);
/// The firm's today: nothing is known after it.
pub(super) const TODAY: Option<NaiveDate> = NaiveDate::from_ymd_opt(2026, 11, 20);

pub(super) fn today() -> NaiveDate {
    TODAY.unwrap_or_default()
}

/// First days of the 24 months of purchases and expenses, oldest first.
pub(super) fn months() -> impl Iterator<Item = NaiveDate> {
    months_from(FIRST_MONTH, 24)
}

/// First days of the 36 months of work, oldest first.
pub(super) fn months_of_work() -> impl Iterator<Item = NaiveDate> {
    months_from(FIRST_MONTH_OF_WORK, MONTHS_OF_WORK)
}

/// The first day of work on record.
pub(super) fn first_day() -> NaiveDate {
    FIRST_MONTH_OF_WORK.unwrap_or_default()
}

fn months_from(first: Option<NaiveDate>, count: u32) -> impl Iterator<Item = NaiveDate> {
    let first = first.unwrap_or_default();
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
    NaiveDate::from_ymd_opt(2025, 12, 1).unwrap_or_default()
}

/// Weeks that [`week`] tells apart, and one year more for what is planned.
pub(super) const WEEKS: usize = 210;

/// Easter Mondays of the years the firm knows.
const EASTER: [Option<NaiveDate>; 5] = [
    NaiveDate::from_ymd_opt(2023, 4, 10),
    NaiveDate::from_ymd_opt(2024, 4, 1),
    NaiveDate::from_ymd_opt(2025, 4, 21),
    NaiveDate::from_ymd_opt(2026, 4, 6),
    NaiveDate::from_ymd_opt(2027, 3, 29),
];

/// Irish public holidays.
pub(super) fn is_holiday(date: NaiveDate) -> bool {
    let monday = date.weekday() == Weekday::Mon;
    match (date.month(), date.day()) {
        (1, 1) | (3, 17) | (12, 25 | 26) => true,
        (2 | 5 | 6 | 8, 1..=7) | (10, 25..=31) => monday,
        _ => EASTER.contains(&Some(date)),
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
