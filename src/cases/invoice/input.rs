//! A parsed document made into one reading, at the edge of the case.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::assessment::PageSize;
use super::copies::EarlierDocument;
use super::findings::FirmKnowledge;
use super::firm;
use crate::cases::detectors::Thresholds;
use crate::documents::{Field, FieldName, Parsed, Problem, Reading};
use crate::history::History;

/// What is known of the document beside its bytes.
#[derive(Clone)]
pub struct Context {
    /// Its id in the store, or the name of its file.
    pub document_id: String,
    /// Only facts known at this moment count.
    pub as_of: DateTime<Utc>,
    /// The firm it came to; absent outside a firm's store.
    pub firm: Option<Firm>,
}

/// A firm, as a document is laid beside its records.
#[derive(Clone)]
pub struct Firm {
    /// Its records as known at the moment of judgement.
    pub history: Arc<dyn History>,
    /// What it sets for detectors.
    pub thresholds: Arc<Thresholds>,
    /// Documents that came before and share something with it.
    pub earlier_documents: Vec<EarlierDocument>,
}

/// What the case judges: what structure says, what the pages say, and both as one.
///
/// Its JSON is kept with the decision; with the features it is all a replay needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InvoiceInput {
    /// Id of the document, or the name of its file.
    pub document_id: String,
    /// Lower-case hex SHA-256 of its bytes.
    pub sha256: String,
    /// Only facts known at this moment count.
    pub as_of: DateTime<Utc>,
    /// Its pages, first to last; none for an e-invoice without a visible page.
    pub pages: Vec<PageSize>,
    /// What the e-invoice says, where there is one.
    pub structure: Option<Reading>,
    /// What the pages say, where they hold words.
    pub page: Option<Reading>,
    /// One reading: structure where there is one, else the pages.
    pub merged: Reading,
    /// What the firm knew that bears on it.
    pub firm: FirmKnowledge,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// What a document says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Readings {
    /// Its structure, where it has one.
    structure: Option<Reading>,
    /// Its pages, where they hold words.
    page: Option<Reading>,
    /// Both as one.
    pub merged: Reading,
}

impl Readings {
    /// Unites what the pages say with what the structure says.
    pub(super) fn new(parsed: &Parsed, page: Option<Reading>) -> Self {
        let structure = parsed
            .structured
            .as_ref()
            .map(|found| found.reading.clone());
        let merged = merge(structure.as_ref(), page.as_ref());
        Self {
            structure,
            page,
            merged,
        }
    }
}

impl InvoiceInput {
    /// A document as it is judged.
    #[must_use]
    pub fn new(parsed: &Parsed, readings: Readings, context: &Context) -> Self {
        let Readings {
            structure,
            page,
            merged,
        } = readings;
        let firm = context
            .firm
            .as_ref()
            .map(|known| firm::knowledge(known, &merged, &context.document_id, &parsed.sha256))
            .unwrap_or_default();
        Self {
            document_id: context.document_id.clone(),
            sha256: parsed.sha256.clone(),
            as_of: context.as_of,
            pages: parsed.pages.iter().map(PageSize::of).collect(),
            structure,
            page,
            merged,
            firm,
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
