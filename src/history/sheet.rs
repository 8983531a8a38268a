//! One person's sheet, in the form that forecasts read quickly.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveTime, Utc, Weekday};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::domain::records::{Timesheet, TimesheetLine};

/// One person's sheet of one period, as far as forecasts need it.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownSheet {
    /// Record id.
    pub id: String,
    /// Whose.
    pub employee: String,
    /// The team it names.
    pub team: Option<String>,
    /// First day.
    pub period_start: NaiveDate,
    /// Last day.
    pub period_end: NaiveDate,
    /// When it should be handed in; where the record does not say, at the end of the first
    /// weekday after the period.
    pub due_at: DateTime<Utc>,
    /// When it was handed in.
    pub submitted_at: Option<DateTime<Utc>>,
    /// When it was approved.
    pub approved_at: Option<DateTime<Utc>>,
    /// Who approves it.
    pub approver: Option<String>,
    /// Hours worked, where it says: as a whole, or on its lines once it is handed in.
    pub hours: Option<f64>,
    /// Hours planned over its lines, where they say.
    pub planned_hours: Option<f64>,
    /// Days on which nothing was planned, or that its lines call leave.
    pub away: Vec<NaiveDate>,
    /// Projects it is for.
    pub projects: Vec<String>,
}

impl KnownSheet {
    /// Whether it came after it was due, seen from a moment; none while that is open.
    #[must_use]
    pub fn late(&self, as_of: DateTime<Utc>) -> Option<bool> {
        match self.submitted_at {
            Some(submitted) => Some(submitted > self.due_at),
            None => (as_of > self.due_at).then_some(true),
        }
    }
}

impl From<Timesheet> for KnownSheet {
    fn from(sheet: Timesheet) -> Self {
        let named = sheet.project_id.iter();
        let of_lines = sheet
            .lines
            .iter()
            .filter_map(|line| line.project_id.as_ref());
        let projects: BTreeSet<String> = named
            .chain(of_lines)
            .map(|id| id.as_str().to_owned())
            .collect();
        let hours = sheet.hours.map(number).or_else(|| hours_of_lines(&sheet));
        let planned = sheet.lines.iter().filter_map(|line| line.planned_hours);
        let planned: Vec<f64> = planned.map(number).collect();
        let mut by_day: BTreeMap<NaiveDate, Vec<&TimesheetLine>> = BTreeMap::new();
        for line in &sheet.lines {
            by_day.entry(line.day).or_default().push(line);
        }
        // Nothing planned on one project is no day off where something is on another.
        let away = by_day.into_iter().filter(|(_, lines)| {
            let nothing =
                |line: &&TimesheetLine| line.planned_hours.is_some_and(|h| number(h) == 0.0);
            let leave = |line: &&TimesheetLine| line.task.as_deref().is_some_and(is_leave);
            lines.iter().any(leave) || lines.iter().all(nothing)
        });
        let away: BTreeSet<NaiveDate> = away.map(|(day, _)| day).collect();
        Self {
            id: sheet.id.as_str().to_owned(),
            employee: sheet.employee_id.as_str().to_owned(),
            team: sheet.team,
            period_start: sheet.period_start,
            period_end: sheet.period_end,
            due_at: sheet
                .due_at
                .unwrap_or_else(|| usually_due(sheet.period_end)),
            submitted_at: sheet.submitted_at,
            approved_at: sheet.approved_at,
            approver: sheet.approver_id.map(|id| id.as_str().to_owned()),
            hours,
            planned_hours: (!planned.is_empty()).then(|| planned.iter().sum()),
            away: away.into_iter().collect(),
            projects: projects.into_iter().collect(),
        }
    }
}

/// What the lines of a sheet that is handed in come to. Before, they say what was worked so far; lines of a plan
/// say 0, and so do those of which nobody says more.
fn hours_of_lines(sheet: &Timesheet) -> Option<f64> {
    sheet.submitted_at?;
    let hours: Decimal = sheet.lines.iter().map(|line| line.hours.decimal()).sum();
    hours.to_f64().filter(|hours| *hours > 0.0)
}

/// Words for being away that a task may have.
fn is_leave(task: &str) -> bool {
    const WORDS: [&str; 24] = [
        "leave",
        "holiday",
        "holidays",
        "vacation",
        "absence",
        "absent",
        "sick",
        "pto",
        "parental",
        "urlaub",
        "krank",
        "krankheit",
        "elternzeit",
        "abwesend",
        "congé",
        "congés",
        "maladie",
        "ferie",
        "malattia",
        "vacaciones",
        "vakantie",
        "verlof",
        "ziek",
        "urlop",
    ];
    let task = task.to_lowercase();
    let mut words = task.split(|c: char| !c.is_alphanumeric());
    words.any(|word| WORDS.contains(&word))
}

/// The end of the first weekday after a period.
pub(super) fn usually_due(period_end: NaiveDate) -> DateTime<Utc> {
    let days = match period_end.weekday() {
        Weekday::Fri => 3,
        Weekday::Sat => 2,
        _ => 1,
    };
    let after = period_end + Days::new(days + 1);
    after.and_time(NaiveTime::MIN).and_utc()
}

fn number(amount: crate::domain::Amount) -> f64 {
    amount.decimal().to_f64().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::history::facts::read;

    fn hours(more: &Value) -> Option<f64> {
        let mut body = json!({"id": "s", "employee_id": "e", "period_start": "2026-03-02",
            "period_end": "2026-03-08", "lines": [{"day": "2026-03-02", "hours": "7.5"},
            {"day": "2026-03-03", "hours": "8.25"}]});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let sheet: Timesheet = read(body).unwrap();
        KnownSheet::from(sheet).hours
    }

    #[test]
    fn hours_on_lines_alone_are_the_hours_of_a_sheet_that_is_in() {
        let submitted = "2026-03-09T09:00:00Z";
        let handed_in = json!({"submitted_at": submitted});
        assert_eq!(hours(&handed_in), Some(15.75));
        assert_eq!(
            hours(&json!({"submitted_at": submitted, "hours": "38"})),
            Some(38.0)
        );
        // Not over yet, and a plan that was only marked as handed in.
        assert_eq!(hours(&json!({})), None);
        let plan = json!([{"day": "2026-03-02", "hours": "0", "planned_hours": "7.5"}]);
        assert_eq!(
            hours(&json!({"submitted_at": submitted, "lines": plan})),
            None
        );
    }
}
