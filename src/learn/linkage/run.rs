//! From two tables to links.

use std::cmp::Ordering;

use super::assign::one_to_one;
use super::block;
use super::model::{LinkModel, MOST_COLUMNS, Weight, pattern};
use super::table::{Column, Table};
use crate::learn::parallel;

/// Bits below which a pair is so surely none that how rare its values are changes nothing.
const HOPELESS: f64 = -20.0;

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct LinkOptions {
    /// Whether a row has at most one partner.
    pub one_to_one: bool,
    /// Least probability of a link.
    pub least_probability: f64,
}

impl Default for LinkOptions {
    fn default() -> Self {
        Self {
            one_to_one: false,
            least_probability: 0.5,
        }
    }
}

/// Why nothing can be linked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// There are no rows to compare.
    #[error("a table has no rows to compare")]
    Empty,
    /// No column that tells rows apart is in both tables.
    #[error("no column with different values has the same name in both tables")]
    NoColumn,
    /// Too many columns.
    #[error("{0} columns to compare, more than {MOST_COLUMNS}")]
    TooManyColumns(usize),
}

/// Two rows that are one thing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    /// Row of the left table.
    pub left: u32,
    /// Row of the right table; in one table, the later row.
    pub right: u32,
    /// Logarithm, base 2, of the odds: the prior's, the columns' and the rivals' together.
    pub bits: f64,
    /// Bits that other partners of its rows take or, where hardly a row is alone, give; 0 unless
    /// linked one to one.
    pub rivals: f64,
    pattern: u64,
}

impl Link {
    /// Chance that the rows are one thing, 0 to 1.
    #[must_use]
    pub fn probability(&self) -> f64 {
        1.0 / (1.0 + (-self.bits).exp2())
    }

    pub(super) fn likeliest_first(one: &Self, other: &Self) -> Ordering {
        let by_row = (one.left, one.right).cmp(&(other.left, other.right));
        other.bits.total_cmp(&one.bits).then(by_row)
    }
}

/// Links and why.
#[derive(Debug)]
pub struct Linked {
    /// The likeliest first; of the same odds, by row.
    pub links: Vec<Link>,
    /// How many pairs were compared.
    pub compared: usize,
    model: LinkModel,
    columns: Vec<Column>,
}

impl Linked {
    /// Names of the columns that were compared.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }

    /// Bits of a pair of which nothing is known; with
    /// [`Self::why`] and the rivals' they are the link's bits.
    #[must_use]
    pub const fn prior_bits(&self) -> f64 {
        self.model.prior_bits()
    }

    /// What each column adds to a link's bits.
    #[must_use]
    pub fn why(&self, link: &Link) -> Vec<Weight> {
        let bits = self
            .model
            .weights(&self.columns, (link.left, link.right), link.pattern);
        self.columns
            .iter()
            .zip(bits)
            .map(|(column, bits)| Weight {
                column: column.name.clone(),
                bits,
            })
            .collect()
    }
}

/// Finds the rows of two tables, or of one (`right` is `None`), that are one thing.
///
/// # Errors
/// [`LinkError`] where there is nothing to compare.
pub fn link(
    left: &Table,
    right: Option<&Table>,
    options: &LinkOptions,
) -> Result<Linked, LinkError> {
    let within_one = right.is_none();
    let right = right.unwrap_or(left);
    if left.is_empty() || right.is_empty() || within_one && left.len() < 2 {
        return Err(LinkError::Empty);
    }
    let columns = columns(left, right, within_one)?;
    let candidates = block::pairs(&columns, within_one);
    let patterns = parallel::map(&candidates, |pair| pattern(&columns, *pair));
    let (rows, others) = (left.len() as f64, right.len() as f64);
    let (pairs, most) = if within_one {
        (rows * (rows - 1.0) / 2.0, rows)
    } else {
        (rows * others, rows.min(others))
    };
    let model = LinkModel::fit(&columns, &patterns, pairs, most);
    let compared = candidates.len();
    let all: Vec<((u32, u32), u64)> = candidates.into_iter().zip(patterns).collect();
    let scored = parallel::map(&all, |(pair, pattern)| {
        let rough = model.rough(*pattern);
        if rough < HOPELESS {
            return rough;
        }
        model.prior_bits() + model.weights(&columns, *pair, *pattern).sum::<f64>()
    });
    // A probability of 0 or 1 has no odds.
    let least_probability = options
        .least_probability
        .clamp(f64::EPSILON, 1.0 - f64::EPSILON);
    let least = (least_probability / (1.0 - least_probability)).log2();
    let kept = if options.one_to_one { HOPELESS } else { least };
    let mut links: Vec<Link> = all
        .into_iter()
        .zip(scored)
        .filter(|(_, bits)| *bits >= kept)
        .map(|(((left, right), pattern), bits)| Link {
            left,
            right,
            bits,
            rivals: 0.0,
            pattern,
        })
        .collect();
    if options.one_to_one {
        links = one_to_one(links, [left.len(), right.len()], least);
    } else {
        links.sort_by(Link::likeliest_first);
    }
    Ok(Linked {
        links,
        compared,
        model,
        columns,
    })
}

fn columns(left: &Table, right: &Table, within_one: bool) -> Result<Vec<Column>, LinkError> {
    let named = left
        .names
        .iter()
        .zip(&left.columns)
        .filter_map(|(name, values)| {
            let at = right.names.iter().position(|other| other == name)?;
            Some((name, values, right.columns.get(at)?))
        });
    let named: Vec<(&String, &Vec<String>, &Vec<String>)> = named.collect();
    let columns = parallel::map(&named, |(name, left, right)| {
        Column::new(name, left, right, within_one)
    });
    let columns: Vec<Column> = columns
        .into_iter()
        .filter(|column| column.texts.len() > 1)
        .collect();
    match columns.len() {
        0 => Err(LinkError::NoColumn),
        1..=MOST_COLUMNS => Ok(columns),
        more => Err(LinkError::TooManyColumns(more)),
    }
}
