//! Bytes to text: byte order mark first, then the declaration, then UTF-8
//! (XML 1.0, appendix F).

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::documents::model::Problem;

/// Largest XML read, in bytes. The largest of the public corpora is 3.3 MB.
pub(super) const MAX_BYTES: usize = 20 * 1024 * 1024;
/// A declaration stands in the first bytes or not at all.
const DECLARATION_WITHIN: usize = 1024;

/// Text of a whole document, as it stands, with the white space before the
/// markup still counted when a position is told.
pub(super) struct Decoded<'b> {
    text: Cow<'b, str>,
    markup_starts_at: usize,
}

impl Decoded<'_> {
    /// From the first character that is no white space: some senders put a line
    /// break before the declaration, which a strict parser refuses.
    pub(super) fn markup(&self) -> &str {
        self.text.get(self.markup_starts_at..).unwrap_or_default()
    }

    /// Line breaks before [`Self::markup`].
    pub(super) fn lines_before_markup(&self) -> u32 {
        line_and_column(&self.text, self.markup_starts_at).0 - 1
    }

    /// A problem at a byte offset of [`Self::markup`].
    pub(super) fn problem_at(&self, code: &str, offset: usize, what: &str) -> Problem {
        let (line, column) =
            line_and_column(&self.text, self.markup_starts_at.saturating_add(offset));
        Problem {
            code: code.to_owned(),
            text: format!("line {line}, column {column}: {what}"),
        }
    }

    /// The parser's own complaint with its position in the file.
    pub(super) fn problem_at_parse_error(&self, error: &roxmltree::Error) -> Problem {
        let position = error.pos();
        let line = position.row.saturating_add(self.lines_before_markup());
        // The parser ends its message with its own position; ours counts the file's lines.
        let message = error.to_string();
        let own = format!(" at {position}");
        let what: String = message
            .strip_suffix(&own)
            .unwrap_or(&message)
            .chars()
            .take(200)
            .collect();
        Problem {
            code: "xml_not_well_formed".to_owned(),
            text: format!("line {line}, column {}: {what}", position.col),
        }
    }
}

/// Decodes a whole document.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded<'_>, Problem> {
    if bytes.len() > MAX_BYTES {
        return Err(Problem {
            code: "xml_too_large".to_owned(),
            text: format!("{} bytes of XML; at most {MAX_BYTES} are read", bytes.len()),
        });
    }
    let (encoding, body) = encoding_of(bytes)?;
    let text = encoding
        .decode_without_bom_handling_and_without_replacement(body)
        .ok_or_else(|| invalid(encoding, body))?;
    let markup_starts_at = text.len() - text.trim_start().len();
    Ok(Decoded {
        text,
        markup_starts_at,
    })
}

/// Decodes what may be the start of a document, replacing what is cut or wrong.
pub(super) fn decode_prefix(bytes: &[u8]) -> Cow<'_, str> {
    let (encoding, body) = encoding_of(bytes).unwrap_or((UTF_8, bytes));
    encoding.decode_without_bom_handling(body).0
}

/// The encoding and the bytes after the byte order mark.
fn encoding_of(bytes: &[u8]) -> Result<(&'static Encoding, &[u8]), Problem> {
    if bytes.starts_with(&[0xff, 0xfe, 0, 0]) || bytes.starts_with(&[0, 0, 0xfe, 0xff]) {
        return Err(unknown("UTF-32"));
    }
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return Ok((encoding, bytes.get(length..).unwrap_or_default()));
    }
    match bytes {
        [b'<', 0, _, 0, ..] => return Ok((UTF_16LE, bytes)),
        [0, b'<', 0, _, ..] => return Ok((UTF_16BE, bytes)),
        _ => {}
    }
    let Some(label) = declared(bytes) else {
        return Ok((UTF_8, bytes));
    };
    let encoding = Encoding::for_label(label.as_bytes()).ok_or_else(|| unknown(&label))?;
    // A declaration that can be read byte by byte cannot be in UTF-16: the
    // sender converted the file and kept the old declaration.
    if encoding == UTF_16LE || encoding == UTF_16BE {
        return Ok((UTF_8, bytes));
    }
    Ok((encoding, bytes))
}

/// The encoding named in the declaration.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = bytes
        .get(..DECLARATION_WITHIN)
        .unwrap_or(bytes)
        .trim_ascii_start();
    let body = head.strip_prefix(b"<?xml")?;
    let end = body.windows(2).position(|window| window == b"?>")?;
    let declaration = String::from_utf8_lossy(body.get(..end)?);
    let (_, after) = declaration.split_once("encoding")?;
    let after = after.trim_start().strip_prefix('=')?.trim_start();
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    Some(after.get(1..)?.split_once(quote)?.0.trim().to_owned())
}

fn unknown(label: &str) -> Problem {
    let label: String = label.chars().take(40).collect();
    Problem {
        code: "xml_encoding_unknown".to_owned(),
        text: format!("line 1, column 1: encoding {label:?} is not supported"),
    }
}

fn invalid(encoding: &'static Encoding, body: &[u8]) -> Problem {
    let name = encoding.name();
    let place = match std::str::from_utf8(body) {
        Err(error) if encoding == UTF_8 => {
            let before =
                String::from_utf8_lossy(body.get(..error.valid_up_to()).unwrap_or_default());
            let (line, column) = line_and_column(&before, before.len());
            format!("line {line}, column {column}: ")
        }
        _ => String::new(),
    };
    Problem {
        code: "xml_encoding_invalid".to_owned(),
        text: format!("{place}bytes that are not valid {name}, the encoding the document states"),
    }
}

/// 1-based line and column, in characters, of a byte offset.
fn line_and_column(text: &str, offset: usize) -> (u32, u32) {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = &text[..end];
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    (
        u32::try_from(line).unwrap_or(u32::MAX),
        u32::try_from(column).unwrap_or(u32::MAX),
    )
}
