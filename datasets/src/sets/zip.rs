//! The one file within a zip archive, as far as a public set needs it.

use std::fs::File;
use std::io::{BufReader, Error, ErrorKind, Read as _, Result};
use std::path::Path;

use flate2::read::DeflateDecoder;

/// Bytes of the header before each file (APPNOTE 4.3.7).
const HEADER: usize = 30;
/// How such a header begins.
const SIGNATURE: &[u8] = b"PK\x03\x04";
/// Method of compression: deflate.
const DEFLATE: u16 = 8;

/// The first file of an archive, decompressed as it is read.
pub(super) fn first_file(path: &Path) -> Result<impl std::io::Read + use<>> {
    let wrong = |what: &str| Error::new(ErrorKind::InvalidData, what.to_owned());
    let mut archive = BufReader::new(File::open(path)?);
    let mut header = [0; HEADER];
    archive.read_exact(&mut header)?;
    let number = |at: usize| {
        let low = header.get(at).copied().unwrap_or_default();
        let high = header.get(at + 1).copied().unwrap_or_default();
        u16::from_le_bytes([low, high])
    };
    if !header.starts_with(SIGNATURE) || number(8) != DEFLATE {
        return Err(wrong("no zip archive of deflated files"));
    }
    let names = u64::from(number(26)) + u64::from(number(28));
    std::io::copy(&mut archive.by_ref().take(names), &mut std::io::sink())?;
    Ok(DeflateDecoder::new(archive))
}
