//! The pages of a PDF file with their words.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use hayro_interpret::kurbo::Rect;
use hayro_interpret::{
    Context, InterpreterCache, InterpreterSettings, TransformExt, interpret_page,
};
use hayro_syntax::Pdf;
use hayro_syntax::page::Page as PdfPage;

use super::bold::BoldFonts;
use super::glyphs::GlyphCollector;
use super::words::words;
use crate::documents::{Page, Problem, Source};

/// Characters read on one page; a page of small print has about ten thousand.
const MAX_GLYPHS_PER_PAGE: usize = 200_000;
/// Share of characters without a Unicode value from which a page counts as unreadable.
const UNMAPPED_SHARE: f64 = 0.3;

/// How much of a file is read.
#[derive(Debug, Clone, Copy)]
pub struct PageLimits {
    /// Pages, from the first.
    pub max_pages: u32,
    /// Words of one page, in reading order.
    pub max_words_per_page: usize,
    /// Time after which no further page is begun.
    pub time_budget: Duration,
}

/// Reads the words of every page within the limits, and says what was left out.
///
/// A page that breaks the interpreter stays empty with a problem
/// (`page_unreadable`); the others are read all the same.
pub fn pages(pdf: &Pdf, limits: PageLimits, problems: &mut Vec<Problem>) -> Vec<Page> {
    let begun = Instant::now();
    let settings = InterpreterSettings::default();
    let cache = InterpreterCache::new();
    let total = pdf.pages().len();
    let mut pages = Vec::new();
    for (number, page) in (1_u32..).zip(pdf.pages().iter()) {
        if number > limits.max_pages || (number > 1 && begun.elapsed() > limits.time_budget) {
            problems.push(truncated(pages.len(), total));
            break;
        }
        let (width, height) = page.render_dimensions();
        let mut read = Page {
            number,
            width,
            height,
            words: Vec::new(),
            source: Source::Page,
        };
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let found = collect(page, &cache, &settings, number, problems);
            words(found, f64::from(width), f64::from(height))
        }));
        match outcome {
            Ok(found) => read.words = found,
            Err(_) => problems.push(Problem {
                code: "page_unreadable".to_owned(),
                text: format!("Page {number} is damaged: its content cannot be interpreted."),
            }),
        }
        if read.words.len() > limits.max_words_per_page {
            problems.push(Problem {
                code: "truncated_words".to_owned(),
                text: format!(
                    "Page {number} has {} words; the first {} are read.",
                    read.words.len(),
                    limits.max_words_per_page
                ),
            });
            read.words.truncate(limits.max_words_per_page);
        }
        pages.push(read);
    }
    pages
}

fn truncated(read: usize, total: usize) -> Problem {
    Problem {
        code: "truncated_pages".to_owned(),
        text: format!("The file has {total} pages; the first {read} are read."),
    }
}

fn collect<'a>(
    page: &PdfPage<'a>,
    cache: &InterpreterCache<'a>,
    settings: &InterpreterSettings,
    number: u32,
    problems: &mut Vec<Problem>,
) -> Vec<super::glyphs::Glyph> {
    let bold_fonts = BoldFonts::of_page(page, settings);
    let mut collector = GlyphCollector::new(MAX_GLYPHS_PER_PAGE, &bold_fonts);
    let (width, height) = page.render_dimensions();
    let mut context = Context::new(
        page.initial_transform(true).to_kurbo(),
        Rect::new(0.0, 0.0, f64::from(width), f64::from(height)),
        cache,
        page.xref(),
        settings.clone(),
    );
    interpret_page(page, &mut context, &mut collector);
    let glyphs = collector.glyphs;
    if collector.dropped > 0 {
        problems.push(Problem {
            code: "truncated_words".to_owned(),
            text: format!(
                "Page {number} draws more than {MAX_GLYPHS_PER_PAGE} characters; \
                 the rest is left out."
            ),
        });
    }
    let unmapped = glyphs
        .iter()
        .filter(|glyph| glyph.text.contains(char::REPLACEMENT_CHARACTER))
        .count();
    if unmapped as f64 > UNMAPPED_SHARE * glyphs.len() as f64 {
        problems.push(Problem {
            code: "unmapped_characters".to_owned(),
            text: format!(
                "On page {number} the fonts of {unmapped} out of {} characters do not say \
                 which letters they show.",
                glyphs.len()
            ),
        });
    }
    glyphs
}
