//! Moves what was committed from the log to the database, beside the commits.
//!
//! A commit that does it itself, as SQLite does by default every thousand pages, writes those
//! pages over the whole database and waits for the disk twice more, and so does
//! everybody whose decision waits for that commit or the next. Here a connection of its own does
//! it; the writer's stays as the bound of the log where commits never pause.

use std::time::Duration;

use sqlx::sqlite::SqlitePool;
use tokio::sync::mpsc;

/// Time between two rounds: short, so that no round has so much to write that a commit, which
/// waits for the same disk, feels it.
const PAUSE: Duration = Duration::from_millis(20);

/// The way to say that something was committed.
#[derive(Debug, Clone)]
pub(super) struct Checkpoints {
    committed: mpsc::Sender<()>,
}

impl Checkpoints {
    /// Starts the task; it ends when nobody commits any more, or the pool is closed.
    pub(super) fn start(pool: SqlitePool) -> Self {
        let (committed, mut waiting) = mpsc::channel(1);
        tokio::spawn(async move {
            while waiting.recv().await.is_some() && !pool.is_closed() {
                // Takes no lock that a commit waits for, and moves what no reader still needs.
                let moved = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)");
                if let Err(error) = moved.execute(&pool).await {
                    tracing::debug!(%error, "the log was not moved");
                }
                tokio::time::sleep(PAUSE).await;
            }
        });
        Self { committed }
    }

    /// Says that something was committed.
    pub(super) fn committed(&self) {
        // Where one word waits already, another says nothing more.
        let _ = self.committed.try_send(());
    }
}
