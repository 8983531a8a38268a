//! Bounds checked in one pass over the text, before a tree is built.
//!
//! The pass follows the markup just far enough to count. Where the text is not
//! well formed it may miscount from there on, which is harmless: the parser
//! stops at that place. The bound on namespaces matters because a parser copies
//! those in scope for each element that declares one of its own.

use super::decode::Decoded;
use crate::documents::model::Problem;

/// Deepest nesting; invoices of the public corpora reach 12.
const MAX_DEPTH: usize = 100;
/// Most nodes (elements, texts, comments) in a document.
pub(super) const MAX_NODES: u32 = 250_000;
/// Most attributes on one element.
const MAX_ATTRIBUTES: usize = 128;
/// Most namespace declarations in scope at once.
const MAX_NAMESPACES: usize = 64;

/// Refuses a document type and whatever is past a bound.
pub(super) fn check(decoded: &Decoded<'_>) -> Result<(), Problem> {
    let text = decoded.markup();
    let mut namespaces_in_scope: Vec<usize> = Vec::new();
    let mut nodes: u32 = 0;
    let mut at = 0;
    while let Some(open) = find(text, at, "<") {
        let rest = text.get(open..).unwrap_or_default();
        nodes = nodes.saturating_add(1);
        if nodes > MAX_NODES {
            let what = format!("more than {MAX_NODES} elements");
            return Err(decoded.problem_at("xml_too_many_nodes", open, &what));
        }
        at = if rest.starts_with("<!--") {
            past(text, open + 4, "-->")
        } else if rest.starts_with("<![CDATA[") {
            past(text, open + 9, "]]>")
        } else if rest.starts_with("<!") {
            let what = "document type declarations and entities are not read";
            return Err(decoded.problem_at("xml_doctype_refused", open, what));
        } else if rest.starts_with("<?") {
            past(text, open + 2, "?>")
        } else if rest.starts_with("</") {
            namespaces_in_scope.pop();
            past(text, open + 2, ">")
        } else {
            let tag = StartTag::scan(text, open + 1);
            let inherited = namespaces_in_scope.last().copied().unwrap_or(0);
            let in_scope = inherited + tag.namespaces;
            if tag.attributes > MAX_ATTRIBUTES || in_scope > MAX_NAMESPACES {
                let what = format!(
                    "more than {MAX_ATTRIBUTES} attributes on an element or {MAX_NAMESPACES} namespaces in scope"
                );
                return Err(decoded.problem_at("xml_too_many_attributes", open, &what));
            }
            if !tag.is_empty {
                namespaces_in_scope.push(in_scope);
            }
            if namespaces_in_scope.len() > MAX_DEPTH {
                let what = format!("elements nested more than {MAX_DEPTH} deep");
                return Err(decoded.problem_at("xml_too_deep", open, &what));
            }
            tag.end
        };
    }
    Ok(())
}

struct StartTag {
    attributes: usize,
    namespaces: usize,
    is_empty: bool,
    /// Offset just after `>`.
    end: usize,
}

impl StartTag {
    fn scan(text: &str, from: usize) -> Self {
        let bytes = text.as_bytes();
        let mut tag = Self {
            attributes: 0,
            namespaces: 0,
            is_empty: false,
            end: bytes.len(),
        };
        let mut at = from;
        let mut name_from = from;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'>' => {
                    tag.is_empty = at > from && bytes.get(at - 1) == Some(&b'/');
                    tag.end = at + 1;
                    break;
                }
                b'"' | b'\'' => {
                    let quote = if *byte == b'"' { "\"" } else { "'" };
                    tag.attributes += 1;
                    at = past(text, at + 1, quote);
                    name_from = at;
                    continue;
                }
                b'=' => {
                    let name = text.get(name_from..at).unwrap_or_default().trim();
                    // The first name is preceded by the element's own name.
                    let name = name.rsplit(char::is_whitespace).next().unwrap_or_default();
                    tag.namespaces += usize::from(name.starts_with("xmlns"));
                }
                _ => {}
            }
            at += 1;
        }
        tag
    }
}

fn find(text: &str, from: usize, pattern: &str) -> Option<usize> {
    text.get(from..)?.find(pattern).map(|offset| from + offset)
}

/// The offset after the next `pattern`, or the end of the text.
fn past(text: &str, from: usize, pattern: &str) -> usize {
    find(text, from, pattern).map_or(text.len(), |offset| offset + pattern.len())
}
