//! What can go wrong with the store.

use std::path::PathBuf;

use crate::advice::InvalidRecommendation;

/// Why the store could not do what was asked. Nothing was changed, unless the
/// answer to a commit itself was lost.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The data folder or the database in it could not be opened.
    #[error("the store in {} cannot be opened: {detail}", path.display())]
    Open {
        /// The data folder.
        path: PathBuf,
        /// What the system said.
        detail: String,
    },
    /// No room is left.
    #[error("the store's disk is full")]
    Full,
    /// The database, its folder or its disk may not be written.
    #[error("the store is read-only")]
    ReadOnly,
    /// Another process held the database for longer than the busy timeout.
    #[error("the store is busy; try again")]
    Busy,
    /// The database is not what was written.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// A caller gave something that cannot be stored or looked up.
    #[error("{0}")]
    Invalid(String),
    /// An answer breaks the contract: a defect of ours, never to be given.
    #[error("the answer breaks the contract and was not kept: {0}")]
    Contract(#[from] InvalidRecommendation),
    /// The row that the call refers to is not there.
    #[error("no such {0}")]
    Missing(&'static str),
    /// A file beside the database could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Anything else the database said.
    #[error("the database refused: {0}")]
    Database(#[source] sqlx::Error),
}

/// Shorthand for results of the store.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

impl StoreError {
    /// Sorts a file error: full and read-only disks get their own variants.
    pub(crate) fn file(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        match source.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::Full,
            std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied => {
                Self::ReadOnly
            }
            _ => Self::File {
                path: path.into(),
                source,
            },
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        // SQLite's primary result code is the low byte of the extended one.
        let code = match &error {
            sqlx::Error::Database(refused) => refused
                .code()
                .and_then(|code| code.parse::<u32>().ok())
                .map(|code| code & 0xff),
            sqlx::Error::PoolTimedOut => return Self::Busy,
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
                return Self::Damaged(error.to_string());
            }
            _ => None,
        };
        match code {
            Some(5 | 6) => Self::Busy,
            Some(8) => Self::ReadOnly,
            Some(11 | 26) => Self::Damaged(error.to_string()),
            Some(13) => Self::Full,
            _ => Self::Database(error),
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Damaged(format!("a stored value is not what it was: {error}"))
    }
}
