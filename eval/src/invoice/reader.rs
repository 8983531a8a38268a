//! Documents read as the service reads them, and timed.

use std::path::Path;
use std::time::{Duration, Instant};

use scrutineer::documents::fields::{self, FieldModel};
use scrutineer::documents::ocr::OcrFiles;
use scrutineer::documents::parse::{ParseOptions, parse};
use scrutineer::documents::{Media, Page, Reading};
use scrutineer::registry::Registry;

use crate::EvalError;

/// Which part of a document is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// As the service reads it: the e-invoice, alone or attached; the pages where
    /// there is none.
    Whole,
    /// The visible pages alone.
    Page,
}

/// What was read of one document.
pub(super) struct Answer {
    pub(super) reading: Reading,
    pub(super) pages: Vec<Page>,
    pub(super) took: Duration,
    pub(super) is_xml: bool,
}

/// Reads documents by one protocol.
pub(super) struct Reader {
    options: ParseOptions,
    model: FieldModel,
}

impl Reader {
    pub(super) fn new(protocol: Protocol, models: &Path) -> Result<Self, EvalError> {
        let options = ParseOptions {
            ignore_xml: protocol == Protocol::Page,
            ocr: OcrFiles::installed(models, None),
            // What is read must not depend on how fast the machine is that measures it.
            time_budget_ms: 60_000,
            ..ParseOptions::default()
        };
        Ok(Self {
            options,
            model: field_model(models)?,
        })
    }

    /// `None` when the document is absent or cannot be read.
    pub(super) fn read(&self, path: &Path) -> Option<Answer> {
        let bytes = std::fs::read(path).ok()?;
        let begun = Instant::now();
        let parsed = parse(&bytes, &self.options);
        let has_words = parsed.pages.iter().any(|page| !page.words.is_empty());
        let reading = match parsed.structured {
            Some(structured) => structured.reading,
            None if has_words => fields::extract(&parsed.pages, &self.model),
            None => return None,
        };
        let took = begun.elapsed();
        Some(Answer {
            reading,
            is_xml: !matches!(parsed.media, Media::Pdf | Media::Image),
            pages: parsed.pages,
            took,
        })
    }
}

fn field_model(models: &Path) -> Result<FieldModel, EvalError> {
    Registry::open(models)
        .and_then(|registry| FieldModel::load(&registry))
        .map_err(|error| EvalError::Absent(format!("model absent: {error}")))
}
