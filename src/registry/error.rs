//! What can be wrong with a model folder.

use std::path::PathBuf;

use super::manifest::ManifestBaseline;

/// Why something that asks a model could not be loaded.
pub type LoadError = Box<dyn std::error::Error + Send + Sync>;

/// Why a model was not loaded or changed; every variant names the file.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// No folder of models in any of the places looked at.
    #[error("no folder of models; looked at {}", .looked_at.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", "))]
    NoModelsFolder {
        /// The places, in order.
        looked_at: Vec<PathBuf>,
    },
    /// A file could not be read or written.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A manifest, pointer, golden file or other file of a model does not say what it should.
    #[error("{}: {reason}", .path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line or field where known.
        reason: String,
    },
    /// No such model.
    #[error("there is no model `{name}` in {}", .models_dir.display())]
    UnknownModel {
        /// The name asked for.
        name: String,
        /// Where it was looked for.
        models_dir: PathBuf,
    },
    /// No such version of a model.
    #[error("model `{name}` has no version {version}; there is {}", .known.iter().map(u32::to_string).collect::<Vec<_>>().join(", "))]
    UnknownVersion {
        /// The model.
        name: String,
        /// The version asked for.
        version: u32,
        /// The versions there are.
        known: Vec<u32>,
    },
    /// The manifest does not list a file that the model needs.
    #[error("{}: the manifest does not list `{file}`", .manifest.display())]
    Unlisted {
        /// The manifest.
        manifest: PathBuf,
        /// The file asked for.
        file: String,
    },
    /// The bytes are not those the manifest speaks of.
    #[error("{}: SHA-256 is {actual}, the manifest says {expected}; refused", .path.display())]
    DigestMismatch {
        /// The file.
        path: PathBuf,
        /// Digest of the manifest.
        expected: String,
        /// Digest of the bytes.
        actual: String,
    },
    /// The layout of the model's files is one this program does not know.
    #[error("{}: format version {found}, this program reads {supported}", .manifest.display())]
    FormatVersion {
        /// The manifest.
        manifest: PathBuf,
        /// What it says.
        found: u32,
        /// What the loader reads.
        supported: u32,
    },
    /// The model does not give the outputs it was shipped with.
    #[error("{}: case `{case}`, `{output}` should be {expected} within {tolerance}, is {actual}; refused", .path.display())]
    GoldenMismatch {
        /// The golden file.
        path: PathBuf,
        /// The case.
        case: String,
        /// The output.
        output: String,
        /// The shipped value.
        expected: f64,
        /// The value computed now; absent outputs read as not a number.
        actual: f64,
        /// The tolerance of the file.
        tolerance: f64,
    },
    /// The model could not answer one of its golden cases at all.
    #[error("{}: case `{case}` gave no answer: {reason}", .path.display())]
    GoldenFailed {
        /// The golden file.
        path: PathBuf,
        /// The case.
        case: String,
        /// Why.
        reason: String,
    },
    /// The version asked for answers already.
    #[error("version {version} of `{name}` answers already")]
    AlreadyCurrent {
        /// The model.
        name: String,
        /// The version.
        version: u32,
    },
    /// What asks the model cannot be loaded with the version asked for.
    #[error("version {version} of `{name}` cannot answer here, refused: {source}")]
    CannotAnswer {
        /// The model.
        name: String,
        /// The version asked for.
        version: u32,
        /// What its loader says.
        source: LoadError,
    },
    /// The version asked for does not beat a simple baseline, and nobody said why it is to answer.
    #[error("version {version} of `{name}` is no better than {baseline}; refused unless told why")]
    NoBetter {
        /// The model.
        name: String,
        /// The version asked for.
        version: u32,
        /// The best baseline.
        baseline: ManifestBaseline,
    },
    /// There is nothing to go back to.
    #[error("`{name}` has no earlier version to go back to from {version}")]
    NothingEarlier {
        /// The model.
        name: String,
        /// The version that answers.
        version: u32,
    },
}

impl RegistryError {
    /// A file that could not be read or written.
    pub(crate) fn io(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Self::Io {
            path: path.into(),
            source,
        }
    }

    /// A file that does not say what it should.
    pub(crate) fn malformed(path: impl Into<PathBuf>, reason: impl ToString) -> Self {
        Self::Malformed {
            path: path.into(),
            reason: reason.to_string(),
        }
    }
}
