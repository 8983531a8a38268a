//! Which version answers: promotion and rollback, with who and when.
//!
//! `models/<name>/current` holds one JSON line for each change; the last line
//! rules. Pointer and log are one file, written aside and renamed, so that the
//! two cannot disagree.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::error::RegistryError;
use super::open::{Registry, read_bounded};

const POINTER: &str = "current";
const POINTER_LIMIT_BYTES: u64 = 4 * 1024 * 1024;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// The version that answered was to go on answering.
    Keep,
    /// A version was made to answer.
    Promote,
    /// The version that answered before was made to answer again.
    Rollback,
}

/// One change of the version that answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// What was done.
    pub change: ChangeKind,
    /// The version that answered until then.
    pub from: u32,
    /// The version that answers from then on.
    pub to: u32,
    /// Who did it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl Registry {
    /// Makes a version answer, once every one of its digests has been checked.
    ///
    /// # Errors
    /// An unknown or damaged version, one that answers already, or a folder that cannot be written.
    pub fn promote(
        &mut self,
        name: &str,
        version: u32,
        by: &str,
        at: DateTime<Utc>,
    ) -> Result<Change, RegistryError> {
        self.change(name, ChangeKind::Promote, version, by, at)
    }

    /// Lets the version that answers go on answering whatever is put beside it, where nobody chose one
    /// yet.
    ///
    /// # Errors
    /// [`RegistryError::UnknownModel`], or a folder that cannot be written.
    pub fn keep(&mut self, name: &str, by: &str, at: DateTime<Utc>) -> Result<(), RegistryError> {
        if !self.changes(name)?.is_empty() {
            return Ok(());
        }
        let current = self.model(name)?.manifest.version;
        let kept = Change {
            change: ChangeKind::Keep,
            from: current,
            to: current,
            by: by.to_owned(),
            at,
        };
        self.apply(name, kept).map(|_| ())
    }

    /// Makes the version answer that was promoted before the current one, or,
    /// where none was, the next lower version.
    ///
    /// # Errors
    /// [`RegistryError::NothingEarlier`], or as for [`Registry::promote`].
    pub fn rollback(
        &mut self,
        name: &str,
        by: &str,
        at: DateTime<Utc>,
    ) -> Result<Change, RegistryError> {
        let current = self.model(name)?.manifest.version;
        let earlier = before_current(self.changes(name)?).or_else(|| {
            let numbers = self.all().map(|(model, _)| &model.manifest);
            let lower = numbers.filter(|m| m.name == name && m.version < current);
            lower.map(|m| m.version).max()
        });
        let version = earlier.ok_or_else(|| RegistryError::NothingEarlier {
            name: name.to_owned(),
            version: current,
        })?;
        self.change(name, ChangeKind::Rollback, version, by, at)
    }

    fn change(
        &mut self,
        name: &str,
        change: ChangeKind,
        to: u32,
        by: &str,
        at: DateTime<Utc>,
    ) -> Result<Change, RegistryError> {
        let from = self.model(name)?.manifest.version;
        self.model_version(name, to)?.verify_digests()?;
        if from == to {
            return Err(RegistryError::AlreadyCurrent {
                name: name.to_owned(),
                version: to,
            });
        }
        let by = by.to_owned();
        let change = Change {
            change,
            from,
            to,
            by,
            at,
        };
        self.apply(name, change)
    }
}

/// The version a rollback goes back to: promotions pile up, rollbacks take off.
fn before_current(changes: &[Change]) -> Option<u32> {
    let mut pile = Vec::new();
    for change in changes {
        match change.change {
            ChangeKind::Keep => {}
            ChangeKind::Promote => pile.push(change.from),
            ChangeKind::Rollback => drop(pile.pop()),
        }
    }
    pile.pop()
}

/// Every change so far, oldest first; none where the pointer is absent.
pub(super) fn read(model_dir: &Path) -> Result<Vec<Change>, RegistryError> {
    let path = model_dir.join(POINTER);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let bytes = read_bounded(&path, POINTER_LIMIT_BYTES)?;
    let lines = bytes.split(|b| *b == b'\n').enumerate();
    lines
        .filter(|(_, line)| !line.is_empty())
        .map(|(index, line)| {
            serde_json::from_slice(line).map_err(|error| {
                RegistryError::malformed(&path, format!("line {}: {error}", index + 1))
            })
        })
        .collect()
}

/// Replaces the pointer: written aside, flushed to disk, then renamed.
pub(super) fn write(model_dir: &Path, changes: &[Change]) -> Result<(), RegistryError> {
    let path = model_dir.join(POINTER);
    let aside = model_dir.join(format!(".{POINTER}.{}", std::process::id()));
    let mut text = Vec::new();
    for change in changes {
        let line =
            serde_json::to_vec(change).map_err(|error| RegistryError::malformed(&path, error))?;
        text.extend(line);
        text.push(b'\n');
    }
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&aside)?;
        file.write_all(&text)?;
        file.sync_all()?;
        fs::rename(&aside, &path)?;
        File::open(model_dir)?.sync_all()
    };
    write().map_err(|source| RegistryError::io(path.clone(), source))
}
