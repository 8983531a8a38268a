//! A document as a row of words, whether from pages or from structure.

use super::numbers::is_amount;
use crate::documents::{BBox, FieldName, Page, Reading, Source, Word};
use crate::learn::fold::fold;

/// Words of one page that are looked at.
const MAX_WORDS_PER_PAGE: usize = 1_500;
/// Pages looked at from the front, besides the last.
const FRONT_PAGES: usize = 3;
/// Line items of a structure whose texts are looked at.
const MAX_LINES: usize = 40;
/// A word is large if its font is so many times the page's most common size.
const LARGE: f32 = 1.2;
/// A line of at most so many words stands alone.
const SHORT_LINE: usize = 6;
/// Titles stand in this upper share of the first page.
const UPPER_SHARE: f32 = 0.55;

/// One word and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SeenWord {
    /// The characters.
    pub(super) text: String,
    /// 1-based page and box; absent for words of a structure.
    pub(super) place: Option<(u32, BBox)>,
    /// On the first page in letters larger than usual.
    pub(super) large: bool,
    /// On a short line in the upper part of the first page.
    pub(super) alone: bool,
    /// On a line with an amount, or within a line item of a structure: it may say
    /// what is charged.
    pub(super) charged: bool,
}

/// A part of a word made comparable, and the word it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) text: String,
    pub(super) word: usize,
}

/// The words of a document in reading order.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct DocumentText {
    pub(super) words: Vec<SeenWord>,
    pub(super) tokens: Vec<Token>,
    /// Number of words on the first page; 0 without pages.
    pub(super) first_page: usize,
    /// Where the words of the last page looked at begin.
    pub(super) last_page_start: usize,
}

impl DocumentText {
    /// Words of the pages, then of the structure's texts.
    pub(super) fn of(pages: &[Page], reading: &Reading) -> Self {
        let mut text = Self::default();
        let last = pages.len().saturating_sub(1);
        for (index, page) in pages.iter().enumerate() {
            if index < FRONT_PAGES || index == last {
                text.last_page_start = text.words.len();
                text.add_page(page, index == 0);
            }
            if index == 0 {
                text.first_page = text.words.len();
            }
        }
        if pages.iter().all(|page| page.words.is_empty()) {
            text.add_structure(reading);
        }
        let words = text.words.iter().enumerate();
        text.tokens = words
            .flat_map(|(word, seen)| {
                fold(&seen.text)
                    .into_iter()
                    .map(move |text| Token { text, word })
            })
            .collect();
        text
    }

    fn add_page(&mut self, page: &Page, is_first: bool) {
        let words = page
            .words
            .get(..page.words.len().min(MAX_WORDS_PER_PAGE))
            .unwrap_or_default();
        let amounts = words.iter().filter(|word| is_amount(&word.text));
        let amounts: Vec<f32> = amounts.map(|word| middle(word.bbox)).collect();
        let usual = usual_size(words.iter().map(|word| word.size));
        for line in lines(words.len(), |a, b| {
            same_line(words.get(a).map(|w| w.bbox), words.get(b).map(|w| w.bbox))
        }) {
            let line = words.get(line).unwrap_or_default();
            let is_short = line.len() <= SHORT_LINE;
            self.words.extend(line.iter().map(|word| SeenWord {
                text: word.text.clone(),
                place: Some((page.number, word.bbox)),
                large: is_first && word.size >= usual * LARGE,
                alone: is_first && is_short && word.bbox.y0 < page.height * UPPER_SHARE,
                charged: {
                    let reach = word.bbox.height() * 0.5;
                    let at = middle(word.bbox);
                    amounts.iter().any(|amount| (amount - at).abs() < reach)
                },
            }));
        }
    }

    fn add_structure(&mut self, reading: &Reading) {
        let field = |name: FieldName| {
            let found = reading
                .fields
                .get(&name)
                .filter(|field| field.source == Source::Xml);
            found.map(|field| field.raw.as_str())
        };
        if let Some(name) = field(FieldName::TypeName) {
            self.add_words(name, Part::Title);
        }
        let lines = reading.lines.iter().take(MAX_LINES);
        let descriptions = lines.filter_map(|line| line.description.as_deref());
        for text in descriptions {
            self.add_words(text, Part::Line);
        }
        let texts = [FieldName::Note, FieldName::PaymentTerms, FieldName::Seller];
        for text in texts.into_iter().filter_map(field) {
            self.add_words(text, Part::Rest);
        }
    }

    fn add_words(&mut self, text: &str, part: Part) {
        let room = MAX_WORDS_PER_PAGE.saturating_sub(self.words.len());
        self.words
            .extend(text.split_whitespace().take(room).map(|word| SeenWord {
                text: word.to_owned(),
                place: None,
                large: part == Part::Title,
                alone: part == Part::Title,
                charged: part == Part::Line,
            }));
    }
}

/// What a text of a structure is.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Title,
    Line,
    Rest,
}

/// The height at which a word's middle stands.
fn middle(bbox: BBox) -> f32 {
    f32::midpoint(bbox.y0, bbox.y1)
}

/// Whether one word stands right of another on the same line.
fn same_line(left: Option<BBox>, right: Option<BBox>) -> bool {
    let (Some(left), Some(right)) = (left, right) else {
        return false;
    };
    let gap = right.x0 - left.x1;
    let shift = ((right.y0 + right.y1) - (left.y0 + left.y1)).abs() / 2.0;
    let height = left.height().max(right.height());
    // A wide gap starts another column, which is a line of its own.
    shift < height * 0.5 && gap > -height && gap < height * 4.0
}

/// Runs of consecutive words on one line.
fn lines(count: usize, same: impl Fn(usize, usize) -> bool) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for next in 1..=count {
        if next == count || !same(next - 1, next) {
            found.push(start..next);
            start = next;
        }
    }
    found
}

/// The median font size: what most of the page is set in.
fn usual_size(sizes: impl Iterator<Item = f32>) -> f32 {
    let mut sizes: Vec<f32> = sizes.collect();
    sizes.sort_by(f32::total_cmp);
    sizes.get(sizes.len() / 2).copied().unwrap_or(0.0)
}

/// A page that holds these words, the lines of the text one below the other,
/// its first line large: what golden cases are made of.
pub(super) fn plain_page(text: &str) -> Page {
    let mut words = Vec::new();
    for (row, line) in (0_u16..).zip(text.lines()) {
        let size = if row == 0 { 18.0 } else { 10.0 };
        let top = 40.0 + 24.0 * f32::from(row);
        let mut left = 50.0;
        for word in line.split_whitespace() {
            let right = left + 0.5 * size * word.chars().count() as f32;
            words.push(Word {
                text: word.to_owned(),
                bbox: BBox {
                    x0: left,
                    y0: top,
                    x1: right,
                    y1: top + size,
                },
                size,
                bold: false,
            });
            left = right + 0.3 * size;
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
