//! Text as pages and pages as text, so that the fuzzer changes what a page says
//! and where it stands without writing a PDF.
//!
//! A line feed ends a row, a form feed a page, a tab goes on to the next multiple
//! of [`TAB_POINTS`]. `\x01` turns bold on and off, `\x02` to `\x08` set the size
//! of type, and every other run without white space is a word.

use crate::documents::{BBox, Page, Source, Word};

/// A4.
const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
/// Distance of tab stops.
const TAB_POINTS: f32 = 30.0;
/// Width of a character in ems.
const CHARACTER_EMS: f32 = 0.5;
/// Words of one page and pages of one text; more teach the fuzzer nothing.
const MAX_WORDS: usize = 2_000;
const MAX_PAGES: u32 = 4;

/// The pages that a text describes; rows below the foot of a page stand on it.
#[must_use]
pub fn pages(text: &str) -> Vec<Page> {
    (1..=MAX_PAGES)
        .zip(text.split('\x0c'))
        .map(|(number, text)| Page {
            number,
            width: WIDTH,
            height: HEIGHT,
            words: words(text),
            source: Source::Page,
        })
        .collect()
}

fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let (mut size, mut bold, mut y) = (10.0_f32, false, 30.0_f32);
    for row in text.split('\n') {
        let mut x = 0.0_f32;
        for stop in row.split('\t') {
            x = ((x / TAB_POINTS).floor() + 1.0) * TAB_POINTS;
            for run in stop.split_whitespace() {
                bold ^= run.contains('\x01');
                if let Some(mark) = run.bytes().find(|byte| (2..=8).contains(byte)) {
                    size = f32::from(mark) * 3.0;
                }
                let text: String = run.chars().filter(|c| !c.is_control()).collect();
                let end = x + size * CHARACTER_EMS * text.chars().count() as f32;
                if !text.is_empty() && found.len() < MAX_WORDS {
                    found.push(Word {
                        text,
                        bbox: BBox {
                            x0: x.min(WIDTH),
                            y0: y.min(HEIGHT),
                            x1: end.min(WIDTH),
                            y1: (y + size).min(HEIGHT),
                        },
                        size,
                        bold,
                    });
                }
                x = end + size * CHARACTER_EMS;
            }
        }
        y += 1.2 * size;
    }
    found
}

/// A text that describes about these pages.
#[must_use]
pub fn text(pages: &[Page]) -> String {
    let pages: Vec<String> = pages.iter().map(page_text).collect();
    pages.join("\x0c")
}

fn page_text(page: &Page) -> String {
    let mut text = String::new();
    let mut before: Option<&Word> = None;
    for word in &page.words {
        match before {
            Some(last) if (word.bbox.y0 - last.bbox.y0).abs() < 0.5 * word.size => {
                let gap = word.bbox.x0 - last.bbox.x1;
                text.push(if gap > TAB_POINTS { '\t' } else { ' ' });
            }
            Some(_) => text.push('\n'),
            None => {}
        }
        text.push_str(&word.text);
        before = Some(word);
    }
    text
}
