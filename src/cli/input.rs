//! A file named on the command line, or standard input as `-`.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// What is read, with its name for messages.
pub(super) struct Input {
    /// The bytes to come.
    pub(super) reader: Box<dyn Read + Send>,
    /// How many they are, where that is known.
    pub(super) bytes: Option<u64>,
    /// What it is called.
    pub(super) name: String,
}

impl Input {
    /// Opens the file; the error names it.
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        if path.as_os_str() == "-" {
            return Ok(Self {
                reader: Box::new(io::stdin()),
                bytes: None,
                name: "standard input".to_owned(),
            });
        }
        let name = path.display().to_string();
        let file = File::open(path).map_err(|error| format!("{name}: {error}"))?;
        Ok(Self {
            bytes: file.metadata().ok().map(|found| found.len()),
            reader: Box::new(file),
            name,
        })
    }
}
