//! Until when records or a log tell of what happened. What is dated far beyond all else is a slip of the
//! pen, by which all that is open would be late.

use chrono::{DateTime, NaiveDate, Utc};
use scrutineer::cases::project_setup::request::days;
use scrutineer_fitting::collections::moment;

/// Moments at the far end that may be slips, each far from the one before: so many, or this share of all
/// where that is more.
const SLIPS: usize = 3;
const SLIPS_SHARE: f64 = 0.001;
/// Days from the moment before within which one is no slip in records: a small firm may bill, or be paid,
/// once a month or a quarter.
const NEAR: f64 = 92.0;

/// The last of some moments but for the few slips at the far end, which lie more than so many days beyond the
/// one before; puts them in order. None of none.
pub(crate) fn last_but_slips(moments: &mut [f64], near: f64) -> Option<f64> {
    moments.sort_by(f64::total_cmp);
    let slips = SLIPS.max((SLIPS_SHARE * moments.len() as f64) as usize);
    let from = moments.len().saturating_sub(slips + 1);
    let (first, later) = moments.get(from..)?.split_first()?;
    let mut last = *first;
    for moment in later {
        if *moment - last > near {
            break;
        }
        last = *moment;
    }
    Some(last)
}

/// The last moment at which records say that something happened, slips left out: what is still to come did
/// not. None where nothing happened.
pub(crate) fn last_moment(
    moments: impl Iterator<Item = DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let past: Vec<DateTime<Utc>> = moments.filter(|moment| *moment <= now).collect();
    let mut in_days: Vec<f64> = past.iter().map(days).collect();
    let last = last_but_slips(&mut in_days, NEAR)?;
    past.into_iter().filter(|moment| days(moment) <= last).max()
}

/// The same of days.
pub(crate) fn last_day(
    days: impl Iterator<Item = NaiveDate>,
    today: NaiveDate,
) -> Option<NaiveDate> {
    last_moment(days.map(moment), moment(today)).map(|last| last.date_naive())
}

#[cfg(test)]
mod tests {
    use chrono::Days;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn last(days: &[NaiveDate]) -> Option<NaiveDate> {
        last_day(days.iter().copied(), day("2026-06-30"))
    }

    #[test]
    fn records_tell_until_what_happened_last_and_no_slip() {
        assert_eq!(last(&[]), None);
        assert_eq!(last(&[day("2026-03-10")]), Some(day("2026-03-10")));
        let daily: Vec<NaiveDate> = day("2025-01-01").iter_days().take(60).collect();
        let end = daily[59];
        let with = |more: &[&str]| {
            let more: Vec<NaiveDate> = more.iter().map(|text| day(text)).collect();
            last(&[more, daily.clone()].concat())
        };
        assert_eq!(with(&[]), Some(end));
        // Mistyped by a year and by a century, and what stands for none.
        assert_eq!(with(&["2026-03-01"]), Some(end));
        assert_eq!(with(&["2026-03-01", "2125-03-01", "9999-12-31"]), Some(end));
        // Something else happened so late.
        let days = ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"];
        assert_eq!(with(&days), Some(day("2026-03-04")));
        assert_eq!(last(&[day("2026-07-01")]), None, "it is still to come");
    }

    #[test]
    fn what_happens_once_a_month_or_a_quarter_is_no_slip() {
        for every in [31, 92] {
            let at = |number: u64| day("2022-01-31") + Days::new(every * number);
            let days: Vec<NaiveDate> = (0..16).map(at).collect();
            assert_eq!(last(&days), days.last().copied(), "{every}");
        }
    }

    #[test]
    fn nothing_is_told_beyond_the_moment_of_asking() {
        let at = |text: &str| -> DateTime<Utc> { text.parse().unwrap() };
        let moments = ["2026-03-10T09:00:00Z", "2026-03-10T09:00:00.0007Z"].map(at);
        let until = |now: &str| last_moment(moments.into_iter(), at(now));
        assert_eq!(until("2026-03-10T09:00:00Z"), Some(moments[0]));
        assert_eq!(until("2026-03-10T12:00:00Z"), Some(moments[1]));
        assert_eq!(until("2026-03-10T08:00:00Z"), None);
    }
}
