//! Which column of a CSV file says what.

use super::DayOrder;

/// Names of the columns; what is not named is found by usual names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    /// The case.
    pub case: Option<String>,
    /// What happened.
    pub activity: Option<String>,
    /// When.
    pub time: Option<String>,
    /// Who or what did it.
    pub resource: Option<String>,
    /// In which role.
    pub role: Option<String>,
    /// What comes first in times such as 01/02/2024 or 01-02-2024, where none of them shows it.
    pub day_order: Option<DayOrder>,
}

/// Usual names, the likeliest first; compared without case, blanks and punctuation.
const CASE: [&str; 7] = [
    "case:concept:name",
    "case_id",
    "case",
    "caseid",
    "trace_id",
    "trace",
    "key",
];
const ACTIVITY: [&str; 6] = [
    "concept:name",
    "activity",
    "activity_name",
    "event",
    "task",
    "step",
];
const TIME: [&str; 10] = [
    "time:timestamp",
    "timestamp",
    "time",
    "complete_timestamp",
    "end_time",
    "end_timestamp",
    "completed_at",
    "event_time",
    "date",
    "datetime",
];
const RESOURCE: [&str; 4] = ["org:resource", "resource", "user", "performer"];
const ROLE: [&str; 2] = ["org:role", "role"];
const LIFECYCLE: [&str; 2] = ["lifecycle:transition", "lifecycle"];

/// Places of the columns in a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Places {
    pub(super) case: usize,
    pub(super) activity: usize,
    pub(super) time: usize,
    pub(super) resource: Option<usize>,
    pub(super) role: Option<usize>,
    pub(super) lifecycle: Option<usize>,
}

impl Columns {
    /// Finds them.
    ///
    /// # Errors
    /// Names the column that is not there.
    pub(super) fn places(&self, header: &[String]) -> Result<Places, String> {
        let required = |what: &str, asked: &Option<String>, usual: &[&str]| {
            place(header, asked, usual)?.ok_or_else(|| {
                format!(
                    "no column of the {what}: none of {} is there; name it",
                    usual.join(", ")
                )
            })
        };
        Ok(Places {
            case: required("case", &self.case, &CASE)?,
            activity: required("activity", &self.activity, &ACTIVITY)?,
            time: required("time", &self.time, &TIME)?,
            resource: place(header, &self.resource, &RESOURCE)?,
            role: place(header, &self.role, &ROLE)?,
            lifecycle: place(header, &None, &LIFECYCLE)?,
        })
    }
}

fn place(
    header: &[String],
    asked: &Option<String>,
    usual: &[&str],
) -> Result<Option<usize>, String> {
    if let Some(asked) = asked {
        let found = header.iter().position(|name| name == asked);
        return found
            .map(Some)
            .ok_or_else(|| format!("column {asked:?} is not there"));
    }
    let found = |usual: &&str| header.iter().position(|name| plain(name) == plain(usual));
    Ok(usual.iter().find_map(found))
}

fn plain(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}
