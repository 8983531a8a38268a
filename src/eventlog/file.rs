//! Logs in files, compressed or not.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use super::{Columns, EventLog, EventLogError, Limits, read_csv, read_xes};

/// First bytes of a gzip file.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Reads XES or CSV, compressed by gzip or not; which of them is told by the content.
///
/// # Errors
/// [`EventLogError`].
pub fn read_file(
    path: &Path,
    limits: Limits,
    columns: &Columns,
) -> Result<EventLog, EventLogError> {
    let name = path.display().to_string();
    let failed = |source: std::io::Error| EventLogError::Io {
        file: name.clone(),
        source,
    };
    let file = File::open(path).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    let mut packed = BufReader::new(file);
    if packed.fill_buf().map_err(failed)?.starts_with(&GZIP) {
        let plain = BufReader::with_capacity(1 << 16, MultiGzDecoder::new(packed));
        return of_content(&name, plain, Some(size), limits, columns);
    }
    of_content(&name, packed, None, limits, columns)
}

fn of_content(
    name: &str,
    mut input: impl std::io::BufRead,
    packed: Option<u64>,
    limits: Limits,
    columns: &Columns,
) -> Result<EventLog, EventLogError> {
    let start = input.fill_buf().map_err(|source| EventLogError::Io {
        file: name.to_owned(),
        source,
    })?;
    let visible = |byte: &&u8| !byte.is_ascii_whitespace() && !b"\xef\xbb\xbf".contains(byte);
    if start.iter().find(visible) == Some(&b'<') {
        read_xes(name, input, packed, limits)
    } else {
        read_csv(name, input, packed, limits, columns)
    }
}
