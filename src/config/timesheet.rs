//! What the firm sets for timesheets.

use serde::{Deserialize, Serialize};

/// What the firm sets for timesheets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timesheet {
    /// Whether single sheets are foretold, for reminders that go to the submitter alone.
    pub remind_submitters: bool,
}
