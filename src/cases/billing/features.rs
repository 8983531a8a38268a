//! What is known of a bill that should go out, its project, team and customer, as numbers.
//!
//! The quantity foretold is days between the day planned and the day it goes out,
//! negative when early. What cannot be told is missing.

use std::sync::Arc;

use chrono::{DateTime, Datelike as _, Days, Utc};
use rust_decimal::prelude::ToPrimitive as _;

use super::chain::{Step, is_refused, sheets_billed, step_of};
use super::past::Past;
use crate::cases::numbers::{days, flag, log_amount, mean, weekday};
use crate::domain::RecordKind;
use crate::domain::records::{Approval, Bill, BillStatus, ContractType, Project};
use crate::history::{KnownSheet, ProjectsOf, WorkAsOf};

/// Days looked back at sheets.
const SHEETS_BACK: u64 = 100;

/// Names of the features, in order.
pub const NAMES: [&str; 46] = [
    "days_to_planned",
    "planned_weekday",
    "planned_month_day",
    "month",
    "days_after_period",
    "period_days",
    "period_days_left",
    "amount",
    "amount_against_usual",
    "by_the_hour",
    "fixed_price",
    "same_each_period",
    "project_bills",
    "project_slip_share",
    "project_slip_recent",
    "project_days_recent",
    "project_days_last",
    "project_overdue",
    "manager_slip_recent",
    "manager_days_recent",
    "team_slip_recent",
    "team_days_recent",
    "customer_slip_recent",
    "customer_days_recent",
    "like_slip_recent",
    "like_days_recent",
    "manager_bills_waiting",
    "team_bills_waiting",
    "drawn_up",
    "in_review",
    "on_hold",
    "revisions",
    "sheets",
    "sheets_missing_share",
    "sheets_overdue",
    "sheets_unapproved_share",
    "sheets_late_share_recent",
    "sheet_approval_days",
    "milestone_asked",
    "milestone_accepted",
    "milestone_waits_days",
    "review_asked",
    "review_done",
    "review_waits_days",
    "manager_away_share",
    "project_days",
];

/// Amounts and times that the subject itself states: where one lies far above all that a model was
/// fitted on, it abstains.
pub const ITEM: [&str; 2] = ["amount", "period_days"];

/// The feature that tells projects with much history from those with little.
pub const HISTORY: usize = 12;

/// The features of one bill, in the order of [`NAMES`]. The bill is the plan asked about; how far
/// it is, is read from what is known at the moment.
#[must_use]
pub fn row(subject: &Bill, work: &WorkAsOf) -> Vec<f64> {
    let known = work.bill(subject.id.as_str());
    let project = work.project(subject.project_id.as_str());
    let project = project.as_deref();
    let own = Past::of(
        std::iter::once(subject.project_id.as_str()),
        subject.id.as_str(),
        work,
    );
    let mut row = plan(subject, &own, work);
    row.extend(contract(project));
    row.extend(habits(&own, work));
    row.extend(of_others(subject, project, work));
    row.extend(progress(known.as_deref()));
    row.extend(sheets(subject, work));
    let approvals = work.approvals_of(RecordKind::Bill, subject.id.as_str());
    row.extend(step(&approvals, Step::Milestone, work.as_of()));
    row.extend(step(&approvals, Step::WorkInProgress, work.as_of()));
    row.push(manager_away(subject, project, work));
    row.push(
        project
            .and_then(|project| project.starts_on)
            .map_or(f64::NAN, |day| days(day, subject.planned_on)),
    );
    row
}

fn plan(subject: &Bill, own: &Past, work: &WorkAsOf) -> Vec<f64> {
    let planned = subject.planned_on;
    let amount = subject.planned_amount.map_or(f64::NAN, log_of);
    let usual = mean(own.due.iter().filter_map(|due| {
        let same = due.bill.currency == subject.currency;
        let amount = due.bill.amount.or(due.bill.planned_amount)?;
        same.then(|| log_of(amount))
    }));
    let end = subject.period_end;
    let period = subject.period_start.zip(end);
    vec![
        days(work.today(), planned),
        weekday(planned),
        f64::from(planned.day()),
        f64::from(planned.month()),
        end.map_or(f64::NAN, |end| days(end, planned)),
        period.map_or(f64::NAN, |(start, end)| days(start, end) + 1.0),
        end.map_or(f64::NAN, |end| days(work.today(), end).max(0.0)),
        amount,
        amount - usual,
    ]
}

fn log_of(amount: crate::domain::Amount) -> f64 {
    log_amount(amount.decimal().to_f64().unwrap_or(0.0))
}

fn contract(project: Option<&Project>) -> [f64; 3] {
    let Some(kind) = project.and_then(|project| project.contract_type) else {
        return [f64::NAN; 3];
    };
    [
        flag(kind == ContractType::TimeAndMaterials),
        flag(matches!(
            kind,
            ContractType::FixedFee | ContractType::Milestone
        )),
        flag(kind == ContractType::Retainer),
    ]
}

fn habits(own: &Past, work: &WorkAsOf) -> [f64; 6] {
    let [slipped, late] = own.recent();
    let overdue = own
        .open
        .iter()
        .filter(|bill| bill.planned_on < work.today());
    [
        own.due.len() as f64,
        own.slip_share(),
        slipped,
        late,
        own.due.last().map_or(f64::NAN, |due| due.days),
        overdue.count() as f64,
    ]
}

/// How bills of the same manager, team and customer have gone, those of the team under a
/// like contract, and how many wait about the same day.
fn of_others(subject: &Bill, project: Option<&Project>, work: &WorkAsOf) -> Vec<f64> {
    let but = subject.id.as_str();
    let id = |id: Option<&crate::domain::RecordId>| id.map(|id| id.as_str().to_owned());
    let manager = id(project.and_then(|project| project.manager_id.as_ref()));
    let team = project.and_then(|project| project.team.clone());
    let customer = subject.customer_id.as_ref();
    let customer = id(customer.or_else(|| project?.customer_id.as_ref()));
    let past = |whose: Option<ProjectsOf<'_>>| {
        whose.map_or_else(Past::default, |whose| Past::whose(whose, but, work))
    };
    let manager = past(manager.as_deref().map(ProjectsOf::Manager));
    let team = past(team.as_deref().map(ProjectsOf::Team));
    let customer = past(customer.as_deref().map(ProjectsOf::Customer));
    let contract = project.and_then(|project| project.contract_type);
    let like = team.recent_where(|bill| {
        let other = work.project(bill.project_id.as_str());
        contract.is_some() && other.and_then(|other| other.contract_type) == contract
    });
    let mut row = Vec::new();
    row.extend(manager.recent());
    row.extend(team.recent());
    row.extend(customer.recent());
    row.extend(like);
    row.push(manager.waiting_about(subject.planned_on));
    row.push(team.waiting_about(subject.planned_on));
    row
}

/// How far the bill is by its own record.
fn progress(known: Option<&Bill>) -> [f64; 4] {
    let status = known.and_then(|bill| bill.status);
    let is = |which: &[BillStatus]| status.map_or(f64::NAN, |now| flag(which.contains(&now)));
    [
        is(&[BillStatus::Draft, BillStatus::InReview, BillStatus::OnHold]),
        is(&[BillStatus::InReview]),
        is(&[BillStatus::OnHold]),
        known
            .and_then(|bill| bill.revisions)
            .map_or(f64::NAN, f64::from),
    ]
}

/// The sheets it bills, and how sheets for the project have come and been approved.
fn sheets(subject: &Bill, work: &WorkAsOf) -> [f64; 6] {
    let as_of = work.as_of();
    let billed = sheets_billed(subject, work);
    let missing = |sheet: &KnownSheet| sheet.submitted_at.is_none();
    let overdue = billed
        .iter()
        .filter(|one| missing(one) && one.due_at < as_of)
        .count();
    let from = work.today() - Days::new(SHEETS_BACK);
    let lately = work.sheets_of_project(subject.project_id.as_str(), from, work.today());
    let approval = lately.iter().filter_map(|sheet| {
        let took = sheet.approved_at? - sheet.submitted_at?;
        Some(took.num_minutes() as f64 / 1440.0)
    });
    [
        billed.len() as f64,
        mean(billed.iter().map(|sheet| flag(missing(sheet)))),
        overdue as f64,
        mean(billed.iter().map(|sheet| flag(sheet.approved_at.is_none()))),
        mean(
            lately
                .iter()
                .filter_map(|sheet| sheet.late(as_of))
                .map(flag),
        ),
        mean(approval),
    ]
}

/// Whether a decision was asked for, whether it is there, and how long it waits.
fn step(approvals: &[Arc<Approval>], which: Step, as_of: DateTime<Utc>) -> [f64; 3] {
    let asked = || approvals.iter().filter(|one| step_of(one) == which);
    let last = asked().next_back();
    // What was refused has to come again.
    let all: Vec<_> = asked().collect();
    let done = all
        .iter()
        .all(|one| one.decided_at.is_some() && !is_refused(one, &all));
    [
        flag(last.is_some()),
        flag(last.is_some() && done),
        last.map_or(f64::NAN, |one| {
            let until = one.decided_at.unwrap_or(as_of);
            (until - one.requested_at).num_minutes() as f64 / 1440.0
        }),
    ]
}

/// Share of the days until it should go out on which its manager plans to be away.
fn manager_away(subject: &Bill, project: Option<&Project>, work: &WorkAsOf) -> f64 {
    let Some(manager) = project.and_then(|project| project.manager_id.as_ref()) else {
        return f64::NAN;
    };
    let (from, to) = (work.today(), subject.planned_on);
    let sheets = work.sheets_of_employee(manager.as_str(), from, to + Days::new(7));
    let told: Vec<_> = sheets
        .iter()
        .filter(|one| one.planned_hours.is_some())
        .collect();
    let until = from.iter_days().take_while(|day| *day <= to);
    let weekdays = until.filter(|day| day.weekday().num_days_from_monday() < 5);
    mean(weekdays.filter_map(|day| {
        let sheet = told
            .iter()
            .find(|one| one.period_start <= day && day <= one.period_end)?;
        Some(flag(sheet.away.contains(&day)))
    }))
}
