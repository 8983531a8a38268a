//! Files attached to a PDF: the name tree of embedded files, associated files of
//! the document and its pages (PDF/A-3), and attachment annotations.

use std::collections::HashSet;
use std::io::Read;

use flate2::read::ZlibDecoder;
use hayro_syntax::Filter;
use hayro_syntax::Pdf;
use hayro_syntax::object::{Array, Dict, Name, Object, Stream, String as PdfString};

use crate::documents::Problem;

/// Attachments looked at in one file.
const MAX_ATTACHMENTS: usize = 64;
/// Largest attachment read, in bytes after decompression.
const MAX_BYTES: usize = 32 * 1024 * 1024;
/// Depth of the name tree, and nodes in it.
const MAX_TREE_DEPTH: usize = 16;
const MAX_TREE_NODES: usize = 4096;
/// Pages searched for annotations and associated files.
const MAX_PAGES: usize = 200;

/// A file attached to a PDF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The name it is attached under; empty if it has none.
    pub name: String,
    /// Its bytes, decompressed.
    pub bytes: Vec<u8>,
}

/// Reads the files attached to a PDF, each once, in the order of the name tree,
/// then of the document's and pages' own lists.
///
/// What cannot be read is said in `problems` as `attachment_unreadable`, and that more than is
/// looked at is attached as `attachments_incomplete`.
pub fn attachments(pdf: &Pdf, problems: &mut Vec<Problem>) -> Vec<Attachment> {
    let mut search = Search::default();
    let xref = pdf.xref();
    if let Some(catalog) = xref.get::<Dict<'_>>(xref.root_id()) {
        let tree = catalog
            .get::<Dict<'_>>("Names")
            .and_then(|names| names.get::<Dict<'_>>("EmbeddedFiles"));
        if let Some(tree) = tree {
            search.name_tree(&tree, MAX_TREE_DEPTH);
        }
        search.associated_files(&catalog);
    }
    for page in pdf.pages().iter().take(MAX_PAGES) {
        search.associated_files(page.raw());
        let annotations = page.raw().get::<Array<'_>>("Annots");
        for annotation in annotations.iter().flat_map(Array::iter::<Dict<'_>>) {
            let kind = annotation.get::<Name<'_>>("Subtype");
            if kind.is_some_and(|kind| kind.as_str() == "FileAttachment")
                && let Some(specification) = annotation.get::<Dict<'_>>("FS")
            {
                search.file(&specification);
            }
        }
    }
    problems.append(&mut search.problems);
    if search.is_cut_short {
        problems.push(Problem {
            code: "attachments_incomplete".to_owned(),
            text: format!(
                "More is attached than is looked at: {} files were read.",
                search.found.len()
            ),
        });
    }
    search.found
}

#[derive(Default)]
struct Search {
    found: Vec<Attachment>,
    problems: Vec<Problem>,
    nodes: usize,
    seen: HashSet<(u32, i32)>,
    is_cut_short: bool,
}

impl Search {
    fn name_tree(&mut self, node: &Dict<'_>, depth: usize) {
        self.nodes += 1;
        if depth == 0 || self.nodes > MAX_TREE_NODES {
            self.is_cut_short = true;
            return;
        }
        if let Some(names) = node.get::<Array<'_>>("Names") {
            // Pairs of a key and a file specification.
            for entry in names.iter::<Object<'_>>().skip(1).step_by(2) {
                if let Some(specification) = entry.into_dict() {
                    self.file(&specification);
                }
            }
        }
        if let Some(kids) = node.get::<Array<'_>>("Kids") {
            for kid in kids.iter::<Dict<'_>>() {
                self.name_tree(&kid, depth - 1);
            }
        }
    }

    fn associated_files(&mut self, owner: &Dict<'_>) {
        if let Some(files) = owner.get::<Array<'_>>("AF") {
            for specification in files.iter::<Dict<'_>>() {
                self.file(&specification);
            }
        }
    }

    fn file(&mut self, specification: &Dict<'_>) {
        let Some(embedded) = specification.get::<Dict<'_>>("EF") else {
            return;
        };
        let stream = embedded
            .get::<Stream<'_>>("UF")
            .or_else(|| embedded.get::<Stream<'_>>("F"));
        if let Some(stream) = &stream {
            let id = stream.obj_id();
            if !self.seen.insert((id.obj_number, id.gen_number)) {
                return;
            }
        }
        if self.found.len() + self.problems.len() >= MAX_ATTACHMENTS {
            self.is_cut_short = true;
            return;
        }
        let name = name_of(specification);
        match stream.as_ref().map(decoded) {
            Some(Ok(bytes)) => self.found.push(Attachment { name, bytes }),
            Some(Err(reason)) => self.unreadable(&name, reason),
            None => self.unreadable(&name, "its stream is missing"),
        }
    }

    fn unreadable(&mut self, name: &str, reason: &str) {
        self.problems.push(Problem {
            code: "attachment_unreadable".to_owned(),
            text: format!("The attachment \"{name}\" cannot be read: {reason}."),
        });
    }
}

fn name_of(specification: &Dict<'_>) -> String {
    let name = specification
        .get::<PdfString<'_>>("UF")
        .or_else(|| specification.get::<PdfString<'_>>("F"));
    name.map(|name| text_string(&name)).unwrap_or_default()
}

/// The bytes of a stream, never more than [`MAX_BYTES`].
fn decoded(stream: &Stream<'_>) -> Result<Vec<u8>, &'static str> {
    let filters = stream.filters();
    match filters.as_slice() {
        [] => bounded(stream.raw_data().into_owned()),
        // The usual case is inflated here, where growth can be bounded. What comes
        // before a damaged end is kept: its reader will say where it breaks off.
        [Filter::FlateDecode] if !stream.dict().contains_key("DecodeParms") => {
            let raw = stream.raw_data();
            let mut bytes = Vec::new();
            let outcome = ZlibDecoder::new(raw.as_ref())
                .take(MAX_BYTES as u64 + 1)
                .read_to_end(&mut bytes);
            if outcome.is_err() && bytes.is_empty() {
                return Err("its compressed data is damaged");
            }
            bounded(bytes)
        }
        _ => match stream.decoded_data() {
            Ok(bytes) => bounded(bytes.into_owned()),
            Err(_) => Err("its compressed data is damaged"),
        },
    }
}

fn bounded(bytes: Vec<u8>) -> Result<Vec<u8>, &'static str> {
    if bytes.len() > MAX_BYTES {
        return Err("it is larger than 32 MB");
    }
    Ok(bytes)
}

/// A PDF text string: UTF-16 or UTF-8 with a mark, else Latin-1 (which agrees with
/// PDFDocEncoding on everything that file names are made of).
fn text_string(bytes: &[u8]) -> String {
    match bytes {
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
        },
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units: Vec<u16> = bytes
        .as_chunks::<2>()
        .0
        .iter()
        .map(|pair| unit(*pair))
        .collect();
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::text_string;

    #[test]
    fn names_are_decoded_by_their_mark() {
        assert_eq!(text_string(b"factur-x.xml"), "factur-x.xml");
        assert_eq!(text_string(b"\xfe\xff\x00a\x20\xac"), "a\u{20ac}");
        assert_eq!(text_string(b"M\xfcller.xml"), "M\u{fc}ller.xml");
    }
}
