//! A line of characters parted into words with boxes.
//!
//! The recogniser often leaves out the spaces between words; on the paper they are there, as columns
//! without ink wider than those between the letters.

use std::ops::Range;

use image::RgbImage;
use unicode_normalization::UnicodeNormalization;

use super::characters::Character;
use super::lines::Line;
use super::strip::HEIGHT;
use crate::documents::{BBox, Word};

/// Columns without ink that part words at least, over the height of the line.
const LEAST_GAP: f32 = 0.28;
/// And over the usual gap between the letters of the line.
const USUAL_GAPS: f32 = 2.2;
/// Share of the strip's contrast from which a pixel is ink.
const INK: f32 = 0.4;
/// Rows at the upper and lower edge that may show the lines above and below.
const MARGIN: u32 = HEIGHT / 8;
/// Mean probability of its characters below which a word is not one.
const LEAST_PROBABILITY: f32 = 0.5;
/// Height of type over that of its line's box.
const TYPE_HEIGHT: f32 = 0.9;

/// The words of a line; boxes in pixels of the picture.
pub(super) fn part(written: &[Character], strip: &RgbImage, line: &Line) -> Vec<Word> {
    let columns = inked(strip);
    let (Some(first), Some(last)) = (
        columns.iter().position(|ink| *ink),
        columns.iter().rposition(|ink| *ink),
    ) else {
        return Vec::new();
    };
    let gaps = gaps(written, &columns);
    let least = least_gap(&gaps);
    let mut words = Vec::new();
    let (mut start, mut letters) = (first, 0..0);
    for (at, gap) in gaps.iter().enumerate() {
        letters.end = at + 1;
        let spaced = [at, at + 1].iter().any(|at| is_space(&written[*at]));
        if spaced || gap.len() as f32 >= least {
            words.extend(word(
                &written[letters.clone()],
                start..gap.start,
                columns.len(),
                line,
            ));
            (start, letters) = (gap.end, at + 1..at + 1);
        }
    }
    letters.end = written.len();
    words.extend(word(
        &written[letters],
        start..last + 1,
        columns.len(),
        line,
    ));
    words
}

fn is_space(character: &Character) -> bool {
    character.text.trim().is_empty()
}

/// Which columns of a strip have ink: pixels unlike most.
fn inked(strip: &RgbImage) -> Vec<bool> {
    let grey = image::imageops::grayscale(strip);
    let mut levels: Vec<u8> = grey.pixels().map(|pixel| pixel.0[0]).collect();
    let middle = levels.len() / 2;
    let paper = *levels.select_nth_unstable(middle).1;
    let unlike = |level: u8| f32::from(level.abs_diff(paper));
    let most = levels
        .iter()
        .map(|level| unlike(*level))
        .fold(0.0, f32::max);
    (0..grey.width())
        .map(|x| {
            (MARGIN..grey.height() - MARGIN)
                .any(|y| most > 0.0 && unlike(grey.get_pixel(x, y).0[0]) > INK * most)
        })
        .collect()
}

/// Between each two characters, the widest run of columns without ink; an empty one half-way where
/// they touch.
fn gaps(written: &[Character], columns: &[bool]) -> Vec<Range<usize>> {
    let place =
        |character: &Character| ((character.at * columns.len() as f32) as usize).min(columns.len());
    written
        .iter()
        .zip(written.iter().skip(1))
        .map(|(one, next)| {
            let (from, to) = (place(one), place(next));
            widest_blank(columns, from..to).unwrap_or_else(|| {
                let half = usize::midpoint(from, to);
                half..half
            })
        })
        .collect()
}

fn widest_blank(columns: &[bool], within: Range<usize>) -> Option<Range<usize>> {
    let mut widest: Option<Range<usize>> = None;
    let mut start = within.start;
    for at in within.start..=within.end {
        let ink = at == within.end || columns.get(at).copied().unwrap_or(true);
        if ink {
            if at > start && widest.as_ref().is_none_or(|known| at - start > known.len()) {
                widest = Some(start..at);
            }
            start = at + 1;
        }
    }
    widest
}

/// How wide a gap parts words, in columns: wider than usual on this line, and than letters ever stand.
fn least_gap(gaps: &[Range<usize>]) -> f32 {
    let mut widths: Vec<usize> = gaps.iter().map(Range::len).collect();
    widths.sort_unstable();
    let usual = widths.get(widths.len() / 3).copied().unwrap_or_default() as f32;
    (LEAST_GAP * HEIGHT as f32).max(USUAL_GAPS * usual)
}

/// Whether it is one Chinese character alone: rules and boxes are read as such (`一`, `口`).
fn is_drawn(text: &str) -> bool {
    let mut letters = text.chars();
    let alone = letters.next().filter(|_| letters.next().is_none());
    alone.is_some_and(|letter| ('\u{3000}'..='\u{9fff}').contains(&letter))
}

/// The word that stands in some columns of a line; none where the recogniser is not sure.
fn word(letters: &[Character], columns: Range<usize>, of: usize, line: &Line) -> Option<Word> {
    let letters: Vec<&Character> = letters.iter().filter(|letter| !is_space(letter)).collect();
    let sum: f32 = letters.iter().map(|letter| letter.probability).sum();
    if letters.is_empty() || sum / (letters.len() as f32) < LEAST_PROBABILITY {
        return None;
    }
    let text: String = letters.iter().map(|letter| letter.text.as_str()).collect();
    let text: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
    if is_drawn(&text) {
        return None;
    }
    let along = |column: usize| column as f32 / of as f32 * line.length;
    let corners = [
        line.at(along(columns.start), 0.0),
        line.at(along(columns.start), line.height),
        line.at(along(columns.end), 0.0),
        line.at(along(columns.end), line.height),
    ];
    let [x0, y0] = [0, 1].map(|axis| corners.iter().map(|c| c[axis]).fold(f32::MAX, f32::min));
    let [x1, y1] = [0, 1].map(|axis| corners.iter().map(|c| c[axis]).fold(f32::MIN, f32::max));
    Some(Word {
        text,
        bbox: BBox { x0, y0, x1, y1 },
        size: TYPE_HEIGHT * line.height,
        bold: false,
    })
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    /// A strip with ink in the given columns, and the line it was cut from at half its size.
    fn strip(inked: &[Range<u32>]) -> (RgbImage, Line) {
        let strip = RgbImage::from_fn(200, HEIGHT, |x, y| {
            let ink = inked.iter().any(|columns| columns.contains(&x)) && (12..36).contains(&y);
            Rgb([if ink { 20 } else { 240 }; 3])
        });
        let line = Line {
            centre: [50.0, 12.0],
            along: [1.0, 0.0],
            length: 100.0,
            height: 24.0,
        };
        (strip, line)
    }

    fn written(letters: &[(&str, f32)]) -> Vec<Character> {
        let character = |(text, column): &(&str, f32)| Character {
            text: (*text).to_owned(),
            at: column / 200.0,
            probability: 0.9,
        };
        letters.iter().map(character).collect()
    }

    fn texts(words: &[Word]) -> Vec<&str> {
        words.iter().map(|word| word.text.as_str()).collect()
    }

    #[test]
    fn words_part_where_the_paper_is_blank_for_longer_than_between_letters() {
        let (strip, line) = strip(&[10..20, 23..33, 36..46, 66..76, 79..89]);
        let letters = [
            ("a", 15.0),
            ("b", 28.0),
            ("c", 41.0),
            ("d", 71.0),
            ("e", 84.0),
        ];
        let words = part(&written(&letters), &strip, &line);
        assert_eq!(texts(&words), ["abc", "de"]);
        let BBox { x0, x1, y0, y1 } = words[0].bbox;
        assert_eq!((x0, x1, y0, y1), (5.0, 23.0, 0.0, 24.0));
        assert_eq!((words[1].bbox.x0, words[1].bbox.x1), (33.0, 44.5));
    }

    #[test]
    fn a_space_that_was_read_parts_words_and_letters_that_touch_do_not() {
        let (strip, line) = strip(&[10..35, 35..60]);
        let letters = [("1", 15.0), ("2", 25.0), (" ", 35.0), ("3", 50.0)];
        let words = part(&written(&letters), &strip, &line);
        assert_eq!(texts(&words), ["12", "3"]);
        assert!(words[0].bbox.x1 <= words[1].bbox.x0);
    }

    #[test]
    fn blank_paper_doubt_and_rules_are_no_words() {
        let (blank, line) = strip(&[]);
        assert!(part(&written(&[("a", 15.0)]), &blank, &line).is_empty());
        let (inked, line) = strip(&[10..35, 35..60]);
        let mut doubtful = written(&[("a", 15.0), ("b", 50.0)]);
        for character in &mut doubtful {
            character.probability = 0.4;
        }
        assert!(part(&doubtful, &inked, &line).is_empty());
        assert!(part(&written(&[("一", 30.0)]), &inked, &line).is_empty());
        assert!(part(&[], &inked, &line).is_empty());
    }
}
