//! Words of a row put into the columns of a table.

use std::ops::Range;

use super::super::layout::Layout;
use super::super::recognise::amount::{self, Amount};
use super::super::recognise::number::Writing;
use super::heads::Column;

/// For each column, the words of a row that stand in it, as indices into
/// [`Layout::tokens`], left to right.
#[must_use]
pub(super) fn of_row(
    layout: &Layout,
    row: usize,
    columns: &[Column],
    writing: Writing,
) -> Vec<Vec<usize>> {
    let mut cells = vec![Vec::new(); columns.len()];
    for segment in layout.rows[row].segments.clone() {
        let range = layout.segments[segment].tokens.clone();
        let mut at = range.start;
        let mut before = None;
        while at < range.end {
            let end = atom_end(layout, at, range.end, writing);
            let bbox = layout.bbox(at..end);
            let number = is_number(layout, at..end, writing);
            let column = column_at(columns, bbox.x0, bbox.x1, before, number);
            if let Some(column) = column {
                cells[column].extend(at..end);
            }
            before = column;
            at = end;
        }
    }
    cells
}

/// The words of a cell joined by spaces.
#[must_use]
pub(super) fn text(layout: &Layout, cell: &[usize]) -> String {
    cell.iter()
        .map(|t| layout.tokens[*t].text.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The amount a cell starts with, and how many words are left behind it.
#[must_use]
pub(super) fn amount(layout: &Layout, cell: &[usize], writing: Writing) -> Option<(Amount, usize)> {
    let words: Vec<&str> = cell
        .iter()
        .map(|t| layout.tokens[*t].text.as_str())
        .collect();
    let found = amount::read(&words, writing).or_else(|| {
        // Signs of currencies the recogniser does not know: `R1,455.68`.
        let first = words.first()?;
        let digits = first.find(|c: char| c.is_ascii_digit())?;
        let sign = &first[..digits];
        let short = sign.chars().count() <= 2 && sign.chars().all(char::is_alphabetic);
        amount::read(&[&first[digits..]], writing).filter(|a| short && a.exact)
    })?;
    let rest = words.len().saturating_sub(found.words);
    Some((found, rest))
}

/// One number with its sign and currency, or one word. Numbers are joined over
/// narrow spaces alone, so that neighbouring columns stay apart.
fn atom_end(layout: &Layout, start: usize, stop: usize, writing: Writing) -> usize {
    let mut near = start + 1;
    while near < stop.min(start + 6) {
        let (left, right) = (&layout.tokens[near - 1], &layout.tokens[near]);
        if right.bbox.x0 - left.bbox.x1 > 0.5 * left.size.max(4.0) {
            break;
        }
        near += 1;
    }
    let words: Vec<&str> = layout.tokens[start..near]
        .iter()
        .map(|t| t.text.as_str())
        .collect();
    amount::read(&words, writing).map_or(start + 1, |a| start + a.words.max(1))
}

/// Whether words are one number.
fn is_number(layout: &Layout, words: Range<usize>, writing: Writing) -> bool {
    let texts: Vec<&str> = layout.tokens[words.clone()]
        .iter()
        .map(|t| t.text.as_str())
        .collect();
    amount::read(&texts, writing).is_some_and(|a| a.words == texts.len())
}

/// The column whose head stands over a word; else the column of the word just
/// before; else the nearest, texts reaching to the right of their heads.
fn column_at(
    columns: &[Column],
    x0: f32,
    x1: f32,
    before: Option<usize>,
    number: bool,
) -> Option<usize> {
    let over = (0..columns.len())
        .map(|i| (i, x1.min(columns[i].x1) - x0.max(columns[i].x0)))
        .filter(|(_, overlap)| *overlap > 0.5)
        .reduce(|a, b| if b.1 > a.1 { b } else { a });
    if let Some((column, _)) = over {
        return Some(column);
    }
    if before.is_some() {
        return before;
    }
    let right = columns.iter().position(|c| c.x0 >= x1);
    match right {
        Some(0) => Some(0),
        Some(next) if columns[next - 1].is_text() && (!number || columns[next].is_text()) => {
            Some(next - 1)
        }
        Some(next) => {
            let nearer = x0 - columns[next - 1].x1 < columns[next].x0 - x1;
            Some(if nearer { next - 1 } else { next })
        }
        None => columns.len().checked_sub(1),
    }
}
