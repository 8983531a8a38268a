//! Which sheets to remind of, so that a reminder goes to whoever must hand the sheet in.
//!
//! A firm turns this on (`timesheet.remind_submitters`). What is told is the reminder alone, in
//! the same words for everybody, in order of period and sheet: no probability, no reason, no
//! order of persons. Nothing of it is kept, so that nobody can look up later who was reminded
//! and how often.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::features::{self, Subject};
use super::input::enough_history;
use super::sheet::{NAMES, SheetSubject, sheet_row};
use super::{TeamPeriod, periods};
use crate::cases::forecast::MEDIUM;
use crate::history::{History, WorkAsOf};
use crate::learn::forecast::{Forecast, ForecastError};
use crate::registry::Registry;

/// Name of the model in the registry.
pub const SHEET_MODEL: &str = "timesheet_sheet";

/// Days back in which a team's periods are looked at for whether there is enough history.
const BACK: u64 = 400;
/// Days after a period's end in which its sheets are still asked for.
const ASKED_FOR: u64 = 31;

/// A sheet to remind of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reminder {
    /// The sheet.
    pub sheet_id: String,
    /// Whose it is: the one recipient.
    pub employee_id: String,
    /// First day of its period.
    pub period_start: NaiveDate,
    /// Last day of its period.
    pub period_end: NaiveDate,
    /// When it is due.
    pub due_at: DateTime<Utc>,
    /// What to say, the same for everybody.
    pub text: String,
}

/// The forecast of one sheet that is not in, fitted on such sheets; synchronous, shared freely
/// between threads.
#[derive(Debug)]
pub struct Reminders {
    forecast: Forecast,
}

impl Reminders {
    /// Loads the version of the model that answers.
    ///
    /// # Errors
    /// [`ForecastError`] that names the file.
    pub fn load(registry: &Registry) -> Result<Self, ForecastError> {
        Ok(Self {
            forecast: Forecast::load(registry, SHEET_MODEL, &NAMES)?,
        })
    }

    /// Sheets of teams of [`LEAST_TEAM`](super::LEAST_TEAM) people or more that are not handed in:
    /// those overdue, and those of a period about to end that are late with a probability of 40 %
    /// or more, where the team has enough history to tell.
    #[must_use]
    pub fn due(&self, history: &dyn History) -> Vec<Reminder> {
        let work = history.work();
        let mut found: Vec<Reminder> = work
            .teams()
            .iter()
            .flat_map(|team| self.of_team(team, &work))
            .collect();
        found.sort_by(|a, b| {
            let key = |one: &Reminder| (one.period_end, one.period_start, one.sheet_id.clone());
            key(a).cmp(&key(b))
        });
        found
    }

    fn of_team(&self, team: &str, work: &WorkAsOf) -> Vec<Reminder> {
        let (today, as_of) = (work.today(), work.as_of());
        let from = today - Days::new(BACK);
        let known = periods(team, work, from, today + Days::new(ASKED_FOR));
        let asked = known.iter().filter(|period| {
            period.is_of_team()
                && period.asked_at() <= as_of
                && period.end + Days::new(ASKED_FOR) >= today
        });
        asked
            .flat_map(|period| {
                let enough = enough_history(&known, period.end, as_of);
                self.of_period(team, period, enough, work)
            })
            .collect()
    }

    fn of_period(
        &self,
        team: &str,
        period: &TeamPeriod,
        enough: bool,
        work: &WorkAsOf,
    ) -> Vec<Reminder> {
        let subject = Subject {
            team,
            start: period.start,
            end: period.end,
        };
        let missing = period
            .sheets
            .iter()
            .filter(|one| one.submitted_at.is_none())
            // Who is gone reads no reminder.
            .filter(|one| !work.has_left(&one.employee));
        // Made once for all sheets of the team, where any is asked about.
        let mut of_team: Option<Vec<f64>> = None;
        missing
            .filter(|sheet| {
                sheet.due_at <= work.as_of()
                    || enough && {
                        let of_team = of_team.get_or_insert_with(|| features::row(&subject, work));
                        let asked = SheetSubject {
                            id: &sheet.id,
                            employee: &sheet.employee,
                            start: period.start,
                            end: period.end,
                        };
                        let row = sheet_row(&asked, of_team, work);
                        self.forecast.distribution().curve(&row).above(0.0) >= MEDIUM
                    }
            })
            .map(|sheet| Reminder {
                sheet_id: sheet.id.clone(),
                employee_id: sheet.employee.clone(),
                period_start: period.start,
                period_end: period.end,
                due_at: sheet.due_at,
                text: format!(
                    "Please hand in your timesheet for {} to {}; its due time is {} UTC.",
                    period.start,
                    period.end,
                    sheet.due_at.format("%Y-%m-%d %H:%M")
                ),
            })
            .collect()
    }
}
