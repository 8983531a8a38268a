//! Rows of line items under their head, until the sums begin.

use super::super::analysis::Analysis;
use super::super::concept::Concept;
use super::cells;
use super::heads::{self, Column, Head};
use super::stops::Stops;

/// Items read of one document.
const MOST_ITEMS: usize = 500;
/// Rows of text that one description wraps over.
const MOST_WRAPS: usize = 12;
/// Rows between the numbers of one item, at most.
const MOST_ROWS_APART: usize = 4;

/// One line item as words in columns.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// Index of its row.
    pub row: usize,
    /// Words by column, indices into the layout's tokens.
    pub cells: Vec<Vec<usize>>,
    /// Words of the rows its description wraps over.
    pub wraps: Vec<Vec<usize>>,
    parts: Parts,
}

/// Items under one head, or under its repetitions.
#[derive(Debug)]
pub(super) struct Sheet {
    /// The columns.
    pub columns: Vec<Column>,
    /// The items in order.
    pub items: Vec<Item>,
}

/// Every table of lines of a document.
#[must_use]
pub(super) fn collect(analysis: &Analysis, stops: &Stops) -> Vec<Sheet> {
    let heads = heads::find(analysis);
    let mut sheets: Vec<Sheet> = Vec::new();
    let mut count = 0;
    for (i, head) in heads.iter().enumerate() {
        let stop = heads
            .get(i + 1)
            .map_or(analysis.layout.rows.len(), |h| h.rows.0);
        let walk = Walk {
            analysis,
            stops,
            head,
        };
        let items = walk.items(stop, MOST_ITEMS.saturating_sub(count));
        count += items.len();
        match sheets.last_mut().filter(|s| head.repeats(&s.columns)) {
            Some(sheet) => sheet.items.extend(items),
            None => sheets.push(Sheet {
                columns: head.columns.clone(),
                items,
            }),
        }
    }
    sheets
}

/// One head and the rows below it.
struct Walk<'a> {
    analysis: &'a Analysis,
    stops: &'a Stops<'a>,
    head: &'a Head,
}

/// Which numbers of an item a row holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Parts {
    net: bool,
    price: bool,
    quantity: bool,
}

impl Parts {
    fn is_full(self) -> bool {
        self.net && self.price && self.quantity
    }

    fn count(self) -> usize {
        [self.net, self.price, self.quantity]
            .iter()
            .filter(|there| **there)
            .count()
    }

    fn is_item(self) -> bool {
        self.net || (self.quantity && self.price)
    }

    /// Whether the two hold different numbers, the amount in one of them.
    fn completes(self, other: Self) -> bool {
        (self.net ^ other.net)
            && !(self.price && other.price)
            && !(self.quantity && other.quantity)
            && (self.price || self.quantity || other.price || other.quantity)
    }

    fn and(self, other: Self) -> Self {
        Self {
            net: self.net || other.net,
            price: self.price || other.price,
            quantity: self.quantity || other.quantity,
        }
    }
}

/// What a row is to a table.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    /// Numbers of an item.
    Numbers(Parts),
    /// Words alone.
    Text,
    /// Neither.
    Other,
}

impl Walk<'_> {
    fn items(&self, stop: usize, most: usize) -> Vec<Item> {
        let layout = &self.analysis.layout;
        let mut items: Vec<Item> = Vec::new();
        // Text before an item without words of its own is that item's description.
        let mut pending: Vec<Vec<usize>> = Vec::new();
        let mut text_first = false;
        let mut strict = false;
        let mut last = self.head.rows.1;
        for row in self.head.rows.1 + 1..stop {
            let new_page = layout.rows[row].page != layout.rows[last].page;
            strict |= new_page;
            let cells = cells::of_row(
                layout,
                row,
                &self.head.columns,
                self.analysis.habits.writing,
            );
            let kind = self.kind(&cells);
            let full = matches!(kind, Kind::Numbers(parts) if parts.is_full());
            if self.stops.is_carried(row) && !full {
                strict = true;
                continue;
            }
            match self.stops.sums_up(row) {
                Some(true) if !full => break,
                Some(false) if !full => continue,
                _ => {}
            }
            let gap = layout.rows[row].bbox.y0 - layout.rows[last].bbox.y1;
            let line = layout.rows[last].bbox.height().clamp(6.0, 16.0);
            match kind {
                // Cells set in the middle of their item stand in rows of their own.
                Kind::Numbers(parts)
                    if !new_page
                        && gap < 0.9 * line
                        && items.last().is_some_and(|i| {
                            i.parts.completes(parts) && row - i.row <= MOST_ROWS_APART
                        }) =>
                {
                    if let Some(item) = items.last_mut() {
                        self.complete(item, cells, parts);
                    }
                    last = row;
                }
                Kind::Numbers(parts)
                    if full
                        || (!strict
                            && (parts.count() >= 2 || gap <= 8.0 * line)
                            && (parts.is_item() || self.has_amounts())
                            && (self.is_described(&cells) || !pending.is_empty())) =>
                {
                    if items.len() >= most {
                        break;
                    }
                    let described = !self.description(&cells).is_empty();
                    let mut wraps = Vec::new();
                    if !described && !pending.is_empty() {
                        text_first |= items.is_empty();
                        wraps = std::mem::take(&mut pending);
                    }
                    pending.clear();
                    items.push(Item {
                        row,
                        cells,
                        wraps,
                        parts,
                    });
                    last = row;
                }
                Kind::Text if !new_page && gap < 0.9 * line => {
                    let words = self.description(&cells);
                    let wraps = match items.last_mut() {
                        Some(item) if !text_first => &mut item.wraps,
                        _ => &mut pending,
                    };
                    if !words.is_empty() && wraps.len() < MOST_WRAPS {
                        wraps.push(words);
                    }
                    last = row;
                }
                _ => {}
            }
        }
        items.retain(|item| item.parts.is_item());
        items
    }

    /// Puts the cells of a later row into an item that lacked their numbers.
    fn complete(&self, item: &mut Item, cells: Vec<Vec<usize>>, parts: Parts) {
        let words = self.description(&cells);
        if !words.is_empty() && item.wraps.len() < MOST_WRAPS {
            item.wraps.push(words);
        }
        for ((own, more), column) in item.cells.iter_mut().zip(cells).zip(&self.head.columns) {
            if own.is_empty() && column.weight(Concept::Description) == 0.0 {
                *own = more;
            }
        }
        item.parts = item.parts.and(parts);
    }

    /// Whether the head has a column of amounts.
    fn has_amounts(&self) -> bool {
        let mut columns = self.head.columns.iter();
        columns.any(|c| c.weight(Concept::LineNet) > 0.0)
    }

    fn kind(&self, cells: &[Vec<usize>]) -> Kind {
        let layout = &self.analysis.layout;
        let writing = self.analysis.habits.writing;
        let mut parts = Parts::default();
        let mut numbers = 0;
        for (column, cell) in self.head.columns.iter().zip(cells) {
            if cell.is_empty() || column.is_text() && !column.is_money() {
                continue;
            }
            numbers += 1;
            match cells::amount(layout, cell, writing) {
                Some((amount, rest)) => {
                    // A letter behind an amount is the code of its tax.
                    let code = cell.last().filter(|_| rest == 1);
                    let code = code.is_some_and(|t| layout.tokens[*t].text.chars().count() == 1);
                    if column.is_money() && rest > 0 && !code {
                        return Kind::Other;
                    }
                    parts.net |= !amount.percent
                        && (column.weight(Concept::LineNet) > 0.0
                            || column.weight(Concept::LineGross) > 0.0);
                    parts.price |= !amount.percent
                        && (column.weight(Concept::UnitPrice) > 0.0
                            || column.weight(Concept::TaxRate) > 0.0);
                    parts.quantity |= column.weight(Concept::Quantity) > 0.0;
                }
                None if column.is_money() => return Kind::Other,
                None => {}
            }
        }
        if parts != Parts::default() {
            Kind::Numbers(parts)
        } else if numbers == 0 {
            Kind::Text
        } else {
            Kind::Other
        }
    }

    /// The words in the columns that describe.
    fn description(&self, cells: &[Vec<usize>]) -> Vec<usize> {
        self.head
            .columns
            .iter()
            .zip(cells)
            .filter(|(c, _)| c.weight(Concept::Description) > 0.0)
            .flat_map(|(_, cell)| cell.iter().copied())
            .collect()
    }

    /// Whether words stand where descriptions begin, as those of sums do not.
    fn is_described(&self, cells: &[Vec<usize>]) -> bool {
        let mut columns = self.head.columns.iter().zip(cells);
        let Some((column, cell)) = columns.find(|(c, _)| c.weight(Concept::Description) > 0.0)
        else {
            return true;
        };
        let first = cell.first().map(|t| self.analysis.layout.tokens[*t].bbox);
        first.is_some_and(|bbox| bbox.x0 < column.x1)
    }
}
