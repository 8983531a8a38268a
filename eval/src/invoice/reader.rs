//! Documents read as the service reads them, and timed.

use std::path::Path;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use scrutineer::documents::parse::{ParseOptions, parse};
use scrutineer::documents::{Media, Page, Reading, xml};

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
}

impl Reader {
    pub(super) fn new(protocol: Protocol, models: &Path) -> Result<Self, EvalError> {
        match protocol {
            Protocol::Structure => Ok(Self::Structure),
            Protocol::Page => Err(EvalError::Absent(format!(
                "model absent: no model of page fields in {}",
                models.display()
            ))),
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
        }
    }
}
