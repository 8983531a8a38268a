//! Model manifests, digests, golden scores, load, promotion.
//!
//! A model lives in `models/<name>/<version>/` with a `manifest.toml` that
//! lists every file and its SHA-256, a `MODEL_CARD.md` and, where it answers
//! questions, a `golden.json` with inputs and the outputs they must give. The
//! version that answers is the highest one, unless `models/<name>/current`
//! says otherwise, as it does once another was fitted beside one that answers.
//! Folders without a number for a name are no versions, so that one can be written
//! aside and renamed.

mod error;
mod golden;
mod locate;
mod manifest;
mod open;
mod promotion;
mod together;

pub use error::{LoadError, RegistryError};
pub use golden::{Golden, GoldenCase, GoldenOutputs};
pub use locate::{MODELS_DIR_VARIABLE, locate};
pub use manifest::{Manifest, ManifestBaseline, ManifestFile, ManifestSource, sha256_hex};
pub use open::{LoadedManifest, Registry};
pub use promotion::{Change, ChangeKind, ChangeRequest};
pub(crate) use together::together;

#[cfg(test)]
mod tests;
