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
    if let Some(cause) = no_log(start) {
        return Err(EventLogError::Wrong {
            file: name.to_owned(),
            line: 1,
            message: cause.to_owned(),
        });
    }
    let visible = |byte: &&u8| !byte.is_ascii_whitespace() && !b"\xef\xbb\xbf".contains(byte);
    if start.iter().find(visible) == Some(&b'<') {
        read_xes(name, input, packed, limits)
    } else {
        read_csv(name, input, packed, limits, columns)
    }
}

/// Why a file is neither XES nor CSV that can be read, where its first bytes tell.
fn no_log(start: &[u8]) -> Option<&'static str> {
    match start {
        [] => Some("the file is empty"),
        [b'P', b'K', 3, 4, ..] => {
            Some("this is a ZIP archive: unpack it, or compress the log by gzip")
        }
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..] => {
            Some("the file is UTF-16: save it as UTF-8")
        }
        _ => None,
    }
}
