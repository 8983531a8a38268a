//! What the detectors would have flagged in the tenant's records.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::history::Wanted;
use super::{Service, ServiceError, on_own_thread};
use crate::cases::detectors::{self, DryRun};
use crate::domain::TenantId;

impl Service {
    /// Tries every detector on every claim and invoice known at a moment. Nothing is kept of it.
    ///
    /// # Errors
    /// [`ServiceError`] if the records cannot be read.
    pub async fn dry_run(
        &self,
        tenant: &TenantId,
        now: DateTime<Utc>,
    ) -> Result<DryRun, ServiceError> {
        let thresholds = Arc::clone(&self.records().thresholds);
        let history = self.history(tenant, now, &Wanted::AllReceipts).await?;
        let trying = move || detectors::dry_run(&history, &thresholds);
        on_own_thread(trying).await
    }
}
