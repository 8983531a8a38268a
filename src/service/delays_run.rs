//! The delays board: teams whose sheets will be late, set-ups that will miss their day and
//! bills that will slip.

use std::cmp::Ordering;

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::history::Wanted;
use super::{RecordCases, Service, ServiceError};
use crate::advice::{Judged, Recommendation, Status};
use crate::cases::record_case::{JudgeError, RecordCase, RecordItem};
use crate::cases::timesheet::periods_watched;
use crate::domain::TenantId;
use crate::domain::records::Bill;
use crate::history::{FactsAsOf, History as _, WorkAsOf};

/// Name of the worklist.
pub const DELAYS: &str = "delays";
/// Days ahead in which bills are looked for.
const BILLS_AHEAD: u64 = 30;
/// Bills judged for one run, those planned for days nearest to today.
const MAX_BILLS: usize = 500;
/// Set-ups judged for one run, those planned for days nearest to today.
const MAX_SETUPS: usize = 500;

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
    /// Bills that were not judged, because there are too many.
    #[serde(default)]
    pub bills_left_out: usize,
    /// Set-ups that were not judged, because there are too many.
    #[serde(default)]
    pub setups_left_out: usize,
}

impl DelaysRun {
    /// The answers of all three in one order, most pressing first.
    #[must_use]
    pub fn most_pressing(&self) -> Vec<&Recommendation> {
        let answers = self.timesheet.iter().chain(&self.project_setup);
        let mut answers: Vec<&Recommendation> = answers.chain(&self.billing).collect();
        answers.sort_by(|a, b| most_pressing_first(a, b));
        answers
    }
}

impl Service {
    /// The board as it stands: the last run, or a new one where the day or what is known has
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
    let teams = work.teams();
    let periods = teams.iter().flat_map(|team| {
        let watched = periods_watched(team, &work).into_iter();
        watched.map(|end| (team.clone(), Some(end)))
    });
    let timesheet = judge(&*cases.timesheet, periods, history)?;
    let (setups, setups_left_out) = cases.project_setup.judge_open(history, MAX_SETUPS)?;
    let (bills, bills_left_out) = bills_to_come(&work);
    let bills = bills.into_iter().map(|id| (id, None));
    let billing = judge(&*cases.billing, bills, history)?;
    let run = DelaysRun {
        as_of: history.as_of(),
        timesheet: shown(timesheet, &mut answers),
        project_setup: shown(setups, &mut answers),
        billing: shown(billing, &mut answers),
        bills_left_out,
        setups_left_out,
    };
    Ok((run, answers))
}

fn judge(
    case: &dyn RecordCase,
    asked: impl Iterator<Item = (String, Option<NaiveDate>)>,
    history: &FactsAsOf,
) -> Result<Vec<Judged>, JudgeError> {
    let mut judged = Vec::new();
    for (id, period_end) in asked {
        let item = RecordItem {
            id,
            as_of: None,
            period_end,
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

/// By level, then by score, then by id.
fn most_pressing_first(a: &Recommendation, b: &Recommendation) -> Ordering {
    // What nobody can foretell is for a person to look at first.
    let score = |one: &Recommendation| match one.status {
        Status::Abstained => 1.0,
        _ => one.score.unwrap_or(0.0),
    };
    let levels = b.level.cmp(&a.level);
    let scores = score(b).total_cmp(&score(a));
    let ids = a.subject.id.cmp(&b.subject.id);
    levels.then(scores).then(ids)
}

/// The answers, most pressing first; what they rest on goes to the others to be kept.
fn shown(judged: Vec<Judged>, kept: &mut Vec<Judged>) -> Vec<Recommendation> {
    let mut answers: Vec<Recommendation> = judged
        .iter()
        .map(|one| one.recommendation.clone())
        .collect();
    answers.sort_by(most_pressing_first);
    kept.extend(judged);
    answers
}

/// The bills that are to go out, in order of the day planned, and how many more there are.
fn bills_to_come(work: &WorkAsOf) -> (Vec<String>, usize) {
    let today = work.today();
    let until = today + Days::new(BILLS_AHEAD);
    let projects = work.projects_billed();
    let bills = projects
        .iter()
        .flat_map(|project| work.bills_of(project, NaiveDate::MIN, until));
    let mut open: Vec<_> = bills.filter(|bill| bill.is_open()).collect();
    let far = |bill: &Bill| (bill.planned_on - today).num_days().abs();
    open.sort_by_key(|bill| (far(bill), bill.id.to_string()));
    let left_out = open.len().saturating_sub(MAX_BILLS);
    open.truncate(MAX_BILLS);
    open.sort_by_key(|bill| (bill.planned_on, bill.id.to_string()));
    let ids = open.iter().map(|bill| bill.id.to_string());
    (ids.collect(), left_out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advice::{Level, samples};

    #[test]
    fn the_three_are_merged_by_level_then_score_then_id() {
        let answer = |id: &str, level, score: Option<f64>| {
            let mut answer = samples::recommendation();
            answer.subject.id = id.to_owned();
            answer.level = level;
            answer.score = score;
            if score.is_none() {
                answer.status = Status::Abstained;
            }
            answer
        };
        let run = DelaysRun {
            as_of: DateTime::UNIX_EPOCH,
            timesheet: vec![
                answer("sure", Level::Medium, Some(0.9)),
                answer("low", Level::Low, Some(0.2)),
            ],
            project_setup: vec![answer("unlike", Level::Medium, None)],
            billing: vec![
                answer("high", Level::High, Some(0.6)),
                answer("also", Level::Medium, Some(0.9)),
            ],
            bills_left_out: 0,
            setups_left_out: 0,
        };
        let merged = run.most_pressing();
        let ids: Vec<&str> = merged.iter().map(|one| one.subject.id.as_str()).collect();
        assert_eq!(ids, ["high", "unlike", "also", "sure", "low"]);
    }

    #[test]
    fn a_run_kept_before_anything_was_left_out_is_read() {
        let kept = r#"{"as_of": "2026-01-05T09:00:00Z", "timesheet": [], "project_setup": [], "billing": []}"#;
        let run: DelaysRun = serde_json::from_str(kept).unwrap();
        assert_eq!((run.bills_left_out, run.setups_left_out), (0, 0));
    }
}
