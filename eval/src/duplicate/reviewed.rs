//! Do the answers of people to the likeliest pairs help to rank the others?

use std::collections::{BTreeMap, HashSet};

use scrutineer::learn::ranking::{Answered, LEAST_OF_EITHER, Ranking};

use super::{Raised, TruePair, unordered};
use crate::EvalError;
use crate::metrics::{self, Scored};

/// Average precision and Brier score of the pairs after the first `count`, as they were ranked and
/// as they are once those are answered.
///
/// # Errors
/// [`EvalError::Insufficient`] where the answered are too few, or nearly all of one kind.
pub(super) fn figures(
    ranked: &[Raised],
    truth: &[TruePair],
    count: usize,
) -> Result<BTreeMap<String, Option<f64>>, EvalError> {
    let wanted: HashSet<(&str, &str)> = truth
        .iter()
        .map(|pair| unordered(&pair.a, &pair.b))
        .collect();
    let answered = |pair: &Raised| Answered {
        parts: pair.parts.clone(),
        right: wanted.contains(&unordered(&pair.a, &pair.b)),
    };
    let (first, others) = ranked.split_at(count.min(ranked.len()));
    let said: Vec<Answered> = first.iter().map(answered).collect();
    let ranking = Ranking::fit(&said).ok_or_else(|| {
        let why = format!("fewer than {LEAST_OF_EITHER} copies, or others, among {count} pairs");
        EvalError::insufficient(&why)
    })?;
    let learned = |pair: &Raised| 1.0 / (1.0 + (-ranking.bits(&pair.parts)).exp2());
    let scored = |chance: &dyn Fn(&Raised) -> f64| -> Vec<Scored> {
        let others = others.iter();
        others
            .map(|pair| (chance(pair), answered(pair).right))
            .collect()
    };
    let before = scored(&|pair| pair.probability);
    let after = scored(&learned);
    let right = before.iter().filter(|(_, right)| *right).count();
    let mut figures = BTreeMap::from([
        ("unreviewed_pairs".to_owned(), Some(others.len() as f64)),
        ("unreviewed_copies".to_owned(), Some(right as f64)),
    ]);
    for (name, scored) in [("before", &before), ("after", &after)] {
        let precision = metrics::average_precision(scored);
        figures.insert(format!("unreviewed_ap_{name}"), precision);
        figures.insert(format!("unreviewed_brier_{name}"), metrics::brier(scored));
    }
    Ok(figures)
}
