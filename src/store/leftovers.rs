//! What an erasure leaves outside the database's tables: a document's bytes, and old pages in the log.
//!
//! Bytes go after the commit. The other way round a commit that fails, or a process that is killed before it,
//! leaves a document without bytes of which the chain says nothing. What may come between the two is met so:
//!
//! - The same bytes come again, and the document is no longer erased: whoever removes bytes looks once
//!   more while nobody else writes, and whoever brings a document back writes its bytes in that state too, so
//!   that either finds what the other did.
//! - The process is killed: the service removes such bytes when it starts and every day, and so does
//!   whoever erases the document once more.

use std::time::Duration;

use super::error::{Result, StoreError};
use super::{Store, blobs};
use crate::domain::TenantId;

/// Tries at emptying the log.
const TRIES: u32 = 4;
/// Between two tries, for whoever waits to write.
const PAUSE: Duration = Duration::from_millis(250);

impl Store {
    /// Removes the bytes of erased documents that are still there because a process was killed before
    /// it removed them.
    ///
    /// # Errors
    /// If the store cannot be read or written.
    pub async fn remove_bytes_left(&self) -> Result<()> {
        let erased: Vec<(String, String)> =
            sqlx::query_as("SELECT tenant, sha256 FROM documents WHERE erased_at IS NOT NULL")
                .fetch_all(self.readers())
                .await?;
        let data_dir = self.data_dir().to_owned();
        let left = blobs::off_thread(move || {
            let mut left = Vec::new();
            for (tenant, sha256) in erased {
                let tenant = TenantId::new(&tenant)
                    .map_err(|error| StoreError::Damaged(error.to_string()))?;
                if blobs::path(&data_dir, &tenant, &sha256).exists() {
                    left.push((tenant, sha256));
                }
            }
            Ok(left)
        })
        .await?;
        for (tenant, sha256) in left {
            self.remove_erased_bytes(&tenant, &sha256).await?;
        }
        Ok(())
    }

    /// Removes the bytes of a document, if it is still erased.
    pub(super) async fn remove_erased_bytes(&self, tenant: &TenantId, sha256: &str) -> Result<()> {
        // Nothing is written: it is held so that nobody brings the document back meanwhile.
        let mut transaction = self.begin_unmarked().await?;
        let erased: Option<i64> = sqlx::query_scalar(
            "SELECT 1 FROM documents WHERE tenant = $1 AND sha256 = $2 AND erased_at IS NOT NULL",
        )
        .bind(tenant.as_str())
        .bind(sha256)
        .fetch_optional(&mut *transaction)
        .await?;
        if erased.is_some() {
            let target = blobs::path(self.data_dir(), tenant, sha256);
            blobs::off_thread(move || blobs::remove(&target)).await?;
        }
        transaction.rollback().await?;
        Ok(())
    }

    /// Empties the log, which holds the old pages until then; `false` where somebody reads from it for too
    /// long.
    pub(super) async fn empty_log(&self) -> Result<bool> {
        for _ in 0..TRIES {
            // The first column of its one row says whether somebody was in the way: that is no error.
            let busy: i64 = sqlx::query_scalar("PRAGMA wal_checkpoint(TRUNCATE)")
                .fetch_one(self.checkpoints())
                .await?;
            if busy == 0 {
                return Ok(true);
            }
            tokio::time::sleep(PAUSE).await;
        }
        tracing::warn!("the log still holds what was erased: somebody reads from it");
        Ok(false)
    }
}
