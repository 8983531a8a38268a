//! How the features are spoken of.

use std::borrow::Cow;

use super::features::NAMES;
use crate::cases::forecast::{Unit, Wording};

const fn says(feature: &'static str, label: &'static str, unit: Unit) -> Wording {
    Wording {
        feature: Cow::Borrowed(feature),
        label: Cow::Borrowed(label),
        unit,
    }
}

/// One for each feature, in the order of [`NAMES`].
pub(super) static WORDS: [Wording; NAMES.len()] = [
    says("days_to_planned", "Until the day planned", Unit::Days),
    says("planned_weekday", "Weekday planned", Unit::Weekday),
    says("planned_month_day", "Day of the month planned", Unit::Count),
    says("month", "Month", Unit::Count),
    says(
        "days_after_period",
        "From the end of the period to the day planned",
        Unit::Days,
    ),
    says("period_days", "Length of the period billed", Unit::Days),
    says("period_days_left", "Left of the period billed", Unit::Days),
    says("amount", "Amount planned", Unit::LogAmount),
    says(
        "amount_against_usual",
        "Amount against the project's usual bill",
        Unit::Times,
    ),
    says("by_the_hour", "Billed by the hour", Unit::Flag),
    says("fixed_price", "Fixed price", Unit::Flag),
    says("same_each_period", "The same each period", Unit::Flag),
    says("project_bills", "Bills of the project so far", Unit::Count),
    says(
        "project_slip_share",
        "Share of them that slipped",
        Unit::Share,
    ),
    says(
        "project_slip_recent",
        "Share that slipped, recent ones counting more",
        Unit::Share,
    ),
    says(
        "project_days_recent",
        "Days of slip, recent ones counting more",
        Unit::Days,
    ),
    says(
        "project_days_last",
        "Days of slip of the last bill",
        Unit::Days,
    ),
    says(
        "project_overdue",
        "Bills of the project overdue",
        Unit::Count,
    ),
    says(
        "manager_slip_recent",
        "Share of this manager's bills that slipped",
        Unit::Share,
    ),
    says(
        "manager_days_recent",
        "Days of slip of this manager's bills",
        Unit::Days,
    ),
    says(
        "team_slip_recent",
        "Share of the team's bills that slipped",
        Unit::Share,
    ),
    says(
        "team_days_recent",
        "Days of slip of the team's bills",
        Unit::Days,
    ),
    says(
        "customer_slip_recent",
        "Share of the customer's bills that slipped",
        Unit::Share,
    ),
    says(
        "customer_days_recent",
        "Days of slip of the customer's bills",
        Unit::Days,
    ),
    says(
        "like_slip_recent",
        "Share of like bills that slipped",
        Unit::Share,
    ),
    says("like_days_recent", "Days of slip of like bills", Unit::Days),
    says(
        "manager_bills_waiting",
        "Bills waiting with the manager",
        Unit::Count,
    ),
    says(
        "team_bills_waiting",
        "Bills waiting with the team",
        Unit::Count,
    ),
    says("drawn_up", "Drawn up", Unit::Flag),
    says("in_review", "In review", Unit::Flag),
    says("on_hold", "On hold", Unit::Flag),
    says("revisions", "Times redrawn", Unit::Count),
    says("sheets", "Timesheets billed", Unit::Count),
    says(
        "sheets_missing_share",
        "Share of timesheets missing",
        Unit::Share,
    ),
    says("sheets_overdue", "Timesheets overdue", Unit::Count),
    says(
        "sheets_unapproved_share",
        "Share of timesheets not approved",
        Unit::Share,
    ),
    says(
        "sheets_late_share_recent",
        "Share of the project's timesheets late lately",
        Unit::Share,
    ),
    says(
        "sheet_approval_days",
        "Days until timesheets are approved",
        Unit::Days,
    ),
    says(
        "milestone_asked",
        "Acceptance of a milestone asked for",
        Unit::Flag,
    ),
    says("milestone_accepted", "Milestone accepted", Unit::Flag),
    says("milestone_waits_days", "Waiting for acceptance", Unit::Days),
    says("review_asked", "Review asked for", Unit::Flag),
    says("review_done", "Review done", Unit::Flag),
    says("review_waits_days", "Waiting for review", Unit::Days),
    says(
        "manager_away_share",
        "Share of leave of the manager",
        Unit::Share,
    ),
    says("project_days", "Age of the project", Unit::Days),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_is_spoken_of_in_its_place() {
        assert_eq!(WORDS.clone().map(|words| words.feature), NAMES);
    }
}
