//! Documents analysed after their request was answered.
//!
//! The queue is in the store, so a job survives a restart and any process may take it.

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::problem::{ApiError, ApiResult};
use crate::config::Limits;
use crate::documents::sniff;
use crate::domain::TenantId;
use crate::error::ErrorCode;
use crate::service::{Incoming, Service, ServiceError};
use crate::store::{Job, NewDocument, StoreError};

/// How often a worker looks for jobs of other processes.
const POLL: Duration = Duration::from_secs(5);

/// Takes jobs in and works on them until dropped.
pub(super) struct Jobs {
    service: Service,
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
}

struct Shared {
    arrived: Notify,
    most: usize,
    lease: chrono::Duration,
}

impl Jobs {
    /// Starts the workers. To be called within a tokio runtime.
    #[must_use]
    pub(super) fn start(service: Service, limits: &Limits) -> Self {
        let lease = chrono::Duration::seconds(
            i64::try_from(limits.request_seconds).unwrap_or(i64::from(u32::MAX)),
        );
        let shared = Arc::new(Shared {
            arrived: Notify::new(),
            most: limits.jobs,
            lease,
        });
        let workers = (0..limits.parse_processes)
            .map(|_| tokio::spawn(work(service.clone(), Arc::clone(&shared))))
            .collect();
        Self {
            service,
            shared,
            workers,
        }
    }

    /// Stores the document and queues its analysis.
    ///
    /// # Errors
    /// [`ErrorCode::Overloaded`] if too many wait; what the store said.
    pub(super) async fn submit(&self, tenant: &TenantId, incoming: Incoming) -> ApiResult<Job> {
        let store = self.service.store();
        // Counted where every process sees it: another one may take up what this one takes in.
        if store.jobs_waiting().await? >= self.shared.most {
            return Err(
                ApiError::new(ErrorCode::Overloaded, "Too many jobs are waiting.").retry_after(30),
            );
        }
        let document = NewDocument {
            media: sniff::sniff(&incoming.bytes),
            bytes: incoming.bytes,
            filename: incoming.filename,
        };
        let stored = store.put_document(tenant, document).await?;
        let job = store.create_job(tenant, stored.row.id).await?;
        self.shared.arrived.notify_one();
        Ok(job)
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        for worker in &self.workers {
            worker.abort();
        }
    }
}

async fn work(service: Service, shared: Arc<Shared>) {
    loop {
        match service.store().claim_job(Utc::now(), shared.lease).await {
            Ok(Some((tenant, job))) => finish(&service, &tenant, &job).await,
            Ok(None) => {
                _ = tokio::time::timeout(POLL, shared.arrived.notified()).await;
            }
            Err(error) => {
                tracing::error!(%error, "no job could be claimed");
                tokio::time::sleep(POLL).await;
            }
        }
    }
}

async fn finish(service: &Service, tenant: &TenantId, job: &Job) {
    let problem = match analyse(service, tenant, job).await {
        Ok(()) => None,
        // Whoever claims it after the lease tries again.
        Err(error @ (ServiceError::Sandbox(_) | ServiceError::Store(StoreError::Busy))) => {
            tracing::warn!(job_id = %job.id, %error, "job put off");
            return;
        }
        Err(ServiceError::Store(StoreError::Missing(_))) => Some("the document is gone"),
        Err(error) => {
            tracing::error!(job_id = %job.id, %error, "job failed");
            Some("the analysis failed")
        }
    };
    match service.store().finish_job(tenant, job, problem).await {
        Ok(true) => {}
        Ok(false) => tracing::warn!(job_id = %job.id, "job took longer than its lease"),
        Err(error) => tracing::error!(job_id = %job.id, %error, "job not marked as ended"),
    }
}

async fn analyse(service: &Service, tenant: &TenantId, job: &Job) -> Result<(), ServiceError> {
    let bytes = service
        .store()
        .document_bytes(tenant, job.document_id)
        .await?
        .ok_or(StoreError::Missing("document"))?;
    let incoming = Incoming {
        bytes: bytes.into(),
        filename: None,
    };
    service.analyse(tenant, incoming, job.created_at).await?;
    Ok(())
}
