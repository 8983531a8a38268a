//! Fields as places to look at.

use crate::advice::Evidence;
use crate::documents::{Field, FieldName, Reading, Source};

/// Values named in one sentence; the rest are counted.
const SHOWN: usize = 5;

/// Makes evidence for one document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places<'a> {
    document_id: &'a str,
}

impl<'a> Places<'a> {
    pub(super) const fn new(document_id: &'a str) -> Self {
        Self { document_id }
    }

    /// Where a field was read; its box too where the page shows the same value.
    pub(super) fn field(self, field: &Field) -> Evidence {
        let kind = match field.source {
            Source::Xml => "xml",
            Source::Page | Source::Ocr => "page",
            Source::Derived => "derived",
        };
        let text = if field.raw.is_empty() {
            &field.value
        } else {
            &field.raw
        };
        Evidence {
            kind: kind.to_owned(),
            reference: field
                .path
                .clone()
                .unwrap_or_else(|| self.document_id.to_owned()),
            page: field.page,
            bbox: field.bbox,
            text: Some(text.clone()),
            sha256: None,
        }
    }

    /// The fields of these names that the reading has.
    pub(super) fn fields(self, reading: &Reading, names: &[FieldName]) -> Vec<Evidence> {
        names
            .iter()
            .filter_map(|name| reading.fields.get(name))
            .map(|field| self.field(field))
            .collect()
    }

    /// A line item.
    pub(super) fn line(self, reading: &Reading, index: usize) -> Option<Evidence> {
        let line = reading.lines.get(index)?;
        Some(Evidence {
            kind: if line.page.is_some() { "page" } else { "xml" }.to_owned(),
            reference: format!("{}#line-{}", self.document_id, index + 1),
            page: line.page,
            bbox: line.bbox,
            text: line.description.clone(),
            sha256: None,
        })
    }

    /// A record of the firm.
    pub(super) fn record(self, id: &str, text: &str) -> Evidence {
        elsewhere("record", id, text)
    }

    /// Another document.
    pub(super) fn document(self, id: &str, text: &str) -> Evidence {
        elsewhere("document", id, text)
    }
}

/// What lies outside the document.
fn elsewhere(kind: &str, id: &str, text: &str) -> Evidence {
    Evidence {
        kind: kind.to_owned(),
        reference: id.to_owned(),
        page: None,
        bbox: None,
        text: Some(text.to_owned()),
        sha256: None,
    }
}

/// The normalised value of a field.
pub(in crate::cases::invoice) fn value(reading: &Reading, name: FieldName) -> Option<&str> {
    reading.fields.get(&name).map(|field| field.value.as_str())
}

/// Values as a sentence names them.
pub(super) fn listed(fields: &[&Field]) -> String {
    let shown = fields.iter().take(SHOWN).map(|field| field.value.as_str());
    let shown = shown.collect::<Vec<_>>().join(", ");
    match fields.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Letters and digits alone, lower case: how numbers and names are compared
/// across systems that write them differently.
pub(super) fn folded(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
