//! One answer for one idempotency key.

use chrono::{DateTime, Duration, Utc};
use sqlx::{FromRow, SqliteConnection};

use super::error::Result;
use super::{Store, time};
use crate::domain::TenantId;

/// A claimed key is free again after this, unless it is renewed: its process died. Whichever processes
/// have the store open, each renews what it runs, so that no other's work is taken for dead. Longer
/// than two renewals, one after the other, may wait for the one way to write (30 s) and for other
/// processes (10 s): one may fail.
const RUNNING_LEASE: Duration = Duration::minutes(2);
/// Whoever runs a request renews its key this often.
pub const IDEMPOTENCY_RENEWAL: std::time::Duration = std::time::Duration::from_secs(10);
/// An answer is given again for this long.
const ANSWER_KEPT: Duration = Duration::hours(24);

/// A response to give again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredResponse {
    /// HTTP status.
    pub status: u16,
    /// Media type of the body.
    pub content_type: String,
    /// The body.
    pub body: String,
}

/// What is known of an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdempotencyStart {
    /// It is new and now marked as running: do the work, renewing it each [`IDEMPOTENCY_RENEWAL`], then
    /// finish or abandon it.
    Fresh,
    /// The same request is running (409), or its process died.
    Running {
        /// Seconds after which the key is free if it is not renewed.
        free_after_seconds: u64,
    },
    /// The key was used for another request (422).
    Mismatch,
    /// The same request was answered: give this again.
    Done(StoredResponse),
}

#[derive(FromRow)]
struct StoredKey {
    request_sha256: String,
    status: Option<i64>,
    content_type: Option<String>,
    body: Option<String>,
    expires_at: String,
}

impl Store {
    /// Claims an idempotency key for a request with this digest (of method, path and
    /// body), or says what became of the earlier one. The clock is read once nobody else writes: a claim
    /// holds for its whole time, however long it had to wait.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub async fn idempotency_start(
        &self,
        tenant: &TenantId,
        key: &str,
        request_sha256: &str,
        clock: impl FnOnce() -> DateTime<Utc>,
    ) -> Result<IdempotencyStart> {
        self.ensure_tenant(tenant).await?;
        let mut transaction = self.begin_unmarked().await?;
        let now = clock();
        // Expired keys of every tenant go here, so that the table stays bounded by a day's use.
        sqlx::query("DELETE FROM idempotency WHERE expires_at <= $1")
            .bind(time::text(now))
            .execute(&mut *transaction)
            .await?;
        let known: Option<StoredKey> = sqlx::query_as(
            "SELECT request_sha256, status, content_type, body, expires_at FROM idempotency \
             WHERE tenant = $1 AND idempotency_key = $2",
        )
        .bind(tenant.as_str())
        .bind(key)
        .fetch_optional(&mut *transaction)
        .await?;
        let outcome = match known {
            Some(known) if known.request_sha256 != request_sha256 => IdempotencyStart::Mismatch,
            Some(StoredKey {
                status: Some(status),
                content_type,
                body,
                ..
            }) => IdempotencyStart::Done(StoredResponse {
                status: u16::try_from(status).unwrap_or(500),
                content_type: content_type.unwrap_or_default(),
                body: body.unwrap_or_default(),
            }),
            Some(running) => IdempotencyStart::Running {
                free_after_seconds: whole_seconds(time::parse(&running.expires_at)? - now),
            },
            None => {
                sqlx::query(
                    "INSERT INTO idempotency \
                     (tenant, idempotency_key, request_sha256, expires_at) \
                     VALUES ($1, $2, $3, $4)",
                )
                .bind(tenant.as_str())
                .bind(key)
                .bind(request_sha256)
                .bind(time::text(now + RUNNING_LEASE))
                .execute(&mut *transaction)
                .await?;
                IdempotencyStart::Fresh
            }
        };
        transaction.commit().await?;
        Ok(outcome)
    }

    /// Says that the request of a claimed key is still running, from a clock that is read once nobody else
    /// writes; `false` where the key is claimed no longer.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub async fn idempotency_renew(
        &self,
        tenant: &TenantId,
        key: &str,
        clock: impl FnOnce() -> DateTime<Utc>,
    ) -> Result<bool> {
        let mut transaction = self.begin_unmarked().await?;
        let renewed = sqlx::query(
            "UPDATE idempotency SET expires_at = $3 \
             WHERE tenant = $1 AND idempotency_key = $2 AND status IS NULL",
        )
        .bind(tenant.as_str())
        .bind(key)
        .bind(time::text(clock() + RUNNING_LEASE))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(renewed.rows_affected() > 0)
    }

    /// Keeps the answer of a claimed key for a day. Where something of the tenant's was erased since the key
    /// was claimed nothing is kept, and the key is free.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub async fn idempotency_finish(
        &self,
        tenant: &TenantId,
        key: &str,
        response: &StoredResponse,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let kept = sqlx::query(
            "UPDATE idempotency SET status = $3, content_type = $4, body = $5, expires_at = $6 \
             WHERE tenant = $1 AND idempotency_key = $2 AND status IS NULL AND body IS NULL",
        )
        .bind(tenant.as_str())
        .bind(key)
        .bind(i64::from(response.status))
        .bind(&response.content_type)
        .bind(&response.body)
        .bind(time::text(now + ANSWER_KEPT))
        .execute(self.writer())
        .await?;
        if kept.rows_affected() == 0 {
            // See `forget_answers`.
            self.idempotency_abandon(tenant, key).await?;
        }
        Ok(())
    }

    /// Gives a claimed key back, so that the request can be tried again.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub async fn idempotency_abandon(&self, tenant: &TenantId, key: &str) -> Result<()> {
        sqlx::query(
            "DELETE FROM idempotency \
             WHERE tenant = $1 AND idempotency_key = $2 AND status IS NULL",
        )
        .bind(tenant.as_str())
        .bind(key)
        .execute(self.writer())
        .await?;
        Ok(())
    }
}

/// Forgets every answer kept for a tenant's requests, within a transaction that erases something: any of them
/// may name it. A request that runs stays the only one under its key, and may have read what is erased: a body
/// without a status says that its answer is not to be kept.
pub(super) async fn forget_answers(
    connection: &mut SqliteConnection,
    tenant: &TenantId,
) -> Result<()> {
    for statement in [
        "DELETE FROM idempotency WHERE tenant = $1 AND status IS NOT NULL",
        "UPDATE idempotency SET body = '' WHERE tenant = $1 AND status IS NULL",
    ] {
        sqlx::query(statement)
            .bind(tenant.as_str())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Rounded up, and never none.
fn whole_seconds(left: Duration) -> u64 {
    let seconds = (left.num_milliseconds() + 999) / 1_000;
    u64::try_from(seconds).unwrap_or(1).max(1)
}
