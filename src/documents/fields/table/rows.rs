//! Rows of line items under their head, until the sums begin.

use std::collections::HashMap;

use super::super::analysis::Analysis;
use super::super::concept::Concept;
use super::super::labels::Hit;
use super::super::text::squeeze;
use super::cells;
use super::heads::{self, Column, Head};

/// Items read of one document.
const MOST_ITEMS: usize = 500;
/// Rows of text that one description wraps over.
const MOST_WRAPS: usize = 12;

/// What announces the sum of a page, to be carried to the next.
const CARRIED: &[&str] = &[
    "ubertrag",
    "uebertrag",
    "carriedforward",
    "carryover",
    "carriedover",
    "broughtforward",
    "subtotalcarriedforward",
    "areporter",
    "report",
    "soustotalareporter",
    "transport",
    "transporteren",
    "overtebrengen",
    "overgebracht",
    "subtotaalpagina",
    "sumaysigue",
    "sumaanterior",
    "subtotalacontinuar",
    "alavuelta",
    "delavuelta",
    "ariportare",
    "segue",
    "riporto",
    "subtotaledariportare",
    "zwischensumme",
    "subtotal",
    "soustotal",
    "subtotaal",
    "subtotale",
];

/// One line item as words in columns.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// Index of its row.
    pub row: usize,
    /// Words by column, indices into the layout's tokens.
    pub cells: Vec<Vec<usize>>,
    /// Words of the rows its description wraps over.
    pub wraps: Vec<Vec<usize>>,
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
pub(super) fn collect(analysis: &Analysis) -> Vec<Sheet> {
    let heads = heads::find(analysis);
    let mut labels: HashMap<usize, Vec<&Hit>> = HashMap::new();
    for hit in &analysis.hits {
        labels.entry(hit.row).or_default().push(hit);
    }
    let mut sheets: Vec<Sheet> = Vec::new();
    let mut count = 0;
    for (i, head) in heads.iter().enumerate() {
        let stop = heads
            .get(i + 1)
            .map_or(analysis.layout.rows.len(), |h| h.rows.0);
        let walk = Walk {
            analysis,
            labels: &labels,
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
    labels: &'a HashMap<usize, Vec<&'a Hit>>,
    head: &'a Head,
}

/// What a row is to a table.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    /// An item; whether quantity, price and amount are all there.
    Item { full: bool },
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
            let cells = cells::of_row(layout, row, &self.head.columns, self.analysis.habits.mark);
            let kind = self.kind(&cells);
            let full = kind == Kind::Item { full: true };
            if self.is_carried(row) && !full {
                strict = true;
                continue;
            }
            match self.sums_up(row) {
                Some(true) if !full => break,
                Some(false) if !full => continue,
                _ => {}
            }
            let gap = layout.rows[row].bbox.y0 - layout.rows[last].bbox.y1;
            let line = layout.rows[last].bbox.height().clamp(6.0, 16.0);
            match kind {
                Kind::Item { full }
                    if full
                        || (!(strict || gap > 8.0 * line)
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
                    items.push(Item { row, cells, wraps });
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
        items
    }

    fn kind(&self, cells: &[Vec<usize>]) -> Kind {
        let layout = &self.analysis.layout;
        let mark = self.analysis.habits.mark;
        let (mut net, mut price, mut quantity) = (false, false, false);
        let mut numbers = 0;
        for (column, cell) in self.head.columns.iter().zip(cells) {
            if cell.is_empty() || column.is_text() && !column.is_money() {
                continue;
            }
            numbers += 1;
            match cells::amount(layout, cell, mark) {
                Some((amount, rest)) => {
                    if column.is_money() && rest > 0 {
                        return Kind::Other;
                    }
                    net |= !amount.percent
                        && (column.weight(Concept::LineNet) > 0.0
                            || column.weight(Concept::LineGross) > 0.0);
                    price |= !amount.percent
                        && (column.weight(Concept::UnitPrice) > 0.0
                            || column.weight(Concept::TaxRate) > 0.0);
                    quantity |= column.weight(Concept::Quantity) > 0.0;
                }
                None if column.is_money() => return Kind::Other,
                None => {}
            }
        }
        if net || (quantity && price) {
            Kind::Item {
                full: net && quantity && price,
            }
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

    /// Whether the row carries a sum over to the next page or sums up a part.
    fn is_carried(&self, row: usize) -> bool {
        let layout = &self.analysis.layout;
        layout.rows[row].segments.clone().any(|segment| {
            let text = squeeze(&layout.segment_text(segment));
            CARRIED.iter().any(|phrase| {
                text.strip_prefix(phrase).is_some_and(|rest| {
                    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
                    rest.is_empty()
                        || ["eur", "auf", "von", "page", "pagina", "seite", "precedente"]
                            .iter()
                            .any(|word| rest.starts_with(word))
                })
            })
        })
    }

    /// `Some(true)` for a row of the sums below a table, `Some(false)` for one that
    /// sums up some section, `None` for any other.
    fn sums_up(&self, row: usize) -> Option<bool> {
        const SUMS: [Concept; 7] = [
            Concept::Net,
            Concept::LinesTotal,
            Concept::Total,
            Concept::Payable,
            Concept::Tax,
            Concept::Prepaid,
            Concept::TaxBase,
        ];
        let layout = &self.analysis.layout;
        let hits = self.labels.get(&row)?;
        hits.iter()
            .filter(|h| self.leads(h) && SUMS.iter().any(|c| h.weight(*c) >= 0.8))
            .map(|h| {
                // `Total 12,00 EUR` and `VAT (19 %)`, but not `Tax advice in May`.
                let segment = &layout.segments[h.segment];
                layout.tokens[h.tokens.end..segment.tokens.end]
                    .iter()
                    .all(|t| t.text.chars().filter(|c| c.is_alphabetic()).count() <= 4)
            })
            .reduce(|a, b| a | b)
    }

    /// Whether a label comes first in its segment but for a number (`19 % USt`).
    fn leads(&self, hit: &Hit) -> bool {
        let layout = &self.analysis.layout;
        let start = layout.segments[hit.segment].tokens.start;
        let before = layout.tokens.get(start..hit.tokens.start);
        hit.leads
            || before
                .is_some_and(|words| words.iter().all(|t| !t.text.contains(char::is_alphabetic)))
    }
}
