//! Which bills wait for a team's sheets.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};

use super::features::Subject;
use super::periods::periods;
use crate::domain::Money;
use crate::domain::records::BillStatus;
use crate::history::WorkAsOf;

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

/// The bills not yet sent that bill days of the period, for projects that the team's sheets
/// of it name; where those say nothing, the sheets before. In order of the day planned.
#[must_use]
pub fn holds_up(subject: &Subject<'_>, work: &WorkAsOf) -> Vec<HeldBill> {
    let from = subject.end - Days::new(35);
    let known = periods(subject.team, work, from, subject.end);
    let named = known.iter().rev().map(|period| {
        let projects = period.sheets.iter().flat_map(|sheet| &sheet.projects);
        projects.map(String::as_str).collect::<BTreeSet<&str>>()
    });
    let projects = named.into_iter().find(|projects| !projects.is_empty());
    let until = subject.end + Days::new(BILLED_WITHIN);
    let mut held: Vec<HeldBill> = projects
        .unwrap_or_default()
        .into_iter()
        .flat_map(|project| work.bills_of(project, subject.start, until))
        .filter(|bill| bill.issued_on.is_none() && bill.status != Some(BillStatus::Cancelled))
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
