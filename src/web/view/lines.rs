//! Line items and the tax breakdown as tables.

use rust_decimal::Decimal;

use super::words;
use crate::documents::{Line, TaxSubtotal};

/// Most lines shown; a longer table says how many more there are.
pub(crate) const MAX_LINES: usize = 500;

/// One line item, every cell ready to print.
#[derive(Debug, Clone)]
pub(crate) struct LineRow {
    /// Position from 0, the id of its box.
    pub(crate) position: usize,
    /// Its own number, or its place.
    pub(crate) id: String,
    /// What was sold.
    pub(crate) description: String,
    /// How much, with its unit.
    pub(crate) quantity: String,
    /// Price of one.
    pub(crate) unit_price: String,
    /// Tax rate.
    pub(crate) tax_rate: String,
    /// Net amount.
    pub(crate) net: String,
    /// 1-based page, where it has a box.
    pub(crate) page: Option<u32>,
}

/// Tax at one rate.
#[derive(Debug, Clone)]
pub(crate) struct TaxRow {
    /// Rate and category.
    pub(crate) rate: String,
    /// Taxable amount.
    pub(crate) base: String,
    /// Tax.
    pub(crate) tax: String,
}

/// The first [`MAX_LINES`] lines.
pub(crate) fn lines(lines: &[Line]) -> Vec<LineRow> {
    lines
        .iter()
        .take(MAX_LINES)
        .enumerate()
        .map(|(position, line)| LineRow {
            position,
            id: line
                .id
                .clone()
                .unwrap_or_else(|| (position + 1).to_string()),
            description: line
                .description
                .clone()
                .or_else(|| line.item_code.clone())
                .unwrap_or_default(),
            quantity: match (&line.quantity, &line.unit) {
                (Some(quantity), Some(unit)) => format!("{} {unit}", quantity.normalize()),
                (Some(quantity), None) => quantity.normalize().to_string(),
                _ => String::new(),
            },
            unit_price: money(line.unit_price),
            tax_rate: rate(line.tax_rate),
            net: money(line.net),
            page: line.bbox.and(line.page),
        })
        .collect()
}

/// The tax breakdown.
pub(crate) fn taxes(taxes: &[TaxSubtotal]) -> Vec<TaxRow> {
    taxes
        .iter()
        .map(|tax| {
            let rate = rate(tax.rate);
            let category = tax.category.as_deref().unwrap_or_default();
            TaxRow {
                rate: format!("{rate} {category}").trim().to_owned(),
                base: money(tax.base),
                tax: money(tax.tax),
            }
        })
        .collect()
}

fn money(amount: Option<Decimal>) -> String {
    amount.map_or_else(String::new, |amount| words::amount(&amount.to_string()))
}

fn rate(percent: Option<Decimal>) -> String {
    percent.map_or_else(String::new, |rate| format!("{}\u{202f}%", rate.normalize()))
}
