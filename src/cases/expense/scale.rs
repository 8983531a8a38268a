//! From features to points: how rare each value is among the firm's claims, and what it counts
//! for. The points of a claim's features are its score; nothing is fitted to labels.

use chrono::NaiveDate;

use super::claim::Claim;
use super::features::{self, GROUPS, RARE, Row, WIDTH};
use super::peers::{Coded, PAIRS, PeerState};
use crate::learn::anomaly::sample::OrderedSample;
use crate::learn::anomaly::tails::RightTails;
use crate::learn::parallel;

/// Fewer claims with an amount than this are no history.
pub const LEAST_CLAIMS: usize = 30;
/// What every third claim reaches is nothing: so many points of a tail do not count. Else the
/// many features that are not unusual would add up to more than the one that is.
const USUAL_POINTS: f64 = 1.0;
/// What the rarity of a value counts for beside an amount. Rare values come every day.
const OF_RARITY: f64 = 0.5;
/// What a pair counts for where one side tells the other wholly.
const OF_PAIR: f64 = 2.0;

/// Why nothing can be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Insufficient {
    /// Too few claims.
    #[error("{0} claims with an amount, of at least {LEAST_CLAIMS}")]
    Few(usize),
    /// There is no usual spread of amounts.
    #[error("all amounts are alike")]
    Alike,
}

/// How rare values of features are, and what they count for.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    tails: RightTails,
    weights: Row,
    totals: OrderedSample,
}

/// A claim's score and what it is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// Points of each feature, in the order of [`features::NAMES`].
    pub points: Row,
    /// Their sum.
    pub total: f64,
}

impl Scale {
    /// Of all claims that a state holds, each compared with the others, and the total of each.
    ///
    /// # Errors
    /// [`Insufficient`] when they are few or their amounts all alike.
    pub fn of(state: &PeerState, rows: &[Row]) -> Result<(Self, Vec<f64>), Insufficient> {
        if state.amounts() < LEAST_CLAIMS {
            return Err(Insufficient::Few(state.amounts()));
        }
        if !state.amounts_differ() {
            return Err(Insufficient::Alike);
        }
        let weights = weights(rows);
        let mut totals = vec![0.0; rows.len()];
        let tails = RightTails::of(rows.iter().map(Row::as_slice), WIDTH, |at, row, points| {
            let value = rows.get(row).and_then(|row| row.get(at));
            if let Some(((total, weight), value)) =
                totals.get_mut(row).zip(weights.get(at)).zip(value)
            {
                *total += counted(*weight, *value, points);
            }
        });
        let scale = Self {
            tails,
            weights,
            totals: OrderedSample::of(totals.iter().map(|total| *total as f32).collect()),
        };
        Ok((scale, totals))
    }

    /// Points of a claim's features.
    #[must_use]
    pub fn judge(&self, row: &Row) -> Judged {
        let mut points = [0.0; WIDTH];
        let weighed = row.iter().zip(&self.weights);
        for (feature, ((value, weight), points)) in weighed.zip(&mut points).enumerate() {
            *points = counted(*weight, *value, self.tails.points(feature, *value));
        }
        Judged {
            points,
            total: points.iter().sum(),
        }
    }

    /// Share of the firm's claims with at least so many points.
    #[must_use]
    pub fn share_at_least(&self, total: f64) -> f64 {
        let beyond = self.totals.at_least(total as f32) as f64;
        (beyond + 1.0) / (self.totals.len() as f64 + 1.0)
    }

    /// What each feature counts for, in the order of [`features::NAMES`].
    #[must_use]
    pub const fn weights(&self) -> &Row {
        &self.weights
    }
}

/// Only what is above the usual, or rarer than over all, counts: where a city goes with its shop
/// in every claim, the one more is beyond all values seen and still no news.
fn counted(weight: f64, value: f64, points: f64) -> f64 {
    if value > 0.0 {
        weight * (points - USUAL_POINTS).max(0.0)
    } else {
        0.0
    }
}

/// Amounts count 1. A pair counts for more the more its group tells of the side, by the square
/// of Theil's (1970) uncertainty coefficient: a shop has one city, so another city is news; a
/// traveller has many merchants, so another merchant is none.
fn weights(rows: &[Row]) -> Row {
    let mut weights = [1.0; WIDTH];
    let sum = |at: usize, also: usize| -> f64 {
        let both = rows.iter().filter_map(|row| row.get(at).zip(row.get(also)));
        let stated = both.filter(|(value, other)| !value.is_nan() && !other.is_nan());
        stated.map(|(value, _)| *value).sum()
    };
    let first_pair = GROUPS + RARE.len();
    for (at, weight) in weights.iter_mut().enumerate().skip(GROUPS) {
        let Some((_, side)) = at.checked_sub(first_pair).and_then(|pair| PAIRS.get(pair)) else {
            *weight = OF_RARITY;
            continue;
        };
        let rarity = RARE.iter().position(|rare| rare == side);
        let told = rarity.map_or(0.0, |rare| -sum(at, GROUPS + rare) / sum(GROUPS + rare, at));
        *weight = if told > 0.0 {
            OF_PAIR * told.min(1.0).powi(2)
        } else {
            0.0
        };
    }
    weights
}

/// A firm's claims judged each against the others: the whole past at once.
#[derive(Debug)]
pub struct Batch {
    /// What is known of the claims.
    pub state: PeerState,
    /// How rare values are.
    pub scale: Scale,
    /// Features, in the order of the claims.
    pub rows: Vec<Row>,
    /// Scores, in the order of the claims.
    pub totals: Vec<f64>,
}

impl Batch {
    /// Of all claims.
    ///
    /// # Errors
    /// [`Insufficient`] when they are few or their amounts all alike.
    pub fn of(claims: &[Claim]) -> Result<Self, Insufficient> {
        let (state, values) = PeerState::of(claims.iter());
        let rows = parallel::map(&values, |claim| {
            features::row(&state, &Coded::known(*claim))
        });
        drop(values);
        let (scale, totals) = Scale::of(&state, &rows)?;
        Ok(Self {
            state,
            scale,
            rows,
            totals,
        })
    }
}

/// At most one claim of so many is unusual, however many could be reviewed.
const UNUSUAL: usize = 10;

/// How many claims a firm can review in a week, turned into a threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AlertPlan {
    /// Claims with more points than this are shown.
    pub threshold: f64,
    /// How many that would have been a week.
    pub expected_per_week: f64,
    /// Which share of them people confirmed; `None` where too few were looked at to say.
    pub precision: Option<f64>,
}

/// Days without a claim that count at most: one date of another century must not make room for
/// thousands of reviews.
const LONGEST_GAP_DAYS: i64 = 31;

/// Weeks over which days are spread; none without a day.
fn weeks_of(days: impl Iterator<Item = NaiveDate>) -> Option<f64> {
    let mut days: Vec<NaiveDate> = days.collect();
    days.sort_unstable();
    days.dedup();
    let gaps = days.iter().zip(days.iter().skip(1));
    let spread: i64 = gaps
        .map(|(one, next)| (*next - *one).num_days().min(LONGEST_GAP_DAYS))
        .sum();
    (!days.is_empty()).then(|| (spread + 1) as f64 / 7.0)
}

/// Fewer looked at than this say nothing of precision.
pub const LEAST_LOOKED_AT: usize = 20;

impl AlertPlan {
    /// The lowest threshold at which the past would have stayed within the budget, and no more than
    /// a tenth of it would have been shown, with what
    /// people said of claims that were looked at: points, and whether it was confirmed. `None`
    /// without a past.
    #[must_use]
    pub fn of(past: &[(NaiveDate, f64)], per_week: u32, looked_at: &[(f64, bool)]) -> Option<Self> {
        let weeks = weeks_of(past.iter().map(|(day, _)| *day))?;
        let most = ((f64::from(per_week) * weeks) as usize).min(past.len() / UNUSUAL);
        let mut totals: Vec<f64> = past.iter().map(|(_, total)| *total).collect();
        totals.sort_unstable_by(|one, other| other.total_cmp(one));
        // Ties at the threshold stay out, so that the budget holds; and what has no points is
        // never shown.
        let threshold = totals.get(most).map_or(0.0, |total| total.max(0.0));
        let shown = totals.partition_point(|total| *total > threshold);
        let judged = looked_at.iter().filter(|(total, _)| *total > threshold);
        let seen = judged.clone().count();
        let confirmed = judged.filter(|(_, confirmed)| *confirmed).count();
        Some(Self {
            threshold,
            expected_per_week: shown as f64 / weeks,
            precision: (seen >= LEAST_LOOKED_AT).then(|| confirmed as f64 / seen as f64),
        })
    }
}
