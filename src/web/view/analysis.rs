//! The stored analysis of a document, as far as the pages read it.
//!
//! Read leniently: an analysis may be older than these pages, and a page that
//! shows less is better than none.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::advice::Recommendation;
use crate::cases::invoice::{Finding, PageSize};
use crate::documents::{Field, Line, Problem, TaxSubtotal};

/// What was made of one document.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Analysis {
    /// Its kind; absent when nothing could tell.
    #[serde(rename = "type")]
    pub(crate) document_type: TypeVerdict,
    /// Fields by name.
    pub(crate) fields: BTreeMap<String, Field>,
    /// Line items.
    pub(crate) lines: Vec<Line>,
    /// Tax by rate.
    pub(crate) taxes: Vec<TaxSubtotal>,
    /// What is odd about it.
    pub(crate) findings: Vec<Finding>,
    /// What could not be read, and where.
    pub(crate) problems: Vec<Problem>,
    /// Sizes of its pages, first to last.
    pub(crate) pages: Vec<PageSize>,
    /// The answer.
    pub(crate) recommendation: Option<Recommendation>,
}

/// The kind of document and how sure that is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct TypeVerdict {
    /// The one kind; absent when not sure.
    pub(crate) value: Option<String>,
    /// The kinds it may be, most probable first.
    pub(crate) set: Vec<String>,
    /// Calibrated probability of `value`, 0..=1.
    pub(crate) score: Option<f64>,
}

impl Analysis {
    /// Reads a stored analysis; a part that cannot be read is left out.
    pub(crate) fn from_json(body: &serde_json::Value) -> Self {
        fn part<T: serde::de::DeserializeOwned + Default>(
            body: &serde_json::Value,
            key: &str,
        ) -> T {
            body.get(key)
                .and_then(|value| T::deserialize(value).ok())
                .unwrap_or_default()
        }
        Self {
            document_type: part(body, "type"),
            fields: part(body, "fields"),
            lines: part(body, "lines"),
            taxes: part(body, "taxes"),
            findings: part(body, "findings"),
            problems: part(body, "problems"),
            pages: part(body, "pages"),
            recommendation: part(body, "recommendation"),
        }
    }
}
