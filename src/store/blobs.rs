//! Bytes as files named by their digest, written aside and renamed.

use std::collections::HashSet;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::error::{Result, StoreError};
use super::open::make_private_dir;
use crate::domain::{TenantId, sha256_hex};
use crate::error::BrokenOff;

/// Where a tenant's bytes with this digest lie. Tenants do not share files, so that
/// one tenant's erasure never touches another's.
pub(super) fn path(data_dir: &Path, tenant: &TenantId, sha256: &str) -> PathBuf {
    data_dir
        .join("documents")
        .join(tenant.as_str())
        .join(sha256.get(..2).unwrap_or("00"))
        .join(sha256)
}

/// Folders whose own names this process has made durable, so that it need not again.
#[derive(Debug, Default)]
pub(crate) struct DurableFolders(Mutex<HashSet<PathBuf>>);

impl DurableFolders {
    /// Writes the bytes so that after a power cut there is either the whole file or none.
    pub(super) fn write(&self, target: &Path, bytes: &[u8]) -> Result<()> {
        let failed = |error| StoreError::file(target, error);
        if std::fs::metadata(target).is_ok_and(|found| found.len() == bytes.len() as u64)
            && std::fs::read(target).is_ok_and(|found| found == bytes)
        {
            return Ok(());
        }
        let folder = target
            .parent()
            .ok_or_else(|| StoreError::Invalid("a document needs a folder".to_owned()))?;
        make_private_dir(folder).map_err(failed)?;
        let aside = folder.join(format!("{}.part", uuid::Uuid::now_v7()));
        let written = (|| {
            let mut file = File::create_new(&aside)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            std::fs::rename(&aside, target)?;
            File::open(folder)?.sync_all()?;
            self.keep_names(folder)
        })();
        written.map_err(|error| {
            // Best effort: what failed is reported, the remains are harmless.
            let _ = std::fs::remove_file(&aside);
            failed(error)
        })
    }

    /// Syncs the folders above a document's folder, up to the data folder: a name is durable
    /// only once the folder that holds it is.
    fn keep_names(&self, folder: &Path) -> std::io::Result<()> {
        let way: Vec<&Path> = folder.ancestors().take(4).collect();
        for pair in way.windows(2) {
            let [inner, outer] = pair else { continue };
            if self.known().contains(*inner) {
                break;
            }
            File::open(outer)?.sync_all()?;
        }
        self.known()
            .extend(way.iter().take(3).map(|folder| folder.to_path_buf()));
        Ok(())
    }

    fn known(&self) -> MutexGuard<'_, HashSet<PathBuf>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads the bytes and checks that they are the ones written.
pub(super) fn read(source: &Path, sha256: &str) -> Result<Vec<u8>> {
    let bytes = std::fs::read(source).map_err(|error| StoreError::file(source, error))?;
    if sha256_hex(&bytes) == sha256 {
        Ok(bytes)
    } else {
        Err(StoreError::Damaged(format!(
            "document {sha256} no longer has the bytes it was stored with"
        )))
    }
}

/// Removes the bytes; does nothing if they are gone.
pub(super) fn remove(target: &Path) -> Result<()> {
    match std::fs::remove_file(target) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(StoreError::file(target, error))
        }
        _ => Ok(()),
    }
}

/// Runs file work off the async threads.
pub(super) async fn off_thread<T, F>(work: F) -> Result<T>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(StoreError::Damaged(format!(
            "file work ended early: {}",
            BrokenOff::from(error)
        ))),
    }
}
