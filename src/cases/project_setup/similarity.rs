//! Earlier requests that stood where this one stands, weighed by how like they were.
//!
//! A kernel estimate (Nadaraya, "On estimating regression", 1964) among requests whose last
//! step was the same: each counts by the time it had taken, the time of the week, the step
//! before, its size and its age.

use std::collections::VecDeque;

/// Requests looked back at, the latest.
const KEPT: usize = 400;
/// Difference of log days taken so far at which one counts 1/e.
const ELAPSED: f64 = 0.5;
/// Days of the week apart at which one counts 1/e.
const WEEK: f64 = 0.6;
/// Difference of log size at which one counts 1/e.
const SIZE: f64 = 1.5;
/// What one with another step before counts.
const OTHER_STEP: f64 = 0.3;
/// Age at which one counts half, in days.
const HALF_LIFE_DAYS: f64 = 150.0;

/// Where a request stood, and what came of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    /// When it stood there.
    pub(super) at: f64,
    /// Days since it began.
    pub(super) elapsed: f64,
    /// Days since Monday.
    pub(super) week: f64,
    /// The step before the last.
    pub(super) before: Option<usize>,
    /// A number that tells its size; missing where there is none.
    pub(super) size: f64,
}

/// Past standings with days remaining.
#[derive(Debug, Clone, Default)]
pub(super) struct Like(VecDeque<(Standing, f64)>);

/// What those like it say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    /// Days remaining: low, middle, high.
    pub(super) remaining: [f64; 3],
    /// Share that remained longer than the time left until due.
    pub(super) longer: f64,
}

impl Like {
    pub(super) fn add(&mut self, standing: Standing, remaining: f64) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back((standing, remaining));
    }

    /// `left` is the days until due; missing where nothing is due.
    pub(super) fn tell(&self, now: &Standing, left: f64) -> Told {
        let mut weighed: Vec<(f64, f64)> = self
            .0
            .iter()
            .map(|(past, remaining)| (*remaining, weight(past, now)))
            .collect();
        weighed.sort_by(|a, b| a.0.total_cmp(&b.0));
        let total: f64 = weighed.iter().map(|(_, weight)| weight).sum();
        let quantile = |share: f64| {
            let mut below = 0.0;
            let reached = weighed.iter().find(|(_, weight)| {
                below += weight;
                below >= share * total
            });
            reached.map_or(f64::NAN, |(remaining, _)| *remaining)
        };
        let longer = if total > 0.0 && !left.is_nan() {
            let longer = weighed.iter().filter(|(remaining, _)| *remaining > left);
            longer.map(|(_, weight)| weight).sum::<f64>() / total
        } else {
            f64::NAN
        };
        Told {
            remaining: [0.2, 0.5, 0.8].map(quantile),
            longer,
        }
    }
}

fn weight(past: &Standing, now: &Standing) -> f64 {
    let elapsed = (past.elapsed.max(0.0).ln_1p() - now.elapsed.max(0.0).ln_1p()).abs();
    let week = (past.week - now.week).abs();
    let week = week.min(7.0 - week);
    let size = (past.size - now.size).abs();
    let size = if size.is_nan() { 1.0 } else { size };
    let step = if past.before == now.before {
        1.0
    } else {
        OTHER_STEP
    };
    let age = (-(now.at - past.at).max(0.0) / HALF_LIFE_DAYS).exp2();
    step * age * (-elapsed / ELAPSED - week / WEEK - size / SIZE).exp()
}
