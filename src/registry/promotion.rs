//! Which version answers: promotion and rollback, with who and when.
//!
//! `models/<name>/current` holds one JSON line for each change; the last line
//! rules. Pointer and log are one file, written aside and renamed, so that the
//! two cannot disagree. Whoever changes it holds a lock from reading it to
//! writing it, so that of two changes at once neither is lost.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::error::{LoadError, RegistryError};
use super::manifest::Manifest;
use super::open::{Registry, read_bounded};

const POINTER: &str = "current";
const LOCK: &str = ".current.lock";
/// What a pointer that is being written begins with; the number of its process follows.
const ASIDE: &str = ".current.";
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
    /// Why, although the version is no better than a simple baseline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub although: Option<String>,
}

/// Who asks for a change, and what must hold before it is made.
pub struct ChangeRequest<'a> {
    /// Who.
    pub by: &'a str,
    /// When.
    pub at: DateTime<Utc>,
    /// Why a version is to answer that is no better than a simple baseline; kept only of such a one.
    pub although: Option<&'a str>,
    /// Loads what asks the model, as the service does at start, with the version that answers in
    /// the registry it is given.
    pub load: &'a dyn Fn(&Registry) -> Result<(), LoadError>,
}

impl Registry {
    /// Makes a version answer, once its digests have been checked and it was loaded.
    ///
    /// # Errors
    /// An unknown or damaged version, one that cannot be loaded, that answers already or is no better
    /// than its baseline without a reason, or a folder that cannot be written.
    pub fn promote(
        &mut self,
        name: &str,
        version: u32,
        request: &ChangeRequest<'_>,
    ) -> Result<Change, RegistryError> {
        self.locked(name, |registry| {
            registry.change(name, ChangeKind::Promote, version, request)
        })
    }

    /// Lets the version that answers go on answering whatever is put beside it, where nobody chose one
    /// yet.
    ///
    /// # Errors
    /// [`RegistryError::UnknownModel`], or a folder that cannot be written.
    pub fn keep(&mut self, name: &str, by: &str, at: DateTime<Utc>) -> Result<(), RegistryError> {
        self.locked(name, |registry| {
            if !registry.changes(name)?.is_empty() {
                return Ok(());
            }
            let current = registry.model(name)?.manifest.version;
            let kept = Change {
                change: ChangeKind::Keep,
                from: current,
                to: current,
                by: by.to_owned(),
                at,
                although: None,
            };
            registry.apply(name, kept).map(|_| ())
        })
    }

    /// Makes the version answer that was promoted before the current one, or,
    /// where none was, the next lower version. No baseline is asked for: going back must not fail by it.
    ///
    /// # Errors
    /// [`RegistryError::NothingEarlier`], or as for [`Registry::promote`].
    pub fn rollback(
        &mut self,
        name: &str,
        request: &ChangeRequest<'_>,
    ) -> Result<Change, RegistryError> {
        self.locked(name, |registry| {
            let version = registry.earlier(name)?;
            registry.change(name, ChangeKind::Rollback, version, request)
        })
    }

    /// The version that a rollback makes answer.
    fn earlier(&self, name: &str) -> Result<u32, RegistryError> {
        let current = self.model(name)?.manifest.version;
        let earlier = before_current(self.changes(name)?).or_else(|| {
            let numbers = self.all().map(|(model, _)| &model.manifest);
            let lower = numbers.filter(|m| m.name == name && m.version < current);
            lower.map(|m| m.version).max()
        });
        earlier.ok_or_else(|| RegistryError::NothingEarlier {
            name: name.to_owned(),
            version: current,
        })
    }

    /// Changes a model by what is on disk now, while nobody else may change it.
    fn locked<T>(
        &mut self,
        name: &str,
        change: impl FnOnce(&mut Self) -> Result<T, RegistryError>,
    ) -> Result<T, RegistryError> {
        // Where there is no model, no lock is put.
        self.model(name)?;
        let _held = lock(&self.models_dir().join(name))?;
        self.reread(name)?;
        change(self)
    }

    fn change(
        &mut self,
        name: &str,
        change: ChangeKind,
        to: u32,
        request: &ChangeRequest<'_>,
    ) -> Result<Change, RegistryError> {
        let from = self.model(name)?.manifest.version;
        if from == to {
            return Err(RegistryError::AlreadyCurrent {
                name: name.to_owned(),
                version: to,
            });
        }
        let asked = self.model_version(name, to)?;
        let although = reason(&asked.manifest, change, request)?;
        asked.verify_digests()?;
        let answering = self.answering(name, to)?;
        (request.load)(&answering).map_err(|source| RegistryError::CannotAnswer {
            name: name.to_owned(),
            version: to,
            source,
        })?;
        let change = Change {
            change,
            from,
            to,
            by: request.by.to_owned(),
            at: request.at,
            although,
        };
        self.apply(name, change)
    }
}

/// Why a version is to answer although it is no better than a simple baseline. None of one that is better,
/// or was never held against any, whatever was given.
fn reason(
    asked: &Manifest,
    change: ChangeKind,
    request: &ChangeRequest<'_>,
) -> Result<Option<String>, RegistryError> {
    let Some(baseline) = asked.no_better() else {
        return Ok(None);
    };
    if request.although.is_none() && change == ChangeKind::Promote {
        return Err(RegistryError::NoBetter {
            name: asked.name.clone(),
            version: asked.version,
            baseline: baseline.clone(),
        });
    }
    Ok(request.although.map(str::to_owned))
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

/// Waits until nobody else changes which version of a model answers, and keeps others from it for as
/// long as what is returned lives.
fn lock(model_dir: &Path) -> Result<File, RegistryError> {
    let path = model_dir.join(LOCK);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    let hold = || -> std::io::Result<File> {
        // Another's file can be held without writing it.
        let opened = options.open(&path);
        let file = opened.or_else(|error| File::open(&path).map_err(|_| error))?;
        file.lock()?;
        Ok(file)
    };
    hold().map_err(|source| RegistryError::io(path.clone(), source))
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

/// Replaces the pointer, for whoever holds the lock: written aside, flushed to disk, then renamed.
pub(super) fn write(model_dir: &Path, changes: &[Change]) -> Result<(), RegistryError> {
    remove_what_was_left(model_dir);
    let path = model_dir.join(POINTER);
    let aside = model_dir.join(format!("{ASIDE}{}", std::process::id()));
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

/// Removes what processes that died left beside the pointer: nobody else writes while the lock is held.
fn remove_what_was_left(model_dir: &Path) {
    let Ok(entries) = fs::read_dir(model_dir) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(ASIDE));
        if process.is_some_and(|process| process.parse::<u32>().is_ok()) {
            // What stays is in nobody's way.
            let _ = fs::remove_file(entry.path());
        }
    }
}
