//! The delays board: teams whose sheets will be late, set-ups that will miss their day and
//! bills that will slip.

use chrono::{DateTime, Days, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::history::Wanted;
use super::{RecordCases, Service, ServiceError};
use crate::advice::{Judged, Recommendation};
use crate::cases::record_case::{JudgeError, RecordCase, RecordItem};
use crate::domain::TenantId;
use crate::domain::records::BillStatus;
use crate::history::{FactsAsOf, History as _, WorkAsOf};

/// Name of the worklist.
pub const DELAYS: &str = "delays";
/// Days back and ahead in which bills are looked for.
const BILLS_BACK: u64 = 120;
const BILLS_AHEAD: u64 = 30;
/// Bills judged for one run, those planned first.
const MAX_BILLS: usize = 500;

/// A run of the board: every answer, most pressing first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DelaysRun {
    /// The moment.
    pub as_of: DateTime<Utc>,
    /// Teams and their periods.
    pub timesheet: Vec<Recommendation>,
    /// Set-ups that are open.
    pub project_setup: Vec<Recommendation>,
    /// Bills to come and overdue.
    pub billing: Vec<Recommendation>,
}

impl Service {
    /// The board as it stands: the last run, or a new one where the day or the records have
    /// changed since.
    ///
    /// # Errors
    /// [`ServiceError`] if it could not be computed or kept.
    pub async fn delays_run(
        &self,
        tenant: &TenantId,
        now: DateTime<Utc>,
    ) -> Result<DelaysRun, ServiceError> {
        let cases = self.records().clone();
        self.run(tenant, DELAYS, Wanted::Records, now, move |history, _| {
            make(&cases, &history)
        })
        .await
    }
}

fn make(cases: &RecordCases, history: &FactsAsOf) -> Result<(DelaysRun, Vec<Judged>), JudgeError> {
    let work = history.work();
    let mut answers = Vec::new();
    let timesheet = judge(&*cases.timesheet, work.teams(), history)?;
    let billing = judge(&*cases.billing, bills_to_come(&work), history)?;
    let run = DelaysRun {
        as_of: history.as_of(),
        timesheet: shown(timesheet, &mut answers),
        project_setup: shown(cases.project_setup.judge_open(history)?, &mut answers),
        billing: shown(billing, &mut answers),
    };
    Ok((run, answers))
}

fn judge(
    case: &dyn RecordCase,
    ids: Vec<String>,
    history: &FactsAsOf,
) -> Result<Vec<Judged>, JudgeError> {
    let mut judged = Vec::new();
    for id in ids {
        let item = RecordItem {
            id,
            as_of: None,
            period_end: None,
        };
        match case.judge(&item, history) {
            Ok(one) => judged.push(one),
            // A team too small, or without a period: nothing is said of it.
            Err(JudgeError::NotAsked { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(judged)
}

/// The answers, most pressing first; what they rest on goes to the others to be kept.
fn shown(judged: Vec<Judged>, kept: &mut Vec<Judged>) -> Vec<Recommendation> {
    let mut answers: Vec<Recommendation> = judged
        .iter()
        .map(|one| one.recommendation.clone())
        .collect();
    answers.sort_by(|a, b| {
        let levels = b.level.cmp(&a.level);
        let scores = b.score.unwrap_or(0.0).total_cmp(&a.score.unwrap_or(0.0));
        let ids = a.subject.id.cmp(&b.subject.id);
        levels.then(scores).then(ids)
    });
    kept.extend(judged);
    answers
}

fn bills_to_come(work: &WorkAsOf) -> Vec<String> {
    let today = work.today();
    let (from, to) = (
        today - Days::new(BILLS_BACK),
        today + Days::new(BILLS_AHEAD),
    );
    let projects = work.projects_billed();
    let bills = projects
        .iter()
        .flat_map(|project| work.bills_of(project, from, to));
    let mut open: Vec<_> = bills
        .filter(|bill| bill.issued_on.is_none() && bill.status != Some(BillStatus::Cancelled))
        .collect();
    open.sort_by_key(|bill| (bill.planned_on, bill.id.to_string()));
    open.truncate(MAX_BILLS);
    open.iter().map(|bill| bill.id.to_string()).collect()
}
