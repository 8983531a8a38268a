//! One sheet, for a reminder that goes to whoever must hand it in, and to nobody else.
//!
//! Used only where a firm has turned it on; nothing of it is shown by person.

use std::sync::Arc;

use chrono::{Days, NaiveDate, Weekday};

use chrono::Datelike as _;

use super::features;
use crate::cases::numbers::{days, flag, half_life, mean, weighed};
use crate::history::{KnownSheet, WorkAsOf};

/// Days looked back.
const LOOKED_BACK: u64 = 390;
/// Age at which a sheet counts half, in days.
const HALF_LIFE: f64 = 60.0;

/// Names of the features of the sheet itself; those of its team follow.
const OWN: [&str; 10] = [
    "own_sheets",
    "own_late_share",
    "own_late_share_recent",
    "own_late_last",
    "own_days_late_recent",
    "own_missing_earlier",
    "own_hours",
    "own_projects",
    "own_away_last_day",
    "own_away_due_day",
];

/// Names of the features, in order.
pub const NAMES: [&str; OWN.len() + features::NAMES.len()] = {
    let mut names = [""; OWN.len() + features::NAMES.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = if at < OWN.len() {
            OWN[at]
        } else {
            features::NAMES[at - OWN.len()]
        };
        at += 1;
    }
    names
};

/// The sheet asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SheetSubject<'a> {
    /// Its record id.
    pub id: &'a str,
    /// Whose.
    pub employee: &'a str,
    /// First day.
    pub start: NaiveDate,
    /// Last day.
    pub end: NaiveDate,
}

/// The features of one sheet, in the order of [`NAMES`]; its team's are given.
#[must_use]
pub fn sheet_row(subject: &SheetSubject<'_>, team: &[f64], work: &WorkAsOf) -> Vec<f64> {
    let from = subject.end.min(work.today()) - Days::new(LOOKED_BACK);
    let to = subject.end + Days::new(31);
    let sheets = work.sheets_of_employee(subject.employee, from, to);
    let asked = sheets.iter().find(|sheet| sheet.id == subject.id);
    let as_of = work.as_of();
    let past: Vec<(&Arc<KnownSheet>, bool)> = sheets
        .iter()
        .filter(|sheet| sheet.id != subject.id && sheet.due_at < as_of)
        .filter_map(|sheet| Some((sheet, sheet.late(as_of)?)))
        .collect();
    let recent =
        |sheet: &KnownSheet| half_life(days(sheet.period_end, work.today()).max(0.0), HALF_LIFE);
    let lateness = past.iter().filter(|(_, late)| *late).map(|(sheet, _)| {
        let came = sheet.submitted_at.unwrap_or(as_of);
        let days = (came - sheet.due_at).num_minutes() as f64 / 1440.0;
        (days.clamp(0.0, 30.0), recent(sheet))
    });
    let last_day = last_weekday(subject.start, subject.end);
    let due_day = asked.map(|sheet| sheet.due_at.date_naive());
    let plan_of = |day: NaiveDate| {
        let mut there = sheets
            .iter()
            .filter(|one| one.period_start <= day && day <= one.period_end);
        there.find(|sheet| sheet.planned_hours.is_some())
    };
    let away = |day: Option<NaiveDate>| {
        let told = day.and_then(|day| Some((day, plan_of(day)?)));
        told.map_or(f64::NAN, |(day, sheet)| flag(sheet.away.contains(&day)))
    };
    let mut row = vec![
        past.len() as f64,
        mean(past.iter().map(|(_, late)| flag(*late))),
        weighed(
            past.iter()
                .map(|(sheet, late)| (flag(*late), recent(sheet))),
        ),
        past.last().map_or(f64::NAN, |(_, late)| flag(*late)),
        weighed(lateness),
        mean(
            past.iter()
                .rev()
                .take(4)
                .map(|(sheet, _)| flag(sheet.submitted_at.is_none())),
        ),
        asked
            .and_then(|sheet| sheet.planned_hours)
            .unwrap_or(f64::NAN),
        asked
            .filter(|sheet| !sheet.projects.is_empty())
            .map_or(f64::NAN, |sheet| sheet.projects.len() as f64),
        away(Some(last_day)),
        away(due_day),
    ];
    row.extend_from_slice(team);
    row
}

/// The last day from Monday to Friday of a period, its last day where it has none.
fn last_weekday(start: NaiveDate, end: NaiveDate) -> NaiveDate {
    let mut days = end.iter_days().rev().take_while(|day| *day >= start);
    let found = days.find(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun));
    found.unwrap_or(end)
}
