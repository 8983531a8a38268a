//! Which records are copies of earlier ones? Every pair raised, ranked, against the copies known.
//!
//! The book is audited once it is closed: each record is compared with those that became known before
//! it, and what is usual is counted over the whole book, as the auditor's rules do.

mod reviewed;
mod rules;
mod sources;

use std::collections::{BTreeMap, HashMap, HashSet};

use scrutineer::cases::duplicate::{
    CopyRates, Counted, DuplicateIndex, Hit, Item, RAISED_FROM, judge,
};

pub use sources::{on_payments, on_records};

use crate::{EvalError, Evaluation};

/// What is asked.
#[derive(Debug, Clone)]
pub struct DuplicateOptions {
    /// Name of the set or folder.
    pub set: String,
    /// How it was measured, in words.
    pub protocol: String,
    /// Only pairs of which both amounts are at least this, in hundredths.
    pub least_minor: Option<i128>,
    /// Only pairs at most so many days apart.
    pub window_days: Option<u64>,
    /// People said of so many of the likeliest pairs what they are: how are the others ranked then?
    pub reviewed: Option<usize>,
}

/// A pair known to be a copy: ids, and its kind where it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TruePair {
    /// One side.
    pub a: String,
    /// The other.
    pub b: String,
    /// Kind of copy.
    pub kind: Option<String>,
}

/// Pairs raised, the likeliest first, as positions of two ids.
#[derive(Debug, Clone)]
pub struct Raised {
    /// Id of the later record.
    pub a: String,
    /// Id of the earlier.
    pub b: String,
    /// Chance that it is a copy.
    pub probability: f64,
    /// Verdict.
    pub verdict: &'static str,
    /// What each field gives, in bits.
    pub parts: Vec<(String, f64)>,
}

/// Ranks every pair that the service would raise.
#[must_use]
pub fn raised(items: Vec<Item>, options: &DuplicateOptions) -> Vec<Raised> {
    let mut index = DuplicateIndex::default();
    for item in items {
        index.insert(item);
    }
    let rates = CopyRates::fit(&index, Counted::Whole);
    let mut found: Vec<(f64, Raised)> = Vec::new();
    for item in index.items() {
        if options.least_minor.is_some_and(|least| item.minor < least) {
            continue;
        }
        for slot in index.candidates(item) {
            let Some(earlier) = index.get(slot) else {
                continue;
            };
            let days = item
                .date
                .signed_duration_since(earlier.date)
                .num_days()
                .unsigned_abs();
            if options
                .least_minor
                .is_some_and(|least| earlier.minor < least)
                || options.window_days.is_some_and(|window| days > window)
            {
                continue;
            }
            let hit = judge(&index, &rates, item, earlier, Counted::Whole);
            if hit.alarms() && hit.score.probability() >= RAISED_FROM {
                found.push((hit.score.bits, row(item, earlier, &hit)));
            }
        }
    }
    found.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    found.into_iter().map(|(_, row)| row).collect()
}

fn row(item: &Item, earlier: &Item, hit: &Hit) -> Raised {
    Raised {
        a: item.id.clone(),
        b: earlier.id.clone(),
        probability: hit.score.probability(),
        verdict: hit.verdict.as_str(),
        parts: hit
            .score
            .contributions
            .iter()
            .map(|part| (part.feature.to_owned(), part.bits))
            .collect(),
    }
}

/// Ids of a pair without regard to sides.
fn unordered<'a>(a: &'a str, b: &'a str) -> (&'a str, &'a str) {
    if a <= b { (a, b) } else { (b, a) }
}

/// Figures of ranked pairs against the truth.
#[must_use]
pub fn figures(ranked: &[(&str, &str)], truth: &[TruePair]) -> BTreeMap<String, Option<f64>> {
    let wanted: HashMap<(&str, &str), Option<&str>> = truth
        .iter()
        .map(|pair| (unordered(&pair.a, &pair.b), pair.kind.as_deref()))
        .collect();
    let mut seen = HashSet::new();
    let mut by_kind: BTreeMap<&str, usize> = BTreeMap::new();
    let mut figures = BTreeMap::new();
    let mut found = 0_usize;
    let mut found_at = BTreeMap::new();
    for (rank, (a, b)) in (1_usize..).zip(ranked) {
        let pair = unordered(a, b);
        if let Some(kind) = wanted.get(&pair).filter(|_| seen.insert(pair)) {
            found += 1;
            *by_kind.entry(kind.unwrap_or("copy")).or_default() += 1;
        }
        found_at.insert(rank, found);
    }
    let at = |rank: usize| {
        found_at
            .range(..=rank)
            .next_back()
            .map_or(0, |(_, found)| *found)
    };
    for rank in [100, 500, 1000, 3500, 8000] {
        figures.insert(format!("found_at_{rank}"), Some(at(rank) as f64));
        let of = rank.min(ranked.len());
        figures.insert(format!("precision_at_{rank}"), share(at(rank), of));
        figures.insert(format!("recall_at_{rank}"), share(at(rank), wanted.len()));
    }
    for (kind, count) in by_kind {
        figures.insert(format!("found_{kind}"), Some(count as f64));
    }
    figures.insert("found".to_owned(), Some(found as f64));
    figures.insert("pairs_raised".to_owned(), Some(ranked.len() as f64));
    figures.insert("precision".to_owned(), share(found, ranked.len()));
    figures.insert("recall".to_owned(), share(found, wanted.len()));
    figures
}

fn share(part: usize, of: usize) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}

/// Measures on items with their truth.
///
/// # Errors
/// [`EvalError::Insufficient`] without items.
pub fn evaluate(
    items: Vec<Item>,
    truth: &[TruePair],
    options: &DuplicateOptions,
) -> Result<Evaluation, EvalError> {
    if items.is_empty() {
        return Err(EvalError::insufficient(&"no records to compare"));
    }
    let n = items.len();
    let auditor = rules::pairs(&items, options);
    let ranked = raised(items, options);
    let pairs: Vec<(&str, &str)> = ranked
        .iter()
        .map(|pair| (pair.a.as_str(), pair.b.as_str()))
        .collect();
    let auditor: Vec<(&str, &str)> = auditor
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    let mut metrics = figures(&pairs, truth);
    let mut verdicts: BTreeMap<&str, usize> = BTreeMap::new();
    for pair in &ranked {
        *verdicts.entry(pair.verdict).or_default() += 1;
    }
    metrics.extend(
        verdicts
            .into_iter()
            .map(|(name, count)| (format!("raised_{name}"), Some(count as f64))),
    );
    if let Some(count) = options.reviewed {
        metrics.extend(reviewed::figures(&ranked, truth, count)?);
    }
    Ok(Evaluation {
        case: "duplicate".to_owned(),
        set: options.set.clone(),
        protocol: options.protocol.clone(),
        n,
        metrics,
        baselines: [(rules::NAME.to_owned(), figures(&auditor, truth))].into(),
        fields: BTreeMap::new(),
        lines: BTreeMap::new(),
        confusion: BTreeMap::new(),
    })
}
