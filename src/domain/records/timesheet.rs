//! Hours of one person and period.

use chrono::{DateTime, NaiveDate, Utc};

use super::macros::{in_order, record, record_part};
use crate::domain::{Amount, RecordId};

record! {
    /// One person's sheet of one period.
    Timesheet dated by |sheet| Some(sheet.period_end), checked by |sheet| in_order(Some(sheet.period_start), Some(sheet.period_end), "period_end", "period_start"),
    {
        /// Whose hours.
        employee_id: RecordId,
        /// Team.
        team: Option<String>,
        /// Project, where the sheet is of one.
        project_id: Option<RecordId>,
        /// First day.
        period_start: NaiveDate,
        /// Last day.
        period_end: NaiveDate,
        /// When it should be handed in.
        due_at: Option<DateTime<Utc>>,
        /// When it was handed in.
        submitted_at: Option<DateTime<Utc>>,
        /// When it was approved.
        approved_at: Option<DateTime<Utc>>,
        /// Who approves it.
        approver_id: Option<RecordId>,
        /// Hours in all.
        hours: Option<Amount>,
        /// Billable hours.
        billable_hours: Option<Amount>,
        /// Hours by day and task.
        lines: Vec<TimesheetLine>,
    }
}

record_part! {
    /// Hours of one day and task.
    TimesheetLine {
        /// Day.
        day: NaiveDate,
        /// Project.
        project_id: Option<RecordId>,
        /// Task.
        task: Option<String>,
        /// Hours worked.
        hours: Amount,
        /// Hours planned.
        planned_hours: Option<Amount>,
        /// Whether they can be billed.
        billable: Option<bool>,
    }
}
