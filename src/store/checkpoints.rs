//! Moves what was committed from the log to the database, beside the commits.
//!
//! A commit that does it itself, as SQLite does by default every thousand pages, writes those
//! pages over the whole database and waits for the disk twice more, and so does
//! everybody whose decision waits for that commit or the next. Here a connection of its own does
//! it; the writer's stays as the bound of the log where commits never pause.

use std::time::Duration;

use sqlx::sqlite::SqlitePool;
use tokio::sync::mpsc;

/// Commits of one round, where they follow one another.
const ROUND: usize = 8;
/// Time after which no further commit is waited for.
const QUIET: Duration = Duration::from_millis(500);
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
        let (committed, mut waiting) = mpsc::channel(ROUND);
        tokio::spawn(async move {
            while due(&mut waiting).await && !pool.is_closed() {
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
        // Where enough words wait already, another says nothing more.
        let _ = self.committed.try_send(());
    }
}

/// Waits for enough commits, or for one after which none came; false when none will come any more.
async fn due(waiting: &mut mpsc::Receiver<()>) -> bool {
    if waiting.recv().await.is_none() {
        return false;
    }
    for _ in 1..ROUND {
        match tokio::time::timeout(QUIET, waiting.recv()).await {
            Ok(Some(())) => {}
            Ok(None) => return false,
            Err(_) => return true,
        }
    }
    true
}
