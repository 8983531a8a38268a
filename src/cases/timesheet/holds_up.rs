//! Which bills wait for a team's sheets.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{Days, NaiveDate};

use super::features::Subject;
use super::periods::{TeamPeriod, periods};
use crate::cases::billing::waits_for_sheets;
use crate::domain::Money;
use crate::history::{KnownSheet, WorkAsOf};

/// Days after a period within which a bill for it is planned.
const BILLED_WITHIN: u64 = 100;

/// A bill that cannot go out before the sheets are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldBill {
    /// Its record id.
    pub id: String,
    /// Its project.
    pub project: String,
    /// Day it should be sent.
    pub planned_on: NaiveDate,
    /// What it should come to.
    pub amount: Option<Money>,
}

/// The bills not yet sent that bill days of the period by the hour, for projects that the team's sheets
/// of it name which are not there; where none of these names any, the sheets before of the same people. In order of
/// the day planned.
#[must_use]
pub fn holds_up(subject: &Subject<'_>, work: &WorkAsOf) -> Vec<HeldBill> {
    let from = subject.end - Days::new(35);
    let known = periods(subject.team, work, from, subject.end);
    let is_own = |period: &&TeamPeriod| (period.start, period.end) == (subject.start, subject.end);
    let own = known.iter().find(is_own);
    // Whose sheet is in keeps nobody waiting.
    let missing = own.map(|period| {
        let missing = period
            .sheets
            .iter()
            .filter(|one| one.submitted_at.is_none());
        missing
            .map(|one| one.employee.as_str())
            .collect::<BTreeSet<&str>>()
    });
    if missing.as_ref().is_some_and(BTreeSet::is_empty) {
        return Vec::new();
    }
    let waits = |sheet: &&Arc<KnownSheet>| {
        let missing = missing.as_ref();
        missing.is_none_or(|missing| missing.contains(sheet.employee.as_str()))
    };
    let earlier = known.iter().rev().filter(|one| one.end < subject.end);
    let named = own.into_iter().chain(earlier).map(|period| {
        let sheets = period.sheets.iter().filter(waits);
        let projects = sheets.flat_map(|sheet| &sheet.projects);
        projects.map(String::as_str).collect::<BTreeSet<&str>>()
    });
    let mut named = named.filter(|projects| !projects.is_empty());
    let projects = named.next();
    let until = subject.end + Days::new(BILLED_WITHIN);
    let mut held: Vec<HeldBill> = projects
        .unwrap_or_default()
        .into_iter()
        .filter(|id| waits_for_sheets(work.project(id).and_then(|one| one.contract_type)))
        .flat_map(|project| work.bills_of(project, subject.start, until))
        .filter(|bill| bill.is_open())
        .filter(|bill| match (bill.period_start, bill.period_end) {
            (Some(start), Some(end)) => start <= subject.end && subject.start <= end,
            _ => bill.planned_on >= subject.end,
        })
        .map(|bill| HeldBill {
            id: bill.id.as_str().to_owned(),
            project: bill.project_id.as_str().to_owned(),
            planned_on: bill.planned_on,
            amount: bill.planned_amount.map(|amount| Money {
                amount,
                currency: bill.currency,
            }),
        })
        .collect();
    held.sort_by(|a, b| (a.planned_on, &a.id).cmp(&(b.planned_on, &b.id)));
    held
}
