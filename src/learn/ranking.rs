//! Parts of a score weighed anew by what people said of earlier ones.
//!
//! Logistic regression of what was said on the parts, in bits: a part's weight is drawn towards 1,
//! which leaves it as it is, so that a few answers move little and many correct what the parts
//! overstate. The most likely weights given what was said, by Newton's method (the posterior mode
//! of a normal prior: MacKay, 1992, "The evidence framework applied to classification networks").

use std::collections::{BTreeMap, BTreeSet};
use std::f64::consts::LN_2;

use serde::{Deserialize, Serialize};

/// Fewer answers of either kind than this teach nothing.
pub const LEAST_OF_EITHER: usize = 10;
/// How far a weight lies from 1, before anything was said.
const SPREAD: f64 = 0.25;
/// How far the odds of all lie from those of the parts, in bits.
const SPREAD_OF_ALL: f64 = 3.0;
/// No part is turned around, nor wholly unheard.
const LEAST_WEIGHT: f64 = 0.1;
/// Rounds at most.
const ROUNDS: usize = 50;
/// A step so small changes nothing.
const SETTLED: f64 = 1e-9;

/// Parts that someone has judged: name and bits, and whether the whole was right.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// Each part, in bits.
    pub parts: Vec<(String, f64)>,
    /// What was said.
    pub right: bool,
}

/// What parts count for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranking {
    weights: BTreeMap<String, f64>,
    /// Bits that all have in common, which no part tells.
    pub bits_of_all: f64,
    /// Answers it was learned from.
    pub answers: usize,
}

impl Ranking {
    /// Learns; `None` of fewer than [`LEAST_OF_EITHER`] answers of either kind.
    #[must_use]
    pub fn fit(answered: &[Answered]) -> Option<Self> {
        let right = answered.iter().filter(|one| one.right).count();
        if right.min(answered.len() - right) < LEAST_OF_EITHER {
            return None;
        }
        let names: BTreeSet<&str> = answered
            .iter()
            .flat_map(|one| one.parts.iter().map(|(name, _)| name.as_str()))
            .collect();
        let rows: Vec<Vec<f64>> = answered.iter().map(|one| row(one, &names)).collect();
        let truth: Vec<f64> = answered
            .iter()
            .map(|one| f64::from(u8::from(one.right)))
            .collect();
        let solved = Posterior {
            rows: &rows,
            truth: &truth,
        }
        .mode(names.len() + 1);
        let (of_all, weights) = solved.split_first()?;
        let weights = names.into_iter().zip(weights);
        Some(Self {
            weights: weights
                .map(|(name, weight)| (name.to_owned(), weight.max(LEAST_WEIGHT)))
                .collect(),
            bits_of_all: *of_all,
            answers: answered.len(),
        })
    }

    /// What a part counts for; 1 where nothing was said of such.
    #[must_use]
    pub fn weight(&self, part: &str) -> f64 {
        self.weights.get(part).copied().unwrap_or(1.0)
    }

    /// Bits of a whole: its parts weighed, and what all have in common.
    #[must_use]
    pub fn bits(&self, parts: &[(String, f64)]) -> f64 {
        let weighed = parts.iter().map(|(part, bits)| bits * self.weight(part));
        weighed.sum::<f64>() + self.bits_of_all
    }
}

/// Natural logarithms: first of what all have in common, then of each part.
fn row(one: &Answered, names: &BTreeSet<&str>) -> Vec<f64> {
    let of = |name: &&str| {
        let parts = one.parts.iter().filter(|(part, _)| part == name);
        parts.map(|(_, bits)| bits * LN_2).sum()
    };
    std::iter::once(LN_2).chain(names.iter().map(of)).collect()
}

struct Posterior<'a> {
    rows: &'a [Vec<f64>],
    truth: &'a [f64],
}

impl Posterior<'_> {
    /// Where it is highest.
    fn mode(&self, width: usize) -> Vec<f64> {
        let centre = |at: usize| if at == 0 { 0.0 } else { 1.0 };
        let precision = |at: usize| {
            let spread = if at == 0 { SPREAD_OF_ALL } else { SPREAD };
            (spread * spread).recip()
        };
        let mut weights: Vec<f64> = (0..width).map(centre).collect();
        let loss = |weights: &[f64]| -> f64 {
            let said = self.rows.iter().zip(self.truth).map(|(row, truth)| {
                let odds = dot(row, weights);
                // The logarithm of 1 + exp, without running over.
                odds.max(0.0) + (-odds.abs()).exp().ln_1p() - truth * odds
            });
            let drawn = weights
                .iter()
                .enumerate()
                .map(|(at, weight)| 0.5 * precision(at) * (weight - centre(at)).powi(2));
            said.sum::<f64>() + drawn.sum::<f64>()
        };
        let mut now = loss(&weights);
        for _ in 0..ROUNDS {
            let mut slope: Vec<f64> = weights
                .iter()
                .enumerate()
                .map(|(at, weight)| precision(at) * (weight - centre(at)))
                .collect();
            let mut curve: Vec<Vec<f64>> = (0..width)
                .map(|at| {
                    (0..width)
                        .map(|other| if at == other { precision(at) } else { 0.0 })
                        .collect()
                })
                .collect();
            for (row, truth) in self.rows.iter().zip(self.truth) {
                let chance = 1.0 / (1.0 + (-dot(row, &weights)).exp());
                let spread = chance * (1.0 - chance);
                for ((one, slope), curve) in row.iter().zip(&mut slope).zip(&mut curve) {
                    *slope += (chance - truth) * one;
                    for (other, curve) in row.iter().zip(curve) {
                        *curve += spread * one * other;
                    }
                }
            }
            let step = solve(curve, slope);
            let mut share = 1.0;
            let next = loop {
                let next: Vec<f64> = weights
                    .iter()
                    .zip(&step)
                    .map(|(one, step)| one - share * step)
                    .collect();
                if loss(&next) <= now || share < SETTLED {
                    break next;
                }
                share /= 2.0;
            };
            let moved = share
                * step
                    .iter()
                    .fold(0.0, |most: f64, step| most.max(step.abs()));
            now = loss(&next);
            weights = next;
            if moved < SETTLED {
                break;
            }
        }
        weights
    }
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

/// Solves a symmetric, positive definite system: elimination needs no exchange of rows there.
fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    for at in 0..right.len() {
        let Some((pivot, below)) = matrix.get_mut(at..).and_then(<[_]>::split_first_mut) else {
            break;
        };
        let first = pivot.get(at).copied().unwrap_or(1.0);
        let value = right.get(at).copied().unwrap_or(0.0);
        for (row, right) in below.iter_mut().zip(right.iter_mut().skip(at + 1)) {
            let factor = row.get(at).copied().unwrap_or(0.0) / first;
            for (cell, above) in row.iter_mut().zip(pivot.iter()).skip(at) {
                *cell -= factor * above;
            }
            *right -= factor * value;
        }
    }
    for at in (0..right.len()).rev() {
        let Some(row) = matrix.get(at) else { continue };
        let known: f64 = row
            .iter()
            .zip(&right)
            .skip(at + 1)
            .map(|(cell, value)| cell * value)
            .sum();
        let pivot = row.get(at).copied().unwrap_or(1.0);
        if let Some(value) = right.get_mut(at) {
            *value = (*value - known) / pivot;
        }
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(party: f64, amount: f64, right: bool) -> Answered {
        Answered {
            parts: vec![("party".to_owned(), party), ("amount".to_owned(), amount)],
            right,
        }
    }

    #[test]
    fn few_answers_teach_nothing() {
        let nine: Vec<Answered> = (0..40).map(|at| answered(1.0, 1.0, at < 9)).collect();
        assert_eq!(Ranking::fit(&nine), None);
        assert_eq!(Ranking::fit(&[]), None);
    }

    #[test]
    fn a_part_that_misleads_counts_less_and_one_that_tells_more() {
        let all: Vec<Answered> = (0..400)
            .map(|at| {
                let right = at % 2 == 0;
                let told = if right { 2.0 } else { -2.0 };
                let noise = if at / 2 % 2 == 0 { 4.0 } else { -4.0 };
                answered(noise, told, right)
            })
            .collect();
        let ranking = Ranking::fit(&all).unwrap();
        assert!(ranking.weight("party") < 0.3, "{ranking:?}");
        assert!(ranking.weight("amount") > 1.1, "{ranking:?}");
        assert_eq!(ranking.weight("unheard_of"), 1.0);
    }

    #[test]
    fn odds_that_all_overstate_are_set_right() {
        // Said to be even odds; one of five is right.
        let all: Vec<Answered> = (0..1000)
            .map(|at| answered(0.0, 0.0, at % 5 == 0))
            .collect();
        let ranking = Ranking::fit(&all).unwrap();
        assert!((ranking.bits_of_all + 2.0).abs() < 0.05, "{ranking:?}");
    }

    #[test]
    fn a_system_is_solved() {
        let solved = solve(vec![vec![4.0, 1.0], vec![1.0, 3.0]], vec![1.0, 2.0]);
        assert!((solved[0] - 1.0 / 11.0).abs() < 1e-12 && (solved[1] - 7.0 / 11.0).abs() < 1e-12);
    }
}
