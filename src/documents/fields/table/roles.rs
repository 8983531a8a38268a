//! Which column is quantity, price and amount, and the lines they make.

use rust_decimal::Decimal;

use super::super::analysis::Analysis;
use super::super::concept::Concept;
use super::super::recognise::amount::Amount;
use super::super::text::collapse;
use super::Known;
use super::cells;
use super::heads::Column;
use super::rows::{Item, Sheet};
use crate::documents::Line;

/// Characters kept of one description.
const LONGEST_DESCRIPTION: usize = 600;

/// Lines of one table.
#[derive(Debug)]
pub(super) struct Part {
    /// The lines, in order.
    pub lines: Vec<Line>,
    /// For each, whether it multiplies up.
    pub proved: Vec<bool>,
}

/// The columns that multiply.
#[derive(Debug, Clone, Copy, Default)]
struct Roles {
    quantity: Option<usize>,
    price: Option<usize>,
    net: Option<usize>,
}

/// Amounts by item and column.
struct Grid<'a> {
    analysis: &'a Analysis,
    sheet: &'a Sheet,
    amounts: Vec<Vec<Option<(Amount, usize)>>>,
}

/// Reads the lines of a table.
#[must_use]
pub(super) fn resolve(analysis: &Analysis, sheet: &Sheet, known: &Known) -> Part {
    let writing = analysis.habits.writing;
    let amounts = sheet
        .items
        .iter()
        .map(|item| {
            let read = |cell: &Vec<usize>| cells::amount(&analysis.layout, cell, writing);
            item.cells.iter().map(read).collect()
        })
        .collect();
    let grid = Grid {
        analysis,
        sheet,
        amounts,
    };
    let roles = grid.roles(known);
    let mut part = Part {
        lines: Vec::new(),
        proved: Vec::new(),
    };
    for (at, item) in sheet.items.iter().enumerate() {
        let line = grid.line(at, item, roles);
        if line.net.is_some() || (line.quantity.is_some() && line.unit_price.is_some()) {
            part.proved.push(grid.proof(at, roles).is_some());
            part.lines.push(line);
        }
    }
    part
}

impl Grid<'_> {
    /// The columns whose labels and products speak loudest.
    fn roles(&self, known: &Known) -> Roles {
        let quantities = self.options(&[Concept::Quantity], &[Concept::Unit]);
        let prices = self.options(&[Concept::UnitPrice], &[Concept::TaxRate]);
        let nets = self.options(&[Concept::LineNet], &[]);
        let mut best = (Roles::default(), f32::MIN);
        for (quantity, q) in &quantities {
            for (price, p) in &prices {
                for (net, n) in &nets {
                    let roles = Roles {
                        quantity: *quantity,
                        price: *price,
                        net: *net,
                    };
                    if (quantity.is_some() && (quantity == price || quantity == net))
                        || (price.is_some() && price == net)
                    {
                        continue;
                    }
                    let score = 3.0 * (q + p + n) + self.evidence(roles, known);
                    if score > best.1 {
                        best = (roles, score);
                    }
                }
            }
        }
        best.0
    }

    fn evidence(&self, roles: Roles, known: &Known) -> f32 {
        let count = self.sheet.items.len();
        let proofs = (0..count)
            .filter(|at| self.proof(*at, roles).is_some())
            .count();
        let sum: Decimal = (0..count).filter_map(|at| self.money(at, roles.net)).sum();
        let fits = roles.net.is_some() && known.is_net(sum, count);
        proofs as f32 + if fits { 2.0 } else { 0.0 }
    }

    /// Columns that may hold a concept with the weight of their label; unlabelled
    /// ones and those of `others` weigh nothing and need products to be chosen.
    fn options(&self, concepts: &[Concept], others: &[Concept]) -> Vec<(Option<usize>, f32)> {
        let mut options = vec![(None, 0.0)];
        for (i, column) in self.sheet.columns.iter().enumerate() {
            let weigh = |list: &[Concept]| {
                list.iter()
                    .map(|c| column.weight(*c))
                    .fold(0.0_f32, f32::max)
            };
            let weight = weigh(concepts);
            let possible = weight > 0.0 || column.meanings.is_empty() || weigh(others) > 0.0;
            let filled = (0..self.sheet.items.len())
                .filter(|at| self.money(*at, Some(i)).is_some())
                .count();
            if possible && filled > 0 {
                let share = filled as f32 / self.sheet.items.len().max(1) as f32;
                options.push((Some(i), weight * share));
            }
        }
        options
    }

    /// The amount of an item in a column, percentages aside.
    fn money(&self, at: usize, column: Option<usize>) -> Option<Decimal> {
        self.amount(at, column?)
            .filter(|a| !a.percent)
            .map(|a| a.value)
    }

    fn amount(&self, at: usize, column: usize) -> Option<&Amount> {
        self.amounts.get(at)?.get(column)?.as_ref().map(|a| &a.0)
    }

    fn column(&self, concept: Concept) -> Option<usize> {
        let columns = &self.sheet.columns;
        (0..columns.len()).find(|i| columns[*i].weight(concept) > 0.0)
    }

    /// The allowance with which quantity times price makes the amount, 0 without
    /// one; `None` where they do not multiply up.
    fn proof(&self, at: usize, roles: Roles) -> Option<Decimal> {
        let quantity = self.money(at, roles.quantity)?;
        let price = self.amount(at, roles.price?).filter(|a| !a.percent)?;
        let net = self.money(at, roles.net)?;
        let product = quantity.checked_mul(price.value)?;
        // A printed price may be rounded at its last digit.
        let last = Decimal::new(5, u32::from(price.decimals.min(8)) + 1);
        let slack = (quantity.abs().checked_mul(last)?)
            .min(net.abs().checked_mul(Decimal::new(5, 3))?)
            .max(Decimal::new(11, 3));
        let near = |value: Decimal| (value.abs() - net.abs()).abs() <= slack;
        if near(product) {
            return Some(Decimal::ZERO);
        }
        let discount = self
            .column(Concept::LineDiscount)
            .and_then(|c| self.amount(at, c))?;
        let off = discount.value.abs();
        let by_amount = (!discount.percent && near(product - off)).then_some(off);
        by_amount.or_else(|| {
            let part = product
                .checked_mul(off)?
                .checked_div(Decimal::ONE_HUNDRED)?;
            near(product - part).then(|| part.round_dp(2))
        })
    }

    fn line(&self, at: usize, item: &Item, roles: Roles) -> Line {
        let layout = &self.analysis.layout;
        let text = |column: Option<usize>| {
            let words = cells::text(layout, item.cells.get(column?)?);
            Some(collapse(&words)).filter(|t| !t.is_empty())
        };
        let tokens = item
            .cells
            .iter()
            .chain(&item.wraps)
            .flatten()
            .map(|t| layout.tokens[*t].bbox);
        let rate = self
            .column(Concept::TaxRate)
            .filter(|c| roles.price != Some(*c))
            .and_then(|c| self.amount(at, c))
            .map(|a| a.value)
            .filter(|r| (Decimal::ZERO..=Decimal::from(40)).contains(r));
        Line {
            id: text(self.column(Concept::LineNo)).filter(|t| t.chars().count() <= 12),
            description: self.description(item),
            item_code: text(self.column(Concept::ItemCode)),
            quantity: self.money(at, roles.quantity),
            unit: self.unit(at, item, roles),
            unit_price: self.money(at, roles.price),
            allowance: self.proof(at, roles).filter(|a| !a.is_zero()),
            net: self.money(at, roles.net),
            tax_rate: rate,
            page: Some(layout.rows[item.row].page),
            bbox: tokens.reduce(|a, b| a.union(b)),
            ..Line::default()
        }
    }

    fn description(&self, item: &Item) -> Option<String> {
        let layout = &self.analysis.layout;
        let is_description = |c: &Column| c.weight(Concept::Description) > 0.0;
        let own = self
            .sheet
            .columns
            .iter()
            .zip(&item.cells)
            .filter(|(column, _)| is_description(column))
            .map(|(_, cell)| cell);
        let words: Vec<String> = own
            .chain(&item.wraps)
            .map(|cell| cells::text(layout, cell))
            .collect();
        let text: String = collapse(&words.join(" "))
            .chars()
            .take(LONGEST_DESCRIPTION)
            .collect();
        (!text.is_empty()).then_some(text)
    }

    /// The unit in its column, or behind the quantity.
    fn unit(&self, at: usize, item: &Item, roles: Roles) -> Option<String> {
        let layout = &self.analysis.layout;
        let own = self
            .column(Concept::Unit)
            .filter(|c| roles.quantity != Some(*c))
            .map(|c| cells::text(layout, &item.cells[c]));
        let behind = || {
            let column = roles.quantity?;
            let (_, rest) = self.amounts[at][column].as_ref()?;
            let cell = &item.cells[column];
            Some(cells::text(
                layout,
                &cell[cell.len() - rest.min(&cell.len())..],
            ))
        };
        own.filter(|t| !t.is_empty())
            .or_else(behind)
            .filter(|t| !t.is_empty() && t.chars().count() <= 16)
    }
}
