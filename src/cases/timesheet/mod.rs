//! Will a team's sheets of a period be late, how many hours will be missing, and what
//! bill does that hold up?
//!
//! What is foretold is of a team, never of a person, and of no team of fewer than
//! [`LEAST_TEAM`]. It is asked from the first day of a period on: before, and longer before the sheets are due
//! than any period was looked at when the model was fitted, it abstains. [`Reminders`] alone look at single sheets,
//! where a firm turns them on.

mod explanation;
pub mod features;
mod foretold;
mod holds_up;
mod input;
mod periods;
mod recommendation;
mod reminders;
mod sheet;

#[cfg(test)]
mod tests;

use uuid::Uuid;

pub use foretold::Foretold;
pub use holds_up::{HeldBill, holds_up};
pub use input::{BillHeldUp, KnownSheets, NotAsked, TimesheetInput, periods_watched};
pub use periods::{TeamPeriod, periods};
pub use recommendation::TimesheetAdvice;
pub use reminders::{Reminder, Reminders, SHEET_MODEL};
pub use sheet::{NAMES as SHEET_NAMES, SheetSubject, sheet_row};

use super::forecast_case::{ForecastCase, Question};
use super::record_case::{JudgeError, RecordItem};
use crate::advice::{InvalidRecommendation, Recommendation};
use crate::history::History;
use crate::learn::forecast::Forecast;

/// The case with its model.
pub type TimesheetCase = ForecastCase<TimesheetInput>;

/// Nothing is said of teams with fewer people.
pub const LEAST_TEAM: usize = 5;
/// A team's period is late when more than so many of a hundred sheets come after they
/// were due (only `scrutineer-eval --tolerated-percent` sets another share): most of the
/// hours are there for closing the books, and what is missing can be asked for by name.
pub const TOLERATED_PERCENT: f64 = 10.0;

impl Question for TimesheetInput {
    type Setting = ();

    const MODEL: &'static str = "timesheet";
    const FEATURES: &'static [&'static str] = &features::NAMES;

    fn read(
        item: &RecordItem,
        (): &(),
        history: &dyn History,
    ) -> Result<(Self, Vec<f64>), JudgeError> {
        input::read(&item.id, item.period_end, &history.work()).map_err(|why| {
            let unknown = why == NotAsked::Unknown;
            JudgeError::not_asked(why.field(), unknown, &why.to_string())
        })
    }

    fn recommend(
        &self,
        row: &[f64],
        forecast: &Forecast,
        features_sha256: String,
        recommendation_id: Uuid,
    ) -> Result<Recommendation, InvalidRecommendation> {
        recommendation::recommend(self, row, forecast, features_sha256, recommendation_id)
    }
}
