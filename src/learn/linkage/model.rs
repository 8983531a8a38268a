//! What levels of likeness weigh, learned without labels.

use super::compare::{LEVELS, MISSING, SAME, agreed_share, level};
use super::table::Column;

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
    before: Vec<u64>,
}

impl Order {
    fn of(column: &Column) -> Self {
        let mut codes: Vec<u32> = (1..column.texts.len() as u32).collect();
        codes.sort_unstable_by(|one, other| column.text(*one).cmp(column.text(*other)));
        let mut before = vec![0];
        let mut sum = 0;
        for code in &codes {
            sum += u64::from(column.counts.get(*code as usize).copied().unwrap_or(0));
            before.push(sum);
        }
        Self { codes, before }
    }

    /// Share of rows whose value begins so.
    pub(super) fn share_beginning(&self, column: &Column, beginning: &str) -> f64 {
        let from = self
            .codes
            .partition_point(|code| column.text(*code) < beginning);
        let until = self.codes.partition_point(|code| {
            let text = column.text(*code);
            text < beginning || text.starts_with(beginning)
        });
        let rows = |at: usize| self.before.get(at).copied().unwrap_or(0);
        let all = self.before.last().copied().unwrap_or(0).max(1);
        (rows(until) - rows(from)).max(1) as f64 / all as f64
    }
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
        let order: Vec<Order> = columns.iter().map(Order::of).collect();
        let mut rates = random(columns, &order);
        let mut sorted = patterns.to_vec();
        sorted.sort_unstable();
        let counted: Vec<(u64, f64)> = sorted
            .chunk_by(|one, other| one == other)
            .filter_map(|alike| Some((*alike.first()?, alike.len() as f64)))
            .collect();
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
            let next = matches.clamp(1.0, most) / pairs;
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
    let mut state = 0_u64;
    let within_one = columns.iter().any(|column| column.within_one);
    let all = usize::try_from(left.saturating_mul(right)).unwrap_or(usize::MAX);
    let drawn: Vec<(u32, u32)> = (0..DRAWN.min(all.saturating_mul(OVER_ALL)))
        .map(|_| {
            let number = next(&mut state);
            let of = |number: u64, rows: u64| (((number & 0xFFFF_FFFF) * rows) >> 32) as u32;
            (of(number >> 32, left), of(number, right))
        })
        .filter(|(left, right)| !within_one || left != right)
        .collect();
    let of_column = |(column, order): (&Column, &Order)| {
        let mut counts = [0.0; LEVELS];
        let mut rare = [0.0; LEVELS];
        for (left, right) in &drawn {
            let (left, right) = (column.code(0, *left), column.code(1, *right));
            let level = level(column, left, right);
            let at = level as usize;
            if let Some((count, rare)) = counts.get_mut(at).zip(rare.get_mut(at)) {
                *count += 1.0;
                *rare += agreed_share(column, order, level, left, right).map_or(0.0, f64::recip);
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
        let mut counts = vec![0.0; column.texts.len()];
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

/// SplitMix64: Steele, Lea and Flood (2014).
const fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *state;
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ mixed >> 31
}
