//! The tax breakdown: rate, base and tax printed together, where they multiply up.

use rust_decimal::Decimal;

use super::super::analysis::Analysis;
use super::super::candidates::Fact;
use super::super::concept::Concept;
use super::Known;
use crate::documents::TaxSubtotal;

/// Rates beyond this are none of tax on sales.
const HIGHEST_RATE: i64 = 30;
/// Rows of a breakdown under its head.
const MOST_ROWS: usize = 8;

/// Every rate whose tax is printed, in rows that speak of tax: with its base where the
/// two multiply up, else where all the taxes make the tax of the document. `taken` are
/// the rows of line items. Empty where the taxes found do not make the tax.
#[must_use]
pub(super) fn read(analysis: &Analysis, taken: &[usize], known: &Known) -> Vec<TaxSubtotal> {
    let layout = &analysis.layout;
    let rows = rows_of(analysis);
    let nets = labelled_nets(&rows, taken);
    let mut proved: Vec<TaxSubtotal> = Vec::new();
    let mut stated: Vec<TaxSubtotal> = Vec::new();
    let add = |list: &mut Vec<TaxSubtotal>, subtotal: Option<TaxSubtotal>| {
        if let Some(subtotal) = subtotal.filter(|s| !list.iter().any(|f| f.rate == s.rate)) {
            list.push(subtotal);
        }
    };
    for at in (0..rows.len()).filter(|at| !taken.contains(at)) {
        let under_head = (at.saturating_sub(MOST_ROWS)..at).any(|above| {
            rows[above].tax
                && rows[above].base
                && rows[above].amounts.is_empty()
                && layout.rows[above].page == layout.rows[at].page
        });
        if !(rows[at].tax || under_head) {
            continue;
        }
        let subtotal = rows[at]
            .proof(under_head)
            .or_else(|| rows[at].proof_with(&nets));
        add(&mut stated, subtotal.clone().or_else(|| rows[at].alone()));
        add(&mut proved, subtotal);
    }
    if known.tax.is_none() && !proved.is_empty() || known.makes_tax(&proved) {
        return proved;
    }
    if known.makes_tax(&stated) {
        return stated;
    }
    Vec::new()
}

/// The sums without tax that the page states, rows of line items (`taken`) aside.
#[must_use]
pub(super) fn printed_nets(analysis: &Analysis, taken: &[usize]) -> Vec<Decimal> {
    labelled_nets(&rows_of(analysis), taken)
}

fn rows_of(analysis: &Analysis) -> Vec<Row> {
    let layout = &analysis.layout;
    let mut rows: Vec<Row> = (0..layout.rows.len()).map(|_| Row::default()).collect();
    for (tokens, rate) in &analysis.candidates.percents {
        rows[layout.tokens[tokens.start].row].rates.push(*rate);
    }
    for candidate in &analysis.candidates.amounts {
        if let Fact::Amount(money) = &candidate.fact {
            let row = layout.tokens[candidate.tokens.start].row;
            rows[row].amounts.push(money.value);
        }
    }
    for hit in &analysis.hits {
        let says = |concept| hit.weight(concept) >= 0.4;
        let row = &mut rows[hit.row];
        row.tax |= says(Concept::Tax) || says(Concept::TaxRate) || says(Concept::LineTax);
        row.base |= says(Concept::TaxBase)
            || says(Concept::Net)
            || says(Concept::LinesTotal)
            || says(Concept::LineNet);
    }
    rows
}

/// What one row says.
#[derive(Debug, Default)]
struct Row {
    rates: Vec<Decimal>,
    amounts: Vec<Decimal>,
    tax: bool,
    base: bool,
}

impl Row {
    /// Rate, base and tax all in this row; under a head rates need no percent sign.
    fn proof(&self, under_head: bool) -> Option<TaxSubtotal> {
        let plain = self.amounts.iter().filter(|_| under_head);
        let rates: Vec<Decimal> = self.rates.iter().chain(plain).copied().collect();
        first_proof(&rates, &self.amounts, &self.amounts)
    }

    /// One rate and one amount in a row of tax, which may be its tax.
    fn alone(&self) -> Option<TaxSubtotal> {
        match (self.tax, &self.rates[..], &self.amounts[..]) {
            (true, [rate], [tax]) if is_rate(*rate) && !tax.is_zero() => Some(TaxSubtotal {
                rate: Some(rate.normalize()),
                tax: Some(*tax),
                ..TaxSubtotal::default()
            }),
            _ => None,
        }
    }

    /// Rate and tax in this row, the base among the nets of the document.
    fn proof_with(&self, nets: &[Decimal]) -> Option<TaxSubtotal> {
        first_proof(&self.rates, nets, &self.amounts)
    }
}

fn first_proof(rates: &[Decimal], bases: &[Decimal], taxes: &[Decimal]) -> Option<TaxSubtotal> {
    for rate in rates.iter().filter(|r| is_rate(**r)) {
        for base in bases {
            for tax in taxes {
                if base != tax && multiplies(*rate, *base, *tax) {
                    return Some(TaxSubtotal {
                        rate: Some(rate.normalize()),
                        base: Some(*base),
                        tax: Some(*tax),
                        ..TaxSubtotal::default()
                    });
                }
            }
        }
    }
    None
}

/// Amounts in rows labelled as a net, where nothing but one amount stands.
fn labelled_nets(rows: &[Row], taken: &[usize]) -> Vec<Decimal> {
    let mut nets: Vec<Decimal> = (0..rows.len())
        .filter(|at| rows[*at].base && !taken.contains(at))
        .filter_map(|at| match rows[at].amounts[..] {
            [net] => Some(net),
            _ => None,
        })
        .collect();
    nets.truncate(20);
    nets
}

fn is_rate(rate: Decimal) -> bool {
    rate > Decimal::ZERO && rate <= Decimal::from(HIGHEST_RATE)
}

fn multiplies(rate: Decimal, base: Decimal, tax: Decimal) -> bool {
    let Some(product) = base.checked_mul(rate) else {
        return false;
    };
    let expected = product / Decimal::ONE_HUNDRED;
    !tax.is_zero() && !base.is_zero() && (expected - tax).abs() <= Decimal::new(11, 3)
}
