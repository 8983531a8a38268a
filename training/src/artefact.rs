//! Writes a model's folder: files, digests, manifest.

use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::Context;
use scrutineer::registry::{Manifest, ManifestFile, sha256_hex};

/// A file or folder of a model could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be written", .path.display())]
pub struct WriteError {
    /// Which.
    pub path: PathBuf,
    /// The system's reason.
    pub source: io::Error,
}

impl WriteError {
    fn of(path: &Path, source: io::Error) -> Self {
        Self {
            path: path.to_owned(),
            source,
        }
    }
}

/// One file of a model: its name and its bytes.
pub struct ArtefactFile {
    /// File name within the version's folder.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl ArtefactFile {
    /// A file of JSON, one value a line where it is a list at the top.
    ///
    /// # Errors
    /// A value that JSON cannot say.
    pub fn json(name: &str, value: &impl serde::Serialize) -> anyhow::Result<Self> {
        let mut bytes = serde_json::to_vec(value).with_context(|| name.to_owned())?;
        bytes.push(b'\n');
        Ok(Self {
            name: name.to_owned(),
            bytes,
        })
    }
}

/// Writes `files` and then the manifest, with their digests in place of those
/// it holds, to `models/<name>/<version>`; files it lists but that are not
/// given are kept as they are. Each is written aside and renamed.
///
/// # Errors
/// A folder that cannot be written, or a listed file that is not there.
pub fn write(
    models_dir: &Path,
    mut manifest: Manifest,
    files: Vec<ArtefactFile>,
) -> anyhow::Result<PathBuf> {
    let dir = models_dir
        .join(&manifest.name)
        .join(manifest.version.to_string());
    fs::create_dir_all(&dir).map_err(|error| WriteError::of(&dir, error))?;
    manifest
        .files
        .retain(|kept| files.iter().all(|file| file.name != kept.path));
    for file in files {
        replace(&dir.join(&file.name), &file.bytes)?;
        manifest.files.push(ManifestFile {
            sha256: sha256_hex(&file.bytes),
            path: file.name,
        });
    }
    manifest.files.sort_by(|a, b| a.path.cmp(&b.path));
    replace(
        &dir.join("manifest.toml"),
        toml::to_string(&manifest)?.as_bytes(),
    )?;
    Ok(dir)
}

/// Writes the card of a version beside its files.
pub(crate) fn write_card(dir: &Path, text: &str) -> anyhow::Result<()> {
    let path = dir.join("MODEL_CARD.md");
    Ok(fs::write(&path, text).map_err(|error| WriteError::of(&path, error))?)
}

fn replace(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let aside = path.with_extension(format!("new-{}", std::process::id()));
    fs::write(&aside, bytes).map_err(|error| WriteError::of(&aside, error))?;
    Ok(fs::rename(&aside, path).map_err(|error| WriteError::of(path, error))?)
}
