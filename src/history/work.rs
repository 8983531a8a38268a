//! Sheets, projects, bills and approvals as they were known at a moment.

use std::any::Any;
use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

use super::bills::Bills;
use super::dated::Dated;
use super::facts::Facts;
use super::moments::end_of;
use super::sheet::KnownSheet;
use super::versions::Versions;
use crate::domain::RecordKind;
use crate::domain::records::{Approval, Bill, Employee, Project, Timesheet};

/// Every version of the records that tell of work and its billing.
#[derive(Debug, Clone)]
pub(super) struct Work {
    sheets: Dated<KnownSheet>,
    employees: Versions<Employee>,
    projects: Versions<Project>,
    bills: Bills,
    approvals: Versions<Approval>,
}

impl Default for Work {
    fn default() -> Self {
        Self {
            sheets: Dated::new(|sheet| (sheet_keys(sheet), sheet.period_end)),
            employees: Versions::new(|employee| {
                employee
                    .team
                    .iter()
                    .map(|team| format!("team:{team}"))
                    .collect()
            }),
            projects: Versions::new(project_keys),
            bills: Bills::default(),
            approvals: Versions::new(|approval| {
                vec![subject(
                    &approval.subject_kind,
                    approval.subject_id.as_str(),
                )]
            }),
        }
    }
}

fn sheet_keys(sheet: &KnownSheet) -> Vec<String> {
    let team = match &sheet.team {
        Some(team) => format!("team:{team}"),
        None => format!("alone:{}", sheet.employee),
    };
    let projects = sheet.projects.iter().map(|id| format!("project:{id}"));
    [team, format!("employee:{}", sheet.employee)]
        .into_iter()
        .chain(projects)
        .collect()
}

fn project_keys(project: &Project) -> Vec<String> {
    let team = project.team.iter().map(|team| format!("team:{team}"));
    let manager = project.manager_id.iter();
    let manager = manager.map(|id| format!("manager:{}", id.as_str()));
    let customer = project.customer_id.iter();
    let customer = customer.map(|id| format!("customer:{}", id.as_str()));
    team.chain(manager).chain(customer).collect()
}

fn subject(kind: &str, id: &str) -> String {
    format!("{kind}:{id}")
}

impl Work {
    /// The employee with this id.
    pub(super) fn employee(&self, id: &str, as_of: DateTime<Utc>) -> Option<Arc<Employee>> {
        self.employees.get(id, as_of)
    }

    /// Every version of employees by id and when it was known, in no order.
    pub(super) fn employee_moments(&self) -> impl Iterator<Item = (&str, DateTime<Utc>)> {
        self.employees.moments()
    }

    /// Adds a version of a record; kinds it does not hold are passed over.
    pub(super) fn insert(
        &mut self,
        kind: RecordKind,
        known_at: DateTime<Utc>,
        version: u64,
        body: Value,
    ) -> Result<(), String> {
        match kind {
            RecordKind::Timesheet => self.sheets.take_in::<Timesheet>(known_at, version, body),
            RecordKind::Employee => self.employees.take_in::<Employee>(known_at, version, body),
            RecordKind::Project => self.projects.take_in::<Project>(known_at, version, body),
            RecordKind::Bill => self.bills.take_in(known_at, version, body),
            RecordKind::Approval => self.approvals.take_in::<Approval>(known_at, version, body),
            _ => Ok(()),
        }
    }
}

/// Which projects are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProjectsOf<'a> {
    /// A team's.
    Team(&'a str),
    /// Those an employee leads.
    Manager(&'a str),
    /// A customer's.
    Customer(&'a str),
}

/// Sheets, projects, bills and approvals seen from one moment: nothing known later, and
/// nothing that is dated after it.
#[derive(Debug, Clone)]
pub struct WorkAsOf {
    facts: Arc<Facts>,
    as_of: DateTime<Utc>,
}

impl WorkAsOf {
    pub(super) const fn new(facts: Arc<Facts>, as_of: DateTime<Utc>) -> Self {
        Self { facts, as_of }
    }

    /// The moment.
    #[must_use]
    pub const fn as_of(&self) -> DateTime<Utc> {
        self.as_of
    }

    /// The day of the moment.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.as_of.date_naive()
    }

    /// Every team that sheets or employees name, in order.
    #[must_use]
    pub fn teams(&self) -> Vec<String> {
        let work = self.facts.work();
        let mut teams: BTreeSet<String> = work.sheets.keys("team:").into_iter().collect();
        teams.extend(work.employees.keys("team:"));
        teams.into_iter().collect()
    }

    /// Every employee, in order of id.
    #[must_use]
    pub fn employees(&self) -> Vec<Arc<Employee>> {
        let employees = self.facts.work().employees.all(self.as_of).into_iter();
        employees.map(|(_, employee)| employee).collect()
    }

    /// A team's sheets of periods that end from a day to another. A sheet that names no team
    /// is of the team its employee was in when its last day ended, or in the first that is known; one not
    /// handed in of somebody who had left is nobody's.
    #[must_use]
    pub fn sheets_of_team(
        &self,
        team: &str,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Vec<Arc<KnownSheet>> {
        let key = format!("team:{team}");
        let work = self.facts.work();
        let mut sheets = self.sheets(&key, from, to);
        for id in work.employees.ids_with_key(&key) {
            let alone = self.sheets(&format!("alone:{id}"), from, to).into_iter();
            sheets.extend(alone.filter(|sheet| {
                // Who moves on the last day itself hands in where they went.
                let end = end_of(sheet.period_end);
                let employee = work.employees.get_or_first(id, end, self.as_of);
                let of = employee
                    .as_ref()
                    .and_then(|employee| employee.team.as_deref());
                of == Some(team)
            }));
        }
        self.without_leavers(sheets)
    }

    /// Without those not handed in of somebody who had left: nobody will.
    fn without_leavers(&self, mut sheets: Vec<Arc<KnownSheet>>) -> Vec<Arc<KnownSheet>> {
        sheets.retain(|sheet| sheet.submitted_at.is_some() || !self.had_left(sheet));
        sheets
    }

    /// Whether a sheet was laid out for somebody who had left before its period.
    fn had_left(&self, sheet: &KnownSheet) -> bool {
        let employee = self.facts.work().employee(&sheet.employee, self.as_of);
        let left = employee.and_then(|employee| employee.left_on);
        left.is_some_and(|left| left < sheet.period_start)
    }

    /// Whether somebody has left by today.
    #[must_use]
    pub fn has_left(&self, employee: &str) -> bool {
        let employee = self.facts.work().employee(employee, self.as_of);
        let left = employee.and_then(|employee| employee.left_on);
        left.is_some_and(|left| left < self.today())
    }

    /// The sheets for a project, of periods that end from a day to another; one not handed in of
    /// somebody who had left is nobody's here too.
    #[must_use]
    pub fn sheets_of_project(
        &self,
        project: &str,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Vec<Arc<KnownSheet>> {
        self.without_leavers(self.sheets(&format!("project:{project}"), from, to))
    }

    /// An employee's sheets of periods that end from a day to another.
    #[must_use]
    pub fn sheets_of_employee(
        &self,
        employee: &str,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Vec<Arc<KnownSheet>> {
        self.sheets(&format!("employee:{employee}"), from, to)
    }

    fn sheets(&self, key: &str, from: NaiveDate, to: NaiveDate) -> Vec<Arc<KnownSheet>> {
        let sheets = self.facts.work().sheets.between(key, from, to, self.as_of);
        sheets.into_iter().map(|sheet| self.seen(sheet)).collect()
    }

    /// A sheet without what it says of later moments.
    fn seen(&self, sheet: Arc<KnownSheet>) -> Arc<KnownSheet> {
        let later = |moment: Option<DateTime<Utc>>| moment.is_some_and(|at| at > self.as_of);
        if !later(sheet.submitted_at) && !later(sheet.approved_at) {
            return sheet;
        }
        let past = |moment: Option<DateTime<Utc>>| moment.filter(|at| *at <= self.as_of);
        Arc::new(KnownSheet {
            submitted_at: past(sheet.submitted_at),
            approved_at: past(sheet.approved_at),
            ..(*sheet).clone()
        })
    }

    /// The project with this id.
    #[must_use]
    pub fn project(&self, id: &str) -> Option<Arc<Project>> {
        self.facts.work().projects.get(id, self.as_of)
    }

    /// Projects in order of id.
    #[must_use]
    pub fn projects_of(&self, whose: ProjectsOf<'_>) -> Vec<Arc<Project>> {
        let key = match whose {
            ProjectsOf::Team(team) => format!("team:{team}"),
            ProjectsOf::Manager(id) => format!("manager:{id}"),
            ProjectsOf::Customer(id) => format!("customer:{id}"),
        };
        self.facts.work().projects.with_key(&key, self.as_of)
    }

    /// Every project with a bill, in order of id.
    #[must_use]
    pub fn projects_billed(&self) -> Vec<String> {
        self.facts.work().bills.known.keys("project:")
    }

    /// All bills planned up to today, project by project in no order: for whoever stops as soon as
    /// enough is seen.
    pub fn bills_in_no_order(&self) -> impl Iterator<Item = Arc<Bill>> + '_ {
        let bills = &self.facts.work().bills.known;
        bills
            .keys_in_no_order("project:")
            .flat_map(|key| bills.between(key, NaiveDate::MIN, self.today(), self.as_of))
            .map(|bill| self.billed(bill))
    }

    /// What can be worked out of all bills, seen from a moment of the day by which the same was known of
    /// them, which is what `make` is given. It is kept with the records, so that questions between which
    /// nothing changed find it.
    pub fn worked_out_of_bills<T: Any + Send + Sync>(
        &self,
        make: impl FnOnce(&Self) -> T,
    ) -> Arc<T> {
        let kept = &self.facts.work().bills.worked_out;
        kept.get_or_make(self.as_of, |moment| {
            make(&Self::new(Arc::clone(&self.facts), moment))
        })
    }

    /// The bill with this id.
    #[must_use]
    pub fn bill(&self, id: &str) -> Option<Arc<Bill>> {
        let bill = self.facts.work().bills.known.get(id, self.as_of)?;
        Some(self.billed(bill))
    }

    /// A project's bills planned from a day to another, in order of that day.
    #[must_use]
    pub fn bills_of(&self, project: &str, from: NaiveDate, to: NaiveDate) -> Vec<Arc<Bill>> {
        let key = format!("project:{project}");
        let bills = &self.facts.work().bills.known;
        let bills = bills.between(&key, from, to, self.as_of);
        bills.into_iter().map(|bill| self.billed(bill)).collect()
    }

    /// A bill without the day of issue that it says of later days.
    fn billed(&self, bill: Arc<Bill>) -> Arc<Bill> {
        if bill.issued_on.is_none_or(|day| day <= self.today()) {
            return bill;
        }
        Arc::new(Bill {
            issued_on: None,
            amount: None,
            customer_invoice_id: None,
            status: None,
            hold_reason: None,
            ..(*bill).clone()
        })
    }

    /// The approvals of a record, in order of when they were asked for.
    #[must_use]
    pub fn approvals_of(&self, kind: RecordKind, id: &str) -> Vec<Arc<Approval>> {
        let key = subject(kind.as_str(), id);
        let mut approvals = self.facts.work().approvals.with_key(&key, self.as_of);
        approvals.retain(|approval| approval.requested_at <= self.as_of);
        for approval in &mut approvals {
            if approval.decided_at.is_some_and(|at| at > self.as_of) {
                *approval = Arc::new(Approval {
                    decided_at: None,
                    outcome: None,
                    ..(**approval).clone()
                });
            }
        }
        approvals.sort_by_key(|approval| approval.requested_at);
        approvals
    }
}

#[cfg(test)]
mod tests;
