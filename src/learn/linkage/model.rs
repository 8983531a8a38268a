//! What levels of likeness weigh, learned without labels.

use hashbrown::HashMap;

use super::compare::{LEVELS, MISSING, SAME, agreed_share, level};
use super::table::{Column, Kind};
use super::texts::Texts;
use crate::learn::parallel;
use crate::learn::split_mix::SplitMix;

/// Columns a pattern has room for, four bits each.
pub(super) const MOST_COLUMNS: usize = 16;
/// Pairs drawn at random to learn how pairs look that are not one thing.
const DRAWN: usize = 100_000;
/// How often each pair of small tables is drawn at most.
const OVER_ALL: usize = 4;
/// Pairs like the first guess that are added to the matches of every round: where there are few,
/// the columns that say the most still tell what a match is.
const GUESSED: f64 = 10.0;
/// Rounds of expectation and maximisation at most.
const ROUNDS: usize = 100;
/// Share of all pairs that may be one thing, at most: of hardly any rows it is not sure that one
/// of them is.
const MOST_MATCHES: f64 = 0.5;
/// The share of matches moves by less: it has settled.
const SETTLED: f64 = 1e-7;
/// Fewer agreements than this at random do not tell how frequent agreed values are.
const LEAST_AGREED: f64 = 10.0;

/// Rates of one column's levels; those of a missing value are not used.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Rates {
    matched: [f64; LEVELS],
    random: [f64; LEVELS],
    /// Logarithm of the mean of one by the share that agrees, among random pairs; NaN unknown.
    rarity: [f64; LEVELS],
}

/// What one column's likeness adds.
#[derive(Debug, Clone, PartialEq)]
pub struct Weight {
    /// Name of the column.
    pub column: String,
    /// Bits for (below 0: against) the pair being one thing.
    pub bits: f64,
}

/// A fitted model of two tables.
#[derive(Debug)]
pub struct LinkModel {
    rates: Vec<Rates>,
    /// Natural logarithm of the odds of a pair of which nothing is known.
    prior: f64,
    order: Vec<Order>,
}

/// Codes of a column in the order of their texts, and how many rows come before each.
#[derive(Debug, Default)]
pub(super) struct Order {
    codes: Vec<u32>,
    /// Place of each code among them.
    places: Vec<u32>,
    before: Vec<u64>,
}

impl Order {
    fn of(column: &Column) -> Self {
        // Asked of texts alone.
        if column.kind != Kind::Text {
            return Self::default();
        }
        let codes = sorted(&column.texts);
        let mut places = vec![0; column.texts.len() + 1];
        for (place, code) in (0..).zip(&codes) {
            if let Some(slot) = places.get_mut(*code as usize) {
                *slot = place;
            }
        }
        let mut before = vec![0];
        let mut sum = 0;
        for code in &codes {
            sum += u64::from(column.counts.get(*code as usize).copied().unwrap_or(0));
            before.push(sum);
        }
        Self {
            codes,
            places,
            before,
        }
    }

    /// Share of rows whose value begins as that of a code does, for so many bytes.
    pub(super) fn share_beginning(&self, column: &Column, code: u32, bytes: usize) -> f64 {
        let at = self.places.get(code as usize).map_or(0, |at| *at as usize);
        let beginning = column.text(code).as_bytes().get(..bytes);
        let begins = |place: usize| {
            let other = self.codes.get(place).map_or("", |code| column.text(*code));
            other.as_bytes().get(..bytes) == beginning
        };
        // Those that begin so are neighbours, and few where it says the most.
        let until = at + run(self.codes.len() - at, |further| begins(at + further));
        let from = at + 1 - run(at + 1, |back| begins(at - back));
        let rows = |at: usize| self.before.get(at).copied().unwrap_or(0);
        let all = self.before.last().copied().unwrap_or(0).max(1);
        (rows(until) - rows(from)).max(1) as f64 / all as f64
    }
}

/// Codes in the order of their texts.
fn sorted(texts: &Texts) -> Vec<u32> {
    // Most texts differ in their first bytes, which compare as a number.
    let first = |text: &str| {
        let bytes = text.bytes().chain(std::iter::repeat(0)).take(8);
        bytes.fold(0_u64, |all, byte| all << 8 | u64::from(byte))
    };
    let mut codes: Vec<(u64, u32)> = texts.iter().map(first).zip(1..).collect();
    codes.sort_unstable_by(|(first, one), (other_first, other)| {
        let rest = || texts.text(*one).cmp(texts.text(*other));
        first.cmp(other_first).then_with(rest)
    });
    codes.into_iter().map(|(_, code)| code).collect()
}

/// How many from the first, which does, hold, of `len` of which none holds after one that does
/// not. Found in steps twice as long each.
fn run(len: usize, holds: impl Fn(usize) -> bool) -> usize {
    let mut step = 1;
    while step < len && holds(step) {
        step *= 2;
    }
    let (mut held, mut not) = (step / 2, step.min(len));
    while not - held > 1 {
        let middle = usize::midpoint(held, not);
        if holds(middle) {
            held = middle;
        } else {
            not = middle;
        }
    }
    not
}

/// Levels of a pair, four bits a column, the first lowest.
pub(super) fn pattern(columns: &[Column], (left, right): (u32, u32)) -> u64 {
    columns.iter().rev().fold(0, |pattern, column| {
        pattern << 4 | u64::from(level(column, column.code(0, left), column.code(1, right)))
    })
}

fn levels(pattern: u64) -> impl Iterator<Item = u8> {
    (0..MOST_COLUMNS).map(move |at| (pattern >> (4 * at)) as u8 & 15)
}

impl LinkModel {
    /// Learns from the candidates' patterns. `pairs` is the number of all pairs of the tables,
    /// `most` of those that may be one thing.
    pub(super) fn fit(columns: &[Column], patterns: &[u64], pairs: f64, most: f64) -> Self {
        let order = parallel::map(columns, Order::of);
        let mut rates = random(columns, &order);
        let mut counts: HashMap<u64, f64> = HashMap::new();
        for pattern in patterns {
            *counts.entry(*pattern).or_default() += 1.0;
        }
        // In one order, so that sums are always the same.
        let mut counted: Vec<(u64, f64)> = counts.into_iter().collect();
        counted.sort_unstable_by_key(|(pattern, _)| *pattern);
        let most = most.min(MOST_MATCHES * pairs);
        let mut share = 0.5 * most / pairs;
        for _ in 0..ROUNDS {
            let prior = (share / (1.0 - share)).ln();
            let tables: Vec<[f64; LEVELS]> = rates.iter().map(Rates::weights).collect();
            let mut seen = vec![[0.0; LEVELS]; rates.len()];
            let mut matches = 0.0;
            for (pattern, count) in &counted {
                let odds: f64 = prior
                    + levels(*pattern)
                        .zip(&tables)
                        .map(|(level, table)| table.get(level as usize).copied().unwrap_or(0.0))
                        .sum::<f64>();
                let matched = count / (1.0 + (-odds).exp());
                matches += matched;
                for (level, seen) in levels(*pattern).zip(&mut seen) {
                    if let Some(seen) = seen.get_mut(level as usize) {
                        *seen += matched;
                    }
                }
            }
            for (rates, seen) in rates.iter_mut().zip(&seen) {
                rates.learn(seen);
            }
            // There are never more matches than rows to match, whatever a round says.
            let next = matches.clamp(most.min(1.0), most) / pairs;
            let moved = (next / share).ln().abs();
            share = next;
            if moved < SETTLED {
                break;
            }
        }
        Self {
            rates,
            prior: (share / (1.0 - share)).ln(),
            order,
        }
    }

    /// Bits of the prior.
    #[must_use]
    pub const fn prior_bits(&self) -> f64 {
        self.prior / std::f64::consts::LN_2
    }

    /// What each column adds for a pair, in bits.
    pub(super) fn weights<'a>(
        &'a self,
        columns: &'a [Column],
        (left, right): (u32, u32),
        pattern: u64,
    ) -> impl Iterator<Item = f64> + 'a {
        let each = columns.iter().zip(&self.rates).zip(&self.order);
        each.zip(levels(pattern))
            .map(move |(((column, rates), order), level)| {
                let (left, right) = (column.code(0, left), column.code(1, right));
                let rarity = rates.rarity.get(level as usize).copied();
                let rarer = rarity
                    .filter(|rarity| !rarity.is_nan())
                    .zip(agreed_share(column, order, level, left, right))
                    .map_or(0.0, |(rarity, share)| -share.ln() - rarity);
                (rates.weight(level) + rarer) / std::f64::consts::LN_2
            })
    }

    /// Bits of a pattern without regard to which values agree.
    pub(super) fn rough(&self, pattern: u64) -> f64 {
        let sum: f64 = levels(pattern)
            .zip(&self.rates)
            .map(|(level, rates)| rates.weight(level))
            .sum();
        (self.prior + sum) / std::f64::consts::LN_2
    }
}

impl Rates {
    fn weight(&self, level: u8) -> f64 {
        if level == MISSING {
            return 0.0;
        }
        let at = level as usize;
        let rates = self.matched.get(at).zip(self.random.get(at));
        rates.map_or(0.0, |(matched, random)| (matched / random).ln())
    }

    fn weights(&self) -> [f64; LEVELS] {
        std::array::from_fn(|level| self.weight(level as u8))
    }

    /// Rates of levels among matches, with a few pairs' worth of the first guess.
    fn learn(&mut self, seen: &[f64; LEVELS]) {
        let all: f64 = seen.iter().skip(1).sum();
        for ((matched, seen), guess) in self.matched.iter_mut().zip(seen).zip(guess()).skip(1) {
            *matched = (seen + GUESSED * guess) / (all + GUESSED);
        }
    }
}

/// A first guess of matches: most agree, and each level further apart is half as frequent.
fn guess() -> [f64; LEVELS] {
    std::array::from_fn(|level| 0.5_f64.powi(level as i32))
}

/// Rates of pairs drawn at random, and a first guess of the others.
fn random(columns: &[Column], order: &[Order]) -> Vec<Rates> {
    let rows = |side: usize| {
        let codes = columns.first().and_then(|column| column.codes.get(side));
        codes.map_or(0, Vec::len) as u64
    };
    let (left, right) = (rows(0), rows(1));
    let mut numbers = SplitMix::new(0);
    let within_one = columns.iter().any(|column| column.within_one);
    let all = usize::try_from(left.saturating_mul(right)).unwrap_or(usize::MAX);
    let drawn: Vec<(u32, u32)> = (0..DRAWN.min(all.saturating_mul(OVER_ALL)))
        .map(|_| {
            let number = numbers.next();
            let of = |number: u64, rows: u64| (((number & 0xFFFF_FFFF) * rows) >> 32) as u32;
            (of(number >> 32, left), of(number, right))
        })
        .filter(|(left, right)| !within_one || left != right)
        .collect();
    let of_column = |(column, order): (&Column, &Order)| {
        let mut counts = [0.0; LEVELS];
        let mut rare = [0.0; LEVELS];
        let levels = parallel::map(&drawn, |(left, right)| {
            let (left, right) = (column.code(0, *left), column.code(1, *right));
            let level = level(column, left, right);
            (level, agreed_share(column, order, level, left, right))
        });
        for (level, share) in levels {
            let at = level as usize;
            if let Some((count, rare)) = counts.get_mut(at).zip(rare.get_mut(at)) {
                *count += 1.0;
                *rare += share.map_or(0.0, f64::recip);
            }
        }
        let stated: f64 = counts.iter().skip(1).sum();
        let mut random = counts.map(|count| (count + 0.5) / (stated + 0.5 * (LEVELS - 1) as f64));
        let mut rarity = [f64::NAN; LEVELS];
        for ((rarity, count), rare) in rarity.iter_mut().zip(counts).zip(rare) {
            if count >= LEAST_AGREED && rare > 0.0 {
                *rarity = (rare / count).ln();
            }
        }
        // Agreement is too rare to draw; how often values meet tells it exactly.
        let same = SAME as usize;
        let met = meeting(column);
        if let Some((random, rarity)) = random.get_mut(same).zip(rarity.get_mut(same)) {
            *random = met;
            *rarity = -met.ln();
        }
        Rates {
            matched: guess(),
            random,
            rarity,
        }
    };
    columns.iter().zip(order).map(of_column).collect()
}

/// Chance that two values of the tables, both stated, are one.
fn meeting(column: &Column) -> f64 {
    let shares = |side: usize| {
        let mut counts = vec![0.0; column.texts.len() + 1];
        let codes = column.codes.get(side).map_or(&[][..], Vec::as_slice);
        for code in codes {
            if let Some(count) = counts.get_mut(*code as usize) {
                *count += 1.0;
            }
        }
        let stated: f64 = counts.iter().skip(1).sum();
        (counts, stated)
    };
    let ((left, in_left), (right, in_right)) = (shares(0), shares(1));
    let met = left.iter().zip(right).skip(1);
    let both: f64 = met.map(|(one, other)| one * other).sum();
    // A row of one table meets itself.
    let itself = if column.within_one { in_left } else { 0.0 };
    (both - itself + 0.5) / (in_left * in_right - itself + 1.0)
}
