//! Which pairs are worth comparing: rows that share a key.
//!
//! A key is a value of one column, or what two or three columns hold roughly: how a text begins,
//! an amount within a tenth, a date within two weeks. Which keys serve is found from how many
//! pairs each would raise: the most selective first, as many as the budget allows.

use super::table::{Column, Kind};

/// Pairs that one key may raise, for each row of the larger table.
const PAIRS_OF_A_KEY: usize = 20;
/// Pairs that all keys together may raise, for each row of the larger table.
const PAIRS_OF_ALL: usize = 60;
/// Letters a text must begin with alike.
const BEGINNING: usize = 3;
/// Width of a class of amounts, as a logarithm: within a tenth lies in the next class at most.
const AMOUNT_CLASS: f64 = 0.105;
/// Width of a class of dates, in days.
const DATE_CLASS: f64 = 16.0;

/// How near the values of a column must be.
#[derive(Debug, Clone, Copy)]
enum Nearness {
    Same,
    Near,
}

type Part = (usize, Nearness);
/// Hash of a row's key, and the row.
type Keyed = Vec<(u64, u32)>;

/// Pairs to compare, each once: row of the left table, row of the right.
pub(super) fn pairs(columns: &[Column], within_one: bool) -> Vec<(u32, u32)> {
    let rows = columns
        .iter()
        .flat_map(|column| column.codes.iter().map(Vec::len))
        .max()
        .unwrap_or(0);
    let mut priced: Vec<(usize, [Keyed; 2])> = Vec::new();
    let most = PAIRS_OF_A_KEY * rows;
    let price = |key: &[Part], priced: &mut Vec<(usize, [Keyed; 2])>| {
        let sides = std::thread::scope(|scope| {
            let right = scope.spawn(|| keyed(columns, key, 1));
            let left = keyed(columns, key, 0);
            [left, right.join().unwrap_or_default()]
        });
        let price = count(&sides);
        let fits = price <= most;
        if fits && price > 0 {
            priced.push((price, sides));
        }
        fits
    };
    let mut wide = Vec::new();
    for at in 0..columns.len() {
        price(&[(at, Nearness::Same)], &mut priced);
        if !price(&[(at, Nearness::Near)], &mut priced) {
            wide.push(at);
        }
    }
    let near = |at: usize| (at, Nearness::Near);
    let mut wider = Vec::new();
    for (place, one) in wide.iter().enumerate() {
        for other in wide.iter().skip(place + 1) {
            if !price(&[near(*one), near(*other)], &mut priced) {
                wider.push((*one, *other));
            }
        }
    }
    // Three at once only where two are nowhere enough.
    if priced.is_empty() {
        for (one, other) in wider {
            for third in wide.iter().filter(|third| **third > other) {
                price(&[near(one), near(other), near(*third)], &mut priced);
            }
        }
    }
    priced.sort_by_key(|(price, _)| *price);
    let mut raised: Vec<u64> = Vec::new();
    let mut spent = 0;
    for (price, sides) in &priced {
        spent += price;
        if spent > PAIRS_OF_ALL * rows {
            break;
        }
        join(sides, |left, right| {
            if !within_one || left < right {
                raised.push(u64::from(left) << 32 | u64::from(right));
            }
        });
    }
    raised.sort_unstable();
    raised.dedup();
    raised
        .into_iter()
        .map(|pair| ((pair >> 32) as u32, pair as u32))
        .collect()
}

/// Rows of a side that have all parts of a key, in the order of their keys. A row of the right
/// table is under its own class and the neighbours', so that near values always meet.
fn keyed(columns: &[Column], key: &[Part], side: usize) -> Keyed {
    let rows = columns
        .first()
        .and_then(|column| column.codes.get(side))
        .map_or(0, Vec::len);
    let mut all = Keyed::with_capacity(rows);
    let mut hashes = Vec::new();
    for row in 0..rows as u32 {
        hashes.clear();
        hashes.push(0);
        for (at, nearness) in key {
            let parts = columns
                .get(*at)
                .map_or([None; 3], |column| values(column, *nearness, side, row));
            let so_far = std::mem::take(&mut hashes);
            for part in parts.into_iter().flatten() {
                hashes.extend(so_far.iter().map(|hash| mixed(*hash, part)));
            }
        }
        all.extend(hashes.iter().map(|hash| (*hash, row)));
    }
    all.sort_unstable();
    all
}

fn values(column: &Column, nearness: Nearness, side: usize, row: u32) -> [Option<u64>; 3] {
    let code = column.code(side, row);
    if code == 0 {
        return [None; 3];
    }
    let class = match (nearness, column.kind) {
        (Nearness::Same, _) => return [Some(u64::from(code)), None, None],
        (Nearness::Near, Kind::Text | Kind::Code) => {
            let mut letters = column.text(code).bytes().take(BEGINNING);
            return [
                Some(
                    letters
                        .by_ref()
                        .fold(1, |all, byte| all << 8 | u64::from(byte)),
                ),
                None,
                None,
            ];
        }
        (Nearness::Near, Kind::Number) => column.number(code).abs().ln() / AMOUNT_CLASS,
        (Nearness::Near, Kind::Date) => column.number(code) / DATE_CLASS,
    };
    if !class.is_finite() {
        return [None; 3];
    }
    let class = class.floor() as i64;
    let of = |class: i64| Some(class.cast_unsigned());
    if side == 0 {
        [of(class), None, None]
    } else {
        [of(class - 1), of(class), of(class + 1)]
    }
}

const fn mixed(hash: u64, part: u64) -> u64 {
    let mixed = (hash ^ part).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ mixed >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9)
}

fn count(sides: &[Keyed; 2]) -> usize {
    let mut pairs = 0;
    groups(sides, |left, right| pairs += left.len() * right.len());
    pairs
}

fn join(sides: &[Keyed; 2], mut each: impl FnMut(u32, u32)) {
    groups(sides, |left, right| {
        for (_, left) in left {
            for (_, right) in right {
                each(*left, *right);
            }
        }
    });
}

/// Rows of either side that share a key.
fn groups(sides: &[Keyed; 2], mut each: impl FnMut(&[(u64, u32)], &[(u64, u32)])) {
    let [left, right] = sides;
    let mut rest = right.as_slice();
    for group in left.chunk_by(|one, other| one.0 == other.0) {
        let Some((key, _)) = group.first() else {
            continue;
        };
        let skip = rest.partition_point(|(other, _)| other < key);
        rest = rest.get(skip..).unwrap_or_default();
        let same = rest.partition_point(|(other, _)| other == key);
        each(group, rest.get(..same).unwrap_or_default());
    }
}
