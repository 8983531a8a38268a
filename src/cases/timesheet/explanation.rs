//! How the features are spoken of.

use super::features::NAMES;
use crate::cases::forecast::{Unit, Wording};

/// One for each feature, in the order of [`NAMES`].
pub(super) static WORDS: [Wording; NAMES.len()] = [
    Wording::new("team_size", "People in the team", Unit::Count),
    Wording::new("period_days", "Length of the period", Unit::Days),
    Wording::new("days_to_due", "Until the sheets are due", Unit::Days),
    Wording::new("due_weekday", "Weekday they are due", Unit::Weekday),
    Wording::new("month", "Month", Unit::Count),
    Wording::new("month_end", "A month ends in the period", Unit::Flag),
    Wording::new("quarter_end", "A quarter ends in the period", Unit::Flag),
    Wording::new("periods_known", "Periods of the team known", Unit::Count),
    Wording::new(
        "late_share",
        "Share of the team's sheets late so far",
        Unit::Share,
    ),
    Wording::new(
        "late_share_90_days",
        "Share late, a season back",
        Unit::Share,
    ),
    Wording::new(
        "late_share_35_days",
        "Share late, a month back",
        Unit::Share,
    ),
    Wording::new(
        "late_share_12_days",
        "Share late, a fortnight back",
        Unit::Share,
    ),
    Wording::new("late_share_last", "Share late last time", Unit::Share),
    Wording::new(
        "late_periods_recent",
        "Share of recent periods that were late",
        Unit::Share,
    ),
    Wording::new("late_share_spread", "Spread of the share late", Unit::Share),
    Wording::new(
        "late_share_month_end",
        "Share late in periods of this sort",
        Unit::Share,
    ),
    Wording::new(
        "late_share_last_year",
        "Share late this time last year",
        Unit::Share,
    ),
    Wording::new("days_late_recent", "Days late of late sheets", Unit::Days),
    Wording::new(
        "missing_earlier",
        "Share of earlier sheets still missing",
        Unit::Share,
    ),
    Wording::new("submitted_already", "Share handed in already", Unit::Share),
    Wording::new(
        "submitted_against_usual",
        "Share handed in, less what usually is by then",
        Unit::Share,
    ),
    Wording::new("hours_expected", "Hours expected of a sheet", Unit::Hours),
    Wording::new("hours_last", "Hours of a sheet last time", Unit::Hours),
    Wording::new(
        "hours_against_usual",
        "Hours last time against usual",
        Unit::Share,
    ),
    Wording::new("projects_each", "Projects of a person", Unit::Count),
    Wording::new("away_share", "Share of leave in the period", Unit::Share),
    Wording::new("away_last_day", "Share away on its last day", Unit::Share),
    Wording::new(
        "away_due_day",
        "Share away when sheets are due",
        Unit::Share,
    ),
    Wording::new("approvers", "Approvers", Unit::Count),
    Wording::new(
        "approval_days_recent",
        "Days until approval lately",
        Unit::Days,
    ),
    Wording::new(
        "unapproved_share",
        "Share waiting for approval",
        Unit::Share,
    ),
    Wording::new(
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
