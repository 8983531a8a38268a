//! Golden cases of the field reader: pages made of plain lines, and what is read from them.

use std::collections::BTreeMap;

use super::{FieldModel, extract};
use crate::documents::{BBox, Page, Source, Word};

/// Where the cells of a line stand, in points.
const COLUMN: f32 = 120.0;

impl FieldModel {
    /// What is read of the learned fields from a page of these lines, a tab making
    /// a wide gap: under `field=value` the confidence of the value, and under
    /// `fields` how many are read, so that one more or less is noticed too.
    #[must_use]
    pub fn golden_output(&self, lines: &str) -> BTreeMap<String, f64> {
        let reading = extract(&[page_of(lines)], self);
        let learned = reading
            .fields
            .into_iter()
            .filter(|(name, _)| self.head(name.as_str(), Source::Page).is_some());
        let mut outputs: BTreeMap<String, f64> = learned
            .map(|(name, field)| (format!("{name}={}", field.value), field.confidence))
            .collect();
        outputs.insert("fields".to_owned(), outputs.len() as f64);
        outputs
    }
}

/// A page from lines of text in letters of 10 points, a tab making a wide gap.
pub(super) fn page_of(lines: &str) -> Page {
    let mut words = Vec::new();
    for (row, line) in (0_u16..).zip(lines.lines()) {
        let top = 40.0 + 14.0 * f32::from(row);
        let mut left = 50.0;
        for cell in line.split('\t') {
            for text in cell.split(' ').filter(|text| !text.is_empty()) {
                let right = left + 5.0 * text.chars().count() as f32;
                words.push(Word {
                    text: text.to_owned(),
                    bbox: BBox {
                        x0: left,
                        y0: top,
                        x1: right,
                        y1: top + 10.0,
                    },
                    size: 10.0,
                    bold: false,
                });
                left = right + 3.0;
            }
            left = ((left + 20.0) / COLUMN).ceil() * COLUMN;
        }
    }
    Page {
        number: 1,
        width: 595.0,
        height: 842.0,
        words,
        source: Source::Page,
    }
}
