//! Writes a model's folder: files, digests, manifest.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use scrutineer::registry::{Manifest, ManifestFile, sha256_hex};

/// A version that is being written grows for seconds: what has not for this long is left of a process that
/// died, be it on another machine.
const LEFT: Duration = Duration::from_secs(60 * 60);

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

/// Writes `files` and the manifest, with their digests in place of those it holds, to
/// `models/<name>/<version>`. A version that is not there yet is there whole or not at all,
/// whenever its writing ends. In one that is there, each file is written aside and renamed, the
/// manifest last; files it lists but that are not given are kept as they are.
///
/// # Errors
/// A folder that cannot be written.
pub fn write(
    models_dir: &Path,
    manifest: Manifest,
    files: Vec<ArtefactFile>,
) -> anyhow::Result<PathBuf> {
    let dir = dir_of(models_dir, &manifest);
    if !dir.is_dir() {
        return write_new(models_dir, manifest, files);
    }
    write_files(&dir, manifest, files)?;
    Ok(dir)
}

/// The same for a version that is not to be there yet: of two that are written under one number, the later
/// is refused and takes nothing of the earlier. It is written into a folder whose name is no version's,
/// which nobody reads, and that is renamed.
///
/// # Errors
/// A folder that cannot be written, or is there.
pub(crate) fn write_new(
    models_dir: &Path,
    manifest: Manifest,
    files: Vec<ArtefactFile>,
) -> anyhow::Result<PathBuf> {
    let dir = dir_of(models_dir, &manifest);
    let aside = dir.with_file_name(format!(".{}.new-{}", manifest.version, std::process::id()));
    remove(&aside).map_err(|error| WriteError::of(&aside, error))?;
    if let Some(model) = dir.parent() {
        remove_what_was_left(model);
    }
    fs::create_dir_all(&aside).map_err(|error| WriteError::of(&aside, error))?;
    let written = write_files(&aside, manifest, files)
        .and_then(|()| Ok(put(&aside, &dir).map_err(|error| WriteError::of(&dir, error))?));
    if written.is_err() {
        // What went wrong before is what is told.
        let _ = remove(&aside);
    }
    written.map(|()| dir)
}

fn dir_of(models_dir: &Path, manifest: &Manifest) -> PathBuf {
    models_dir
        .join(&manifest.name)
        .join(manifest.version.to_string())
}

/// Writes the card of a version beside its files.
pub(crate) fn write_card(dir: &Path, text: &str) -> anyhow::Result<()> {
    let path = dir.join("MODEL_CARD.md");
    Ok(fs::write(&path, text).map_err(|error| WriteError::of(&path, error))?)
}

fn write_files(dir: &Path, mut manifest: Manifest, files: Vec<ArtefactFile>) -> anyhow::Result<()> {
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
    )
}

fn replace(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let aside = path.with_extension(format!("new-{}", std::process::id()));
    write_synced(&aside, bytes).map_err(|error| WriteError::of(&aside, error))?;
    Ok(fs::rename(&aside, path).map_err(|error| WriteError::of(path, error))?)
}

/// On disk when it returns, so that no rename is there before what it renames.
fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Renames a folder, with all that was written into it. Onto one that holds something it cannot be.
fn put(aside: &Path, dir: &Path) -> io::Result<()> {
    File::open(aside)?.sync_all()?;
    fs::rename(aside, dir)?;
    match dir.parent() {
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}

/// Removes what processes that died left beside the versions of a model.
fn remove_what_was_left(model: &Path) {
    let Ok(entries) = fs::read_dir(model) else {
        return;
    };
    for entry in entries.flatten() {
        let is_aside = entry.file_name().to_str().is_some_and(is_aside);
        let changed = entry.metadata().and_then(|found| found.modified());
        let age = changed.ok().and_then(|changed| changed.elapsed().ok());
        if is_aside && age.is_some_and(|age| age >= LEFT) {
            // What stays is in nobody's way.
            let _ = remove(&entry.path());
        }
    }
}

/// Whether a folder has the name of a version that is being written: `.VERSION.new-PROCESS`.
fn is_aside(name: &str) -> bool {
    let parts = name.strip_prefix('.');
    let parts = parts.and_then(|parts| parts.split_once(".new-"));
    parts.is_some_and(|(version, process)| {
        version.parse::<u32>().is_ok() && process.parse::<u32>().is_ok()
    })
}

/// Removes a folder, where there is one.
fn remove(dir: &Path) -> io::Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::NaiveDate;
    use scrutineer::registry::Registry;

    use super::*;

    /// A folder of models that goes with the test.
    struct Models(PathBuf);

    impl Models {
        fn new(name: &str) -> Self {
            let folder = format!("scrutineer-artefact-{name}-{}", std::process::id());
            let folder = std::env::temp_dir().join(folder);
            remove(&folder).unwrap();
            fs::create_dir(&folder).unwrap();
            Self(folder)
        }

        /// What is in the folder of the model.
        fn versions(&self) -> Vec<String> {
            names(&self.0.join("toy"))
        }
    }

    /// What is in a folder, by name.
    fn names(dir: &Path) -> Vec<String> {
        let entries = fs::read_dir(dir).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    impl Drop for Models {
        fn drop(&mut self) {
            let _ = remove(&self.0);
        }
    }

    fn manifest(version: u32) -> Manifest {
        Manifest {
            name: "toy".to_owned(),
            version,
            format_version: 1,
            description: "d".to_owned(),
            licence: "Apache-2.0".to_owned(),
            trained_until: NaiveDate::default(),
            data: "x".to_owned(),
            metrics: BTreeMap::new(),
            baseline: None,
            files: Vec::new(),
            sources: Vec::new(),
        }
    }

    fn file(name: &str, text: &str) -> ArtefactFile {
        ArtefactFile {
            name: name.to_owned(),
            bytes: text.as_bytes().to_vec(),
        }
    }

    #[test]
    fn a_new_version_is_there_whole_and_nothing_of_an_earlier_try_is_in_it() {
        let models = Models::new("whole");
        let left_over = format!("toy/.1.new-{}", std::process::id());
        let left_over = models.0.join(left_over);
        fs::create_dir_all(&left_over).unwrap();
        fs::write(left_over.join("old.json"), "half").unwrap();
        let files = vec![file("weights.json", "w"), file("golden.json", "g")];
        let dir = write(&models.0, manifest(1), files).unwrap();
        assert_eq!(models.versions(), ["1"]);
        let written = ["golden.json", "manifest.toml", "weights.json"];
        assert_eq!(names(&dir), written);
        let registry = Registry::open(&models.0).unwrap();
        registry.model("toy").unwrap().verify_digests().unwrap();
    }

    #[test]
    fn a_version_that_could_not_be_written_is_not_there() {
        let models = Models::new("failed");
        write(&models.0, manifest(1), vec![file("weights.json", "w")]).unwrap();
        let files = vec![file("weights.json", "w"), file("no/such.json", "x")];
        let failed = write(&models.0, manifest(2), files).unwrap_err();
        assert!(failed.is::<WriteError>(), "{failed:#}");
        assert_eq!(models.versions(), ["1"]);
        let registry = Registry::open(&models.0).unwrap();
        assert_eq!(registry.model("toy").unwrap().manifest.version, 1);
    }

    #[test]
    fn a_new_version_does_not_take_the_place_of_one_that_is_there() {
        let models = Models::new("taken");
        write_new(&models.0, manifest(1), vec![file("weights.json", "w")]).unwrap();
        let second = write_new(&models.0, manifest(1), vec![file("weights.json", "x")]);
        let refused = second.unwrap_err();
        assert!(refused.is::<WriteError>(), "{refused:#}");
        assert_eq!(models.versions(), ["1"]);
        let registry = Registry::open(&models.0).unwrap();
        let model = registry.model("toy").unwrap();
        assert_eq!(model.read("weights.json").unwrap(), b"w");
    }

    #[test]
    fn what_a_process_left_that_died_goes_and_what_another_writes_stays() {
        let models = Models::new("left");
        let of_others = [".1.new-77", ".2.new-78", ".other"];
        for name in of_others {
            let dir = models.0.join("toy").join(name);
            fs::create_dir_all(&dir).unwrap();
            if name != ".2.new-78" {
                let long_ago = std::time::SystemTime::now() - 2 * LEFT;
                File::open(&dir).unwrap().set_modified(long_ago).unwrap();
            }
        }
        write(&models.0, manifest(3), vec![file("weights.json", "w")]).unwrap();
        assert_eq!(models.versions(), [".2.new-78", ".other", "3"]);
    }

    #[test]
    fn a_version_that_is_there_keeps_the_files_that_are_not_given() {
        let models = Models::new("kept");
        let files = vec![file("weights.json", "w"), file("golden.json", "g")];
        write(&models.0, manifest(1), files).unwrap();
        let registry = Registry::open(&models.0).unwrap();
        let first = registry.model("toy").unwrap().manifest.clone();
        write(&models.0, first, vec![file("golden.json", "other")]).unwrap();
        let registry = Registry::open(&models.0).unwrap();
        let model = registry.model("toy").unwrap();
        model.verify_digests().unwrap();
        assert_eq!(model.read("weights.json").unwrap(), b"w");
        assert_eq!(model.read("golden.json").unwrap(), b"other");
        assert_eq!(models.versions(), ["1"]);
    }
}
