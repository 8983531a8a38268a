//! Glyphs to words, words to reading order.
//!
//! Characters are joined in the order drawn as long as each starts where the one
//! before ended; pieces of a word drawn at different times are joined afterwards,
//! line by line. Lines run top to bottom, words within a line left to right, as
//! on a page laid out in one piece: columns are left to whoever reads fields.

use std::collections::HashMap;

use hayro_interpret::kurbo::{Point, Vec2};
use unicode_normalization::UnicodeNormalization;

use super::glyphs::Glyph;
use crate::documents::{BBox, Word};

/// A gap wider than this many ems parts two words.
const WORD_GAP_EMS: f64 = 0.13;
/// Characters may step back by this much (kerning, overlapping italics).
const MAX_OVERLAP_EMS: f64 = 0.35;
/// Baselines of one word differ by at most this much.
const SAME_WORD_RISE_EMS: f64 = 0.15;
/// Baselines of one line differ by at most this much.
const SAME_LINE_RISE_EMS: f64 = 0.4;
/// Largest ratio of type sizes within a word.
const MAX_SIZE_RATIO: f64 = 1.5;
/// A copy of a character this close to the first one is the same character.
const OVERPRINT_EMS: f64 = 0.1;
/// How far type reaches above and below its baseline, for boxes.
const ASCENT_EMS: f64 = 0.76;
const DESCENT_EMS: f64 = 0.22;
/// Longest word kept, in characters.
const MAX_WORD_CHARS: usize = 512;

/// The words of one page in reading order, with boxes within `width` by `height` points.
pub(super) fn words(glyphs: Vec<Glyph>, width: f64, height: f64) -> Vec<Word> {
    let glyphs = without_overprints(glyphs);
    let mut by_direction: [Vec<Glyph>; 4] = Default::default();
    for glyph in glyphs {
        let direction = Direction::of(&glyph);
        by_direction[direction as usize].push(glyph);
    }
    let mut groups: Vec<(Direction, Vec<Glyph>)> = Direction::ALL
        .into_iter()
        .zip(by_direction)
        .filter(|(_, glyphs)| !glyphs.is_empty())
        .collect();
    // The way most of the page is written comes first; stamps and margins follow.
    groups.sort_by_key(|(_, glyphs)| std::cmp::Reverse(glyphs.len()));
    groups
        .into_iter()
        .flat_map(|(direction, glyphs)| {
            lines(pieces(&glyphs, direction))
                .into_iter()
                .flatten()
                .filter_map(move |piece| piece.into_word(direction, width, height))
        })
        .collect()
}

/// Which way text runs on the page as displayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Right,
    Down,
    Left,
    Up,
}

impl Direction {
    const ALL: [Self; 4] = [Self::Right, Self::Down, Self::Left, Self::Up];

    fn of(glyph: &Glyph) -> Self {
        let Vec2 { x, y } = glyph.end - glyph.start;
        if x.abs() >= y.abs() {
            if x >= 0.0 { Self::Right } else { Self::Left }
        } else if y >= 0.0 {
            Self::Down
        } else {
            Self::Up
        }
    }

    /// Page coordinates to (along the line, across the lines), both growing in
    /// reading order.
    fn turn(self, point: Point) -> (f64, f64) {
        match self {
            Self::Right => (point.x, point.y),
            Self::Down => (point.y, -point.x),
            Self::Left => (-point.x, -point.y),
            Self::Up => (-point.y, point.x),
        }
    }

    /// The inverse of [`Self::turn`].
    fn turn_back(self, along: f64, across: f64) -> (f64, f64) {
        match self {
            Self::Right => (along, across),
            Self::Down => (-across, along),
            Self::Left => (-along, -across),
            Self::Up => (across, -along),
        }
    }
}

/// A word or a part of one, in turned coordinates.
#[derive(Debug)]
struct Piece {
    text: String,
    start: f64,
    end: f64,
    baseline: f64,
    size: f64,
    bold_glyphs: usize,
    glyphs: usize,
    space_before: bool,
    space_after: bool,
}

impl Piece {
    /// Whether something of `size` on `baseline` starting at `start` goes on with this piece.
    fn goes_on(&self, start: f64, baseline: f64, size: f64) -> bool {
        let em = self.size.min(size);
        let gap = (start - self.end) / em;
        (-MAX_OVERLAP_EMS..=WORD_GAP_EMS).contains(&gap)
            && start >= self.start
            && (baseline - self.baseline).abs() <= SAME_WORD_RISE_EMS * self.size.max(size)
            && self.size.max(size) <= MAX_SIZE_RATIO * em
    }

    fn append(&mut self, next: Self) {
        self.text.push_str(&next.text);
        self.end = self.end.max(next.end);
        self.size = self.size.max(next.size);
        self.bold_glyphs += next.bold_glyphs;
        self.glyphs += next.glyphs;
        self.space_after = next.space_after;
    }

    fn into_word(self, direction: Direction, width: f64, height: f64) -> Option<Word> {
        let text = normalised(&self.text);
        // Also true of no characters at all.
        if text
            .chars()
            .all(|character| character == char::REPLACEMENT_CHARACTER)
        {
            return None;
        }
        let top = self.baseline - ASCENT_EMS * self.size;
        let bottom = self.baseline + DESCENT_EMS * self.size;
        let (xa, ya) = direction.turn_back(self.start, top);
        let (xb, yb) = direction.turn_back(self.end, bottom);
        let (x0, x1) = (xa.min(xb), xa.max(xb));
        let (y0, y1) = (ya.min(yb), ya.max(yb));
        let centre = ((x0 + x1) / 2.0, (y0 + y1) / 2.0);
        let on_page = (0.0..=width).contains(&centre.0) && (0.0..=height).contains(&centre.1);
        on_page.then(|| Word {
            text,
            bbox: BBox {
                x0: points(x0, width),
                y0: points(y0, height),
                x1: points(x1, width),
                y1: points(y1, height),
            },
            size: points(self.size, f64::INFINITY),
            bold: 2 * self.bold_glyphs > self.glyphs,
        })
    }
}

/// Clamped to the page and rounded to hundredths of a point.
fn points(value: f64, limit: f64) -> f32 {
    ((value.clamp(0.0, limit) * 100.0).round() / 100.0) as f32
}

/// NFKC without white space, control and zero-width characters.
fn normalised(text: &str) -> String {
    text.nfkc()
        .map(|character| {
            if character == '\u{ad}' {
                '-'
            } else {
                character
            }
        })
        .filter(|character| {
            !character.is_whitespace()
                && !character.is_control()
                && !matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
        })
        .take(MAX_WORD_CHARS)
        .collect()
}

/// Drops characters printed again over themselves; the first copy turns bold when
/// the second is shifted or stroked, for that is how bold is made of regular type.
fn without_overprints(glyphs: Vec<Glyph>) -> Vec<Glyph> {
    let mut kept: Vec<Glyph> = Vec::with_capacity(glyphs.len());
    let mut by_place: HashMap<(i64, i64), Vec<usize>> = HashMap::new();
    for glyph in glyphs {
        // Cells are twice as wide as the distance looked for at this size.
        let cell = (2.0 * OVERPRINT_EMS * glyph.size).max(0.1);
        let place = |dx: i64, dy: i64| {
            let along = (glyph.start.x / cell).floor() as i64;
            let across = (glyph.start.y / cell).floor() as i64;
            (along.saturating_add(dx), across.saturating_add(dy))
        };
        let first = [-1, 0, 1]
            .into_iter()
            .flat_map(|dx| [-1, 0, 1].into_iter().map(move |dy| (dx, dy)))
            .filter_map(|(dx, dy)| by_place.get(&place(dx, dy)))
            .flatten()
            .copied()
            .find(|index| kept.get(*index).is_some_and(|seen| is_copy(seen, &glyph)));
        match first.and_then(|index| kept.get_mut(index)) {
            Some(seen) => {
                let shifted = (glyph.start - seen.start).hypot() > 0.001 * glyph.size;
                seen.bold |= shifted || glyph.stroked;
            }
            None => {
                by_place.entry(place(0, 0)).or_default().push(kept.len());
                kept.push(glyph);
            }
        }
    }
    kept
}

fn is_copy(seen: &Glyph, glyph: &Glyph) -> bool {
    seen.text == glyph.text
        && (seen.size - glyph.size).abs() <= 0.05 * glyph.size
        && (seen.start - glyph.start).hypot() <= OVERPRINT_EMS * glyph.size
}

/// Joins glyphs in drawing order.
fn pieces(glyphs: &[Glyph], direction: Direction) -> Vec<Piece> {
    let mut done: Vec<Piece> = Vec::new();
    let mut current: Option<Piece> = None;
    // Where the last explicit space ended, to tell what follows it.
    let mut space_end: Option<(f64, f64)> = None;
    for glyph in glyphs {
        let (start, baseline) = direction.turn(glyph.start);
        let (end, _) = direction.turn(glyph.end);
        if glyph.text.chars().all(char::is_whitespace) {
            if let Some(mut piece) = current.take() {
                piece.space_after = piece.goes_on(start, baseline, glyph.size);
                done.push(piece);
            }
            space_end = Some((end, baseline));
            continue;
        }
        let space_before = space_end.take().is_some_and(|(space, line)| {
            (start - space).abs() <= glyph.size && (baseline - line).abs() <= glyph.size
        });
        let next = Piece {
            text: glyph.text.clone(),
            start,
            end,
            baseline,
            size: glyph.size,
            bold_glyphs: usize::from(glyph.bold),
            glyphs: 1,
            space_before,
            space_after: false,
        };
        match &mut current {
            Some(piece)
                if piece.goes_on(start, baseline, glyph.size) && piece.glyphs < MAX_WORD_CHARS =>
            {
                piece.append(next);
            }
            _ => done.extend(current.replace(next)),
        }
    }
    done.extend(current);
    done
}

/// Sorts pieces into lines, top to bottom, and joins what belongs to one word.
fn lines(mut pieces: Vec<Piece>) -> Vec<Vec<Piece>> {
    pieces.sort_by(|a, b| a.baseline.total_cmp(&b.baseline));
    let mut lines: Vec<Vec<Piece>> = Vec::new();
    for piece in pieces {
        let joins = lines
            .last()
            .and_then(|line| line.first())
            .is_some_and(|first| {
                let em = first.size.min(piece.size);
                (piece.baseline - first.baseline).abs() <= SAME_LINE_RISE_EMS * em
            });
        match lines.last_mut() {
            Some(line) if joins => line.push(piece),
            _ => lines.push(vec![piece]),
        }
    }
    lines.into_iter().map(joined).collect()
}

fn joined(mut line: Vec<Piece>) -> Vec<Piece> {
    line.sort_by(|a, b| a.start.total_cmp(&b.start));
    let mut done: Vec<Piece> = Vec::with_capacity(line.len());
    for piece in line {
        match done.last_mut() {
            Some(last)
                if !last.space_after
                    && !piece.space_before
                    && last.goes_on(piece.start, piece.baseline, piece.size) =>
            {
                last.append(piece);
            }
            _ => done.push(piece),
        }
    }
    done
}

#[cfg(test)]
mod tests {
    use hayro_interpret::kurbo::Point;

    use super::{Glyph, words};

    /// Glyphs half an em wide, written to the right from `(x, y)` in 10 point type.
    fn typed(text: &str, x: f64, y: f64) -> Vec<Glyph> {
        text.chars()
            .enumerate()
            .map(|(index, character)| {
                let start = Point::new(x + 5.0 * index as f64, y);
                Glyph {
                    text: character.to_string(),
                    start,
                    end: Point::new(start.x + 5.0, y),
                    size: 10.0,
                    bold: false,
                    stroked: false,
                    shown: true,
                }
            })
            .collect()
    }

    fn texts(glyphs: Vec<Glyph>) -> Vec<String> {
        words(glyphs, 600.0, 800.0)
            .into_iter()
            .map(|word| word.text)
            .collect()
    }

    #[test]
    fn spaces_and_gaps_part_words() {
        let mut glyphs = typed("Invoice no.", 50.0, 100.0);
        glyphs.extend(typed("4711", 107.0, 100.0));
        assert_eq!(texts(glyphs), ["Invoice", "no.", "4711"]);
    }

    #[test]
    fn lines_come_top_down_and_left_to_right_whatever_the_drawing_order() {
        let mut glyphs = typed("lower", 50.0, 200.0);
        glyphs.extend(typed("right", 300.0, 101.0));
        glyphs.extend(typed("left", 50.0, 100.0));
        assert_eq!(texts(glyphs), ["left", "right", "lower"]);
    }

    #[test]
    fn a_word_drawn_in_two_goes_is_one_word() {
        let mut glyphs = typed("tal", 60.0, 100.0);
        glyphs.extend(typed("elsewhere", 50.0, 300.0));
        glyphs.extend(typed("to", 50.0, 100.0));
        assert_eq!(texts(glyphs), ["total", "elsewhere"]);
    }

    #[test]
    fn overprinted_type_is_read_once_and_bold() {
        let mut glyphs = typed("Total", 50.0, 100.0);
        glyphs.extend(typed("Total", 50.3, 100.0));
        let words = words(glyphs, 600.0, 800.0);
        assert_eq!(words.len(), 1);
        assert_eq!(words[0].text, "Total");
        assert!(words[0].bold);
    }

    #[test]
    fn words_off_the_page_are_dropped() {
        let mut glyphs = typed("seen", 50.0, 100.0);
        glyphs.extend(typed("above", 50.0, -40.0));
        glyphs.extend(typed("beside", 900.0, 100.0));
        assert_eq!(texts(glyphs), ["seen"]);
    }

    #[test]
    fn text_turned_by_a_quarter_reads_along_its_own_line() {
        let glyphs: Vec<Glyph> = typed("upwards too", 0.0, 0.0)
            .into_iter()
            .map(|glyph| {
                let turned = |point: Point| Point::new(20.0, 500.0 - point.x);
                Glyph {
                    start: turned(glyph.start),
                    end: turned(glyph.end),
                    ..glyph
                }
            })
            .collect();
        let words = words(glyphs, 600.0, 800.0);
        assert_eq!(words[0].text, "upwards");
        assert_eq!(words[1].text, "too");
        assert!(words[0].bbox.height() > words[0].bbox.width());
    }

    #[test]
    fn ligatures_and_compatibility_forms_are_spelled_out() {
        assert_eq!(texts(typed("ﬁnance", 50.0, 100.0)), ["finance"]);
    }
}
