//! The dictionary of labels, and where a document prints them.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::concept::Concept;
use super::layout::Layout;
use super::text::squeeze;
use crate::documents::{BBox, Source};

/// Most words one label has.
const LONGEST: usize = 7;
/// Labels shorter than this are matched exactly or not at all.
const FUZZY_FROM: usize = 8;

/// One meaning of a phrase.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Meaning {
    /// What it announces.
    pub concept: Concept,
    /// 1 for a plain label, less for one that needs support.
    pub weight: f32,
}

/// A label as printed.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    /// What it may announce; a phrase can have several meanings (`Total`).
    pub meanings: Vec<Meaning>,
    /// Its words, indices into [`Layout::tokens`].
    pub tokens: Range<usize>,
    /// Index of its segment.
    pub segment: usize,
    /// Index of its row.
    pub row: usize,
    /// 1-based page.
    pub page: u32,
    /// Its box.
    pub bbox: BBox,
    /// Whether nothing else stands before it in its segment.
    pub leads: bool,
    /// Whether nothing else stands behind it in its segment.
    pub ends: bool,
    /// Whether it closes with a colon.
    pub colon: bool,
    /// Whether its segment holds labels alone, as the head of a table does.
    pub among_labels: bool,
}

impl Hit {
    /// How strongly it announces a concept, 0 when it does not.
    #[must_use]
    pub(super) fn weight(&self, concept: Concept) -> f32 {
        self.meanings
            .iter()
            .find(|m| m.concept == concept)
            .map_or(0.0, |m| m.weight)
    }
}

struct Dictionary {
    exact: HashMap<String, Vec<Meaning>>,
    /// Labels in order.
    keys: Vec<String>,
    /// Every longer label with one character left out, for misprints: fingerprint, and place
    /// in `keys`. There are tens of thousands, too many to keep as texts.
    near: HashMap<u64, usize>,
}

static DICTIONARY: LazyLock<Dictionary> =
    LazyLock::new(|| Dictionary::of(include_str!("labels.tsv")));

/// With the labels of tills: what is photographed is mostly a receipt, and `Change` says more there
/// than in a letter.
static TILL_DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| {
    Dictionary::of(concat!(
        include_str!("labels.tsv"),
        include_str!("till_labels.tsv")
    ))
});

impl Dictionary {
    fn of(table: &str) -> Self {
        let mut exact: HashMap<String, Vec<Meaning>> = HashMap::new();
        for (concept, phrase) in phrases(table) {
            let weight = if phrase.starts_with('~') { 0.4 } else { 1.0 };
            let meanings = exact.entry(squeeze(phrase)).or_default();
            if !meanings.iter().any(|m| m.concept == concept) {
                meanings.push(Meaning { concept, weight });
            }
        }
        exact.remove("");
        let mut near = HashMap::new();
        // In order: of two labels as near to a misprint, every process takes the same.
        let mut keys: Vec<String> = exact.keys().cloned().collect();
        keys.sort();
        for (place, key) in keys.iter().enumerate() {
            let chars: Vec<char> = key.chars().collect();
            if chars.len() >= FUZZY_FROM {
                for left_out in 1..chars.len() {
                    near.entry(fingerprint(&chars, left_out)).or_insert(place);
                }
            }
        }
        Self { exact, keys, near }
    }

    /// The label that becomes this text when one character is left out.
    fn near(&self, text: &str) -> Option<&String> {
        let chars: Vec<char> = text.chars().collect();
        let place = self.near.get(&fingerprint(&chars, chars.len()))?;
        let key = self.keys.get(*place)?;
        deletions(key)
            .iter()
            .any(|variant| variant == text)
            .then_some(key)
    }

    fn meanings(&self, squeezed: &str) -> Option<(&[Meaning], bool)> {
        if let Some(found) = self.exact.get(squeezed) {
            return Some((found, true));
        }
        if squeezed.chars().count() < FUZZY_FROM || squeezed.chars().any(|c| c.is_ascii_digit()) {
            return None;
        }
        // One character too many, one missing, or one wrong.
        let key = self.near(squeezed).or_else(|| {
            deletions(squeezed).into_iter().find_map(|variant| {
                self.exact
                    .get_key_value(&variant)
                    .map(|(key, _)| key)
                    .or_else(|| self.near(&variant))
            })
        })?;
        self.exact.get(key).map(|found| (found.as_slice(), false))
    }
}

/// The phrases of a table of labels with what they announce.
pub(super) fn phrases(table: &str) -> impl Iterator<Item = (Concept, &str)> {
    table
        .lines()
        .filter(|l| !l.starts_with('#'))
        .filter_map(|line| {
            let mut columns = line.split('\t');
            let concept = Concept::of_name(columns.next()?)?;
            Some((concept, columns.nth(1)?))
        })
        .flat_map(|(concept, phrases)| phrases.split('|').map(move |p| (concept, p)))
}

/// The meanings of a squeezed phrase that stands in the dictionary as it is.
#[must_use]
pub(super) fn exact(squeezed: &str) -> Option<&'static [Meaning]> {
    DICTIONARY.exact.get(squeezed).map(Vec::as_slice)
}

/// FNV-1a of some characters without the one at a place.
fn fingerprint(chars: &[char], left_out: usize) -> u64 {
    let kept = chars.iter().enumerate().filter(|(at, _)| *at != left_out);
    kept.fold(0xcbf2_9ce4_8422_2325, |hash, (_, c)| {
        (hash ^ u64::from(u32::from(*c))).wrapping_mul(0x0100_0000_01b3)
    })
}

fn deletions(key: &str) -> Vec<String> {
    let chars: Vec<char> = key.chars().collect();
    // The first character is hardly ever wrong, and keeping it keeps words apart.
    (1..chars.len())
        .map(|skip| {
            chars
                .iter()
                .enumerate()
                .filter(|(i, _)| *i != skip)
                .map(|(_, c)| *c)
                .collect()
        })
        .collect()
}

/// Finds the labels of a document, the longest phrase first at every word;
/// phrases do not overlap.
#[must_use]
pub(super) fn find(layout: &Layout, source: Source) -> Vec<Hit> {
    let dictionary: &Dictionary = match source {
        Source::Ocr => &TILL_DICTIONARY,
        _ => &DICTIONARY,
    };
    let mut hits = Vec::new();
    let squeezed: Vec<String> = layout.tokens.iter().map(|t| squeeze(&t.text)).collect();
    for segment in &layout.segments {
        let mut at = segment.tokens.start;
        while at < segment.tokens.end {
            // The sign in `19 % VAT` belongs to the number before it.
            if squeezed[at] == "%" && at > segment.tokens.start && ends_in_digit(&squeezed[at - 1])
            {
                at += 1;
                continue;
            }
            match longest_at(dictionary, &squeezed, at, segment.tokens.end) {
                Some((end, meanings)) => {
                    let close = end_with_punctuation(layout, end, segment.tokens.end);
                    hits.push(Hit {
                        meanings,
                        tokens: at..end,
                        segment: layout.tokens[at].segment,
                        row: segment.row,
                        page: segment.page,
                        bbox: layout.bbox(at..end),
                        leads: squeezed[segment.tokens.start..at]
                            .iter()
                            .all(String::is_empty),
                        ends: squeezed[end..segment.tokens.end]
                            .iter()
                            .all(String::is_empty),
                        colon: layout.tokens[close - 1].text.ends_with(':'),
                        among_labels: false,
                    });
                    at = end;
                }
                None => at += 1,
            }
        }
    }
    add_stacked(dictionary, layout, &squeezed, &mut hits);
    mark_heads(layout, &squeezed, &mut hits);
    hits
}

fn mark_heads(layout: &Layout, squeezed: &[String], hits: &mut [Hit]) {
    let mut covered = vec![0_usize; layout.segments.len()];
    for hit in hits.iter() {
        covered[hit.segment] += squeezed[hit.tokens.clone()]
            .iter()
            .filter(|t| !t.is_empty())
            .count();
    }
    for hit in hits {
        let words = squeezed[layout.segments[hit.segment].tokens.clone()]
            .iter()
            .filter(|t| !t.is_empty())
            .count();
        hit.among_labels = covered[hit.segment] >= words;
    }
}

fn ends_in_digit(text: &str) -> bool {
    text.ends_with(|c: char| c.is_ascii_digit())
}

fn longest_at(
    dictionary: &Dictionary,
    squeezed: &[String],
    start: usize,
    end: usize,
) -> Option<(usize, Vec<Meaning>)> {
    if squeezed[start].is_empty() {
        return None;
    }
    let most = end.min(start + LONGEST);
    for stop in (start + 1..=most).rev() {
        if squeezed[stop - 1].is_empty() {
            continue;
        }
        let phrase = squeezed[start..stop].concat();
        if phrase.len() > 60 {
            continue;
        }
        if let Some((meanings, exact)) = dictionary.meanings(&phrase) {
            let scale = if exact { 1.0 } else { 0.8 };
            let meanings = meanings
                .iter()
                .map(|m| Meaning {
                    weight: m.weight * scale,
                    ..*m
                })
                .collect();
            return Some((stop, meanings));
        }
    }
    None
}

fn end_with_punctuation(layout: &Layout, end: usize, stop: usize) -> usize {
    if end < stop && matches!(layout.tokens[end].text.as_str(), ":" | ".:") {
        end + 1
    } else {
        end
    }
}

/// Labels broken over two or three rows of one cell, as in the heads of tables.
fn add_stacked(dictionary: &Dictionary, layout: &Layout, squeezed: &[String], hits: &mut Vec<Hit>) {
    let text = |s: usize| squeezed[layout.segments[s].tokens.clone()].concat();
    let mut added = Vec::new();
    for (row_at, row) in layout.rows.iter().enumerate() {
        for upper in row
            .segments
            .clone()
            .filter(|s| layout.segments[*s].tokens.len() <= 4)
        {
            let mut phrase = text(upper);
            let mut bbox = layout.segments[upper].bbox;
            let mut last_row = row_at;
            for _ in 0..2 {
                let Some(lower) = segment_below(layout, &bbox, last_row) else {
                    break;
                };
                if layout.segments[lower].tokens.len() > 4 {
                    break;
                }
                phrase.push_str(&text(lower));
                bbox = bbox.union(layout.segments[lower].bbox);
                last_row = layout.segments[lower].row;
                if let Some(meanings) = dictionary.exact.get(&phrase) {
                    let segment = &layout.segments[lower];
                    added.push(Hit {
                        meanings: meanings.clone(),
                        tokens: segment.tokens.clone(),
                        segment: lower,
                        row: segment.row,
                        page: segment.page,
                        bbox,
                        leads: true,
                        ends: true,
                        colon: layout.tokens[segment.tokens.end - 1].text.ends_with(':'),
                        among_labels: false,
                    });
                }
            }
        }
    }
    // The stacked reading replaces what its last row alone seemed to say.
    for hit in added {
        hits.retain(|h| h.segment != hit.segment || !h.leads);
        hits.push(hit);
    }
}

/// The segment of the next row that stands under a box, close enough to be the same cell.
fn segment_below(layout: &Layout, bbox: &BBox, row: usize) -> Option<usize> {
    let next = layout.rows.get(row + 1)?;
    if next.page != layout.rows[row].page
        || next.bbox.y0 - bbox.y1 > 0.7 * bbox.height().clamp(6.0, 14.0)
    {
        return None;
    }
    next.segments.clone().find(|s| {
        let other = layout.segments[*s].bbox;
        let overlap = bbox.x1.min(other.x1) - bbox.x0.max(other.x0);
        overlap > 0.5 * bbox.width().min(other.width())
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::layout::tests::page_of;
    use super::*;

    fn concepts(lines: &[&str]) -> Vec<(String, Concept)> {
        let layout = Layout::of(&[page_of(lines)]);
        find(&layout, Source::Page)
            .iter()
            .map(|h| (layout.text(h.tokens.clone()), h.meanings[0].concept))
            .collect()
    }

    #[test]
    fn every_row_of_the_table_is_used() {
        for line in include_str!("labels.tsv")
            .lines()
            .filter(|l| !l.starts_with('#'))
        {
            let columns: Vec<&str> = line.split('\t').collect();
            assert_eq!(columns.len(), 3, "{line}");
            assert!(Concept::of_name(columns[0]).is_some(), "{}", columns[0]);
        }
    }

    #[test]
    fn the_longest_phrase_wins() {
        assert_eq!(
            concepts(&["Total amount due:\t12"]),
            [("Total amount due:".into(), Concept::Payable)]
        );
        assert_eq!(concepts(&["Rechnungs-Nr. 5"])[0].1, Concept::Number);
    }

    #[test]
    fn split_and_misprinted_words() {
        assert_eq!(concepts(&["Rechnungsn ummer: 5"])[0].1, Concept::Number);
        assert_eq!(concepts(&["Rechnungsnumer: 5"])[0].1, Concept::Number);
        assert_eq!(concepts(&["Fälligkeitsdatum"])[0].1, Concept::DueDate);
    }
}
