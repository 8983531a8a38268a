//! The chain that a bill waits for: sheets, their approval, a milestone, the review of the
//! work in progress, and the bill itself.
//!
//! Everything here is read off facts known at the moment: no model takes part.

use chrono::{DateTime, Datelike as _, Days, NaiveDate, Utc, Weekday};

use super::past::Past;
use super::sheet_habits::SheetHabits;
use crate::domain::RecordKind;
use crate::domain::records::{Approval, Bill, BillStatus, ContractType};
use crate::history::{KnownSheet, ProjectsOf, WorkAsOf};

/// Bills whose approvals are looked at for what is usual, the latest.
const MAX_BILLS: usize = 60;
/// Days that a step takes where nothing is known of it.
const UNKNOWN_DAYS: f64 = 1.0;

/// A step of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A hold is released: no link of the chain, but before all of them.
    Hold,
    /// Sheets are handed in.
    Timesheets,
    /// They are approved.
    Approval,
    /// The customer accepts a milestone.
    Milestone,
    /// The work in progress is reviewed.
    WorkInProgress,
    /// The bill goes out.
    Bill,
}

impl Step {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Timesheets => "timesheet",
            Self::Approval => "approval",
            Self::Milestone => "milestone",
            Self::WorkInProgress => "work_in_progress",
            Self::Bill => "bill",
        }
    }

    /// Who can do something about it.
    #[must_use]
    pub const fn role(self) -> &'static str {
        match self {
            Self::Timesheets => "submitter",
            Self::Approval => "sheet approver",
            Self::Milestone => "customer",
            Self::Hold | Self::WorkInProgress => "project manager",
            Self::Bill => "billing",
        }
    }
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is done.
    Done,
    /// Somebody is waiting for it.
    Waiting,
    /// It is yet to come.
    ToCome,
    /// This bill does not need it.
    NotNeeded,
    /// No record tells.
    NotSeen,
}

/// A step of one bill.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Which.
    pub step: Step,
    /// How far it is.
    pub state: State,
    /// Since when it waits.
    pub since: Option<DateTime<Utc>>,
    /// Sheets or decisions that are not there yet.
    pub outstanding: usize,
    /// Those that should be there by now.
    pub overdue: usize,
    /// Days it usually takes here, the middle of the last months.
    pub usual_days: Option<f64>,
    /// Ids of the records outstanding.
    pub evidence: Vec<String>,
}

/// What should be done first, and by when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fix {
    /// The first step that is not done, or the hold that the bill is on.
    pub step: Step,
    /// The last day on which it can be done without the bill slipping, at the usual pace of
    /// the steps after it.
    pub by: NaiveDate,
}

/// The chain of one bill.
#[derive(Debug, Clone, PartialEq)]
pub struct Chain {
    /// The steps in order.
    pub links: Vec<Link>,
    /// The day on which it can go out at the usual pace of what is not done.
    pub earliest_on: NaiveDate,
    /// None where nothing is left to do but to send it.
    pub fix: Option<Fix>,
}

impl Chain {
    /// The link of a step.
    #[must_use]
    pub fn link(&self, step: Step) -> Option<&Link> {
        self.links.iter().find(|link| link.step == step)
    }
}

/// The chain of a bill that is not out yet.
#[must_use]
pub fn chain(bill: &Bill, work: &WorkAsOf) -> Chain {
    let sheets = sheets_billed(bill, work);
    let contract = work
        .project(bill.project_id.as_str())
        .and_then(|project| project.contract_type);
    let usual = Usual::of(bill, work);
    let approvals = work.approvals_of(RecordKind::Bill, bill.id.as_str());
    let needed = waits_for_sheets(contract);
    let habits = if needed {
        SheetHabits::of(bill, &sheets, work)
    } else {
        SheetHabits::default()
    };
    // Where the contract is not known, sheets tell that their hours are billed.
    let by_the_hour = needed && (contract.is_some() || habits.are_for_project);
    let still_runs = |end: &NaiveDate| by_the_hour && *end >= work.today();
    let last_due = bill
        .period_end
        .filter(still_runs)
        .map(|end| habits.due_after(end));
    let billed = Billed {
        more_to_come: last_due.is_some() && habits.are_kept(),
        sheets: &sheets,
        needed,
    };
    let by_milestone = matches!(
        contract,
        None | Some(ContractType::Milestone | ContractType::FixedFee)
    );
    let mut links = vec![
        timesheets(&billed, work),
        approval(&billed, habits.approval_days),
        decision(Step::Milestone, &approvals, by_milestone, usual.milestone),
        decision(Step::WorkInProgress, &approvals, true, usual.review),
        Link {
            usual_days: usual.sending,
            ..empty(Step::Bill, State::ToCome)
        },
    ];
    let steps_are_left = first_to_do(&links).is_some();
    let last_decided = approvals.iter().filter_map(|one| one.decided_at).max();
    if let Some(sending) = links.last_mut().filter(|_| !steps_are_left) {
        // What is usual is counted from then too.
        sending.since = last_decided;
    }
    let earliest_on = earliest(&links, &sheets, work.today(), last_due);
    let first = if bill.status == Some(BillStatus::OnHold) {
        Some(Step::Hold)
    } else {
        first_to_do(&links)
    };
    let fix = first.map(|step| Fix {
        step,
        by: back(bill.planned_on, days_after(&links, step)),
    });
    Chain {
        links,
        earliest_on,
        fix,
    }
}

/// Whether bills under a contract wait for sheets.
pub(crate) fn waits_for_sheets(contract: Option<ContractType>) -> bool {
    contract.is_none_or(|kind| kind == ContractType::TimeAndMaterials)
}

/// The sheets whose days the bill bills, as far as they are known of.
pub(super) fn sheets_billed(bill: &Bill, work: &WorkAsOf) -> Vec<std::sync::Arc<KnownSheet>> {
    let (Some(start), Some(end)) = (bill.period_start, bill.period_end) else {
        return Vec::new();
    };
    // A sheet of a week or month that the period ends in ends after it.
    let until = end + Days::new(31);
    let mut sheets = work.sheets_of_project(bill.project_id.as_str(), start, until);
    sheets.retain(|sheet| sheet.period_start <= end);
    sheets
}

const fn empty(step: Step, state: State) -> Link {
    Link {
        step,
        state,
        since: None,
        outstanding: 0,
        overdue: 0,
        usual_days: None,
        evidence: Vec::new(),
    }
}

/// What of the work billed is written on sheets.
struct Billed<'a> {
    sheets: &'a [std::sync::Arc<KnownSheet>],
    /// Whether the bill waits for them.
    needed: bool,
    /// Its period still runs: sheets of the days to come need not be laid out yet.
    more_to_come: bool,
}

fn timesheets(billed: &Billed<'_>, work: &WorkAsOf) -> Link {
    if !billed.needed {
        return empty(Step::Timesheets, State::NotNeeded);
    }
    let sheets = billed.sheets;
    let missing: Vec<_> = sheets
        .iter()
        .filter(|one| one.submitted_at.is_none())
        .collect();
    let due = missing.iter().filter(|sheet| sheet.due_at < work.as_of());
    let overdue = due.clone().count();
    let state = match (sheets.is_empty(), missing.is_empty(), overdue) {
        (_, _, 1..) => State::Waiting,
        _ if billed.more_to_come => State::ToCome,
        (true, _, _) => State::NotSeen,
        (false, true, _) => State::Done,
        (false, false, _) => State::ToCome,
    };
    Link {
        since: due.map(|sheet| sheet.due_at).min(),
        outstanding: missing.len(),
        overdue,
        evidence: missing.iter().map(|sheet| sheet.id.clone()).collect(),
        ..empty(Step::Timesheets, state)
    }
}

fn approval(billed: &Billed<'_>, usual_days: Option<f64>) -> Link {
    if !billed.needed {
        return empty(Step::Approval, State::NotNeeded);
    }
    let sheets = billed.sheets;
    let waiting: Vec<_> = sheets
        .iter()
        .filter(|one| one.submitted_at.is_some() && one.approved_at.is_none())
        .collect();
    let all_approved = sheets.iter().all(|sheet| sheet.approved_at.is_some());
    let done = all_approved && !billed.more_to_come;
    // Where nobody's approval was ever recorded, here or of the people around, none is waited for.
    let recorded = usual_days.is_some() || sheets.iter().any(|one| one.approved_at.is_some());
    let none_to_approve = sheets.is_empty() && !billed.more_to_come;
    let state = match (none_to_approve || !recorded, done, waiting.is_empty()) {
        (true, _, _) => return empty(Step::Approval, State::NotSeen),
        (false, true, _) => State::Done,
        (false, false, true) => State::ToCome,
        (false, false, false) => State::Waiting,
    };
    Link {
        since: waiting.iter().filter_map(|sheet| sheet.submitted_at).min(),
        outstanding: sheets
            .iter()
            .filter(|sheet| sheet.approved_at.is_none())
            .count(),
        overdue: waiting.len(),
        usual_days,
        evidence: waiting.iter().map(|sheet| sheet.id.clone()).collect(),
        ..empty(Step::Approval, state)
    }
}

/// The step of the chain that an approval is for.
pub(super) fn step_of(approval: &Approval) -> Step {
    let step = approval.step.to_lowercase();
    if step.contains("milestone") || step.contains("accept") {
        Step::Milestone
    } else {
        Step::WorkInProgress
    }
}

/// Whether an approval was not given and nobody agreed to the step when asked again.
pub(super) fn is_refused(one: &Approval, all: &[&std::sync::Arc<Approval>]) -> bool {
    use crate::domain::records::ApprovalOutcome as Outcome;
    let Some(decided) = one.decided_at else {
        return false;
    };
    let agreed_since = all.iter().any(|other| {
        let agreed = matches!(other.outcome, Some(Outcome::Approved) | None);
        agreed && other.decided_at.is_some() && other.requested_at >= decided
    });
    let agreed = matches!(one.outcome, Some(Outcome::Approved) | None);
    !agreed && !agreed_since
}

fn decision(
    step: Step,
    approvals: &[std::sync::Arc<Approval>],
    needed: bool,
    usual_days: Option<f64>,
) -> Link {
    let asked: Vec<_> = approvals
        .iter()
        .filter(|one| step_of(one) == step)
        .collect();
    let open: Vec<_> = asked
        .iter()
        .filter(|one| one.decided_at.is_none())
        .collect();
    let refused = asked.iter().any(|one| is_refused(one, &asked));
    let state = match (asked.is_empty(), open.is_empty()) {
        (true, _) if !needed => State::NotNeeded,
        // It has to be asked for again.
        (false, true) if refused => State::ToCome,
        // Where such steps are recorded at all, this one is yet to come.
        (true, _) if usual_days.is_some() => State::ToCome,
        (true, _) => State::NotSeen,
        (false, true) => State::Done,
        (false, false) => State::Waiting,
    };
    Link {
        since: open.iter().map(|one| one.requested_at).min(),
        outstanding: open.len().max(usize::from(state == State::ToCome)),
        overdue: open.len(),
        usual_days,
        evidence: open.iter().map(|one| one.id.as_str().to_owned()).collect(),
        ..empty(step, state)
    }
}

/// How many days each decision and sending usually take, the middle of the last months.
struct Usual {
    milestone: Option<f64>,
    review: Option<f64>,
    sending: Option<f64>,
}

impl Usual {
    fn of(bill: &Bill, work: &WorkAsOf) -> Self {
        let project = bill.project_id.as_str();
        let known = work.project(project);
        let manager = known
            .as_ref()
            .and_then(|project| project.manager_id.as_ref());
        let past = manager.map_or_else(
            || Past::of(std::iter::once(project), bill.id.as_str(), work),
            |id| Past::whose(ProjectsOf::Manager(id.as_str()), bill.id.as_str(), work),
        );
        let (mut milestone, mut review, mut sending) = (Vec::new(), Vec::new(), Vec::new());
        for due in past.due.iter().rev().take(MAX_BILLS) {
            let approvals = work.approvals_of(RecordKind::Bill, due.bill.id.as_str());
            for one in &approvals {
                let Some(decided) = one.decided_at else {
                    continue;
                };
                let took = in_days(one.requested_at, decided);
                match step_of(one) {
                    Step::Milestone => milestone.push(took),
                    _ => review.push(took),
                }
            }
            let last = approvals.iter().filter_map(|one| one.decided_at).max();
            if let (Some(last), Some(issued)) = (last, due.bill.issued_on) {
                sending.push((issued - last.date_naive()).num_days().max(0) as f64);
            }
        }
        Self {
            milestone: middle(milestone),
            review: middle(review),
            sending: middle(sending),
        }
    }
}

pub(super) fn in_days(from: DateTime<Utc>, to: DateTime<Utc>) -> f64 {
    (to - from).num_minutes().max(0) as f64 / 1440.0
}

pub(super) fn middle(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

fn to_do(link: &&Link) -> bool {
    matches!(link.state, State::Waiting | State::ToCome)
}

/// The first step that somebody has to do something about before the bill itself.
fn first_to_do(links: &[Link]) -> Option<Step> {
    let mut steps = links.iter().filter(to_do).map(|link| link.step);
    steps.find(|step| *step != Step::Bill)
}

/// The usual days of the steps after one.
fn days_after(links: &[Link], step: Step) -> f64 {
    let after = links.iter().filter(to_do).filter(|link| link.step > step);
    after
        .map(|link| link.usual_days.unwrap_or(UNKNOWN_DAYS))
        .sum()
}

/// The day on which all that is left can be done at its usual pace. While the period billed runs, that
/// begins when its last sheets are due.
fn earliest(
    links: &[Link],
    sheets: &[std::sync::Arc<KnownSheet>],
    today: NaiveDate,
    last_due: Option<NaiveDate>,
) -> NaiveDate {
    let missing = sheets.iter().filter(|sheet| sheet.submitted_at.is_none());
    let due = missing.map(|sheet| sheet.due_at.date_naive()).max();
    let open = sheets.iter().filter(|sheet| sheet.approved_at.is_none());
    let handed_in_last = open.filter_map(|sheet| sheet.submitted_at).max();
    let (mut day, mut first) = (last_due.unwrap_or(today), true);
    for link in links.iter().filter(to_do) {
        // Of several sheets the last one decides.
        let since = match link.step {
            Step::Approval => handed_in_last,
            _ => link.since,
        };
        // While a step before it is not done, all its time is still to come, though some of what
        // it is for may wait already.
        let since = since.filter(|_| first);
        first = false;
        if link.step == Step::Timesheets {
            day = due.map_or(day, |due| due.max(day));
            continue;
        }
        let usual = link.usual_days.unwrap_or(UNKNOWN_DAYS);
        // What has waited for longer than usual can be done today at best.
        let waited = since.map_or(0.0, |since| {
            (today - since.date_naive()).num_days().max(0) as f64
        });
        day = day + Days::new((usual - waited).max(0.0).ceil() as u64);
    }
    weekday_from(day)
}

fn back(day: NaiveDate, days: f64) -> NaiveDate {
    let mut day = day - Days::new(days.max(0.0).ceil() as u64);
    while is_weekend(day) {
        day = day - Days::new(1);
    }
    day
}

pub(super) fn weekday_from(mut day: NaiveDate) -> NaiveDate {
    while is_weekend(day) {
        day = day + Days::new(1);
    }
    day
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}
