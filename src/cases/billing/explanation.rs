//! How the features are spoken of.

use super::features::NAMES;
use crate::cases::forecast::{Unit, Wording};

/// One for each feature, in the order of [`NAMES`].
pub(super) static WORDS: [Wording; NAMES.len()] = [
    Wording::new("days_to_planned", "Until the day planned", Unit::Days),
    Wording::new("planned_weekday", "Weekday planned", Unit::Weekday),
    Wording::new("planned_month_day", "Day of the month planned", Unit::Count),
    Wording::new("month", "Month", Unit::Count),
    Wording::new(
        "days_after_period",
        "From the end of the period to the day planned",
        Unit::Days,
    ),
    Wording::new("period_days", "Length of the period billed", Unit::Days),
    Wording::new("period_days_left", "Left of the period billed", Unit::Days),
    Wording::new("amount", "Amount planned", Unit::LogAmount),
    Wording::new(
        "amount_against_usual",
        "Amount against the project's usual bill",
        Unit::Times,
    ),
    Wording::new("by_the_hour", "Billed by the hour", Unit::Flag),
    Wording::new("fixed_price", "Fixed price", Unit::Flag),
    Wording::new("same_each_period", "The same each period", Unit::Flag),
    Wording::new("project_bills", "Bills of the project so far", Unit::Count),
    Wording::new(
        "project_slip_share",
        "Share of them that slipped",
        Unit::Share,
    ),
    Wording::new(
        "project_slip_recent",
        "Share that slipped, recent ones counting more",
        Unit::Share,
    ),
    Wording::new(
        "project_days_recent",
        "Days of slip, recent ones counting more",
        Unit::Days,
    ),
    Wording::new(
        "project_days_last",
        "Days of slip of the last bill",
        Unit::Days,
    ),
    Wording::new(
        "project_overdue",
        "Bills of the project overdue",
        Unit::Count,
    ),
    Wording::new(
        "manager_slip_recent",
        "Share of this manager's bills that slipped",
        Unit::Share,
    ),
    Wording::new(
        "manager_days_recent",
        "Days of slip of this manager's bills",
        Unit::Days,
    ),
    Wording::new(
        "team_slip_recent",
        "Share of the team's bills that slipped",
        Unit::Share,
    ),
    Wording::new(
        "team_days_recent",
        "Days of slip of the team's bills",
        Unit::Days,
    ),
    Wording::new(
        "customer_slip_recent",
        "Share of the customer's bills that slipped",
        Unit::Share,
    ),
    Wording::new(
        "customer_days_recent",
        "Days of slip of the customer's bills",
        Unit::Days,
    ),
    Wording::new(
        "like_slip_recent",
        "Share of like bills that slipped",
        Unit::Share,
    ),
    Wording::new("like_days_recent", "Days of slip of like bills", Unit::Days),
    Wording::new(
        "manager_bills_waiting",
        "Bills waiting with the manager",
        Unit::Count,
    ),
    Wording::new(
        "team_bills_waiting",
        "Bills waiting with the team",
        Unit::Count,
    ),
    Wording::new("drawn_up", "Drawn up", Unit::Flag),
    Wording::new("in_review", "In review", Unit::Flag),
    Wording::new("on_hold", "On hold", Unit::Flag),
    Wording::new("revisions", "Times redrawn", Unit::Count),
    Wording::new("sheets", "Timesheets billed", Unit::Count),
    Wording::new(
        "sheets_missing_share",
        "Share of timesheets missing",
        Unit::Share,
    ),
    Wording::new("sheets_overdue", "Timesheets overdue", Unit::Count),
    Wording::new(
        "sheets_unapproved_share",
        "Share of timesheets not approved",
        Unit::Share,
    ),
    Wording::new(
        "sheets_late_share_recent",
        "Share of the project's timesheets late lately",
        Unit::Share,
    ),
    Wording::new(
        "sheet_approval_days",
        "Days until timesheets are approved",
        Unit::Days,
    ),
    Wording::new(
        "milestone_asked",
        "Acceptance of a milestone asked for",
        Unit::Flag,
    ),
    Wording::new("milestone_accepted", "Milestone accepted", Unit::Flag),
    Wording::new("milestone_waits_days", "Waiting for acceptance", Unit::Days),
    Wording::new("review_asked", "Review asked for", Unit::Flag),
    Wording::new("review_done", "Review done", Unit::Flag),
    Wording::new("review_waits_days", "Waiting for review", Unit::Days),
    Wording::new(
        "manager_away_share",
        "Share of leave of the manager",
        Unit::Share,
    ),
    Wording::new("project_days", "Age of the project", Unit::Days),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_is_spoken_of_in_its_place() {
        assert_eq!(WORDS.clone().map(|words| words.feature), NAMES);
    }
}
