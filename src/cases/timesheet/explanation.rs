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
    says("team_size", "People in the team", Unit::Count),
    says("period_days", "Length of the period", Unit::Days),
    says("days_to_due", "Until the sheets are due", Unit::Days),
    says("due_weekday", "Weekday they are due", Unit::Weekday),
    says("month", "Month", Unit::Count),
    says("month_end", "A month ends in the period", Unit::Flag),
    says("quarter_end", "A quarter ends in the period", Unit::Flag),
    says("periods_known", "Periods of the team known", Unit::Count),
    says(
        "late_share",
        "Share of the team's sheets late so far",
        Unit::Share,
    ),
    says(
        "late_share_90_days",
        "Share late, a season back",
        Unit::Share,
    ),
    says(
        "late_share_35_days",
        "Share late, a month back",
        Unit::Share,
    ),
    says(
        "late_share_12_days",
        "Share late, a fortnight back",
        Unit::Share,
    ),
    says("late_share_last", "Share late last time", Unit::Share),
    says(
        "late_periods_recent",
        "Share of recent periods that were late",
        Unit::Share,
    ),
    says("late_share_spread", "Spread of the share late", Unit::Share),
    says(
        "late_share_month_end",
        "Share late in periods of this sort",
        Unit::Share,
    ),
    says(
        "late_share_last_year",
        "Share late this time last year",
        Unit::Share,
    ),
    says("days_late_recent", "Days late of late sheets", Unit::Days),
    says(
        "missing_earlier",
        "Share of earlier sheets still missing",
        Unit::Share,
    ),
    says("submitted_already", "Share handed in already", Unit::Share),
    says("hours_expected", "Hours expected of a sheet", Unit::Hours),
    says("hours_last", "Hours of a sheet last time", Unit::Hours),
    says(
        "hours_against_usual",
        "Hours last time against usual",
        Unit::Share,
    ),
    says("projects_each", "Projects of a person", Unit::Count),
    says("away_share", "Share of leave in the period", Unit::Share),
    says("away_last_day", "Share away on its last day", Unit::Share),
    says(
        "away_due_day",
        "Share away when sheets are due",
        Unit::Share,
    ),
    says("approvers", "Approvers", Unit::Count),
    says(
        "approval_days_recent",
        "Days until approval lately",
        Unit::Days,
    ),
    says(
        "unapproved_share",
        "Share waiting for approval",
        Unit::Share,
    ),
    says(
        "new_members",
        "Share of people new to the team",
        Unit::Share,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_is_spoken_of_in_its_place() {
        assert_eq!(WORDS.clone().map(|words| words.feature), NAMES);
    }
}
