//! What reads pictures, on disk: the networks as a model of the registry, and the library beside.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::engine::{Engine, EngineError, Networks};
use crate::registry::{Registry, RegistryError};

/// Name of the model in the registry.
pub const OCR_MODEL: &str = "ocr";
/// Layout of the model's files that is read here.
const FORMAT_VERSION: u32 = 1;
const DETECTOR_FILE: &str = "detector.onnx";
const RECOGNISER_FILE: &str = "recogniser.onnx";
/// Where the set-up puts the library, within the folder of models.
const LIBRARY_FILE: &str = "ocr/libonnxruntime.so";

/// Where the networks and the library that runs them are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OcrFiles {
    /// The folder of models.
    pub models_dir: PathBuf,
    /// The shared library of ONNX Runtime.
    pub library: PathBuf,
}

/// Why pictures cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum OcrError {
    /// The networks are absent or not those of the manifest.
    #[error(transparent)]
    Model(#[from] RegistryError),
    /// They cannot be run.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl OcrFiles {
    /// Those in use: the library as set, or where the set-up puts it; `None` where there is none, so
    /// that pictures are not read.
    #[must_use]
    pub fn installed(models_dir: &Path, library: Option<&Path>) -> Option<Self> {
        let library = library.map_or_else(|| models_dir.join(LIBRARY_FILE), Path::to_path_buf);
        // Workers run in the root folder, where a relative path would lead elsewhere.
        let whole = |path: &Path| std::path::absolute(path).ok();
        library.is_file().then_some(())?;
        Some(Self {
            models_dir: whole(models_dir)?,
            library: whole(&library)?,
        })
    }

    /// Loads the networks, digests checked, and the library.
    ///
    /// # Errors
    /// [`OcrError`].
    pub fn load(&self) -> Result<Engine, OcrError> {
        let registry = Registry::open(&self.models_dir)?;
        let model = registry.model(OCR_MODEL)?;
        model.require_format(FORMAT_VERSION)?;
        let detector = model.read(DETECTOR_FILE)?;
        let recogniser = model.read(RECOGNISER_FILE)?;
        let networks = Networks {
            detector: &detector,
            recogniser: &recogniser,
        };
        Ok(Engine::load(&self.library, networks)?)
    }
}
