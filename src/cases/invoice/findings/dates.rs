//! Dates that make no sense together or on the day of judgement.

use super::evidence::Places;
use super::{Finding, FindingsInput};
use crate::advice::Level;
use crate::documents::checks::{DateIssue, check_dates};

pub(super) fn find(input: &FindingsInput<'_>, places: Places<'_>) -> Vec<Finding> {
    check_dates(input.merged, input.as_of)
        .into_iter()
        .map(|issue| Finding {
            code: issue.code().to_owned(),
            text: in_words(issue).to_owned(),
            level: if issue == DateIssue::VeryOld {
                Level::Low
            } else {
                Level::Medium
            },
            evidence: places.fields(input.merged, issue.fields()),
        })
        .collect()
}

const fn in_words(issue: DateIssue) -> &'static str {
    match issue {
        DateIssue::DueBeforeIssue => "Payment is due before the document was issued.",
        DateIssue::IssuedInFuture => "The issue date lies in the future.",
        DateIssue::VeryOld => "The document was issued more than three years ago.",
        DateIssue::PeriodReversed => "The service period ends before it starts.",
    }
}
