//! Whether a document's dates make sense together and on the day it is judged.

use chrono::{Days, NaiveDate};

use crate::documents::field_name::FieldName;
use crate::documents::model::Reading;

/// Days after which an issue date counts as very old: three years.
pub const VERY_OLD_DAYS: u64 = 3 * 365;

/// Something odd about dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateIssue {
    /// Payment was due before the document was issued.
    DueBeforeIssue,
    /// Issued more than a day after the day of judgement; one day is left for
    /// time zones.
    IssuedInFuture,
    /// Issued more than [`VERY_OLD_DAYS`] before the day of judgement.
    VeryOld,
    /// The service period ends before it starts.
    PeriodReversed,
}

impl DateIssue {
    /// Stable code in snake case.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::DueBeforeIssue => "due_before_issue",
            Self::IssuedInFuture => "issued_in_future",
            Self::VeryOld => "issue_date_very_old",
            Self::PeriodReversed => "service_period_reversed",
        }
    }

    /// The fields it is about.
    #[must_use]
    pub const fn fields(self) -> &'static [FieldName] {
        match self {
            Self::DueBeforeIssue => &[FieldName::IssueDate, FieldName::DueDate],
            Self::IssuedInFuture | Self::VeryOld => &[FieldName::IssueDate],
            Self::PeriodReversed => &[FieldName::ServiceStart, FieldName::ServiceEnd],
        }
    }
}

/// Checks the dates of a reading as of a day. A date that is not of the calendar
/// (29 February of a common year) is never in a reading.
#[must_use]
pub fn check_dates(reading: &Reading, as_of: NaiveDate) -> Vec<DateIssue> {
    let date = |name| reading.fields.get(&name)?.value.parse::<NaiveDate>().ok();
    let issued = date(FieldName::IssueDate);
    let latest = as_of.checked_add_days(Days::new(1)).unwrap_or(as_of);
    let oldest = as_of
        .checked_sub_days(Days::new(VERY_OLD_DAYS))
        .unwrap_or(as_of);
    let before = |a: Option<NaiveDate>, b: Option<NaiveDate>| a.zip(b).is_some_and(|(a, b)| a < b);
    [
        (
            before(date(FieldName::DueDate), issued),
            DateIssue::DueBeforeIssue,
        ),
        (before(Some(latest), issued), DateIssue::IssuedInFuture),
        (before(issued, Some(oldest)), DateIssue::VeryOld),
        (
            before(date(FieldName::ServiceEnd), date(FieldName::ServiceStart)),
            DateIssue::PeriodReversed,
        ),
    ]
    .into_iter()
    .filter_map(|(odd, issue)| odd.then_some(issue))
    .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{DateIssue, check_dates};
    use crate::documents::{Field, FieldName as F, Reading, Source};

    fn issues(fields: &[(F, &str)], as_of: &str) -> Vec<DateIssue> {
        let field = |value: &str| Field {
            value: value.into(),
            raw: value.into(),
            confidence: 1.0,
            source: Source::Page,
            page: None,
            bbox: None,
            path: None,
        };
        let fields = fields
            .iter()
            .map(|(name, value)| (*name, field(value)))
            .collect();
        check_dates(
            &Reading {
                fields,
                ..Reading::default()
            },
            as_of.parse().unwrap(),
        )
    }

    #[test]
    fn each_issue_begins_a_day_past_its_bound() {
        let at = "2024-03-01";
        for (fields, found) in [
            (
                vec![(F::IssueDate, "2024-02-29"), (F::DueDate, "2024-02-29")],
                vec![],
            ),
            (
                vec![(F::IssueDate, "2024-02-29"), (F::DueDate, "2024-02-28")],
                vec![DateIssue::DueBeforeIssue],
            ),
            (vec![(F::IssueDate, "2024-03-02")], vec![]),
            (
                vec![(F::IssueDate, "2024-03-03")],
                vec![DateIssue::IssuedInFuture],
            ),
            (vec![(F::IssueDate, "2021-03-02")], vec![]),
            (vec![(F::IssueDate, "2021-03-01")], vec![DateIssue::VeryOld]),
            (
                vec![
                    (F::ServiceStart, "2024-01-01"),
                    (F::ServiceEnd, "2024-01-01"),
                ],
                vec![],
            ),
            (
                vec![
                    (F::ServiceStart, "2024-01-02"),
                    (F::ServiceEnd, "2024-01-01"),
                ],
                vec![DateIssue::PeriodReversed],
            ),
            (vec![(F::DueDate, "2024-01-01")], vec![]),
        ] {
            assert_eq!(issues(&fields, at), found, "{fields:?}");
        }
    }

    #[test]
    fn what_is_no_date_is_no_issue() {
        assert_eq!(
            issues(
                &[(F::IssueDate, "2023-02-29"), (F::DueDate, "x")],
                "2024-01-01"
            ),
            []
        );
        assert_eq!(
            issues(&[(F::IssueDate, "9999-12-31")], "+262142-12-31"),
            [DateIssue::VeryOld]
        );
    }
}
