//! A team's sheets, period by period.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::LEAST_TEAM;
use crate::history::{KnownSheet, WorkAsOf};

/// The sheets of one team and period that are known of.
#[derive(Debug, Clone, PartialEq)]
pub struct TeamPeriod {
    /// First day.
    pub start: NaiveDate,
    /// Last day.
    pub end: NaiveDate,
    /// At least one.
    pub sheets: Vec<Arc<KnownSheet>>,
}

impl TeamPeriod {
    /// When the last of its sheets is due.
    #[must_use]
    pub fn due_at(&self) -> DateTime<Utc> {
        let due = self.sheets.iter().map(|sheet| sheet.due_at);
        due.max().unwrap_or(DateTime::<Utc>::MIN_UTC)
    }

    /// When the first of its sheets is due.
    #[must_use]
    pub fn first_due_at(&self) -> DateTime<Utc> {
        let due = self.sheets.iter().map(|sheet| sheet.due_at);
        due.min().unwrap_or(DateTime::<Utc>::MIN_UTC)
    }

    /// When a backtest asks about it, and from when on reminders are written: at the first moment of its last day, or
    /// a day before the first of its sheets is due where that is earlier.
    #[must_use]
    pub fn asked_at(&self) -> DateTime<Utc> {
        let last_day = self.end.and_time(NaiveTime::MIN).and_utc();
        last_day.min(self.first_due_at() - TimeDelta::days(1))
    }

    /// How many people they are of.
    #[must_use]
    pub fn people(&self) -> usize {
        let people: BTreeSet<&str> = self
            .sheets
            .iter()
            .map(|one| one.employee.as_str())
            .collect();
        people.len()
    }

    /// Whether they are of people enough to speak of a team. Who joins or leaves within a period has
    /// sheets of other days, alone: what they say would be said of one person.
    #[must_use]
    pub fn is_of_team(&self) -> bool {
        self.people() >= LEAST_TEAM
    }

    /// How many of a hundred sheets came after they were due, rounded up, so that one late
    /// sheet is never none; nothing while that is open.
    #[must_use]
    pub fn late_percent(&self, as_of: DateTime<Utc>) -> Option<f64> {
        let late: Option<Vec<bool>> = self.sheets.iter().map(|one| one.late(as_of)).collect();
        let late = late?.into_iter().filter(|late| *late).count();
        Some(percent(late, self.sheets.len()))
    }
}

/// So many of all sheets in a hundred, rounded up.
pub(super) fn percent(late: usize, sheets: usize) -> f64 {
    (late * 100).div_ceil(sheets.max(1)) as f64
}

/// A team's periods that end from a day to another, in order of their last and first days.
#[must_use]
pub fn periods(team: &str, work: &WorkAsOf, from: NaiveDate, to: NaiveDate) -> Vec<TeamPeriod> {
    let mut periods: BTreeMap<(NaiveDate, NaiveDate), Vec<Arc<KnownSheet>>> = BTreeMap::new();
    for sheet in work.sheets_of_team(team, from, to) {
        let period = periods.entry((sheet.period_end, sheet.period_start));
        period.or_default().push(sheet);
    }
    periods
        .into_iter()
        .map(|((end, start), sheets)| TeamPeriod { start, end, sheets })
        .collect()
}
