//! Work on large documents that outlives the request that brought them.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::error::{Result, StoreError};
use super::{Store, time};
use crate::domain::TenantId;

/// A job whose worker died is given out again, this often at most.
const MAX_ATTEMPTS: i64 = 3;

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waits for a worker.
    Queued,
    /// A worker has it.
    Running,
    /// The document's analysis is there.
    Done,
    /// It failed; `problem` says why.
    Failed,
}

/// One document's work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Job {
    /// UUID version 7.
    pub id: Uuid,
    /// The document.
    pub document_id: Uuid,
    /// How far it is.
    pub state: JobState,
    /// How often a worker took it up.
    pub attempts: u32,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

#[derive(FromRow)]
struct StoredJob {
    tenant: String,
    id: String,
    document_id: String,
    state: String,
    attempts: i64,
    problem: Option<String>,
    created_at: String,
}

impl TryFrom<StoredJob> for Job {
    type Error = StoreError;

    fn try_from(row: StoredJob) -> Result<Self> {
        Ok(Self {
            id: super::parse_uuid(&row.id)?,
            document_id: super::parse_uuid(&row.document_id)?,
            state: super::from_name(&row.state)?,
            attempts: u32::try_from(row.attempts).unwrap_or_default(),
            problem: row.problem,
            created_at: time::parse(&row.created_at)?,
        })
    }
}

impl Store {
    /// Queues work on a document of the tenant.
    ///
    /// # Errors
    /// If the store cannot be written or the tenant has no such document.
    pub async fn create_job(&self, tenant: &TenantId, document_id: Uuid) -> Result<Job> {
        if self.document(tenant, document_id).await?.is_none() {
            return Err(StoreError::Missing("document"));
        }
        let job = Job {
            id: Uuid::now_v7(),
            document_id,
            state: JobState::Queued,
            attempts: 0,
            problem: None,
            created_at: time::now(),
        };
        sqlx::query(
            "INSERT INTO jobs (tenant, id, document_id, state, attempts, created_at, lease_until) \
             VALUES ($1, $2, $3, 'queued', 0, $4, $4)",
        )
        .bind(tenant.as_str())
        .bind(job.id.to_string())
        .bind(document_id.to_string())
        .bind(time::text(job.created_at))
        .execute(self.writer())
        .await?;
        Ok(job)
    }

    /// The tenant's job with this id.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn job(&self, tenant: &TenantId, id: Uuid) -> Result<Option<Job>> {
        let row: Option<StoredJob> =
            sqlx::query_as("SELECT * FROM jobs WHERE tenant = $1 AND id = $2")
                .bind(tenant.as_str())
                .bind(id.to_string())
                .fetch_optional(self.readers())
                .await?;
        row.map(TryInto::try_into).transpose()
    }

    /// How many jobs of all tenants wait for a worker, whichever process took them in.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn jobs_waiting(&self) -> Result<usize> {
        let waiting: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM jobs WHERE state = 'queued'")
            .fetch_one(self.readers())
            .await?;
        Ok(usize::try_from(waiting).unwrap_or(usize::MAX))
    }

    /// Takes the oldest job that waits, or whose worker let its lease run out, for a worker of
    /// this installation; a job taken too often fails instead.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub async fn claim_job(
        &self,
        now: DateTime<Utc>,
        lease: Duration,
    ) -> Result<Option<(TenantId, Job)>> {
        let mut transaction = self.begin_unmarked().await?;
        sqlx::query(
            "UPDATE jobs SET state = 'failed', problem = 'the work was given up after several attempts' \
             WHERE state = 'running' AND lease_until <= $1 AND attempts >= $2",
        )
        .bind(time::text(now))
        .bind(MAX_ATTEMPTS)
        .execute(&mut *transaction)
        .await?;
        let row: Option<StoredJob> = sqlx::query_as(
            "SELECT * FROM jobs WHERE state = 'queued' OR (state = 'running' AND lease_until <= $1) \
             ORDER BY id LIMIT 1",
        )
        .bind(time::text(now))
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(mut row) = row else {
            transaction.commit().await?;
            return Ok(None);
        };
        sqlx::query(
            "UPDATE jobs SET state = 'running', attempts = attempts + 1, lease_until = $3 \
             WHERE tenant = $1 AND id = $2",
        )
        .bind(&row.tenant)
        .bind(&row.id)
        .bind(time::text(now + lease))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let tenant =
            TenantId::new(&row.tenant).map_err(|error| StoreError::Damaged(error.to_string()))?;
        row.attempts += 1;
        row.state = "running".to_owned();
        Ok(Some((tenant, row.try_into()?)))
    }

    /// Ends a job as it was claimed: done without a problem, failed with one. `false`, and nothing
    /// changes, where its lease ran out and another worker took it up since, or it was given up.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub async fn finish_job(
        &self,
        tenant: &TenantId,
        claimed: &Job,
        problem: Option<&str>,
    ) -> Result<bool> {
        let state = if problem.is_none() { "done" } else { "failed" };
        let ended = sqlx::query(
            "UPDATE jobs SET state = $4, problem = $5 \
             WHERE tenant = $1 AND id = $2 AND attempts = $3 AND state = 'running'",
        )
        .bind(tenant.as_str())
        .bind(claimed.id.to_string())
        .bind(i64::from(claimed.attempts))
        .bind(state)
        .bind(problem)
        .execute(self.writer())
        .await?;
        Ok(ended.rows_affected() > 0)
    }
}
