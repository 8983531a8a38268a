//! Loaders of public sets with known truth.
//!
//! The sets are no part of the repository. They are looked for in the folder
//! named by `SCRUTINEER_DATA`, else in one beside the repository; an absent one
//! is an error that says so.

pub mod expenses;
mod invoices;
pub mod linkage;
mod order_lines;
pub mod payments;
mod receipts;
pub mod receivables;
mod requests;
pub mod spend;
mod truth;
mod zip;

use std::path::{Path, PathBuf};

pub use invoices::{InvoiceSet, TruthedDocuments};
pub use requests::RequestSet;
pub use truth::{TruthRow, read_truth};

/// Why a set could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum SetError {
    /// The set's file or folder is not there.
    #[error("data absent: {path} (set SCRUTINEER_DATA to the folder of the public sets)")]
    Absent {
        /// What was looked for.
        path: String,
    },
    /// A file is there but cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// What went wrong.
        source: std::io::Error,
    },
    /// A row is not what it should be.
    #[error("{path}, line {line}: {message}")]
    Row {
        /// The file.
        path: String,
        /// 1-based line.
        line: usize,
        /// What is wrong, naming the field.
        message: String,
    },
}

impl SetError {
    fn io(path: &Path, source: std::io::Error) -> Self {
        let shown = path.display().to_string();
        if source.kind() == std::io::ErrorKind::NotFound {
            Self::Absent { path: shown }
        } else {
            Self::Io {
                path: shown,
                source,
            }
        }
    }
}

/// The folder of the public sets: `SCRUTINEER_DATA`, else one beside the repository.
#[must_use]
pub fn data_dir() -> PathBuf {
    std::env::var_os("SCRUTINEER_DATA")
        .map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from)
}

/// Every row of a CSV file with a header.
fn csv_rows<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Vec<T>, SetError> {
    let file = std::fs::File::open(path).map_err(|error| SetError::io(path, error))?;
    let rows = csv::Reader::from_reader(file).into_deserialize();
    rows.zip(2..)
        .map(|(row, line)| {
            row.map_err(|error| SetError::Row {
                path: path.display().to_string(),
                line,
                message: error.to_string(),
            })
        })
        .collect()
}
