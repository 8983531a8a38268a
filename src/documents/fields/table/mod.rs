//! Line items under the heads of their columns, and the tax breakdown.
//!
//! The head is found by its labels ([`heads`]), words below go to the columns by
//! their place ([`cells`]), rows are collected until the sums begin ([`rows`]),
//! and arithmetic says which column is which where labels leave it open ([`roles`]).

mod cells;
mod heads;
mod roles;
mod rows;
mod taxes;

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::analysis::Analysis;
use crate::documents::{Field, FieldName, Line, TaxSubtotal};

/// What the tables of a document say.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// Line items, in order.
    pub lines: Vec<Line>,
    /// Tax by rate.
    pub taxes: Vec<TaxSubtotal>,
}

/// Sums read from the page, to hold the lines against.
#[derive(Debug, Default)]
struct Known {
    /// Net amount and sum of lines, as far as read.
    nets: Vec<Decimal>,
    /// Other sums without tax that the page states, such as one before postage.
    partial: Vec<Decimal>,
    tax: Option<Decimal>,
    total: Option<Decimal>,
}

impl Known {
    fn of(fields: &BTreeMap<FieldName, Field>, partial: Vec<Decimal>) -> Self {
        let value = |name| fields.get(&name).and_then(|f| f.value.parse().ok());
        Self {
            nets: [FieldName::LinesTotal, FieldName::Net]
                .into_iter()
                .filter_map(value)
                .collect(),
            partial,
            tax: value(FieldName::Tax),
            total: value(FieldName::Total),
        }
    }

    /// Whether an amount is the net within what rounding of lines may leave.
    fn is_net(&self, sum: Decimal, lines: usize) -> bool {
        let slack = Decimal::new(i64::try_from(lines).unwrap_or(0).max(1), 2);
        self.nets
            .iter()
            .chain(&self.partial)
            .any(|net| (net.abs() - sum.abs()).abs() <= slack)
    }

    /// Whether lines add up to the total with tax, and so are stated with tax.
    fn is_gross(&self, sum: Decimal, lines: usize) -> bool {
        self.tax.is_some_and(|tax| !tax.is_zero())
            && self.total.is_some_and(|total| {
                (total.abs() - sum.abs()).abs() <= Decimal::new(1, 2) && !self.is_net(sum, lines)
            })
    }
}

/// Reads the tables; `fields` are the sums already read. Lines are left out
/// altogether where they contradict the sums and do not prove themselves.
#[must_use]
pub(super) fn read(analysis: &Analysis, fields: &BTreeMap<FieldName, Field>) -> Table {
    let sheets = rows::collect(analysis);
    let taken: Vec<usize> = sheets
        .iter()
        .flat_map(|s| s.items.iter().map(|i| i.row))
        .collect();
    let known = Known::of(fields, taxes::printed_nets(analysis, &taken));
    let parts: Vec<roles::Part> = sheets
        .iter()
        .map(|sheet| roles::resolve(analysis, sheet, &known))
        .filter(|part| !part.lines.is_empty())
        .collect();
    Table {
        lines: agreed(parts, &known),
        taxes: taxes::read(analysis, &taken, &known),
    }
}

/// All lines, or those of the one table that makes the net, or none.
fn agreed(parts: Vec<roles::Part>, known: &Known) -> Vec<Line> {
    let sum = |lines: &[Line]| lines.iter().filter_map(|l| l.net).sum::<Decimal>();
    let fits = |lines: &[Line]| known.is_net(sum(lines), lines.len());
    let proved: usize = parts.iter().map(|p| p.proved).sum();
    if parts.len() > 1 && !known.nets.is_empty() {
        let all: Vec<Line> = parts.iter().flat_map(|p| p.lines.clone()).collect();
        if !fits(&all)
            && let Some(part) = parts.iter().find(|p| fits(&p.lines))
        {
            return part.lines.clone();
        }
    }
    let lines: Vec<Line> = parts.into_iter().flat_map(|p| p.lines).collect();
    let contradicts =
        !known.nets.is_empty() && lines.iter().any(|l| l.net.is_some()) && !fits(&lines);
    if known.is_gross(sum(&lines), lines.len()) || (contradicts && proved * 2 < lines.len()) {
        return Vec::new();
    }
    lines
}

#[cfg(test)]
mod tests;
