//! Opening the store, and the two ways into it.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Connection as _, Sqlite, Transaction};

use super::audit_head::HeadFile;
use super::blobs::DurableFolders;
use super::changes::{Changes, Changing};
use super::checkpoints::Checkpoints;
use super::committer::Committer;
use super::error::{Result, StoreError};
use super::history::FactsCache;
use super::keys::KeysCache;
use super::tenant_states::TenantStates;
use super::time;
use crate::domain::TenantId;

const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Whoever empties the log holds the one way to write while it waits for readers: so not for long.
const LOG_BUSY_TIMEOUT: Duration = Duration::from_millis(500);
const READERS: u32 = 4;
/// Pages of 4 KiB in the log at which a commit moves them to the database itself, if
/// [`Checkpoints`] has not.
const WAL_PAGES: u32 = 8_000;

/// The open store; clones share it.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    writing: Writing,
    committer: Committer,
    checkpoints: SqlitePool,
    readers: SqlitePool,
    data_dir: PathBuf,
    durable_folders: Arc<DurableFolders>,
    facts_cache: FactsCache,
    keys_cache: KeysCache,
    tenant_states: TenantStates,
    /// Tenants that are in the database, from which none is ever taken.
    tenants_known: RwLock<HashSet<TenantId>>,
}

/// The one way to write.
#[derive(Debug, Clone)]
pub(super) struct Writing {
    pool: SqlitePool,
    changes: Changes,
    pub(super) head_file: Arc<HeadFile>,
}

impl Writing {
    /// A transaction that holds the write lock from its start, so that what it read
    /// is still so when it writes, whichever process else is writing.
    pub(super) async fn begin(&self) -> Result<Changing> {
        self.changes.mark(self.begin_unmarked().await?)
    }

    /// The same for what is never held in memory: all but keys, records and erasures.
    pub(super) async fn begin_unmarked(&self) -> Result<Transaction<'static, Sqlite>> {
        Ok(self.pool.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// See [`Changes::settle_what_was_left`].
    pub(super) fn settle_what_was_left(&self) {
        self.changes.settle_what_was_left();
    }
}

impl Store {
    /// Opens the store in a folder, making both where they are absent, and brings
    /// its tables up to date. Several processes may have it open.
    ///
    /// # Errors
    /// [`StoreError::Open`] if the folder cannot be made or written, the database is
    /// not one of ours, or it was written by a later version.
    pub async fn open(data_dir: &Path) -> Result<Self> {
        let failed = |detail: String| StoreError::Open {
            path: data_dir.to_owned(),
            detail,
        };
        make_private_dir(data_dir).map_err(|error| failed(error.to_string()))?;
        let options = SqliteConnectOptions::new()
            .filename(data_dir.join("scrutineer.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("wal_autocheckpoint", WAL_PAGES.to_string())
            .foreign_keys(true)
            // What is erased is overwritten, not only forgotten.
            .pragma("secure_delete", "ON")
            .busy_timeout(BUSY_TIMEOUT);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(BUSY_TIMEOUT * 3)
            // It lies within this process: there is no line that could have broken.
            .test_before_acquire(false)
            // SQLite itself rolls back on a full disk, and the driver then takes the
            // transaction for open for ever: such a connection is replaced.
            .before_acquire(|connection, _| {
                Box::pin(async move { Ok(!connection.is_in_transaction()) })
            })
            .connect_with(options.clone())
            .await
            .map_err(|error| failed(error.to_string()))?;
        let checkpoints = SqlitePoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false)
            .connect_lazy_with(options.clone().busy_timeout(LOG_BUSY_TIMEOUT));
        sqlx::migrate!("src/store/migrations")
            .run(&writer)
            .await
            .map_err(|error| failed(error.to_string()))?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(BUSY_TIMEOUT)
            .test_before_acquire(false)
            .connect_with(options.pragma("query_only", "ON"))
            .await
            .map_err(|error| failed(error.to_string()))?;
        let head_file = HeadFile::open(data_dir.join("audit.head"))
            .map_err(|error| failed(error.to_string()))?;
        let changes =
            Changes::open(data_dir.join("changes")).map_err(|error| failed(error.to_string()))?;
        let writing = Writing {
            pool: writer,
            changes: changes.clone(),
            head_file: Arc::new(head_file),
        };
        let committer = Committer::start(writing.clone(), Checkpoints::start(checkpoints.clone()));
        Ok(Self {
            inner: Arc::new(Inner {
                committer: committer.map_err(|error| failed(error.to_string()))?,
                checkpoints,
                tenant_states: TenantStates::start(readers.clone(), changes),
                writing,
                readers,
                data_dir: data_dir.to_owned(),
                durable_folders: Arc::default(),
                tenants_known: RwLock::default(),
                facts_cache: FactsCache::default(),
                keys_cache: KeysCache::default(),
            }),
        })
    }

    /// Waits for running statements, checkpoints and closes the files.
    pub async fn close(&self) {
        self.inner.checkpoints.close().await;
        self.inner.readers.close().await;
        self.inner.writing.pool.close().await;
    }

    /// Whether the database answers, within its busy timeout.
    ///
    /// # Errors
    /// What the database said.
    pub async fn ping(&self) -> Result<()> {
        sqlx::query("SELECT 1").execute(self.readers()).await?;
        Ok(())
    }

    /// Makes the tenant known; does nothing if it is.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub async fn ensure_tenant(&self, tenant: &TenantId) -> Result<()> {
        let known = &self.inner.tenants_known;
        let is_known = known.read().is_ok_and(|known| known.contains(tenant));
        if is_known {
            return Ok(());
        }
        if self.tenant_states().of(tenant).await?.is_none() {
            sqlx::query(
                "INSERT INTO tenants (id, created_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING",
            )
            .bind(tenant.as_str())
            .bind(time::text(time::now()))
            .execute(self.writer())
            .await?;
        }
        if let Ok(mut known) = known.write() {
            known.insert(tenant.clone());
        }
        Ok(())
    }

    /// The folder that holds everything.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.inner.data_dir
    }

    pub(crate) fn readers(&self) -> &SqlitePool {
        &self.inner.readers
    }

    pub(crate) fn writer(&self) -> &SqlitePool {
        &self.inner.writing.pool
    }

    pub(super) fn checkpoints(&self) -> &SqlitePool {
        &self.inner.checkpoints
    }

    pub(crate) fn head_file(&self) -> &HeadFile {
        &self.inner.writing.head_file
    }

    pub(crate) fn durable_folders(&self) -> &Arc<DurableFolders> {
        &self.inner.durable_folders
    }

    pub(crate) fn facts_cache(&self) -> &FactsCache {
        &self.inner.facts_cache
    }

    pub(super) fn keys_cache(&self) -> &KeysCache {
        &self.inner.keys_cache
    }

    pub(super) fn tenant_states(&self) -> &TenantStates {
        &self.inner.tenant_states
    }

    pub(super) fn committer(&self) -> &Committer {
        &self.inner.committer
    }

    /// See [`Writing::begin`].
    pub(crate) async fn begin(&self) -> Result<Changing> {
        self.inner.writing.begin().await
    }

    /// See [`Writing::begin_unmarked`].
    pub(super) async fn begin_unmarked(&self) -> Result<Transaction<'static, Sqlite>> {
        self.inner.writing.begin_unmarked().await
    }
}

/// Makes a folder that only its owner may enter.
pub(crate) fn make_private_dir(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
