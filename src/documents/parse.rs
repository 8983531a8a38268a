//! Bytes to pages and structure, in this process.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::ocr::OcrFiles;
use super::pdf::{self, PageLimits};
use super::picture::{self, Look};
use super::scan::ScanReader;
use super::{Media, Page, Parsed, Problem, attached, sniff, xml};

/// Width at which a scan is drawn to be looked at.
const LOOKED_AT_PX: u32 = 512;

/// What to read of a file, and how much.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ParseOptions {
    /// Leave an e-invoice attached to a PDF aside, and read its pages alone.
    pub ignore_xml: bool,
    /// Pages read, from the first.
    pub max_pages: u32,
    /// Words kept of one page, in reading order.
    pub max_words_per_page: usize,
    /// Milliseconds after which no further page is begun, and no further line of a picture.
    pub time_budget_ms: u64,
    /// What reads words of pictures, where it is installed.
    pub ocr: Option<OcrFiles>,
}

impl Default for ParseOptions {
    fn default() -> Self {
        Self {
            ignore_xml: false,
            max_pages: 50,
            max_words_per_page: 20_000,
            time_budget_ms: 5_000,
            ocr: None,
        }
    }
}

/// Reads a file as far as it can be read; whatever cannot is named in
/// [`Parsed::problems`].
///
/// A panic in a reader is caught and becomes the problem `parser_failed`. Memory
/// and time are only bounded by the options here: bytes from strangers go
/// through [`super::sandbox`].
#[must_use]
pub fn parse(bytes: &[u8], options: &ParseOptions) -> Parsed {
    parse_in_stages(bytes, options, &mut |_| {})
}

/// As [`parse`]; `undrawn` is told what is known before pages without words are drawn, since
/// drawing may exhaust the process.
pub(super) fn parse_in_stages(
    bytes: &[u8],
    options: &ParseOptions,
    undrawn: &mut dyn FnMut(&Parsed),
) -> Parsed {
    let mut parsed = Parsed {
        media: Media::Unknown,
        sha256: hex::encode(Sha256::digest(bytes)),
        pages: Vec::new(),
        structured: None,
        look: None,
        problems: Vec::new(),
    };
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        read(bytes, options, &mut parsed, undrawn);
    }));
    if outcome.is_err() {
        parsed.problems.push(problem(
            "parser_failed",
            "The file is damaged in a way that its reader does not survive.",
        ));
    }
    parsed
}

fn read(
    bytes: &[u8],
    options: &ParseOptions,
    parsed: &mut Parsed,
    undrawn: &mut dyn FnMut(&Parsed),
) {
    let begun = Instant::now();
    parsed.media = sniff::sniff(bytes);
    match parsed.media {
        Media::Pdf => {
            read_pdf(bytes, options, parsed);
            if !parsed.pages.is_empty() && parsed.pages.iter().all(|page| page.words.is_empty()) {
                undrawn(parsed);
                read_scan(bytes, options, begun, parsed);
            }
        }
        Media::Cii | Media::Ubl | Media::Fatturapa | Media::Xml => match xml::read(bytes) {
            Ok(structured) => attached::keep(structured, parsed),
            Err(reason) => parsed.problems.push(reason),
        },
        Media::Image => read_picture(bytes, options, begun, parsed),
        Media::Unknown => parsed.problems.push(problem(
            "media_unknown",
            "The file is neither a PDF, an e-invoice in XML nor a picture.",
        )),
    }
}

/// A picture has one page, and a look.
fn read_picture(bytes: &[u8], options: &ParseOptions, begun: Instant, parsed: &mut Parsed) {
    let picture = match picture::open(bytes) {
        Ok(picture) => picture,
        Err(reason) => {
            parsed.problems.push(reason);
            return;
        }
    };
    let mut page = picture::page(&picture);
    parsed.look = Look::of(&picture);
    let unread = problem(
        "scan_needs_ocr",
        "The file is a picture, and what reads words in pictures is not installed.",
    );
    if let Some(mut reader) = scan_reader(options, begun, unread, &mut parsed.problems) {
        reader.read(&mut page, &picture, &mut parsed.problems);
        report_no_words(std::slice::from_ref(&page), &mut parsed.problems);
    }
    parsed.pages.push(page);
}

/// What reads words of pixels; without it, `unread` is a problem of the file.
fn scan_reader(
    options: &ParseOptions,
    begun: Instant,
    unread: Problem,
    problems: &mut Vec<Problem>,
) -> Option<ScanReader> {
    let Some(files) = &options.ocr else {
        problems.push(unread);
        return None;
    };
    let budget = Duration::from_millis(options.time_budget_ms);
    ScanReader::load(files, begun, budget)
        .map_err(|reason| problems.push(reason))
        .ok()
}

fn report_no_words(pages: &[Page], problems: &mut Vec<Problem>) {
    if problems.is_empty() && pages.iter().all(|page| page.words.is_empty()) {
        problems.push(problem(
            "no_words_seen",
            "No words are seen on the picture.",
        ));
    }
}

fn read_pdf(bytes: &[u8], options: &ParseOptions, parsed: &mut Parsed) {
    let pdf = match pdf::open(bytes) {
        Ok(pdf) => pdf,
        Err(reason) => {
            parsed.problems.push(reason);
            return;
        }
    };
    let limits = PageLimits {
        max_pages: options.max_pages,
        max_words_per_page: options.max_words_per_page,
        time_budget: Duration::from_millis(options.time_budget_ms),
    };
    if !options.ignore_xml {
        attached::read(&pdf, parsed);
    }
    parsed.pages = pdf::pages(&pdf, limits, &mut parsed.problems);
    if parsed.pages.is_empty() {
        parsed
            .problems
            .push(problem("no_pages", "The PDF has no pages."));
    }
}

/// Draws the pages of a PDF without words, to be known again and read.
fn read_scan(bytes: &[u8], options: &ParseOptions, begun: Instant, parsed: &mut Parsed) {
    parsed.look = look_of_scan(bytes);
    let unread = problem(
        "no_text_layer",
        "No page has a text layer: the file is a scan or a drawing, and what reads words in \
         pictures is not installed.",
    );
    let Parsed {
        pages, problems, ..
    } = parsed;
    if let Some(mut reader) = scan_reader(options, begun, unread, problems) {
        reader.read_pdf(bytes, pages, problems);
        report_no_words(pages, problems);
    }
}

/// The look of the first page; `None` where it cannot be drawn, which is no problem of its own.
fn look_of_scan(bytes: &[u8]) -> Option<Look> {
    let drawn = pdf::render(bytes, 1, LOOKED_AT_PX, pdf::MAX_PAGE_PIXELS).ok()?;
    Look::of(&picture::open(&drawn).ok()?)
}

fn problem(code: &str, text: &str) -> Problem {
    Problem {
        code: code.to_owned(),
        text: text.to_owned(),
    }
}
