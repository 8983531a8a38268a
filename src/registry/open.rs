//! The models of a folder, and the bytes of their files once checked.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use sha2::{Digest, Sha256};

use super::error::RegistryError;
use super::manifest::{Manifest, is_model_name, sha256_hex};
use super::promotion::{self, Change};
use super::together;
use crate::advice::ModelRef;

const MANIFEST_LIMIT_BYTES: u64 = 1024 * 1024;

/// Every version of every model in a folder, and which one answers.
#[derive(Debug, Clone)]
pub struct Registry {
    models_dir: PathBuf,
    models: BTreeMap<String, Versions>,
}

#[derive(Debug, Clone)]
struct Versions {
    by_number: BTreeMap<u32, LoadedManifest>,
    changes: Vec<Change>,
    current: u32,
}

/// One version of a model: its manifest, read and checked, and its folder.
#[derive(Debug, Clone)]
pub struct LoadedManifest {
    /// What it says of itself.
    pub manifest: Manifest,
    /// The folder of this version.
    pub dir: PathBuf,
    /// Lower-case hex SHA-256 of `manifest.toml`, which holds the digest of every file.
    pub sha256: String,
}

impl Registry {
    /// Reads every manifest and pointer below `models_dir`; files are read, and
    /// their digests checked, when a model is loaded. A version is a folder with a number
    /// for a name: one that is still being written has another.
    ///
    /// # Errors
    /// The first folder, manifest or pointer that is unreadable or does not agree with its place.
    pub fn open(models_dir: &Path) -> Result<Self, RegistryError> {
        let mut models = BTreeMap::new();
        for (name, model_dir) in folders(models_dir)? {
            if !is_model_name(&name) {
                continue;
            }
            if let Some(versions) = Versions::read(&name, &model_dir)? {
                models.insert(name, versions);
            }
        }
        Ok(Self {
            models_dir: models_dir.to_path_buf(),
            models,
        })
    }

    /// The version of a model that answers.
    ///
    /// # Errors
    /// [`RegistryError::UnknownModel`].
    pub fn model(&self, name: &str) -> Result<&LoadedManifest, RegistryError> {
        let versions = self.versions(name)?;
        self.model_version(name, versions.current)
    }

    /// A named version of a model.
    ///
    /// # Errors
    /// [`RegistryError::UnknownModel`] or [`RegistryError::UnknownVersion`].
    pub fn model_version(
        &self,
        name: &str,
        version: u32,
    ) -> Result<&LoadedManifest, RegistryError> {
        let versions = self.versions(name)?;
        versions
            .by_number
            .get(&version)
            .ok_or_else(|| RegistryError::UnknownVersion {
                name: name.to_owned(),
                version,
                known: versions.by_number.keys().copied().collect(),
            })
    }

    /// Every version of every model, with whether it is the one that answers.
    pub fn all(&self) -> impl Iterator<Item = (&LoadedManifest, bool)> {
        self.models.values().flat_map(|versions| {
            let current = versions.current;
            versions
                .by_number
                .iter()
                .map(move |(number, model)| (model, *number == current))
        })
    }

    /// Who made which version answer, oldest first.
    ///
    /// # Errors
    /// [`RegistryError::UnknownModel`].
    pub fn changes(&self, name: &str) -> Result<&[Change], RegistryError> {
        Ok(&self.versions(name)?.changes)
    }

    /// The same registry with another version of one model answering: for looking at what that
    /// version says, not for good.
    ///
    /// # Errors
    /// As for [`Self::model_version`].
    pub fn answering(&self, name: &str, version: u32) -> Result<Self, RegistryError> {
        self.model_version(name, version)?;
        let mut other = self.clone();
        if let Some(versions) = other.models.get_mut(name) {
            versions.current = version;
        }
        Ok(other)
    }

    /// The folder it was opened from.
    #[must_use]
    pub fn models_dir(&self) -> &Path {
        &self.models_dir
    }

    fn versions(&self, name: &str) -> Result<&Versions, RegistryError> {
        self.models
            .get(name)
            .ok_or_else(|| RegistryError::UnknownModel {
                name: name.to_owned(),
                models_dir: self.models_dir.clone(),
            })
    }

    /// Reads one model again, which others may have changed since.
    pub(super) fn reread(&mut self, name: &str) -> Result<(), RegistryError> {
        let versions = Versions::read(name, &self.models_dir.join(name))?;
        let versions = versions.ok_or_else(|| RegistryError::UnknownModel {
            name: name.to_owned(),
            models_dir: self.models_dir.clone(),
        })?;
        self.models.insert(name.to_owned(), versions);
        Ok(())
    }

    /// Writes a change aside, renames it into place and takes it over. Only after
    /// [`Self::reread`] under the lock: what others changed is gone else.
    pub(super) fn apply(&mut self, name: &str, change: Change) -> Result<Change, RegistryError> {
        let models_dir = self.models_dir.clone();
        if let Some(versions) = self.models.get_mut(name) {
            let mut changes = versions.changes.clone();
            changes.push(change.clone());
            promotion::write(&models_dir.join(name), &changes)?;
            versions.current = change.to;
            versions.changes = changes;
        }
        Ok(change)
    }
}

impl Versions {
    /// Those in the folder of a model; none where it holds no version.
    fn read(name: &str, model_dir: &Path) -> Result<Option<Self>, RegistryError> {
        let mut by_number = BTreeMap::new();
        for (version, dir) in folders(model_dir)? {
            if let Ok(version) = version.parse::<u32>() {
                by_number.insert(version, LoadedManifest::read_from(name, version, dir)?);
            }
        }
        let Some(highest) = by_number.keys().next_back().copied() else {
            return Ok(None);
        };
        let changes = promotion::read(model_dir)?;
        let current = changes.last().map_or(highest, |change| change.to);
        if !by_number.contains_key(&current) {
            return Err(RegistryError::UnknownVersion {
                name: name.to_owned(),
                version: current,
                known: by_number.keys().copied().collect(),
            });
        }
        Ok(Some(Self {
            by_number,
            changes,
            current,
        }))
    }
}

impl LoadedManifest {
    fn read_from(name: &str, version: u32, dir: PathBuf) -> Result<Self, RegistryError> {
        let path = dir.join("manifest.toml");
        let bytes = read_bounded(&path, MANIFEST_LIMIT_BYTES)?;
        let text = std::str::from_utf8(&bytes).map_err(|e| RegistryError::malformed(&path, e))?;
        let manifest = Manifest::parse(text).map_err(|e| RegistryError::malformed(&path, e))?;
        if manifest.name != name || manifest.version != version {
            return Err(RegistryError::malformed(
                &path,
                format!(
                    "says `{}` version {}, the folder says `{name}` version {version}",
                    manifest.name, manifest.version
                ),
            ));
        }
        Ok(Self {
            sha256: sha256_hex(&bytes),
            manifest,
            dir,
        })
    }

    /// The bytes of one of its files, refused unless their digest is the manifest's.
    ///
    /// # Errors
    /// [`RegistryError::Unlisted`], [`RegistryError::Io`] or [`RegistryError::DigestMismatch`].
    pub fn read(&self, file: &str) -> Result<Vec<u8>, RegistryError> {
        let listed = self
            .manifest
            .files
            .iter()
            .find(|listed| listed.path == file);
        let expected = listed.ok_or_else(|| RegistryError::Unlisted {
            manifest: self.manifest_path(),
            file: file.to_owned(),
        })?;
        let path = self.dir.join(file);
        let (bytes, actual) = digested(&path).map_err(|source| RegistryError::io(&path, source))?;
        if actual == expected.sha256 {
            Ok(bytes)
        } else {
            Err(RegistryError::DigestMismatch {
                path,
                expected: expected.sha256.clone(),
                actual,
            })
        }
    }

    /// Reads every file and checks its digest.
    ///
    /// # Errors
    /// The first file that is absent or is not what the manifest says.
    pub fn verify_digests(&self) -> Result<(), RegistryError> {
        self.manifest
            .files
            .iter()
            .try_for_each(|file| self.read(&file.path).map(drop))
    }

    /// Refuses a layout of files that the caller does not read.
    ///
    /// # Errors
    /// [`RegistryError::FormatVersion`].
    pub fn require_format(&self, supported: u32) -> Result<(), RegistryError> {
        if self.manifest.format_version == supported {
            Ok(())
        } else {
            Err(RegistryError::FormatVersion {
                manifest: self.manifest_path(),
                found: self.manifest.format_version,
                supported,
            })
        }
    }

    /// How an answer names this model.
    #[must_use]
    pub fn reference(&self) -> ModelRef {
        ModelRef {
            name: self.manifest.name.clone(),
            version: self.manifest.version.to_string(),
            sha256: self.sha256.clone(),
            trained_until: self.manifest.trained_until,
        }
    }

    fn manifest_path(&self) -> PathBuf {
        self.dir.join("manifest.toml")
    }
}

/// The bytes of a file and their digest, taken on another thread while more is read:
/// of a large file both take about as long.
fn digested(path: &Path) -> io::Result<(Vec<u8>, String)> {
    const PIECE_BYTES: usize = 1024 * 1024;
    let mut file = File::open(path)?;
    let size = usize::try_from(file.metadata()?.len()).map_err(io::Error::other)?;
    let mut bytes = vec![0; size];
    if size <= PIECE_BYTES {
        file.read_exact(&mut bytes)?;
        let digest = sha256_hex(&bytes);
        return Ok((bytes, digest));
    }
    let (sender, receiver) = mpsc::channel::<&[u8]>();
    let pieces = bytes.chunks_mut(PIECE_BYTES);
    let (digest, read) = together(
        move || {
            let mut digest = Sha256::new();
            receiver.iter().for_each(|piece| digest.update(piece));
            hex::encode(digest.finalize())
        },
        move || -> io::Result<()> {
            for piece in pieces {
                file.read_exact(piece)?;
                // The other end is there for as long as this one is.
                let _ = sender.send(piece);
            }
            Ok(())
        },
    );
    read?;
    Ok((bytes, digest))
}

/// The folders in a folder, by name.
fn folders(parent: &Path) -> Result<BTreeMap<String, PathBuf>, RegistryError> {
    let failed = |source| RegistryError::io(parent, source);
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(parent).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if let (true, Some(name)) = (path.is_dir(), path.file_name().and_then(|n| n.to_str())) {
            found.insert(name.to_owned(), path.clone());
        }
    }
    Ok(found)
}

/// The bytes of a file that must not be larger than `limit` bytes.
pub(super) fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, RegistryError> {
    let failed = |source| RegistryError::io(path, source);
    let size = fs::metadata(path).map_err(failed)?.len();
    if size > limit {
        return Err(RegistryError::malformed(
            path,
            format!("{size} bytes, more than {limit}"),
        ));
    }
    fs::read(path).map_err(failed)
}
