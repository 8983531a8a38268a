//! The worklist of collections: run anew when the day, the records, what is seen of them, the models or
//! what the firm sets have changed.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tracing::Instrument as _;

use super::answers_given::{AnswersGiven, ShowsAnswers};
use super::history::Wanted;
use super::{Service, ServiceError, broke_off, on_own_thread};
use crate::advice::Judged;
use crate::cases::collections::CollectionsRun;
use crate::cases::record_case::JudgeError;
use crate::domain::TenantId;
use crate::history::FactsAsOf;
use crate::store::{StoreError, WorklistRun};

/// Name of the worklist.
pub const COLLECTIONS: &str = "collections";
/// Tries at a run between erasures.
const TRIES: usize = 3;

/// A run as it is kept.
#[derive(Debug, Serialize, Deserialize)]
struct KeptRun<R> {
    #[serde(flatten)]
    run: R,
    /// From when on more is seen on its day than it was made from; none where nothing was to come. Runs of
    /// before do not say.
    #[serde(default)]
    holds_until: Option<DateTime<Utc>>,
}

impl<R> KeptRun<R> {
    fn holds(&self, now: DateTime<Utc>) -> bool {
        self.holds_until.is_none_or(|until| now < until)
    }
}

impl Service {
    /// The worklist as it stands: the last run, or a new one where the day or what is known has
    /// changed since. Every answer that a run rests on is chained before the run is shown.
    ///
    /// # Errors
    /// [`ServiceError`] if it could not be computed or kept.
    pub async fn collections_run(
        &self,
        tenant: &TenantId,
        now: DateTime<Utc>,
    ) -> Result<CollectionsRun, ServiceError> {
        let case = Arc::clone(&self.records().collections);
        self.run(
            tenant,
            COLLECTIONS,
            Wanted::Records,
            now,
            move |history, before| {
                let made = case.run(&history, before.as_ref())?;
                Ok((made.run, made.answers))
            },
        )
        .await
    }

    /// The last run of a worklist, or a new one made of the records as they are now where the
    /// day or the records have changed, or a moment has come that they state; `make` gets the run
    /// before and gives what is shown and the answers that it rests on. The run before is the last of an
    /// earlier day: what moved since yesterday is to be seen all day, however often a note is taken.
    /// Answers that say what was said today already are not given again. Where something is erased
    /// meanwhile, the run is made anew without that.
    pub(super) async fn run<R, M>(
        &self,
        tenant: &TenantId,
        name: &'static str,
        wanted: Wanted,
        now: DateTime<Utc>,
        make: M,
    ) -> Result<R, ServiceError>
    where
        R: ShowsAnswers,
        M: Fn(FactsAsOf, Option<R>) -> Result<(R, Vec<Judged>), JudgeError> + Send + Sync + 'static,
    {
        // One run of a list at a time: whoever comes meanwhile gets what it made.
        let turn = self.turns.take(tenant, name).await;
        let asked = Asked {
            service: self.clone(),
            tenant: tenant.clone(),
            name,
            wanted,
            now,
        };
        // Goes on where whoever asked waits no longer: the next one finds it done.
        let running = async move {
            let _turn = turn;
            asked.run(Arc::new(make)).await
        };
        tokio::spawn(running.in_current_span())
            .await
            .map_err(broke_off)?
    }
}

/// A worklist that somebody asks for.
struct Asked {
    service: Service,
    tenant: TenantId,
    name: &'static str,
    wanted: Wanted,
    now: DateTime<Utc>,
}

impl Asked {
    async fn run<R, M>(&self, make: Arc<M>) -> Result<R, ServiceError>
    where
        R: ShowsAnswers,
        M: Fn(FactsAsOf, Option<R>) -> Result<(R, Vec<Judged>), JudgeError> + Send + Sync + 'static,
    {
        for _ in 0..TRIES {
            if let Some(run) = self.try_to_run(Arc::clone(&make)).await? {
                return Ok(run);
            }
        }
        Err(StoreError::Busy.into())
    }

    /// The last run or a new one; none where something was erased while it was made, for it may hold that.
    async fn try_to_run<R, M>(&self, make: Arc<M>) -> Result<Option<R>, ServiceError>
    where
        R: ShowsAnswers,
        M: Fn(FactsAsOf, Option<R>) -> Result<(R, Vec<Judged>), JudgeError> + Send + Sync + 'static,
    {
        let Self {
            service,
            tenant,
            name,
            wanted,
            now,
        } = self;
        let store = service.store();
        // Before all else, so that it tells of an erasure after any of it.
        let read = store.erasures(tenant).await?;
        let generation = service.generation(tenant, *now, wanted).await?;
        let generation = generation.wrapping_add(service.records().fingerprint());
        let day = now.date_naive();
        // Who asked before midnight and waited finds the runs of that day and before: what was made
        // meanwhile for the next is not theirs, and stays the last.
        let last = store.last_run_until(tenant, name, day).await?;
        let unchanged = last
            .as_ref()
            .is_some_and(|last| (last.day, last.generation) == (day, generation));
        let mut given = AnswersGiven::default();
        let mut before: Option<KeptRun<R>> = None;
        if let Some(last) = last {
            if last.day == day {
                given = serde_json::from_value(last.answers).unwrap_or_default();
            }
            // A run of an older version of the service is made again.
            before = serde_json::from_value(last.body).ok();
        }
        let before = match before {
            Some(kept) if unchanged && kept.holds(*now) => return Ok(Some(kept.run)),
            before => before.map(|kept| kept.run),
        };
        let earlier = store.last_run_before(tenant, name, day).await?;
        let before = earlier.map_or(before, |run| serde_json::from_value(run.body).ok());
        let history = service.history(tenant, *now, wanted).await?;
        let holds_until = history.next_change();
        let made = move || {
            let (run, answers) = make(history, before)?;
            Ok::<_, JudgeError>((run, given.tell(answers)?))
        };
        let (mut run, told) = on_own_thread(made).await??;
        run.show_given(&told.before);
        if !store.append_decisions(tenant, &told.new, read).await? {
            return Ok(None);
        }
        let body = KeptRun { run, holds_until };
        let kept = WorklistRun {
            day,
            generation,
            body: serde_json::to_value(&body).map_err(internal)?,
            answers: serde_json::to_value(&told.all).map_err(internal)?,
        };
        let is_kept = store.put_run(tenant, name, &kept, read).await?;
        Ok(is_kept.then_some(body.run))
    }
}

fn internal(error: serde_json::Error) -> ServiceError {
    ServiceError::Internal(error.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::DelaysRun;
    use super::*;

    #[test]
    fn a_run_is_kept_beside_until_when_it_holds_and_one_of_before_holds_all_day() {
        let at = |text: &str| -> DateTime<Utc> { text.parse().unwrap() };
        let of_before = json!({"as_of": "2026-01-05T09:00:00Z", "timesheet": [], "project_setup": [],
            "billing": [], "bills_left_out": 0, "setups_left_out": 0});
        let read = |body: &serde_json::Value| -> KeptRun<DelaysRun> {
            serde_json::from_value(body.clone()).unwrap()
        };
        let kept = read(&of_before);
        assert!(kept.holds(at("2026-01-05T23:59:59Z")));
        let until = at("2026-01-05T10:00:00Z");
        let body = serde_json::to_value(KeptRun {
            holds_until: Some(until),
            ..kept
        });
        let body = body.unwrap();
        // A version of before reads what it knows.
        let run: DelaysRun = serde_json::from_value(body.clone()).unwrap();
        assert_eq!(serde_json::to_value(run).unwrap(), of_before);
        let kept = read(&body);
        assert!(kept.holds(at("2026-01-05T09:59:59Z")) && !kept.holds(until));
    }
}
