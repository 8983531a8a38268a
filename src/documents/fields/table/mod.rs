//! Line items under the heads of their columns, and the tax breakdown.
//!
//! The head is found by its labels ([`heads`]), words below go to the columns by
//! their place ([`cells`]), rows are collected until the sums begin ([`rows`]),
//! and arithmetic says which column is which where labels leave it open ([`roles`]).

mod cells;
mod headless;
mod heads;
mod roles;
mod rows;
mod stops;
mod taxes;

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use self::stops::Stops;
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

    /// Whether a sum is a net to the cent.
    fn is_exactly(&self, sum: Decimal) -> bool {
        let mut nets = self.nets.iter().chain(&self.partial);
        nets.any(|net| net.abs() == sum.abs())
    }

    /// Whether taxes make the tax of the document: the one read, or what lies between
    /// a net and the total.
    fn makes_tax(&self, taxes: &[TaxSubtotal]) -> bool {
        let sum: Decimal = taxes.iter().filter_map(|t| t.tax).sum();
        let between = self.nets.iter().filter_map(|net| Some(self.total? - net));
        let mut wanted = self.tax.into_iter().chain(between);
        !taxes.is_empty() && wanted.any(|tax| (tax.abs() - sum.abs()).abs() <= Decimal::new(1, 2))
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
    let stops = Stops::of(analysis);
    let sheets = rows::collect(analysis, &stops);
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
    let mut lines = agreed(parts, &known);
    if lines.is_empty() {
        lines = headless::read(analysis, &stops, &known);
    }
    Table {
        lines,
        taxes: taxes::read(analysis, &taken, &known),
    }
}

/// All lines, or those that make the net: of one table, or those that multiply up;
/// none where they contradict the net and do not prove themselves.
fn agreed(parts: Vec<roles::Part>, known: &Known) -> Vec<Line> {
    let sum = |lines: &[Line]| lines.iter().filter_map(|l| l.net).sum::<Decimal>();
    let fits = |lines: &[Line]| known.is_net(sum(lines), lines.len());
    let all: Vec<Line> = parts.iter().flat_map(|p| p.lines.clone()).collect();
    let proofs: Vec<bool> = parts.iter().flat_map(|p| p.proved.clone()).collect();
    let has_net = all.iter().any(|l| l.net.is_some());
    if !known.nets.is_empty() && has_net && !fits(&all) {
        if let Some(part) = parts.into_iter().find(|p| fits(&p.lines)) {
            return part.lines;
        }
        let proved: Vec<Line> = all
            .iter()
            .zip(&proofs)
            .filter(|(_, proved)| **proved)
            .map(|(line, _)| line.clone())
            .collect();
        if !proved.is_empty() && fits(&proved) {
            return proved;
        }
        if proved.len() * 2 < all.len() {
            return Vec::new();
        }
    }
    if known.is_gross(sum(&all), all.len()) {
        return Vec::new();
    }
    all
}

#[cfg(test)]
mod tests;
