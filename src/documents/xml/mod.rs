//! E-invoices as XML: CII, UBL and FatturaPA, read into one [`Reading`](super::Reading).
//!
//! One file a vocabulary; each says where its fields stand in a table of paths.
//! A document with a document type declaration is refused, so there are no
//! entities to expand, and size, depth and counts are bounded before the tree
//! is built.

mod cii;
mod collector;
mod decode;
mod fatturapa;
mod guard;
mod path;
mod root;
mod ubl;
mod value;

use roxmltree::{Document, ParsingOptions};

use self::collector::Collector;
use self::guard::MAX_NODES;
pub use self::root::Root;
use super::model::{Media, Problem, Structured};

/// Reads an e-invoice that stands alone in `bytes`.
///
/// What cannot be read in an otherwise sound document (an amount that is no
/// number, a date that is no date) is left out and named in
/// [`Structured::problems`] with its line.
///
/// # Errors
/// A [`Problem`] that says what is wrong and at which line and column:
/// `xml_too_large`, `xml_encoding_unknown`, `xml_encoding_invalid`,
/// `xml_doctype_refused`, `xml_too_deep`, `xml_too_many_nodes`,
/// `xml_too_many_attributes`, `xml_not_well_formed`, `xml_vocabulary_unknown`.
pub fn read(bytes: &[u8]) -> Result<Structured, Problem> {
    let decoded = decode::decode(bytes)?;
    guard::check(&decoded)?;
    let options = ParsingOptions {
        nodes_limit: MAX_NODES,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(decoded.markup(), options)
        .map_err(|error| decoded.problem_at_parse_error(&error))?;
    let root = document.root_element();
    let described = Root::of_element(root);
    let Some(syntax) = described.vocabulary() else {
        return Err(Problem {
            code: "xml_vocabulary_unknown".to_owned(),
            text: format!(
                "root element {} is not an e-invoice: expected CII, UBL Invoice or CreditNote, or FatturaPA",
                described.in_words()
            ),
        });
    };
    let mut collector = Collector::new(&document, decoded.lines_before_markup());
    match syntax {
        Media::Cii => cii::read(root, &mut collector),
        Media::Fatturapa => fatturapa::read(root, &mut collector),
        _ => ubl::read(root, &mut collector),
    }
    let (reading, problems) = collector.finish();
    Ok(Structured {
        syntax,
        attachment: None,
        reading,
        problems,
    })
}

/// The root element's name and namespace from the first bytes of a file, which
/// may end anywhere. `None` when no start tag is found.
#[must_use]
pub fn root_of_prefix(prefix: &[u8]) -> Option<Root> {
    Root::of_text(&decode::decode_prefix(prefix))
}

#[cfg(test)]
mod tests;
