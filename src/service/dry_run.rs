//! What the detectors would have flagged in the tenant's records.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use super::history::Wanted;
use super::{Service, ServiceError};
use crate::cases::detectors::{self, DryRun, Purchases, Salt};
use crate::domain::TenantId;
use crate::domain::records::Record;
use crate::store::{Store, StoreError};

/// Records read at once.
const PAGE: usize = 5_000;

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
        let store = self.store();
        let thresholds = Arc::clone(&self.records().thresholds);
        let purchases = Purchases {
            invoices: all(store, tenant, now).await?,
            vendors: all(store, tenant, now).await?,
            orders: all(store, tenant, now).await?,
            employees: all(store, tenant, now).await?,
            salt: salt(thresholds.salt_file.as_deref()).await?,
        };
        let wanted = Wanted::ReceiptsSince(NaiveDate::MIN);
        let history = self.history(tenant, now, &wanted).await?;
        tokio::task::spawn_blocking(move || detectors::dry_run(&history, &purchases, &thresholds))
            .await
            .map_err(|error| ServiceError::Internal(error.to_string()))
    }
}

/// Read when it is asked for, so that it does not stay in memory.
async fn salt(file: Option<&Path>) -> Result<Option<Salt>, ServiceError> {
    let Some(file) = file else { return Ok(None) };
    let bytes = tokio::fs::read(file)
        .await
        .map_err(|error| ServiceError::Internal(format!("detectors.salt_file: {error}")))?;
    let salt = Salt::of_file(&bytes);
    if salt.as_bytes().is_empty() {
        let why = "detectors.salt_file: the file is empty".to_owned();
        return Err(ServiceError::Internal(why));
    }
    Ok(Some(salt))
}

/// Every record of a kind as it was known at a moment.
async fn all<T: Record>(
    store: &Store,
    tenant: &TenantId,
    as_of: DateTime<Utc>,
) -> Result<Vec<Arc<T>>, StoreError> {
    let mut records = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = store
            .records_as_of(tenant, T::KIND, as_of, after.as_deref(), PAGE)
            .await?;
        let Some(last) = page.last() else {
            return Ok(records);
        };
        after = Some(last.id.clone());
        for stored in page {
            let record = crate::history::read(stored.body).map_err(|why| {
                StoreError::Damaged(format!("{} `{}`: {why}", T::KIND.as_str(), stored.id))
            })?;
            records.push(Arc::new(record));
        }
    }
}
