//! Heads of tables of lines, by the labels of their columns.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::super::analysis::Analysis;
use super::super::concept::Concept;
use super::super::labels::{self, Hit, Meaning};
use super::super::layout::Layout;
use super::super::recognise::amount;
use super::super::recognise::number::Writing;
use super::super::text::squeeze;

/// Most columns one table has; a row with more is no head.
const MOST_COLUMNS: usize = 16;
/// Most rows that a head has above, and below, the row it is known by.
const MOST_MORE_ROWS: usize = 4;

/// One column: what its head says and how wide that head is printed.
#[derive(Debug, Clone)]
pub(super) struct Column {
    /// What the head may mean; empty for a head the dictionary does not know.
    pub meanings: Vec<Meaning>,
    /// Its words, squeezed.
    text: String,
    /// Left edge of the head in points.
    pub x0: f32,
    /// Right edge of the head in points.
    pub x1: f32,
}

impl Column {
    /// How strongly the head says a concept, 0 when it does not.
    #[must_use]
    pub(super) fn weight(&self, concept: Concept) -> f32 {
        self.meanings
            .iter()
            .find(|m| m.concept == concept)
            .map_or(0.0, |m| m.weight)
    }

    /// Whether words rather than amounts stand in it.
    #[must_use]
    pub(super) fn is_text(&self) -> bool {
        self.meanings.is_empty()
            || [
                Concept::Description,
                Concept::ItemCode,
                Concept::LineNo,
                Concept::Unit,
            ]
            .iter()
            .any(|c| self.weight(*c) > 0.0)
    }

    /// Whether it is money by line, price or rate: where words have no place.
    #[must_use]
    pub(super) fn is_money(&self) -> bool {
        [Concept::LineNet, Concept::UnitPrice, Concept::LineGross]
            .iter()
            .any(|c| self.weight(*c) > 0.0)
    }

    fn overlaps(&self, x0: f32, x1: f32) -> bool {
        x0 < self.x1 && x1 > self.x0
    }
}

/// The head of a table.
#[derive(Debug, Clone)]
pub(super) struct Head {
    /// First and last of its rows.
    pub rows: (usize, usize),
    /// 1-based page.
    pub page: u32,
    /// Its columns from left to right.
    pub columns: Vec<Column>,
}

impl Head {
    /// Whether it has the columns of another, as a head repeated on the next page has.
    #[must_use]
    pub(super) fn repeats(&self, other: &[Column]) -> bool {
        self.columns.len() == other.len()
            && self.columns.iter().zip(other).all(|(a, b)| {
                a.meanings.first().map(|m| m.concept) == b.meanings.first().map(|m| m.concept)
            })
    }
}

static MORE: LazyLock<HashMap<String, Vec<Meaning>>> = LazyLock::new(|| {
    let mut more: HashMap<String, Vec<Meaning>> = HashMap::new();
    for (concept, phrase) in labels::phrases(include_str!("heads.tsv")) {
        let meanings = more.entry(squeeze(phrase)).or_default();
        meanings.push(Meaning {
            concept,
            weight: 0.9,
        });
    }
    more
});

/// Every head of a table of lines, in reading order.
#[must_use]
pub(super) fn find(analysis: &Analysis) -> Vec<Head> {
    let layout = &analysis.layout;
    let mut by_row: HashMap<usize, Vec<usize>> = HashMap::new();
    for (i, hit) in analysis.hits.iter().enumerate() {
        by_row.entry(hit.row).or_default().push(i);
    }
    let mut heads = Vec::new();
    let mut row = 0;
    while row < layout.rows.len() {
        let columns = columns_of(analysis, &by_row, row);
        if is_head(&columns) && !has_amounts(layout, row) {
            let mut head = Head {
                rows: (row, row),
                page: layout.rows[row].page,
                columns,
            };
            extend(analysis, &by_row, &mut head);
            settle(&mut head.columns);
            row = head.rows.1;
            heads.push(head);
        }
        row += 1;
    }
    heads
}

fn columns_of(analysis: &Analysis, by_row: &HashMap<usize, Vec<usize>>, row: usize) -> Vec<Column> {
    let layout = &analysis.layout;
    let empty = Vec::new();
    let hits = by_row.get(&row).unwrap_or(&empty);
    let mut columns: Vec<Column> = Vec::new();
    for segment in layout.rows[row].segments.clone() {
        let whole = &layout.segments[segment];
        let start = columns.len();
        let mut open = whole.tokens.start;
        let mut own: Vec<&Hit> = hits
            .iter()
            .map(|i| &analysis.hits[*i])
            .filter(|h| h.segment == segment && h.meanings.iter().any(|m| m.concept.is_column()))
            .collect();
        own.sort_by_key(|h| h.tokens.start);
        for hit in own {
            columns.extend(more(layout, open..hit.tokens.start));
            open = hit.tokens.end.max(open);
            let mut meanings = hit.meanings.clone();
            meanings.retain(|m| m.concept.is_column());
            if let Some(others) = MORE.get(&squeeze(&layout.text(hit.tokens.clone()))) {
                meanings.extend(others);
            }
            columns.push(Column {
                meanings,
                text: squeeze(&layout.text(hit.tokens.clone())),
                x0: hit.bbox.x0,
                x1: hit.bbox.x1,
            });
        }
        columns.extend(more(layout, open..whole.tokens.end));
        let bbox = whole.bbox;
        match columns.len() - start {
            0 => columns.push(Column {
                meanings: Vec::new(),
                text: squeeze(&layout.segment_text(segment)),
                x0: bbox.x0,
                x1: bbox.x1,
            }),
            1 => {
                // Words beside the label (`Betrag in EUR`) belong to the same head.
                columns[start].x0 = columns[start].x0.min(bbox.x0);
                columns[start].x1 = columns[start].x1.max(bbox.x1);
            }
            _ => {}
        }
    }
    columns.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    columns
}

/// A head that only [`MORE`] knows, where words hold nothing else.
fn more(layout: &Layout, words: Range<usize>) -> Option<Column> {
    if words.is_empty() {
        return None;
    }
    let text = squeeze(&layout.text(words.clone()));
    let meanings = MORE.get(&text)?.clone();
    let bbox = layout.bbox(words);
    Some(Column {
        meanings,
        text,
        x0: bbox.x0,
        x1: bbox.x1,
    })
}

/// What is sold or how much, and money for it; nearly all heads known.
fn is_head(columns: &[Column]) -> bool {
    let any = |concepts: &[Concept]| {
        columns
            .iter()
            .any(|c| concepts.iter().any(|k| c.weight(*k) > 0.0))
    };
    let known = columns.iter().filter(|c| !c.meanings.is_empty()).count();
    columns.len() <= MOST_COLUMNS
        && any(&[Concept::Description, Concept::Quantity, Concept::ItemCode])
        && any(&[Concept::LineNet, Concept::UnitPrice, Concept::LineGross])
        && (known >= 3 || known == columns.len())
        && known * 2 > columns.len()
        && known >= 2
}

fn has_amounts(layout: &Layout, row: usize) -> bool {
    layout.tokens[layout.rows[row].tokens.clone()]
        .iter()
        .any(|t| amount::read(&[t.text.as_str()], Writing::default()).is_some_and(|a| a.exact))
}

/// Heads broken over rows: what stands close below or above a head belongs to it.
fn extend(analysis: &Analysis, by_row: &HashMap<usize, Vec<usize>>, head: &mut Head) {
    for _ in 0..MOST_MORE_ROWS {
        let next = head.rows.1 + 1;
        if !grow(analysis, by_row, head, next) {
            break;
        }
        head.rows.1 = next;
    }
    for _ in 0..MOST_MORE_ROWS {
        let Some(next) = head.rows.0.checked_sub(1) else {
            return;
        };
        if !grow(analysis, by_row, head, next) {
            return;
        }
        head.rows.0 = next;
    }
}

/// Takes a row into a head that it stands close to, where it belongs there: without
/// digits, each of its parts in one column at most, and one of them a known head or
/// the rest of one.
fn grow(
    analysis: &Analysis,
    by_row: &HashMap<usize, Vec<usize>>,
    head: &mut Head,
    next: usize,
) -> bool {
    let layout = &analysis.layout;
    let Some(row) = layout.rows.get(next) else {
        return false;
    };
    let below = next > head.rows.1;
    let (upper, lower) = if below {
        (layout.rows[head.rows.1].bbox, row.bbox)
    } else {
        (row.bbox, layout.rows[head.rows.0].bbox)
    };
    let close = row.page == head.page && lower.y0 - upper.y1 < 0.7 * upper.height();
    let digits = layout.tokens[row.tokens.clone()]
        .iter()
        .any(|t| t.text.contains(|c: char| c.is_ascii_digit()));
    if !close || digits {
        return false;
    }
    let parts = columns_of(analysis, by_row, next);
    let mut joins = Vec::new();
    let mut belongs = false;
    for part in &parts {
        let over: Vec<usize> = (0..head.columns.len())
            .filter(|i| head.columns[*i].overlaps(part.x0, part.x1))
            .collect();
        let column = match over[..] {
            [] => None,
            [column] => Some(column),
            _ => return false,
        };
        let joined = column.map_or_else(String::new, |i| {
            let own = &head.columns[i].text;
            if below {
                format!("{own}{}", part.text)
            } else {
                format!("{}{own}", part.text)
            }
        });
        let meanings = column_meanings(&joined);
        belongs |= !meanings.is_empty() || !part.meanings.is_empty();
        joins.push((column, joined, meanings));
    }
    if !belongs {
        return false;
    }
    for (part, (column, joined, meanings)) in parts.into_iter().zip(joins) {
        match column {
            Some(i) => {
                let column = &mut head.columns[i];
                column.x0 = column.x0.min(part.x0);
                column.x1 = column.x1.max(part.x1);
                column.text = joined;
                if !meanings.is_empty() {
                    column.meanings = meanings;
                } else if column.meanings.is_empty() {
                    column.meanings = part.meanings;
                }
            }
            None if !part.meanings.is_empty() => head.columns.push(part),
            None => {}
        }
    }
    head.columns.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    true
}

/// What a whole head means as that of a column; empty where it is not known.
fn column_meanings(squeezed: &str) -> Vec<Meaning> {
    let known = labels::exact(squeezed).unwrap_or_default();
    let more = MORE.get(squeezed).map(Vec::as_slice).unwrap_or_default();
    known
        .iter()
        .chain(more)
        .filter(|m| m.concept.is_column())
        .copied()
        .collect()
}

/// Where two columns both seem to describe, the first holds codes or numbers; where two
/// seem to be prices and none is the amount, the last one is (`Prix unitaire`, `Prix HT`).
fn settle(columns: &mut [Column]) {
    let prices: Vec<usize> = (0..columns.len())
        .filter(|i| columns[*i].weight(Concept::UnitPrice) > 0.0)
        .collect();
    let has_amount = columns.iter().any(|c| c.weight(Concept::LineNet) > 0.0);
    if let (false, [_, .., last]) = (has_amount, &prices[..]) {
        columns[*last].meanings = vec![Meaning {
            concept: Concept::LineNet,
            weight: 0.8,
        }];
    }
    let described: Vec<usize> = (0..columns.len())
        .filter(|i| columns[*i].weight(Concept::Description) > 0.0)
        .collect();
    if let [first, _, ..] = described[..] {
        let column = &mut columns[first];
        column
            .meanings
            .retain(|m| m.concept != Concept::Description);
        if column.meanings.is_empty() {
            column.meanings.push(Meaning {
                concept: Concept::ItemCode,
                weight: 0.4,
            });
        }
    }
}
