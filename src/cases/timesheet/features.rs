//! What is known of a team and its period at the moment of the question, as numbers.
//!
//! The quantity foretold is how many of a hundred of the team's sheets come after they were
//! due. All is of the team together: no number here tells one person from another. What
//! cannot be told is missing.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Datelike as _, Days, NaiveDate, Utc, Weekday};

use super::TOLERATED_PERCENT;
use super::periods::{TeamPeriod, periods};
use crate::cases::numbers::{days, days_to_month_end, flag, half_life, mean, weekday, weighed};
use crate::history::{KnownSheet, WorkAsOf};

/// Days looked back: a year and what stands beside the same time last year.
const LOOKED_BACK: u64 = 390;
/// Days ahead in which leave already planned is looked for.
const LOOKED_AHEAD: u64 = 40;
/// Ages at which a period counts half, in days: a season, a month, a fortnight.
const SEASON: f64 = 90.0;
const MONTH: f64 = 35.0;
const FORTNIGHT: f64 = 12.0;
/// Latest periods that say what is usual.
const USUAL: usize = 8;
/// What a group's share is drawn to its whole by, in periods.
const DRAWN: f64 = 2.0;

/// Names of the features, in order.
pub const NAMES: [&str; 32] = [
    "team_size",
    "period_days",
    "days_to_due",
    "due_weekday",
    "month",
    "month_end",
    "quarter_end",
    "periods_known",
    "late_share",
    "late_share_90_days",
    "late_share_35_days",
    "late_share_12_days",
    "late_share_last",
    "late_periods_recent",
    "late_share_spread",
    "late_share_month_end",
    "late_share_last_year",
    "days_late_recent",
    "missing_earlier",
    "submitted_already",
    "submitted_against_usual",
    "hours_expected",
    "hours_last",
    "hours_against_usual",
    "projects_each",
    "away_share",
    "away_last_day",
    "away_due_day",
    "approvers",
    "approval_days_recent",
    "unapproved_share",
    "new_members",
];

/// The feature that tells how far ahead is asked.
pub const DAYS_TO_DUE: usize = 2;
/// The feature that tells teams with much history from those with little.
pub const HISTORY: usize = 7;

/// The team and period asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject<'a> {
    /// The team.
    pub team: &'a str,
    /// First day of the period.
    pub start: NaiveDate,
    /// Last day of the period.
    pub end: NaiveDate,
}

/// What is known of the team at the moment, read once for all that is told of it.
pub struct Known {
    as_of: DateTime<Utc>,
    /// Sheets of the period that are known of, as a plan or already handed in.
    current: Vec<Arc<KnownSheet>>,
    /// Periods of the team whose sheets were all due, with the share that was late, oldest first.
    past: Vec<(TeamPeriod, f64)>,
    /// Every other period of the team from then to some weeks ahead.
    around: Vec<TeamPeriod>,
    /// When the sheets asked about are due.
    due_at: DateTime<Utc>,
}

/// The features of one team and period, in the order of [`NAMES`].
#[must_use]
pub fn row(subject: &Subject<'_>, work: &WorkAsOf) -> Vec<f64> {
    Known::of(subject, work).row(subject)
}

impl Known {
    /// Reads the team's sheets of the period, of the year before and of some weeks ahead.
    #[must_use]
    pub fn of(subject: &Subject<'_>, work: &WorkAsOf) -> Self {
        let as_of = work.as_of();
        let from = subject.end.min(work.today()) - Days::new(LOOKED_BACK);
        let to = subject.end + Days::new(LOOKED_AHEAD);
        let (mut current, mut past, mut around) = (Vec::new(), Vec::new(), Vec::new());
        for period in periods(subject.team, work, from, to) {
            if (period.start, period.end) == (subject.start, subject.end) {
                current.clone_from(&period.sheets);
                around.push(period);
                continue;
            }
            if !period.is_of_team() {
                continue;
            }
            // Of a period of which nothing was late but the rest is open nothing is known.
            let over = period.due_at() < as_of && period.end < subject.end;
            match period.late_percent(as_of).filter(|_| over) {
                Some(late) => past.push((period, late / 100.0)),
                None => around.push(period),
            }
        }
        // As long after the period as last time.
        let usually_due = past
            .last()
            .map(|(last, _): &(TeamPeriod, f64)| last.due_at() + (subject.end - last.end));
        let due_at = current.iter().map(|sheet| sheet.due_at).max();
        let next_day = (subject.end + Days::new(1)).and_time(chrono::NaiveTime::MIN);
        Self {
            as_of,
            due_at: due_at.or(usually_due).unwrap_or_else(|| next_day.and_utc()),
            current,
            past,
            around,
        }
    }

    /// The features of the period that it was read for, in the order of [`NAMES`].
    #[must_use]
    pub fn row(&self, subject: &Subject<'_>) -> Vec<f64> {
        let mut row = calendar(subject, self);
        row.extend(habits(self));
        row.extend(same_sort(subject, self));
        row.extend(lately(self));
        row.extend(load(self));
        row.extend(away(subject, self));
        row.extend(approval(self));
        row.push(new_members(self));
        row
    }

    /// Hours that the team's sheets of the period should come to: as planned, else as the
    /// team last worked; of as many sheets as last time where none is known of yet. None where
    /// neither is known.
    #[must_use]
    pub fn expected_hours(&self) -> Option<f64> {
        let each = expected_each(self);
        let sheets = match self.current.len() {
            0 => self.latest(1).next().map_or(0, |last| last.sheets.len()),
            known => known,
        };
        each.is_finite().then_some(each * sheets as f64)
    }

    /// The share late of past periods, each weighed by its age.
    fn late(&self, half: f64) -> f64 {
        self.weighed(half, |_, late| late)
    }

    fn weighed(&self, half: f64, value: impl Fn(&TeamPeriod, f64) -> f64) -> f64 {
        let today = self.as_of.date_naive();
        weighed(self.past.iter().map(|(period, late)| {
            let age = days(period.end, today).max(0.0);
            (value(period, *late), half_life(age, half))
        }))
    }

    /// The latest past periods, newest first.
    fn latest(&self, count: usize) -> impl Iterator<Item = &TeamPeriod> {
        self.past.iter().rev().take(count).map(|(period, _)| period)
    }
}

/// People whose sheets are expected: those known of, or as many as last time.
fn size(known: &Known) -> f64 {
    let current: BTreeSet<&str> = known
        .current
        .iter()
        .map(|one| one.employee.as_str())
        .collect();
    let last = known.latest(1).next().map_or(0, TeamPeriod::people);
    current.len().max(last) as f64
}

fn calendar(subject: &Subject<'_>, known: &Known) -> Vec<f64> {
    let due = known.due_at.date_naive();
    let month_end = closes_month(subject.start, due);
    vec![
        size(known),
        days(subject.start, subject.end) + 1.0,
        (known.due_at - known.as_of).num_minutes() as f64 / 1440.0,
        weekday(due),
        f64::from(subject.end.month()),
        flag(month_end),
        flag(month_end && matches!(subject.start.month(), 3 | 6 | 9 | 12)),
    ]
}

/// Whether a month ends from a day to another, both within.
fn closes_month(start: NaiveDate, until: NaiveDate) -> bool {
    days_to_month_end(start) <= days(start, until)
}

/// How punctual the team has been.
fn habits(known: &Known) -> [f64; 8] {
    let shares = || known.past.iter().map(|(_, late)| *late);
    let level = mean(shares());
    let spread = mean(shares().map(|late| (late - level).powi(2))).sqrt();
    [
        known.past.len() as f64,
        level,
        known.late(SEASON),
        known.late(MONTH),
        known.late(FORTNIGHT),
        known.past.last().map_or(f64::NAN, |(_, late)| *late),
        known.weighed(MONTH, |_, late| flag(late * 100.0 > TOLERATED_PERCENT)),
        spread,
    ]
}

/// How punctual it was in periods of the same sort, and about this time a year ago.
fn same_sort(subject: &Subject<'_>, known: &Known) -> [f64; 2] {
    let level = mean(known.past.iter().map(|(_, late)| *late));
    let closes = closes_month(subject.start, known.due_at.date_naive());
    let same: Vec<f64> = known
        .past
        .iter()
        .filter(|(period, _)| closes_month(period.start, period.due_at().date_naive()) == closes)
        .map(|(_, late)| *late)
        .collect();
    let drawn = (same.iter().sum::<f64>() + DRAWN * level) / (same.len() as f64 + DRAWN);
    let year_ago = subject.end - Days::new(364);
    let then = known
        .past
        .iter()
        .filter(|(period, _)| days(period.end, year_ago).abs() <= 16.0);
    [drawn, mean(then.map(|(_, late)| *late))]
}

/// How late late sheets came, what is still missing of earlier periods, and what is
/// there already, as a share and against what usually is by then: nothing on a Monday is as ever, and on
/// the morning when sheets are due it is not.
fn lately(known: &Known) -> [f64; 4] {
    let lateness = known.weighed(MONTH, |period, _| {
        let late = period.sheets.iter().filter_map(|sheet| {
            let came = sheet.submitted_at.unwrap_or(known.as_of);
            let days = (came - sheet.due_at).num_minutes() as f64 / 1440.0;
            (days > 0.0).then(|| days.min(30.0))
        });
        mean(late)
    });
    let earlier = known.latest(4).flat_map(|period| &period.sheets);
    let submitted = known
        .current
        .iter()
        .map(|sheet| flag(sheet.submitted_at.is_some()));
    let submitted = mean(submitted);
    [
        lateness,
        mean(earlier.map(|sheet| flag(sheet.submitted_at.is_none()))),
        submitted,
        submitted - usually_submitted(known),
    ]
}

/// Share of the sheets of the latest periods that were in as long before the last of them was due.
fn usually_submitted(known: &Known) -> f64 {
    let left = known.due_at - known.as_of;
    let shares = known.latest(USUAL).map(|period| {
        let then = period.due_at() - left;
        let sheets = period.sheets.iter();
        mean(sheets.map(|sheet| flag(sheet.submitted_at.is_some_and(|came| came <= then))))
    });
    mean(shares)
}

/// Hours that a sheet of the period is expected to have.
fn expected_each(known: &Known) -> f64 {
    // Some write 0 where nothing is planned at all. Where hours are, it is somebody who is away.
    let planned = |sheet: &Arc<KnownSheet>| sheet.planned_hours.filter(|hours| *hours > 0.0);
    let plans = known.current.iter().any(|sheet| planned(sheet).is_some());
    let planned = known.current.iter().filter_map(|sheet| {
        let away = sheet.planned_hours.filter(|_| plans);
        planned(sheet).or(sheet.hours).or(away)
    });
    let planned = mean(planned);
    if planned.is_nan() {
        worked(known.latest(3))
    } else {
        planned
    }
}

/// Hours of a sheet on average.
fn worked<'a>(periods: impl Iterator<Item = &'a TeamPeriod>) -> f64 {
    mean(
        periods
            .flat_map(|period| &period.sheets)
            .filter_map(|sheet| sheet.hours),
    )
}

fn load(known: &Known) -> [f64; 4] {
    let last = worked(known.latest(1));
    let usual = worked(known.latest(usize::MAX));
    let count = |sheet: &Arc<KnownSheet>| sheet.projects.len() as f64;
    let told = |sheets: &[Arc<KnownSheet>]| sheets.iter().any(|sheet| !sheet.projects.is_empty());
    let projects = if told(&known.current) {
        mean(known.current.iter().map(count))
    } else {
        let last = known.latest(2).filter(|period| told(&period.sheets));
        mean(last.flat_map(|period| period.sheets.iter().map(count)))
    };
    [expected_each(known), last, last / usual, projects]
}

/// Who is away, as far as plans say: in the period, on its last weekday and when it is due.
fn away(subject: &Subject<'_>, known: &Known) -> [f64; 3] {
    let weekdays = subject
        .start
        .iter_days()
        .take_while(|day| *day <= subject.end)
        .filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun));
    let weekdays: Vec<NaiveDate> = weekdays.collect();
    let told = known
        .current
        .iter()
        .filter(|sheet| sheet.planned_hours.is_some());
    let told: Vec<_> = told.collect();
    let share = |days: &[NaiveDate]| {
        mean(
            told.iter()
                .flat_map(|sheet| days.iter().map(|day| flag(sheet.away.contains(day)))),
        )
    };
    let due = known.due_at.date_naive();
    let after = known
        .around
        .iter()
        .filter(|period| period.start <= due && due <= period.end)
        .flat_map(|period| &period.sheets)
        .filter(|sheet| sheet.planned_hours.is_some());
    [
        share(&weekdays),
        share(weekdays.last().map_or(&[][..], std::slice::from_ref)),
        mean(after.map(|sheet| flag(sheet.away.contains(&due)))),
    ]
}

/// Who approves, how long that took lately, and what waits for it.
fn approval(known: &Known) -> [f64; 3] {
    let latest = || known.latest(6).flat_map(|period| &period.sheets);
    let approvers: BTreeSet<&str> = latest()
        .chain(&known.current)
        .filter_map(|sheet| sheet.approver.as_deref())
        .collect();
    let took = latest().filter_map(|sheet| {
        let took = sheet.approved_at? - sheet.submitted_at?;
        Some(took.num_minutes() as f64 / 1440.0)
    });
    let handed_in = latest().filter(|sheet| sheet.submitted_at.is_some());
    let count = if approvers.is_empty() {
        f64::NAN
    } else {
        approvers.len() as f64
    };
    [
        count,
        mean(took),
        mean(handed_in.map(|sheet| flag(sheet.approved_at.is_none()))),
    ]
}

/// Share of the people known of who had no sheet in the periods before.
fn new_members(known: &Known) -> f64 {
    if known.past.is_empty() {
        return f64::NAN;
    }
    let before: BTreeSet<&str> = known
        .latest(6)
        .flat_map(|period| &period.sheets)
        .map(|sheet| sheet.employee.as_str())
        .collect();
    let current = known.current.iter();
    mean(current.map(|sheet| flag(!before.contains(sheet.employee.as_str()))))
}
