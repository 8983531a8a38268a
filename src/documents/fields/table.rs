//! Line items under the heads of their columns, and the tax breakdown.

use super::analysis::Analysis;
use crate::documents::{Line, TaxSubtotal};

/// What the tables of a document say.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// Line items, in order.
    pub lines: Vec<Line>,
    /// Tax by rate.
    pub taxes: Vec<TaxSubtotal>,
}

/// Reads the tables.
#[must_use]
pub(super) fn read(_analysis: &Analysis) -> Table {
    Table::default()
}
