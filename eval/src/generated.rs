//! Generated documents as files, to be read like any others.

use std::path::{Path, PathBuf};

use scrutineer::documents::parse::{ParseOptions, parse};
use scrutineer_datasets::documents::{GeneratedDocument, generate};
use scrutineer_datasets::sets::{TruthRow, read_truth};
use scrutineer_datasets::type_parts::TypePart;

use crate::EvalError;

/// Seed that no model is fitted on.
const SEED: u64 = 9_001;
/// Documents drawn.
const COUNT: usize = 300;
/// Documents drawn for photographs, of which about a fifth has one page in a layout that no type
/// was fitted on.
const DRAWN_FOR_PHOTOGRAPHS: usize = 160;

/// A folder of generated documents, removed when it goes out of scope.
pub(crate) struct GeneratedSet {
    folder: PathBuf,
    /// What each document says; files with their folder.
    pub(crate) rows: Vec<TruthRow>,
}

impl GeneratedSet {
    /// Documents as they are sent, without their types, which have measurements of their own.
    pub(crate) fn sent() -> Result<Self, EvalError> {
        let mut set = Self::write(generate(SEED, COUNT))?;
        for row in &mut set.rows {
            row.document_type = None;
        }
        Ok(set)
    }

    /// Photographs of documents of one page.
    pub(crate) fn photographed() -> Result<Self, EvalError> {
        let documents = TypePart::Test.documents(DRAWN_FOR_PHOTOGRAPHS);
        let of_one_page = documents
            .filter(|one| parse(&one.bytes, &ParseOptions::default()).pages.len() == 1)
            .map(|one| {
                let name = format!("{}.jpg", one.name);
                let file = PathBuf::from(&name);
                one.photographed(name)
                    .map_err(|error| failed(&file, &error))
            });
        Self::write(of_one_page.collect::<Result<Vec<_>, _>>()?)
    }

    fn write(documents: impl IntoIterator<Item = GeneratedDocument>) -> Result<Self, EvalError> {
        let folder = std::env::temp_dir().join(format!("scrutineer-eval-{}", std::process::id()));
        let mut set = Self {
            rows: Vec::new(),
            folder,
        };
        let folder = set.folder.clone();
        std::fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
        let mut truth = String::new();
        for document in documents {
            let path = folder.join(&document.name);
            std::fs::write(&path, &document.bytes).map_err(|error| failed(&path, &error))?;
            let row =
                serde_json::to_string(&document.truth).map_err(|error| failed(&path, &error))?;
            truth.push_str(&row);
            truth.push('\n');
        }
        let path = folder.join("truth.ndjson");
        std::fs::write(&path, truth).map_err(|error| failed(&path, &error))?;
        set.rows = read_truth(&path)?;
        for row in &mut set.rows {
            row.file = folder.join(&row.file).display().to_string();
        }
        Ok(set)
    }
}

impl Drop for GeneratedSet {
    fn drop(&mut self) {
        // What cannot be removed is left to the system's own cleaning.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn failed(path: &Path, error: &dyn std::fmt::Display) -> EvalError {
    EvalError::Write {
        path: path.display().to_string(),
        message: error.to_string(),
    }
}
