//! The pages of a PDF file with their words.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use hayro_interpret::kurbo::Rect;
use hayro_interpret::{
    Context, InterpreterCache, InterpreterSettings, TransformExt, interpret_page,
};
use hayro_syntax::Pdf;
use hayro_syntax::page::Page as PdfPage;

use super::bold::BoldFonts;
use super::glyphs::{Glyph, GlyphCollector};
use super::words::words;
use crate::documents::{Page, Problem, Source, Word};

/// Characters read on one page; a page of small print has about ten thousand.
const MAX_GLYPHS_PER_PAGE: usize = 200_000;
/// Share of characters without a Unicode value from which a page counts as unreadable.
const UNMAPPED_SHARE: f64 = 0.3;
/// Digits from which a hidden word is told: amounts, accounts and numbers have as many, the marks
/// that printers of letters hide in corners have not.
const MIN_HIDDEN_DIGITS: usize = 3;

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

/// Reads the words of every page within the limits, and says what was left out: text that
/// nobody sees is, as `hidden_text` where it holds numbers of its own.
///
/// A page that breaks the interpreter stays empty with a problem
/// (`page_unreadable`); the others are read all the same.
pub fn pages(pdf: &Pdf, limits: PageLimits, problems: &mut Vec<Problem>) -> Vec<Page> {
    let begun = Instant::now();
    let settings = InterpreterSettings::default();
    let cache = InterpreterCache::new();
    let total = pdf.pages().len();
    let mut pages = Vec::new();
    let mut hidden_on: Vec<String> = Vec::new();
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
            let (shown, hidden) = collect(page, &cache, &settings, number, problems);
            let (width, height) = (f64::from(width), f64::from(height));
            (words(shown, width, height), words(hidden, width, height))
        }));
        match outcome {
            Ok((shown, hidden)) => {
                if hides_numbers(&hidden, &shown) {
                    hidden_on.push(number.to_string());
                }
                read.words = shown;
            }
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
    if !hidden_on.is_empty() {
        problems.push(Problem {
            code: Problem::HIDDEN_TEXT.to_owned(),
            text: format!(
                "Text with numbers that nobody sees stands on these pages, and was not read: {}.",
                hidden_on.join(", ")
            ),
        });
    }
    pages
}

/// Whether hidden words hold a number that is not shown as well: shadows and copies for
/// machines say nothing new.
fn hides_numbers(hidden: &[Word], shown: &[Word]) -> bool {
    if hidden.is_empty() {
        return false;
    }
    let shown: HashSet<&str> = shown.iter().map(|word| word.text.as_str()).collect();
    hidden.iter().any(|word| {
        let digits = word.text.chars().filter(char::is_ascii_digit).count();
        digits >= MIN_HIDDEN_DIGITS && !shown.contains(word.text.as_str())
    })
}

fn truncated(read: usize, total: usize) -> Problem {
    Problem {
        code: "truncated_pages".to_owned(),
        text: format!("The file has {total} pages; the first {read} are read."),
    }
}

/// The characters of a page that are shown, and those that are hidden.
fn collect<'a>(
    page: &PdfPage<'a>,
    cache: &InterpreterCache<'a>,
    settings: &InterpreterSettings,
    number: u32,
    problems: &mut Vec<Problem>,
) -> (Vec<Glyph>, Vec<Glyph>) {
    let bold_fonts = BoldFonts::of_page(page, settings);
    let (width, height) = page.render_dimensions();
    let (width, height) = (f64::from(width), f64::from(height));
    let mut collector = GlyphCollector::new(MAX_GLYPHS_PER_PAGE, &bold_fonts, (width, height));
    let mut context = Context::new(
        page.initial_transform(true).to_kurbo(),
        Rect::new(0.0, 0.0, width, height),
        cache,
        page.xref(),
        settings.clone(),
    );
    interpret_page(page, &mut context, &mut collector);
    let dropped = collector.dropped;
    let (glyphs, hidden) = collector.finish();
    if dropped > 0 {
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
    (glyphs, hidden)
}
