//! Pages drawn with base-14 fonts: text that lines up, rules, boxes, simple shapes.

mod font;
mod pdf;
mod widths;

#[cfg(test)]
pub(super) use font::is_encodable;
pub(super) use font::{Face, Family, text_width};
pub(super) use pdf::Attachment;

use std::collections::BTreeSet;

use pdf_writer::{Content, Name, Str};
use scrutineer::documents::FieldName;

/// Red, green, blue, each 0..=1.
pub(super) type Colour = [f32; 3];
/// Black.
pub(super) const BLACK: Colour = [0.0, 0.0, 0.0];
/// White.
pub(super) const WHITE: Colour = [1.0, 1.0, 1.0];

/// How a piece of text is set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ink {
    pub(super) face: Face,
    pub(super) size: f32,
    pub(super) colour: Colour,
}

impl Ink {
    /// Width of `text` in points.
    pub(super) fn width(self, text: &str) -> f32 {
        text_width(self.face, self.size, text)
    }
}

/// How programs write text into a page: as whole strings or word by word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    Strings,
    Words,
    Kerned,
}

/// Where `x` stands relative to the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Centre,
    Right,
}

/// A document under way. Coordinates are points from the top left corner; the `y`
/// of text is its base line.
pub(super) struct Sheet {
    pages: Vec<Content>,
    /// Page width in points.
    pub(super) width: f32,
    /// Page height in points.
    pub(super) height: f32,
    spelling: Spelling,
    printed: BTreeSet<FieldName>,
}

impl Sheet {
    pub(super) fn new(width: f32, height: f32, spelling: Spelling) -> Self {
        Self {
            pages: vec![Content::new()],
            width,
            height,
            spelling,
            printed: BTreeSet::new(),
        }
    }

    /// Starts the next page.
    pub(super) fn next_page(&mut self) {
        self.pages.push(Content::new());
    }

    pub(super) fn page_count(&self) -> usize {
        self.pages.len()
    }

    /// Says that the page shows this field, so that the truth may hold it.
    pub(super) fn mark(&mut self, field: FieldName) {
        self.printed.insert(field);
    }

    pub(super) fn has(&self, field: FieldName) -> bool {
        self.printed.contains(&field)
    }

    /// Writes on the last page; returns the width written.
    pub(super) fn text(&mut self, x: f32, y: f32, align: Align, ink: Ink, text: &str) -> f32 {
        let page = self.pages.len() - 1;
        self.text_on(page, x, y, align, ink, text)
    }

    /// Writes on page `page` (0 for the first).
    pub(super) fn text_on(
        &mut self,
        page: usize,
        x: f32,
        y: f32,
        align: Align,
        ink: Ink,
        text: &str,
    ) -> f32 {
        let width = ink.width(text);
        let left = match align {
            Align::Left => x,
            Align::Centre => x - width / 2.0,
            Align::Right => x - width,
        };
        let base = self.height - y;
        let spelling = self.spelling;
        let Some(content) = self.pages.get_mut(page) else {
            return 0.0;
        };
        let [r, g, b] = ink.colour;
        content.set_fill_rgb(r, g, b);
        content.begin_text();
        content.set_font(Name(ink.face.resource_name()), ink.size);
        match spelling {
            Spelling::Strings => {
                content.next_line(left, base);
                content.show(Str(&font::encode(text)));
            }
            Spelling::Words => {
                let mut at = 0.0_f32;
                let mut x = left;
                for word in text.split_inclusive(' ') {
                    content.next_line(x - at, if at == 0.0 { base } else { 0.0 });
                    at = x;
                    content.show(Str(&font::encode(word.trim_end_matches(' '))));
                    x += ink.width(word);
                }
            }
            Spelling::Kerned => {
                content.next_line(left, base);
                let mut shown = content.show_positioned();
                let mut items = shown.items();
                for part in text.split_inclusive(' ') {
                    items.show(Str(&font::encode(part)));
                    items.adjust(0.0);
                }
            }
        }
        content.end_text();
        width
    }

    /// A straight rule on the last page.
    pub(super) fn rule(&mut self, from: [f32; 2], to: [f32; 2], width: f32, colour: Colour) {
        let height = self.height;
        if let Some(content) = self.pages.last_mut() {
            let [r, g, b] = colour;
            content.set_stroke_rgb(r, g, b).set_line_width(width);
            content.move_to(from[0], height - from[1]);
            content.line_to(to[0], height - to[1]).stroke();
        }
    }

    /// A box given by its left, top, width and height; `fill` or outline.
    pub(super) fn rect(&mut self, bounds: [f32; 4], colour: Colour, fill: bool) {
        let height = self.height;
        if let Some(content) = self.pages.last_mut() {
            let [r, g, b] = colour;
            let [left, top, w, h] = bounds;
            if fill {
                content.set_fill_rgb(r, g, b);
                content.rect(left, height - top - h, w, h).fill_nonzero();
            } else {
                content.set_stroke_rgb(r, g, b).set_line_width(0.6);
                content.rect(left, height - top - h, w, h).stroke();
            }
        }
    }

    /// A filled polygon, for vector logos.
    pub(super) fn polygon(&mut self, points: &[[f32; 2]], colour: Colour) {
        let height = self.height;
        if let (Some(content), Some((first, rest))) = (self.pages.last_mut(), points.split_first())
        {
            let [r, g, b] = colour;
            content.set_fill_rgb(r, g, b);
            content.move_to(first[0], height - first[1]);
            for point in rest {
                content.line_to(point[0], height - point[1]);
            }
            content.close_path().fill_nonzero();
        }
    }

    /// Breaks `text` into lines of at most `width` points, between words.
    pub(super) fn wrap(ink: Ink, text: &str, width: f32) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for paragraph in text.split('\n') {
            let mut line = String::new();
            for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
                let longer = if line.is_empty() {
                    word.to_owned()
                } else {
                    format!("{line} {word}")
                };
                if ink.width(&longer) <= width || line.is_empty() {
                    line = longer;
                } else {
                    lines.push(std::mem::replace(&mut line, word.to_owned()));
                }
            }
            lines.push(line);
        }
        lines
    }
}
