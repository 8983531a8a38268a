//! `audit.head`: how long each chain was, outside the database.
//!
//! One line `tenant seq sha256` is added and synced after each entry's commit. A database
//! whose tail was cut off no longer reaches what this file remembers. Whoever can write
//! both can still cut both: keep a copy of a head elsewhere and give it to the verifier.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use super::audit_chain::Link;
use super::blobs;
use super::error::{Result, StoreError};
use crate::domain::TenantId;

/// The file, opened for adding.
#[derive(Debug)]
pub(crate) struct HeadFile {
    path: PathBuf,
    file: Arc<File>,
}

impl HeadFile {
    /// Opens the file, making it where it is absent.
    pub(super) fn open(path: PathBuf) -> std::io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(&path)?;
        file.sync_all()?;
        if let Some(folder) = path.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(Self {
            path,
            file: Arc::new(file),
        })
    }

    /// Adds a line durably. One write of under 4 KiB in append mode is not interleaved
    /// with another's, and lines may stand in any order.
    pub(super) async fn append(&self, tenant: &TenantId, link: &Link) -> Result<()> {
        let line = format!("{tenant} {} {}\n", link.seq, link.sha256);
        let file = Arc::clone(&self.file);
        let path = self.path.clone();
        blobs::off_thread(move || {
            (&*file)
                .write_all(line.as_bytes())
                .and_then(|()| file.sync_data())
                .map_err(|error| StoreError::file(path, error))
        })
        .await
    }

    /// What every chain was, by tenant. A last line cut short by a power failure is passed over.
    pub(super) async fn read(&self) -> Result<HashMap<String, Vec<(u64, String)>>> {
        let path = self.path.clone();
        blobs::off_thread(move || {
            let text =
                std::fs::read_to_string(&path).map_err(|error| StoreError::file(&path, error))?;
            let mut heads: HashMap<String, Vec<(u64, String)>> = HashMap::new();
            for line in text
                .split_inclusive('\n')
                .filter(|line| line.ends_with('\n'))
            {
                let mut words = line.split_whitespace();
                let (Some(tenant), Some(Ok(seq)), Some(sha256)) =
                    (words.next(), words.next().map(str::parse), words.next())
                else {
                    return Err(StoreError::Damaged(
                        "`audit.head` has an odd line".to_owned(),
                    ));
                };
                let chain = heads.entry(tenant.to_owned()).or_default();
                chain.push((seq, sha256.to_owned()));
            }
            Ok(heads)
        })
        .await
    }
}
