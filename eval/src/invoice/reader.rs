//! Documents read as the service reads them, and timed.

use std::path::Path;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use scrutineer::documents::fields::{self, FieldModel};
use scrutineer::documents::parse::{ParseOptions, parse};
use scrutineer::documents::{Media, Page, Reading, xml};
use scrutineer::registry::{Registry, RegistryError};

use crate::EvalError;

/// Which part of a document is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Protocol {
    /// The e-invoice, alone or attached.
    Structure,
    /// The visible page alone.
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
pub(super) enum Reader {
    Structure,
    Page(Box<FieldModel>),
}

impl Reader {
    pub(super) fn new(protocol: Protocol, models: &Path) -> Result<Self, EvalError> {
        match protocol {
            Protocol::Structure => Ok(Self::Structure),
            Protocol::Page => Ok(Self::Page(Box::new(field_model(models)?))),
        }
    }

    /// `None` when the document is absent or cannot be read.
    pub(super) fn read(&self, path: &Path) -> Option<Answer> {
        let bytes = std::fs::read(path).ok()?;
        let begun = Instant::now();
        match self {
            Self::Structure => {
                let is_xml = scrutineer::documents::sniff::sniff(&bytes) != Media::Pdf;
                let (structured, pages) = if is_xml {
                    (xml::read(&bytes).ok(), Vec::new())
                } else {
                    // One page: the attachment is read whatever the pages hold.
                    let options = ParseOptions {
                        max_pages: 1,
                        ..ParseOptions::default()
                    };
                    let parsed = parse(&bytes, &options);
                    (parsed.structured, parsed.pages)
                };
                let took = begun.elapsed();
                structured.map(|structured| Answer {
                    reading: structured.reading,
                    pages,
                    took,
                    is_xml,
                })
            }
            Self::Page(model) => {
                let options = ParseOptions {
                    ignore_xml: true,
                    ..ParseOptions::default()
                };
                let parsed = parse(&bytes, &options);
                if parsed.pages.iter().all(|page| page.words.is_empty()) {
                    return None;
                }
                let reading = fields::extract(&parsed.pages, model);
                let took = begun.elapsed();
                Some(Answer {
                    reading,
                    pages: parsed.pages,
                    took,
                    is_xml: false,
                })
            }
        }
    }
}

/// Name of the model of page fields.
const FIELD_MODEL: &str = "invoice_fields";

/// The version of the model that answers; without one, the plain rules that the
/// reader falls back on.
fn field_model(models: &Path) -> Result<FieldModel, EvalError> {
    let absent =
        |error: &dyn std::fmt::Display| EvalError::Absent(format!("model absent: {error}"));
    let registry = Registry::open(models).map_err(|error| absent(&error))?;
    match registry.model(FIELD_MODEL) {
        Ok(manifest) => FieldModel::load(&manifest.dir).map_err(|error| absent(&error)),
        Err(RegistryError::UnknownModel { .. }) => Ok(FieldModel::rules_only()),
        Err(error) => Err(absent(&error)),
    }
}
