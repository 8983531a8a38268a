//! The team and period asked about, and what is known of them, taken over once.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::features::{self, Subject};
use super::{LEAST_TEAM, TOLERATED_PERCENT, TeamPeriod, holds_up, periods};
use crate::domain::Currency;
use crate::history::{KnownSheet, WorkAsOf};

/// Days ahead in which a team's next period is looked for; an answer is given from its first day on.
const AHEAD: u64 = 45;
/// Days for which a period that is over and misses sheets is watched.
const CLOSING: u64 = 45;
/// Days back over which a team's periods are looked at for whether there is enough history.
const BACK: u64 = 400;
/// Periods of the team that must be over.
const LEAST_PERIODS: usize = 6;

/// Everything that the answer is made from, beside the features.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimesheetInput {
    /// The team.
    pub team: String,
    /// First day of the period.
    pub period_start: NaiveDate,
    /// Last day of the period.
    pub period_end: NaiveDate,
    /// The moment of the question.
    pub as_of: DateTime<Utc>,
    /// When the last of the sheets is due, as far as that is known.
    pub due_at: Option<DateTime<Utc>>,
    /// Sheets of the period known of.
    pub sheets: usize,
    /// Of those, handed in.
    pub submitted: usize,
    /// Of the sheets, those of which it is known whether they are late; not kept of answers given
    /// before it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<KnownSheets>,
    /// Hours that the sheets should come to, where that is known.
    pub expected_hours: Option<f64>,
    /// Bills that wait for the sheets.
    pub holds_up: Vec<BillHeldUp>,
    /// Whether enough of the team's periods are over.
    pub enough_history: bool,
    /// Late sheets of a hundred beyond which the period is late.
    pub tolerated_percent: f64,
}

/// How many of a period's sheets can still come in time, and how many cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownSheets {
    /// Late for sure: handed in after they were due, or due and not there.
    pub late: usize,
    /// Of these, those not there yet.
    pub late_and_missing: usize,
    /// Not handed in and not due yet.
    pub open: usize,
}

impl KnownSheets {
    /// Counts the sheets of a period as they stand at a moment.
    #[must_use]
    pub fn of(period: &TeamPeriod, as_of: DateTime<Utc>) -> Self {
        let count = |is: &dyn Fn(&KnownSheet) -> bool| {
            period.sheets.iter().filter(|sheet| is(sheet)).count()
        };
        Self {
            late: count(&|sheet| sheet.late(as_of) == Some(true)),
            late_and_missing: count(&|sheet| {
                sheet.late(as_of) == Some(true) && sheet.submitted_at.is_none()
            }),
            open: count(&|sheet| sheet.late(as_of).is_none()),
        }
    }
}

/// A bill that waits for the sheets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BillHeldUp {
    /// Id of the bill.
    pub bill_id: String,
    /// Its project.
    pub project_id: String,
    /// Day it should be sent.
    pub planned_on: NaiveDate,
    /// What it should come to.
    pub amount: Option<String>,
    /// Its currency.
    pub currency: Option<Currency>,
}

/// Why a team is not asked about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAsked {
    /// No sheet of it was known at that moment.
    #[error("names no team of which a sheet was known then")]
    Unknown,
    /// It is too small: a number about it would be a number about persons.
    #[error("names a team of fewer than {LEAST_TEAM} people, of which nothing is said")]
    TooSmall,
    /// No sheet of it is waited for.
    #[error(
        "names a team of which no sheet is waited for: all are in, or nobody is left to hand them in"
    )]
    NothingOpen,
    /// No period of it ends on the day asked about.
    #[error(
        "ends no period of the team, of those from {BACK} days back to {AHEAD} days ahead that were known then"
    )]
    NoPeriod,
    /// One ends on the day, with sheets of too few people.
    #[error(
        "ends a period with sheets of fewer than {LEAST_TEAM} people, of which nothing is said"
    )]
    FewSheets,
}

impl NotAsked {
    /// The member of the question that is at fault.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Unknown | Self::TooSmall | Self::NothingOpen => "id",
            Self::NoPeriod | Self::FewSheets => "period_end",
        }
    }
}

/// A team's period with what is known of it, and its features.
pub(super) fn read(
    team: &str,
    period_end: Option<NaiveDate>,
    work: &WorkAsOf,
) -> Result<(TimesheetInput, Vec<f64>), NotAsked> {
    let today = work.today();
    let around = periods(
        team,
        work,
        today - Days::new(BACK),
        today + Days::new(AHEAD),
    );
    let period = match period_end {
        Some(end) => ends_on(&around, end),
        None => waited_for(&around, work),
    };
    let period = period.ok_or_else(|| not_asked(team, period_end, &around, work))?;
    let as_of = work.as_of();
    let subject = Subject {
        team,
        start: period.start,
        end: period.end,
    };
    let known = features::Known::of(&subject, work);
    let input = TimesheetInput {
        team: team.to_owned(),
        period_start: period.start,
        period_end: period.end,
        as_of,
        due_at: period.sheets.iter().map(|sheet| sheet.due_at).max(),
        sheets: period.sheets.len(),
        submitted: period
            .sheets
            .iter()
            .filter(|sheet| sheet.submitted_at.is_some())
            .count(),
        known: Some(KnownSheets::of(period, as_of)),
        expected_hours: known.expected_hours(),
        holds_up: holds_up(&subject, work)
            .into_iter()
            .map(|bill| BillHeldUp {
                bill_id: bill.id,
                project_id: bill.project,
                planned_on: bill.planned_on,
                amount: bill.amount.map(|money| money.amount.to_string()),
                currency: bill.amount.map(|money| money.currency),
            })
            .collect(),
        enough_history: enough_history(&around, period.end, as_of),
        tolerated_percent: TOLERATED_PERCENT,
    };
    Ok((input, known.row(&subject)))
}

/// The period of a team that ends on a day; of several that of most people. What is of fewer people hides
/// nothing.
fn ends_on(around: &[TeamPeriod], end: NaiveDate) -> Option<&TeamPeriod> {
    let most = |period: &&TeamPeriod| (period.people(), period.start);
    of_team(around)
        .filter(|period| period.end == end)
        .max_by_key(most)
}

/// The one that runs, else the last that is over and still misses sheets, else the next.
fn waited_for<'a>(around: &'a [TeamPeriod], work: &WorkAsOf) -> Option<&'a TeamPeriod> {
    let today = work.today();
    let running = of_team(around).find(|period| runs(period, today));
    let is_missing = |period: &&TeamPeriod| period.end < today && is_open(period, work);
    let missing = || of_team(around).rev().find(is_missing);
    let next = || of_team(around).find(|period| period.end >= today);
    running.or_else(missing).or_else(next)
}

fn of_team(periods: &[TeamPeriod]) -> impl DoubleEndedIterator<Item = &TeamPeriod> {
    periods.iter().filter(|period| period.is_of_team())
}

/// Whether a period has begun and is not over.
fn runs(period: &TeamPeriod, today: NaiveDate) -> bool {
    period.start <= today && period.end >= today
}

/// Why none of a team's periods is asked about, of those around the moment or at all.
fn not_asked(
    team: &str,
    period_end: Option<NaiveDate>,
    around: &[TeamPeriod],
    work: &WorkAsOf,
) -> NotAsked {
    let known = periods(team, work, NaiveDate::MIN, NaiveDate::MAX);
    if known.is_empty() {
        return NotAsked::Unknown;
    }
    if of_team(&known).next().is_none() {
        return NotAsked::TooSmall;
    }
    let is_asked = |period: &TeamPeriod| match period_end {
        Some(end) => period.end == end,
        None => period.end >= work.today() || is_open(period, work),
    };
    match (period_end, around.iter().any(is_asked)) {
        (Some(_), true) => NotAsked::FewSheets,
        (Some(_), false) => NotAsked::NoPeriod,
        (None, true) => NotAsked::TooSmall,
        (None, false) => NotAsked::NothingOpen,
    }
}

/// Last days of the periods of a team that are looked at from day to day: the last of those just over
/// that still miss sheets, and the one that runs. Of one that has not begun nothing is foretold.
#[must_use]
pub fn periods_watched(team: &str, work: &WorkAsOf) -> Vec<NaiveDate> {
    let today = work.today();
    let (from, to) = (today - Days::new(CLOSING), today + Days::new(AHEAD));
    let around = periods(team, work, from, to);
    let mut over = of_team(&around).rev().filter(|period| period.end < today);
    let closing = over.find(|period| is_open(period, work));
    let running = of_team(&around).find(|period| runs(period, today));
    let watched = closing.into_iter().chain(running);
    watched.map(|period| period.end).collect()
}

/// Whether enough of a team's periods that end before a day are over to tell anything by.
pub(super) fn enough_history(periods: &[TeamPeriod], end: NaiveDate, as_of: DateTime<Utc>) -> bool {
    let over = periods
        .iter()
        .filter(|one| one.end < end && one.late_percent(as_of).is_some() && one.is_of_team());
    over.count() >= LEAST_PERIODS
}

/// Whether a sheet of it may still come: nobody waits for those of who is gone.
fn is_open(period: &TeamPeriod, work: &WorkAsOf) -> bool {
    let mut sheets = period.sheets.iter();
    sheets.any(|sheet| sheet.submitted_at.is_none() && !work.has_left(&sheet.employee))
}
