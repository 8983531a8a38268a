//! What the detectors would have flagged in the tenant's records.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use super::history::Wanted;
use super::{Service, ServiceError};
use crate::cases::detectors::{self, DryRun, Salt};
use crate::domain::records::VendorInvoice;
use crate::domain::{RecordKind, TenantId};
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
        let invoices = all_invoices(store, tenant, now).await?;
        let salt = self.salt().await?;
        let wanted = Wanted::ReceiptsSince(NaiveDate::MIN);
        let history = self.history(tenant, now, &wanted).await?;
        let trying = move || detectors::dry_run(&history, &invoices, salt.as_ref(), &thresholds);
        tokio::task::spawn_blocking(trying)
            .await
            .map_err(|error| ServiceError::Internal(error.to_string()))
    }

    /// What employees' hashes are salted with, where the firm says it. Read when it is asked for, so
    /// that it does not stay in memory.
    pub(super) async fn salt(&self) -> Result<Option<Salt>, ServiceError> {
        let Some(file) = &self.records().thresholds.salt_file else {
            return Ok(None);
        };
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
}

/// Every invoice of a vendor, with its lines, as it was known at a moment.
async fn all_invoices(
    store: &Store,
    tenant: &TenantId,
    as_of: DateTime<Utc>,
) -> Result<Vec<VendorInvoice>, StoreError> {
    let kind = RecordKind::VendorInvoice;
    let mut invoices = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = store
            .records_as_of(tenant, kind, as_of, after.as_deref(), PAGE)
            .await?;
        let Some(last) = page.last() else {
            return Ok(invoices);
        };
        after = Some(last.id.clone());
        for stored in page {
            let invoice = crate::history::read(stored.body)
                .map_err(|why| StoreError::Damaged(format!("{kind} `{}`: {why}", stored.id)))?;
            invoices.push(invoice);
        }
    }
}
