//! A parsed document made into one reading, at the edge of the case.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Context;
use crate::documents::{Field, FieldName, Page, Parsed, Problem, Reading};

/// What the case judges: what structure says, what the pages say, and both as one.
///
/// Its JSON, which leaves the pages out, is kept with the decision for replay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InvoiceInput {
    /// Id of the document, or the name of its file.
    pub document_id: String,
    /// Lower-case hex SHA-256 of its bytes.
    pub sha256: String,
    /// Only facts known at this moment count.
    pub as_of: DateTime<Utc>,
    /// Pages with words; empty for XML alone. Features and fields are made of
    /// them, so a replay needs them no more.
    #[serde(skip)]
    pub pages: Vec<Page>,
    /// What the e-invoice says, where there is one.
    pub structure: Option<Reading>,
    /// What the pages say, where they hold words.
    pub page: Option<Reading>,
    /// One reading: structure where there is one, else the pages.
    pub merged: Reading,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

impl InvoiceInput {
    /// Unites what the pages say with what the structure says.
    #[must_use]
    pub fn new(parsed: &Parsed, page: Option<Reading>, context: &Context) -> Self {
        let structure = parsed
            .structured
            .as_ref()
            .map(|found| found.reading.clone());
        let merged = merge(structure.as_ref(), page.as_ref());
        Self {
            document_id: context.document_id.clone(),
            sha256: parsed.sha256.clone(),
            as_of: context.as_of,
            pages: parsed.pages.clone(),
            structure,
            page,
            merged,
            problems: parsed.problems.clone(),
        }
    }
}

/// Structure wins, since it was stated for machines; where the page says the
/// same, its box is kept so that a person can see it. Fields of the page alone
/// are taken only where there is no structure: what an e-invoice leaves out is
/// not stated, and a guess from the page must not look like it.
fn merge(structure: Option<&Reading>, page: Option<&Reading>) -> Reading {
    match (structure, page) {
        (Some(structure), Some(page)) => Reading {
            fields: located(&structure.fields, &page.fields),
            ..structure.clone()
        },
        (Some(one), None) | (None, Some(one)) => one.clone(),
        (None, None) => Reading::default(),
    }
}

fn located(
    structure: &BTreeMap<FieldName, Field>,
    page: &BTreeMap<FieldName, Field>,
) -> BTreeMap<FieldName, Field> {
    structure
        .iter()
        .map(|(name, field)| {
            let mut field = field.clone();
            if let Some(seen) = page.get(name).filter(|seen| seen.value == field.value) {
                field.page = seen.page;
                field.bbox = seen.bbox;
            }
            (*name, field)
        })
        .collect()
}
