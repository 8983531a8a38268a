//! `audit.head`: how long each chain was, outside the database.
//!
//! One line `tenant seq sha256` is added after each commit that lengthens a chain, and synced; decisions that
//! are committed together do not wait for that. A database whose tail was cut off no longer reaches what this
//! file remembers. Whoever can write
//! both can still cut both: keep a copy of a head elsewhere and give it to the verifier.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
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

    /// Adds a line for each link durably. A write in append mode is not interleaved with
    /// another's, and lines may stand in any order.
    pub(super) async fn append(&self, links: &[(&TenantId, &Link)]) -> Result<()> {
        let lines = lines(links);
        let file = Arc::clone(&self.file);
        let path = self.path.clone();
        blobs::off_thread(move || add(&file, &lines).map_err(|error| StoreError::file(path, error)))
            .await
    }

    /// Adds the lines on this thread. They outlive this process; a power failure they outlive once
    /// [`Self::sync_here`] has ended.
    pub(super) fn append_here(&self, links: &[(&TenantId, &Link)]) -> Result<()> {
        let written = (&*self.file).write_all(lines(links).as_bytes());
        written.map_err(|error| StoreError::file(&self.path, error))
    }

    /// Waits on this thread until the disk holds what was added.
    pub(super) fn sync_here(&self) -> Result<()> {
        let synced = self.file.sync_data();
        synced.map_err(|error| StoreError::file(&self.path, error))
    }

    /// What every chain was, by tenant. A line cut short by a power failure or a full disk
    /// is passed over, with what was written behind it: later lines say more.
    pub(super) async fn read(&self) -> Result<HashMap<String, Vec<(u64, String)>>> {
        let path = self.path.clone();
        blobs::off_thread(move || {
            let file = File::open(&path).map_err(|error| StoreError::file(&path, error))?;
            let mut heads: HashMap<String, Vec<(u64, String)>> = HashMap::new();
            for line in BufReader::new(file).split(b'\n') {
                let line = line.map_err(|error| StoreError::file(&path, error))?;
                if let Some((tenant, head)) = parse_line(&line) {
                    heads.entry(tenant).or_default().push(head);
                }
            }
            Ok(heads)
        })
        .await
    }
}

fn lines(links: &[(&TenantId, &Link)]) -> String {
    links
        .iter()
        .map(|(tenant, link)| format!("{tenant} {} {}\n", link.seq, link.sha256))
        .collect()
}

fn add(mut file: &File, lines: &str) -> std::io::Result<()> {
    file.write_all(lines.as_bytes())?;
    file.sync_data()
}

fn parse_line(line: &[u8]) -> Option<(String, (u64, String))> {
    let mut words = std::str::from_utf8(line).ok()?.split(' ');
    let (tenant, seq, sha256) = (words.next()?, words.next()?, words.next()?);
    let whole = words.next().is_none() && sha256.len() == 64;
    let head = (seq.parse().ok()?, sha256.to_owned());
    whole.then(|| (tenant.to_owned(), head))
}
