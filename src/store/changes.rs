//! Whether anything but decisions was written since a look, told without asking the database.
//!
//! Keys and records that are held in memory count only while nobody changed any, in this process
//! or another. Asking the database costs a round trip to its thread, for every request. So whoever
//! changes something says it in the file `changes`, a number: odd from before the commit, another
//! even one after. While it is even and the same, so is what was read under it.
//!
//! Numbers are drawn at random, so that none returns, in whatever order two processes write.
//! A process that is killed, or a commit that nobody waited for, leaves an odd number: then
//! everybody asks the database until somebody changes something or a decision is committed.

use std::fs::{File, OpenOptions};
use std::ops::{Deref, DerefMut};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sqlx::sqlite::SqliteConnection;
use sqlx::{Sqlite, Transaction};

use super::error::{Result, StoreError};
use super::keys::random;

/// The number's lowest bit: set while somebody changes something.
const CHANGING: u64 = 1;

/// The file with the number; clones share it.
#[derive(Debug, Clone)]
pub(super) struct Changes {
    path: Arc<Path>,
    file: Arc<File>,
}

impl Changes {
    /// Opens the file, making it where it is absent.
    pub(super) fn open(path: PathBuf) -> std::io::Result<Self> {
        let mut options = OpenOptions::new();
        let file = options.create(true).truncate(false).read(true).write(true);
        Ok(Self {
            file: Arc::new(file.open(&path)?),
            path: path.into(),
        })
    }

    /// The number under which what is read now is held; `None` while somebody changes something, or
    /// where the file cannot tell.
    pub(super) fn settled(&self) -> Option<u64> {
        let mut bytes = [0; 8];
        self.file.read_exact_at(&mut bytes, 0).ok()?;
        let number = u64::from_le_bytes(bytes);
        (number & CHANGING == 0).then_some(number)
    }

    fn put(&self, changing: u64) -> Result<()> {
        let number = u64::from_le_bytes(random()?) & !CHANGING | changing;
        let written = self.file.write_all_at(&number.to_le_bytes(), 0);
        written.map_err(|error| StoreError::file(&*self.path, error))
    }

    /// Says that nobody changes anything: to be called by whoever holds, or held, the write lock
    /// and found that nobody else did.
    pub(super) fn settle(&self) {
        // If it cannot be said, everybody goes on asking the database.
        let _ = self.put(0);
    }

    /// Says that whoever began this transaction may change something.
    pub(super) fn mark(&self, transaction: Transaction<'static, Sqlite>) -> Result<Changing> {
        self.put(CHANGING)?;
        Ok(Changing {
            mark: Mark {
                changes: self.clone(),
                is_committing: false,
            },
            transaction,
        })
    }
}

/// A transaction that everybody knows of; see [`Changes`].
#[derive(Debug)]
pub(crate) struct Changing {
    // Dropped first: the write lock is held until the transaction is rolled back.
    mark: Mark,
    transaction: Transaction<'static, Sqlite>,
}

#[derive(Debug)]
struct Mark {
    changes: Changes,
    is_committing: bool,
}

impl Changing {
    /// Makes it durable, and then seen by everybody.
    ///
    /// # Errors
    /// What the database said; then nothing changed.
    pub(crate) async fn commit(self) -> Result<()> {
        let Self {
            mut mark,
            transaction,
        } = self;
        // Nobody knows how it ends if it is waited for no longer.
        mark.is_committing = true;
        transaction.commit().await?;
        mark.is_committing = false;
        Ok(())
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        if !self.is_committing {
            self.changes.settle();
        }
    }
}

impl Deref for Changing {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.transaction
    }
}

impl DerefMut for Changing {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.transaction
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(folder: &tempfile::TempDir) -> Changes {
        Changes::open(folder.path().join("changes")).unwrap()
    }

    #[test]
    fn every_number_is_another_and_odd_while_somebody_changes_something() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (changes(&folder), changes(&folder));
        assert_eq!(one.settled(), None, "nothing was said yet");
        one.settle();
        let before = other.settled().unwrap();
        assert_eq!(one.settled(), Some(before));
        other.put(CHANGING).unwrap();
        assert_eq!((one.settled(), other.settled()), (None, None));
        other.settle();
        let after = one.settled().unwrap();
        assert_ne!(before, after);
    }

    #[tokio::test]
    async fn a_transaction_settles_once_it_is_committed_or_was_dropped_before() {
        let folder = tempfile::tempdir().unwrap();
        let changes = changes(&folder);
        let pool = sqlx::SqlitePool::connect("sqlite::memory:").await.unwrap();
        let begin = async || changes.mark(pool.begin().await.unwrap()).unwrap();
        let transaction = begin().await;
        assert_eq!(changes.settled(), None);
        transaction.commit().await.unwrap();
        let committed = changes.settled().unwrap();
        drop(begin().await);
        assert_ne!(changes.settled().unwrap(), committed);
        // A commit that nobody waits for may end either way.
        let mut forgotten = Box::pin(begin().await.commit());
        let waker = std::task::Waker::noop();
        let polled = forgotten
            .as_mut()
            .poll(&mut std::task::Context::from_waker(waker));
        if polled.is_pending() {
            drop(forgotten);
            assert_eq!(changes.settled(), None);
        }
    }
}
