//! Words put in rows, and rows parted into segments: the cells, labels and lines a reader sees.

use std::ops::Range;

use crate::documents::{BBox, Page};

/// Words kept of one document; what comes after them is not read.
const MOST_WORDS: usize = 12_000;
/// Words kept of one page.
const MOST_WORDS_A_PAGE: usize = 2_500;
/// Pages read from the front, and from the back of a longer document.
const PAGES_FRONT: usize = 8;
const PAGES_BACK: usize = 4;

/// A word, or a part of one where a label and its value were glued.
#[derive(Debug, Clone)]
pub(super) struct Token {
    /// Its characters.
    pub text: String,
    /// 1-based page.
    pub page: u32,
    /// Where it stands.
    pub bbox: BBox,
    /// Font size in points.
    pub size: f32,
    /// Whether the font is bold.
    pub bold: bool,
    /// Index into [`Layout::rows`].
    pub row: usize,
    /// Index into [`Layout::segments`].
    pub segment: usize,
}

/// Words of one row with no wide gap between them.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    /// Indices into [`Layout::tokens`].
    pub tokens: Range<usize>,
    /// Index into [`Layout::rows`].
    pub row: usize,
    /// 1-based page.
    pub page: u32,
    /// The box around its words.
    pub bbox: BBox,
    /// Largest font size in it.
    pub size: f32,
}

/// Words side by side on one page.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// Indices into [`Layout::tokens`].
    pub tokens: Range<usize>,
    /// Indices into [`Layout::segments`].
    pub segments: Range<usize>,
    /// 1-based page.
    pub page: u32,
    /// The box around its words.
    pub bbox: BBox,
}

/// A document as rows and segments, pages in order, top to bottom, left to right.
#[derive(Debug, Clone, Default)]
pub(super) struct Layout {
    /// All words.
    pub tokens: Vec<Token>,
    /// All segments.
    pub segments: Vec<Segment>,
    /// All rows.
    pub rows: Vec<Row>,
    /// Number, width and height of the pages read.
    pub pages: Vec<(u32, f32, f32)>,
    /// The font size most words have.
    pub body_size: f32,
}

impl Layout {
    /// Builds the rows and segments of a document; bounded however large it is.
    #[must_use]
    pub(super) fn of(pages: &[Page]) -> Self {
        let mut layout = Self::default();
        for (i, page) in pages.iter().enumerate() {
            if i >= PAGES_FRONT && i + PAGES_BACK < pages.len() {
                continue;
            }
            if layout.tokens.len() >= MOST_WORDS {
                break;
            }
            layout
                .pages
                .push((page.number, page.width.max(1.0), page.height.max(1.0)));
            layout.add_page(page);
        }
        layout.body_size = layout.most_common_size();
        layout
    }

    /// Width and height of a page in points.
    #[must_use]
    pub(super) fn page_size(&self, number: u32) -> (f32, f32) {
        self.pages
            .iter()
            .find(|p| p.0 == number)
            .map_or((595.0, 842.0), |p| (p.1, p.2))
    }

    /// The words of a range joined by spaces.
    #[must_use]
    pub(super) fn text(&self, range: Range<usize>) -> String {
        self.tokens[range]
            .iter()
            .map(|t| t.text.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The words of a segment joined by spaces.
    #[must_use]
    pub(super) fn segment_text(&self, segment: usize) -> String {
        self.text(self.segments[segment].tokens.clone())
    }

    /// The box around a range of words, which must not be empty.
    #[must_use]
    pub(super) fn bbox(&self, range: Range<usize>) -> BBox {
        let first = self.tokens[range.start].bbox;
        self.tokens[range]
            .iter()
            .fold(first, |b, t| b.union(t.bbox))
    }

    fn add_page(&mut self, page: &Page) {
        let mut words: Vec<Token> = page
            .words
            .iter()
            .filter(|w| {
                [w.bbox.x0, w.bbox.y0, w.bbox.x1, w.bbox.y1]
                    .iter()
                    .all(|v| v.is_finite())
            })
            .take(MOST_WORDS_A_PAGE)
            .flat_map(|word| split_glued(word, page.number))
            .filter(|t| !is_leader(&t.text))
            .collect();
        words.sort_by(|a, b| middle(&a.bbox).total_cmp(&middle(&b.bbox)));
        let mut start = 0;
        while start < words.len() {
            let end = row_end(&words, start);
            self.add_row(&mut words[start..end], page.number);
            start = end;
        }
    }

    fn add_row(&mut self, words: &mut [Token], page: u32) {
        words.sort_by(|a, b| a.bbox.x0.total_cmp(&b.bbox.x0));
        let row = self.rows.len();
        let first_token = self.tokens.len();
        let first_segment = self.segments.len();
        for word in words.iter() {
            let mut token = word.clone();
            token.row = row;
            let opens = self.segments.len() == first_segment
                || self.tokens.last().is_none_or(|last| is_gap(last, &token));
            if opens {
                self.segments.push(Segment {
                    tokens: self.tokens.len()..self.tokens.len(),
                    row,
                    page,
                    bbox: token.bbox,
                    size: token.size,
                });
            }
            token.segment = self.segments.len() - 1;
            if let Some(segment) = self.segments.last_mut() {
                segment.tokens.end += 1;
                segment.bbox = segment.bbox.union(token.bbox);
                segment.size = segment.size.max(token.size);
            }
            self.tokens.push(token);
        }
        if first_token < self.tokens.len() {
            let tokens = first_token..self.tokens.len();
            let bbox = self.bbox(tokens.clone());
            self.rows.push(Row {
                tokens,
                segments: first_segment..self.segments.len(),
                page,
                bbox,
            });
        }
    }

    fn most_common_size(&self) -> f32 {
        let mut sizes: Vec<f32> = self.tokens.iter().map(|t| t.size).collect();
        sizes.sort_by(f32::total_cmp);
        sizes.get(sizes.len() / 2).copied().unwrap_or(10.0).max(1.0)
    }
}

fn middle(bbox: &BBox) -> f32 {
    f32::midpoint(bbox.y0, bbox.y1)
}

/// Where the row that starts at `start` ends; words come sorted by their middle.
fn row_end(words: &[Token], start: usize) -> usize {
    let mut mean = middle(&words[start].bbox);
    let mut height = words[start].bbox.height().max(1.0);
    let mut end = start + 1;
    while end < words.len() {
        let bbox = &words[end].bbox;
        let tolerance = 0.45 * height.min(bbox.height().max(1.0));
        if middle(bbox) - mean > tolerance.max(1.0) {
            break;
        }
        // The mean follows slowly, so that a slanted row does not run away.
        mean += (middle(bbox) - mean) * 0.25;
        height = height.min(bbox.height().max(1.0)).max(4.0);
        end += 1;
    }
    end
}

/// A gap no space of running text makes.
fn is_gap(left: &Token, right: &Token) -> bool {
    let size = left.size.max(right.size).max(4.0);
    right.bbox.x0 - left.bbox.x1 > 0.85 * size || right.bbox.x1 < left.bbox.x0
}

/// Dots, dashes and underscores that only lead the eye.
fn is_leader(text: &str) -> bool {
    let mut chars = text.chars();
    let first = chars.next();
    first.is_none() || (text.chars().count() >= 3 && text.chars().all(|c| "._-=*:·…".contains(c)))
}

/// Parts `Label:value`, `Nr.123` and leaders glued to words; boxes are divided by characters.
fn split_glued(word: &crate::documents::Word, page: u32) -> Vec<Token> {
    let text = word
        .text
        .trim_matches(|c| c == '\u{200b}' || c == '\u{feff}');
    let token = |range: Range<usize>| {
        let all = text.chars().count().max(1) as f32;
        let before = text[..range.start].chars().count() as f32 / all;
        let upto = text[..range.end].chars().count() as f32 / all;
        let width = word.bbox.width();
        Token {
            text: text[range].to_owned(),
            page,
            bbox: BBox {
                x0: word.bbox.x0 + width * before,
                x1: word.bbox.x0 + width * upto,
                ..word.bbox
            },
            size: if word.size.is_finite() && word.size > 0.5 {
                word.size
            } else {
                word.bbox.height().max(1.0)
            },
            bold: word.bold,
            row: 0,
            segment: 0,
        }
    };
    if text.len() > 200 {
        return Vec::new();
    }
    match glue_point(text) {
        Some(at) => vec![token(0..at), token(at..text.len())],
        None => vec![token(0..text.len())],
    }
}

/// Where a label ends and its value begins within one word.
fn glue_point(text: &str) -> Option<usize> {
    if let Some(at) = text.find([':', '#', '=']) {
        let (label, value) = (&text[..at], &text[at + 1..]);
        let is_label = label.chars().count() >= 2
            && label.chars().filter(|c| c.is_alphabetic()).count() * 2 > label.len().min(8)
            && !label.chars().any(|c| c.is_ascii_digit());
        if is_label && !value.is_empty() && !value.starts_with("//") && !value.starts_with('\\') {
            return Some(at + 1);
        }
    }
    let digit = text.find(|c: char| c.is_ascii_digit())?;
    let label = super::text::squeeze(&text[..digit]);
    let closes = text[..digit].ends_with(['.', '°', 'º']);
    (closes
        && matches!(
            label.as_str(),
            "nr" | "no"
                | "n"
                | "num"
                | "rechnungsnr"
                | "kundennr"
                | "belegnr"
                | "kdnr"
                | "renr"
                | "artnr"
                | "factuurnr"
        ))
    .then_some(digit)
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A page from lines of text, a tab making a wide gap.
    pub(crate) fn page_of(lines: &[&str]) -> Page {
        super::super::golden::page_of(&lines.join("\n"))
    }

    #[test]
    fn rows_and_segments() {
        let layout = Layout::of(&[page_of(&[
            "Invoice No: 42\tDate 2024-01-02",
            "Total\t12.50",
        ])]);
        assert_eq!(layout.rows.len(), 2);
        let texts: Vec<String> = (0..layout.segments.len())
            .map(|i| layout.segment_text(i))
            .collect();
        assert_eq!(
            texts,
            ["Invoice No: 42", "Date 2024-01-02", "Total", "12.50"]
        );
    }

    #[test]
    fn glued_words_are_parted() {
        assert_eq!(glue_point("Rechnungsnummer:4711"), Some(16));
        assert_eq!(glue_point("Nr.4711"), Some(3));
        assert_eq!(glue_point("http://a.de"), None);
        assert_eq!(glue_point("12:30"), None);
        assert_eq!(glue_point("v2.0"), None);
    }

    #[test]
    fn broken_boxes_do_no_harm() {
        let mut page = page_of(&["a b c"]);
        page.words[0].bbox.x0 = f32::NAN;
        page.words[1].bbox.x1 = f32::INFINITY;
        assert_eq!(Layout::of(&[page]).tokens.len(), 1);
        assert!(Layout::of(&[]).tokens.is_empty());
    }
}
