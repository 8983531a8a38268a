//! How sheets come where a bill waits for them: when they are due, and how long their approval takes.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{Days, NaiveDate};

use super::chain::{in_days, middle, weekday_from};
use crate::domain::records::Bill;
use crate::history::{KnownSheet, WorkAsOf};

/// Days looked back for what is usual.
const LOOKED_BACK: u64 = 200;
/// People around a project whose sheets are looked at: bounds time where a team is large.
const MAX_PEOPLE: usize = 12;
/// Weeks looked back for the people of a team, enough where they hand in by the month.
const MAX_WEEKS: u64 = 5;

/// What is usual of sheets, seen from a bill.
#[derive(Debug, Default)]
pub(super) struct SheetHabits {
    /// Days until they are approved, the middle; none where no approval was recorded.
    pub(super) approval_days: Option<f64>,
    /// Whether there are sheets for the project itself.
    pub(super) are_for_project: bool,
    /// Those that tell when others like them are due.
    like: Vec<Arc<KnownSheet>>,
}

impl SheetHabits {
    /// Told by the project's own sheets; what they do not tell, as before its first bill, by those of
    /// the people around it.
    pub(super) fn of(bill: &Bill, billed: &[Arc<KnownSheet>], work: &WorkAsOf) -> Self {
        let today = work.today();
        let from = today - Days::new(LOOKED_BACK);
        let own = work.sheets_of_project(bill.project_id.as_str(), from, today);
        let told = approval_days(&own).or_else(|| approval_days(billed));
        let others = if told.is_some() {
            Vec::new()
        } else {
            of_people_around(bill, billed, work)
        };
        Self {
            approval_days: told.or_else(|| approval_days(&others)),
            are_for_project: !own.is_empty() || !billed.is_empty(),
            like: [own, billed.to_vec(), others]
                .into_iter()
                .find(|sheets| !sheets.is_empty())
                .unwrap_or_default(),
        }
    }

    /// Whether anybody here hands in sheets.
    pub(super) const fn are_kept(&self) -> bool {
        !self.like.is_empty()
    }

    /// The day on which the sheets are usually due that tell of the last days of a period.
    pub(super) fn due_after(&self, end: NaiveDate) -> NaiveDate {
        let next_day = end + Days::new(1);
        let Some(last) = self.like.iter().max_by_key(|sheet| sheet.period_end) else {
            return weekday_from(next_day);
        };
        let length = (last.period_end - last.period_start).num_days() + 1;
        // Weeks go on over the end of a month; a sheet of a month, or of half of one, ends with it.
        let over = match length {
            7 | 14 => (last.period_end - end).num_days().rem_euclid(length),
            _ => 0,
        };
        let waits = self.like.iter().map(|sheet| {
            let due = sheet.due_at.date_naive();
            (due - sheet.period_end).num_days().max(0) as f64
        });
        let waits = middle(waits.collect()).unwrap_or_default();
        let due = end + Days::new(over.unsigned_abs() + waits as u64);
        due.max(next_day)
    }
}

fn approval_days(sheets: &[Arc<KnownSheet>]) -> Option<f64> {
    let days = sheets
        .iter()
        .filter_map(|sheet| Some(in_days(sheet.submitted_at?, sheet.approved_at?)));
    middle(days.collect())
}

/// Sheets for whatever project of those whose sheets the bill bills, or, where none of them was
/// approved, of the project's team and manager.
fn of_people_around(
    bill: &Bill,
    billed: &[Arc<KnownSheet>],
    work: &WorkAsOf,
) -> Vec<Arc<KnownSheet>> {
    let on_it = of_people(&people(billed), work);
    if approval_days(&on_it).is_some() {
        return on_it;
    }
    let project = work.project(bill.project_id.as_str());
    let project = project.as_deref();
    let team = project.and_then(|project| project.team.as_deref());
    let mut around = team.map_or_else(BTreeSet::new, |team| people_of_team(team, work));
    let manager = project.and_then(|project| project.manager_id.as_ref());
    around.extend(manager.map(|id| id.as_str().to_owned()));
    let around = of_people(&around, work);
    if around.is_empty() { on_it } else { around }
}

fn people(sheets: &[Arc<KnownSheet>]) -> BTreeSet<String> {
    sheets.iter().map(|sheet| sheet.employee.clone()).collect()
}

fn of_people(people: &BTreeSet<String>, work: &WorkAsOf) -> Vec<Arc<KnownSheet>> {
    let today = work.today();
    let from = today - Days::new(LOOKED_BACK);
    let people = people.iter().take(MAX_PEOPLE);
    people
        .flat_map(|id| work.sheets_of_employee(id, from, today))
        .collect()
}

/// Who of a team had a sheet lately, looking back only until they are enough.
fn people_of_team(team: &str, work: &WorkAsOf) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for week in 0..MAX_WEEKS {
        let to = work.today() - Days::new(7 * week);
        let sheets = work.sheets_of_team(team, to - Days::new(6), to);
        found.extend(people(&sheets));
        if found.len() >= MAX_PEOPLE {
            break;
        }
    }
    found
}
