//! The worklist of collections: run anew when the day or the records have changed.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Service, ServiceError};
use crate::cases::collections::CollectionsRun;
use crate::domain::TenantId;
use crate::store::WorklistRun;

/// Name of the worklist.
pub const COLLECTIONS: &str = "collections";

impl Service {
    /// The worklist as it stands: the last run, or a new one where the day or the records have
    /// changed since. Every answer that a run rests on is chained before the run is shown.
    ///
    /// # Errors
    /// [`ServiceError`] if it could not be computed or kept.
    pub async fn collections_run(
        &self,
        tenant: &TenantId,
        now: DateTime<Utc>,
    ) -> Result<CollectionsRun, ServiceError> {
        // One run at a time: whoever comes meanwhile gets what it made.
        let _turn = self.runs.lock().await;
        let store = self.store();
        let generation = store.records_generation(tenant).await?;
        let day = now.date_naive();
        let last = store.last_run(tenant, COLLECTIONS).await?;
        // A run of an older version of the service is made again.
        let before = last.as_ref().and_then(|last| {
            let run: CollectionsRun = serde_json::from_value(last.body.clone()).ok()?;
            Some((last.day, last.generation, run))
        });
        if let Some((_, _, run)) = before
            .as_ref()
            .filter(|(of_day, of, _)| (*of_day, *of) == (day, generation))
        {
            return Ok(run.clone());
        }
        let history = store.history(tenant, now).await?;
        let case = Arc::clone(&self.records().collections);
        let work = move || case.run(&history, before.as_ref().map(|(_, _, run)| run));
        let made = tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| ServiceError::Internal(error.to_string()))??;
        store.append_decisions(tenant, &made.answers).await?;
        let body = serde_json::to_value(&made.run)
            .map_err(|error| ServiceError::Internal(error.to_string()))?;
        let run = WorklistRun {
            day,
            generation,
            body,
        };
        store.put_run(tenant, COLLECTIONS, &run).await?;
        Ok(made.run)
    }
}
