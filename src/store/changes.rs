//! Whether keys or records were changed since a look, told without asking the database.
//!
//! Keys and records that are held in memory count only while nobody changed any, in this process
//! or another. Asking the database costs a round trip to its thread, for every request. So whoever
//! changes some, or erases anything, says it in the file `changes`, a number: odd from before the commit,
//! another even one after. While it is even and the same, so is what was read under it.
//!
//! Numbers are drawn at random, so that none returns, and whoever is done replaces what it wrote alone.
//! A process that is killed, or a commit that nobody waited for, leaves an odd number: then
//! everybody asks the database until somebody changes something or a decision is committed.

use std::fs::{File, OpenOptions};
use std::ops::{Deref, DerefMut};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
    file: Arc<Mutex<File>>,
}

impl Changes {
    /// Opens the file, making it where it is absent.
    pub(super) fn open(path: PathBuf) -> std::io::Result<Self> {
        Ok(Self {
            file: Arc::new(Mutex::new(open(&path)?)),
            path: path.into(),
        })
    }

    /// The number under which what is read now is held; `None` while somebody changes something, or
    /// where the file cannot tell.
    pub(super) fn settled(&self) -> Option<u64> {
        let number = number(&*self.file().ok()?)?;
        (number & CHANGING == 0).then_some(number)
    }

    /// The file, made anew where somebody took it away.
    fn file(&self) -> std::io::Result<MutexGuard<'_, File>> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if file.metadata()?.nlink() == 0 {
            *file = open(&self.path)?;
        }
        Ok(file)
    }

    /// Writes another number while no other process does, if the one that stands there `may` go.
    fn put(&self, changing: u64, may: impl Fn(Option<u64>) -> bool) -> Result<u64> {
        let drawn = u64::from_le_bytes(random()?) & !CHANGING | changing;
        let written = self.file().and_then(|file| {
            file.lock()?;
            let written = if may(number(&file)) {
                file.write_all_at(&drawn.to_le_bytes(), 0)
            } else {
                Ok(())
            };
            file.unlock()?;
            written
        });
        written.map_err(|error| StoreError::file(&*self.path, error))?;
        Ok(drawn)
    }

    /// Says that nobody changes anything, if somebody said otherwise and never how it ended: for
    /// whoever holds the write lock, so that nobody else is at it.
    pub(super) fn settle_what_was_left(&self) {
        if self.settled().is_none() {
            // If it cannot be said, everybody goes on asking the database.
            let _ = self.put(0, |stands| {
                stands.is_none_or(|number| number & CHANGING > 0)
            });
        }
    }

    /// Says that whoever began this transaction may change something.
    pub(super) fn mark(&self, transaction: Transaction<'static, Sqlite>) -> Result<Changing> {
        let number = self.put(CHANGING, |_| true)?;
        Ok(Changing {
            mark: Mark {
                changes: self.clone(),
                number,
                is_committing: false,
            },
            transaction,
        })
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    let options = options.create(true).truncate(false).read(true).write(true);
    options.open(path)
}

fn number(file: &File) -> Option<u64> {
    let mut bytes = [0; 8];
    file.read_exact_at(&mut bytes, 0).ok()?;
    Some(u64::from_le_bytes(bytes))
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
    /// What it wrote.
    number: u64,
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
            // Another may have begun since the commit: then the number is theirs. If it cannot be
            // said, everybody goes on asking the database.
            let own = |stands| stands == Some(self.number);
            let _ = self.changes.put(0, own);
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
        one.settle_what_was_left();
        let before = other.settled().unwrap();
        assert_eq!(one.settled(), Some(before));
        other.settle_what_was_left();
        assert_eq!(one.settled(), Some(before), "nothing was left");
        other.put(CHANGING, |_| true).unwrap();
        assert_eq!((one.settled(), other.settled()), (None, None));
        one.settle_what_was_left();
        assert_ne!(other.settled().unwrap(), before);
        // Somebody takes the file away under those who have it open.
        std::fs::remove_file(folder.path().join("changes")).unwrap();
        assert_eq!((one.settled(), other.settled()), (None, None));
        one.settle_what_was_left();
        assert_eq!(other.settled(), one.settled());
        assert!(other.settled().is_some());
    }

    #[tokio::test]
    async fn who_settles_late_does_not_speak_for_who_began_since() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (changes(&folder), changes(&folder));
        let pool = sqlx::SqlitePool::connect("sqlite::memory:").await.unwrap();
        let first = one.mark(pool.begin().await.unwrap()).unwrap();
        let Changing { mark, transaction } = first;
        transaction.commit().await.unwrap();
        let second = other.mark(pool.begin().await.unwrap()).unwrap();
        drop(mark);
        assert_eq!(one.settled(), None);
        second.commit().await.unwrap();
        assert!(one.settled().is_some());
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
