//! Levels of likeness of two values of a column.

use super::likeness::{jaro_winkler, one_slip, same_beginning};
use super::model::Order;
use super::table::{Column, Kind};

/// Levels a column may have: they are packed into four bits.
pub(super) const LEVELS: usize = 16;
/// One value is missing: no evidence.
pub(super) const MISSING: u8 = 0;
/// The values are one.
pub(super) const SAME: u8 = 1;
/// The shorter text, of at least three letters, begins the longer.
pub(super) const BEGINS: u8 = 2;

/// Jaro-Winkler likeness from which texts are at the levels after [`BEGINS`].
const ALIKE: [f64; 3] = [0.94, 0.87, 0.78];
/// Not alike, but of one beginning of at least three letters; and nothing of use in common.
const SAME_BEGINNING: u8 = 6;
const DIFFERENT_TEXT: u8 = 7;
/// Bytes of a beginning that says something.
const BEGINNING: usize = 3;
/// Codes one slip apart, and others.
const SLIP: u8 = 2;
const DIFFERENT_CODE: u8 = 3;
/// Shares of the larger amount up to which amounts are at the levels after [`SAME`].
const APART: [f64; 7] = [0.001, 0.01, 0.02, 0.035, 0.06, 0.1, 0.25];
/// Days up to which dates are at the levels after [`SAME`]: the right one later, or earlier.
const DAYS: [f64; 6] = [1.0, 2.0, 3.0, 6.0, 13.0, 31.0];

/// The level of two values by their codes.
pub(super) fn level(column: &Column, left: u32, right: u32) -> u8 {
    if left == 0 || right == 0 {
        return MISSING;
    }
    if left == right {
        return SAME;
    }
    match column.kind {
        Kind::Text => text(column.text(left), column.text(right)),
        Kind::Code if one_slip(column.text(left).as_bytes(), column.text(right).as_bytes()) => SLIP,
        Kind::Code => DIFFERENT_CODE,
        Kind::Number => amounts(column.number(left), column.number(right)),
        Kind::Date => dates(column, left, right),
    }
}

fn text(left: &str, right: &str) -> u8 {
    let beginning = same_beginning(left, right);
    if beginning >= BEGINNING && beginning == left.len().min(right.len()) {
        return BEGINS;
    }
    let likeness = jaro_winkler(left, right);
    let alike = (BEGINS + 1..).zip(ALIKE);
    alike
        .filter(|(_, least)| likeness >= *least)
        .map(|(level, _)| level)
        .next()
        .unwrap_or(if beginning >= BEGINNING {
            SAME_BEGINNING
        } else {
            DIFFERENT_TEXT
        })
}

fn amounts(left: f64, right: f64) -> u8 {
    let apart = (left - right).abs() / left.abs().max(right.abs());
    if apart.is_nan() {
        return if left.is_nan() || right.is_nan() {
            MISSING
        } else {
            SAME
        };
    }
    let levels = (SAME + 1..).zip(APART);
    let beyond = SAME + 1 + APART.len() as u8;
    levels
        .clone()
        .find(|(_, most)| apart <= *most)
        .map_or(beyond, |(level, _)| level)
}

fn dates(column: &Column, left: u32, right: u32) -> u8 {
    let later = column.number(right) - column.number(left);
    let earlier = SAME + 1 + DAYS.len() as u8;
    let slip = earlier + DAYS.len() as u8;
    let within = DAYS.iter().position(|most| later.abs() <= *most);
    match within {
        Some(place) if later > 0.0 => SAME + 1 + place as u8,
        Some(place) => earlier + place as u8,
        // A day that cannot be is compared as what is written.
        None if one_slip(column.text(left).as_bytes(), column.text(right).as_bytes()) => slip,
        None => slip + 1,
    }
}

/// Share of rows that would agree as far as two values do, where their level is one of agreement.
pub(super) fn agreed_share(
    column: &Column,
    order: &Order,
    level: u8,
    left: u32,
    right: u32,
) -> Option<f64> {
    match (column.kind, level) {
        (Kind::Date | Kind::Number, _) | (_, MISSING) => None,
        (_, SAME) => Some(column.share(left)),
        (Kind::Text, BEGINS..DIFFERENT_TEXT) => {
            let alike = same_beginning(column.text(left), column.text(right));
            (alike >= BEGINNING).then(|| order.share_beginning(column, left, alike))
        }
        _ => None,
    }
}
