//! Which pairs are worth comparing: rows that share a key.
//!
//! A key is a value of one column, or what two or three columns hold roughly: how a text begins,
//! an amount within a tenth, a date within two weeks. Which keys serve is found from how many
//! pairs each would raise: the most selective first, as many as the budget allows.

use super::table::{Column, Kind};
use crate::learn::parallel;

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
/// Rows of the left table whose pairs are gathered at a time.
const ROWS_AT_A_TIME: u32 = 1024;

/// How near the values of a column must be.
#[derive(Debug, Clone, Copy)]
enum Nearness {
    Same,
    Near,
}

type Part = (usize, Nearness);

/// A key and who has it.
struct Key {
    /// Pairs that it raises: not fewer, and hardly more.
    price: usize,
    /// Hash of each row of the left table that has all parts of the key.
    left: Vec<Option<u32>>,
    right: Buckets,
}

/// Rows of the right table by the beginning of the hash of their key.
struct Buckets {
    starts: Vec<u32>,
    /// Hash and row.
    entries: Vec<(u32, u32)>,
    shift: u32,
}

/// Pairs to compare, each once and in order: row of the left table, row of the right.
pub(super) fn pairs(columns: &[Column], within_one: bool) -> Vec<(u32, u32)> {
    let [left, right] = rows(columns);
    let keys = chosen(columns, left.max(right) as usize);
    let parts: Vec<u32> = (0..left.div_ceil(ROWS_AT_A_TIME)).collect();
    let pairs = parallel::map(&parts, |part| {
        let mut pairs = Vec::new();
        let mut partners: Vec<u32> = Vec::new();
        let from = part * ROWS_AT_A_TIME;
        for row in from..left.min(from + ROWS_AT_A_TIME) {
            partners.clear();
            for key in &keys {
                let hash = key.left.get(row as usize).copied().flatten();
                partners.extend(hash.into_iter().flat_map(|hash| key.right.with(hash)));
            }
            partners.sort_unstable();
            partners.dedup();
            let others = partners.iter().filter(|other| !within_one || row < **other);
            pairs.extend(others.map(|other| (row, *other)));
        }
        pairs
    });
    pairs.concat()
}

fn rows(columns: &[Column]) -> [u32; 2] {
    let codes = columns.first().map(|column| &column.codes);
    codes.map_or([0; 2], |codes| {
        codes.each_ref().map(|side| side.len() as u32)
    })
}

/// The keys that serve.
fn chosen(columns: &[Column], rows: usize) -> Vec<Key> {
    let most = PAIRS_OF_A_KEY * rows;
    let near = |at: usize| (at, Nearness::Near);
    let single = (0..columns.len()).flat_map(|at| [vec![(at, Nearness::Same)], vec![near(at)]]);
    let (mut keys, wide) = priced(columns, single.collect(), most);
    let wide: Vec<usize> = wide
        .iter()
        .flatten()
        .filter(|(_, nearness)| matches!(nearness, Nearness::Near))
        .map(|(at, _)| *at)
        .collect();
    let after = |one: usize| wide.iter().filter(move |other| **other > one).copied();
    let two = wide
        .iter()
        .flat_map(|one| after(*one).map(|other| vec![near(*one), near(other)]));
    let (more, wider) = priced(columns, two.collect(), most);
    keys.extend(more);
    // Three at once only where two are nowhere enough.
    if keys.is_empty() {
        let three = wider.iter().flat_map(|two| {
            let last = two.last().map_or(0, |(at, _)| *at);
            after(last).map(|third| [two.as_slice(), &[near(third)]].concat())
        });
        keys = priced(columns, three.collect(), most).0;
    }
    keys.sort_by_key(|key| key.price);
    let mut spent = 0;
    let within = keys.iter().take_while(|key| {
        spent += key.price;
        spent <= PAIRS_OF_ALL * rows
    });
    let within = within.count();
    keys.truncate(within);
    keys
}

/// The keys that raise some pairs and not more than `most`, and the parts of those that raise more.
fn priced(columns: &[Column], asked: Vec<Vec<Part>>, most: usize) -> (Vec<Key>, Vec<Vec<Part>>) {
    let of_each = parallel::map(&asked, |parts| Key::of(columns, parts, most));
    let (mut keys, mut wide) = (Vec::new(), Vec::new());
    for (parts, key) in asked.into_iter().zip(of_each) {
        match key {
            Some(key) if key.price > 0 => keys.push(key),
            Some(_) => {}
            None => wide.push(parts),
        }
    }
    (keys, wide)
}

impl Key {
    /// `None` where it raises more than `most` pairs.
    fn of(columns: &[Column], parts: &[Part], most: usize) -> Option<Self> {
        let [left_rows, right_rows] = rows(columns);
        let mut hashes = Vec::new();
        let mut left = Vec::with_capacity(left_rows as usize);
        for row in 0..left_rows {
            hash(columns, parts, 0, row, &mut hashes);
            left.push(hashes.first().copied());
        }
        let mut entries = Vec::with_capacity(right_rows as usize);
        for row in 0..right_rows {
            hash(columns, parts, 1, row, &mut hashes);
            entries.extend(hashes.iter().map(|hash| (*hash, row)));
        }
        let right = Buckets::of(&entries);
        let raised = left.iter().flatten().map(|hash| right.bucket(*hash).len());
        let price: usize = raised.sum();
        (price <= most).then_some(Self { price, left, right })
    }
}

impl Buckets {
    fn of(entries: &[(u32, u32)]) -> Self {
        // Twice as many buckets as entries: few hold two keys.
        let bits = (entries.len() * 2).next_power_of_two().ilog2().clamp(1, 31);
        let mut buckets = Self {
            starts: vec![0; (1 << bits) + 1],
            entries: vec![(0, 0); entries.len()],
            shift: u32::BITS - bits,
        };
        for (hash, _) in entries {
            let at = buckets.at(*hash);
            if let Some(count) = buckets.starts.get_mut(at) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut buckets.starts {
            sum += *start;
            *start = sum;
        }
        // Backwards, so that each bucket ends up where it starts and in the order of its rows.
        for entry in entries.iter().rev() {
            let at = buckets.at(entry.0);
            if let Some(start) = buckets.starts.get_mut(at) {
                *start -= 1;
                if let Some(slot) = buckets.entries.get_mut(*start as usize) {
                    *slot = *entry;
                }
            }
        }
        buckets
    }

    const fn at(&self, hash: u32) -> usize {
        (hash >> self.shift) as usize
    }

    fn bucket(&self, hash: u32) -> &[(u32, u32)] {
        let at = self.at(hash);
        let start = |at: usize| self.starts.get(at).copied().unwrap_or(0) as usize;
        self.entries
            .get(start(at)..start(at + 1))
            .unwrap_or_default()
    }

    /// Rows whose key has a hash.
    fn with(&self, hash: u32) -> impl Iterator<Item = u32> + '_ {
        let same = self
            .bucket(hash)
            .iter()
            .filter(move |(other, _)| *other == hash);
        same.map(|(_, row)| *row)
    }
}

/// Hashes of a row's key, if it has all parts. A row of the right table is under its own class
/// and the neighbours', so that near values always meet.
fn hash(columns: &[Column], parts: &[Part], side: usize, row: u32, hashes: &mut Vec<u32>) {
    // Up to three values of up to three parts.
    let mut all = [0_u64; 27];
    let mut count = 1;
    for (at, nearness) in parts {
        let values = columns
            .get(*at)
            .map_or([None; 3], |column| values(column, *nearness, side, row));
        let so_far = all;
        let longer = so_far.iter().take(count);
        let longer =
            longer.flat_map(|hash| values.into_iter().flatten().map(|part| mixed(*hash, part)));
        count = all
            .iter_mut()
            .zip(longer)
            .map(|(slot, hash)| *slot = hash)
            .count();
    }
    hashes.clear();
    hashes.extend(all.iter().take(count).map(|hash| (hash >> 32) as u32));
}

fn values(column: &Column, nearness: Nearness, side: usize, row: u32) -> [Option<u64>; 3] {
    let code = column.code(side, row);
    if code == 0 {
        return [None; 3];
    }
    let class = match (nearness, column.kind) {
        (Nearness::Same, _) => return [Some(u64::from(code)), None, None],
        (Nearness::Near, Kind::Text | Kind::Code) => {
            let letters = column.text(code).bytes().take(BEGINNING);
            let beginning = letters.fold(1, |all, byte| all << 8 | u64::from(byte));
            return [Some(beginning), None, None];
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
