//! The bill asked about, its chain, and what is known of both, taken over once.

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::chain::{self, Link, State, Step};
use super::features;
use crate::domain::Currency;
use crate::domain::records::{Bill, BillStatus};
use crate::history::WorkAsOf;

/// Days back and ahead in which a project's next bill is looked for.
const LOOKED: u64 = 120;
/// Bills of the firm that must have gone out, and of them in time and late.
const LEAST_BILLS: usize = 20;
const LEAST_OF_EACH: usize = 3;

/// Everything that the answer is made from, beside the features.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BillingInput {
    /// Id of the bill.
    pub bill_id: String,
    /// Its project.
    pub project_id: String,
    /// The moment of the question.
    pub as_of: DateTime<Utc>,
    /// Day it should go out.
    pub planned_on: NaiveDate,
    /// What it should come to.
    pub amount: Option<String>,
    /// Its currency.
    pub currency: Currency,
    /// The steps it waits for, in order.
    pub chain: Vec<ChainStep>,
    /// Day on which it can go out at the usual pace of what is not done.
    pub earliest_on: NaiveDate,
    /// What to do first.
    pub fix: Option<FirstFix>,
    /// Whether enough bills went out, late and in time.
    pub enough_history: bool,
}

/// One step that a bill waits for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainStep {
    /// `timesheet`, `approval`, `milestone`, `work_in_progress` or `bill`.
    pub step: String,
    /// Role that can do something about it.
    pub role: String,
    /// `done`, `waiting`, `to_come`, `not_needed` or `not_seen`.
    pub state: String,
    /// Since when it waits.
    pub since: Option<DateTime<Utc>>,
    /// What is not there yet.
    pub outstanding: usize,
    /// What should be there by now.
    pub overdue: usize,
    /// Days it usually takes.
    pub usual_days: Option<f64>,
}

/// What to do first, and by when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirstFix {
    /// The step, or `hold` for a bill that is on hold.
    pub step: String,
    /// Role that can do it.
    pub role: String,
    /// Last day on which it can be done without the bill slipping, at the usual pace.
    pub by: NaiveDate,
    /// Why it is on hold, as its record says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Why a bill is not asked about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAsked {
    /// Neither a bill nor a project with one to come.
    #[error("names no bill, and no project with a bill to come")]
    Unknown,
    /// A project without one to come, of which a bill should have gone out long ago.
    #[error(
        "names a project whose open bills should have gone out more than {LOOKED} days ago: name one of them"
    )]
    LongOverdue,
    /// It went out.
    #[error("went out on {0}")]
    Issued(NaiveDate),
    /// It went out, as its status or its invoice says.
    #[error("went out on a day that is not known")]
    Out,
    /// It was withdrawn.
    #[error("was withdrawn")]
    Cancelled,
}

/// The bill that an id names, or the next of the project that it names, with its features.
pub(super) fn read(id: &str, work: &WorkAsOf) -> Result<(BillingInput, Vec<f64>), NotAsked> {
    let bill = match work.bill(id) {
        Some(bill) => bill,
        None => next_of(id, work)?,
    };
    if let Some(day) = bill.issued_on {
        return Err(NotAsked::Issued(day));
    }
    if bill.status == Some(BillStatus::Cancelled) {
        return Err(NotAsked::Cancelled);
    }
    if !bill.is_open() {
        return Err(NotAsked::Out);
    }
    let found = chain::chain(&bill, work);
    let amount = bill.planned_amount.or(bill.amount);
    let input = BillingInput {
        bill_id: bill.id.to_string(),
        project_id: bill.project_id.to_string(),
        as_of: work.as_of(),
        planned_on: bill.planned_on,
        amount: amount.map(|amount| amount.to_string()),
        currency: bill.currency,
        chain: found.links.iter().map(step).collect(),
        earliest_on: found.earliest_on,
        fix: found.fix.map(|fix| FirstFix {
            step: fix.step.as_str().to_owned(),
            role: fix.step.role().to_owned(),
            by: fix.by,
            reason: bill.hold_reason.clone().filter(|_| fix.step == Step::Hold),
        }),
        enough_history: enough_history(work),
    };
    Ok((input, features::row(&bill, work)))
}

/// The bill of a project that is planned first of those not out.
fn next_of(project: &str, work: &WorkAsOf) -> Result<Arc<Bill>, NotAsked> {
    let today = work.today();
    let (from, to) = (today - Days::new(LOOKED), today + Days::new(LOOKED));
    let open = |from: NaiveDate, to: NaiveDate| {
        let bills = work.bills_of(project, from, to).into_iter();
        bills.filter(|bill| bill.is_open())
    };
    let next = open(from, to).min_by_key(|bill| (bill.planned_on, bill.id.to_string()));
    next.ok_or_else(|| match open(NaiveDate::MIN, from).next() {
        Some(_) => NotAsked::LongOverdue,
        None => NotAsked::Unknown,
    })
}

/// Whether enough bills went out, late and in time.
struct EnoughBills(bool);

/// Remembered with the bills: where too few went out, all of them are walked through to tell.
fn enough_history(work: &WorkAsOf) -> bool {
    let enough = work.worked_out_of_bills(|then| EnoughBills(are_enough(then)));
    enough.0
}

/// Stops at the bill with which it is enough.
fn are_enough(work: &WorkAsOf) -> bool {
    let (mut late, mut in_time) = (0, 0);
    work.bills_in_no_order().any(|bill| {
        match bill.issued_on {
            Some(day) if day > bill.planned_on => late += 1,
            Some(_) => in_time += 1,
            None => {}
        }
        late >= LEAST_OF_EACH && in_time >= LEAST_OF_EACH && late + in_time >= LEAST_BILLS
    })
}

fn step(link: &Link) -> ChainStep {
    let state = match link.state {
        State::Done => "done",
        State::Waiting => "waiting",
        State::ToCome => "to_come",
        State::NotNeeded => "not_needed",
        State::NotSeen => "not_seen",
    };
    ChainStep {
        step: link.step.as_str().to_owned(),
        role: link.step.role().to_owned(),
        state: state.to_owned(),
        since: link.since,
        outstanding: link.outstanding,
        overdue: link.overdue,
        usual_days: link.usual_days,
    }
}
