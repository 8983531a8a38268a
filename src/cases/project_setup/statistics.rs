//! Running statistics of what has come to be known.

use std::collections::VecDeque;

/// The latest values, and their quantiles.
#[derive(Debug, Clone)]
pub(super) struct Latest {
    limit: usize,
    arrived: VecDeque<f64>,
    sorted: Vec<f64>,
}

/// Values kept of each sort: bounds time, and lets what was long ago fade.
const KEPT: usize = 1_500;

impl Default for Latest {
    fn default() -> Self {
        Self {
            limit: KEPT,
            arrived: VecDeque::new(),
            sorted: Vec::new(),
        }
    }
}

impl Latest {
    pub(super) fn add(&mut self, value: f64) {
        if self.arrived.len() == self.limit
            && let Some(oldest) = self.arrived.pop_front()
        {
            let at = self.sorted.partition_point(|known| *known < oldest);
            if at < self.sorted.len() {
                self.sorted.remove(at);
            }
        }
        self.arrived.push_back(value);
        let at = self.sorted.partition_point(|known| *known < value);
        self.sorted.insert(at, value);
    }

    pub(super) fn count(&self) -> f64 {
        self.sorted.len() as f64
    }

    /// The value below which this share lies; missing for nothing.
    pub(super) fn quantile(&self, share: f64) -> f64 {
        let last = self.sorted.len().saturating_sub(1);
        let at = (share * last as f64).round() as usize;
        self.sorted.get(at).copied().unwrap_or(f64::NAN)
    }

    /// The same, drawn towards a wider group's where there are few.
    pub(super) fn drawn(&self, share: f64, towards: f64) -> f64 {
        /// Weight of the wider group, in values.
        const DRAWN: f64 = 5.0;
        let own = self.quantile(share);
        if own.is_nan() {
            return towards;
        }
        if towards.is_nan() {
            return own;
        }
        (self.count() * own + DRAWN * towards) / (self.count() + DRAWN)
    }
}

/// A mean that is drawn towards a level where there are few values.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mean {
    sum: f64,
    count: f64,
}

impl Mean {
    pub(super) fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1.0;
    }

    /// Missing for nothing.
    pub(super) fn value(self) -> f64 {
        if self.count > 0.0 {
            self.sum / self.count
        } else {
            f64::NAN
        }
    }

    pub(super) fn drawn(self, level: f64, weight: f64) -> f64 {
        (self.sum + weight * level) / (self.count + weight)
    }
}

/// Values kept of the last days.
const KEPT_LATELY: usize = 500;

/// Values of the last days.
#[derive(Debug, Clone, Default)]
pub(super) struct Lately(VecDeque<(f64, f64)>);

impl Lately {
    /// Adds a value that became known at a time not before those before it.
    pub(super) fn add(&mut self, at: f64, value: f64) {
        self.0.push_back((at, value));
        if self.0.len() > KEPT_LATELY {
            self.0.pop_front();
        }
    }

    /// Values known since a moment.
    pub(super) fn since(&self, from: f64) -> impl Iterator<Item = f64> + Clone {
        let late = self.0.iter().rev().take_while(move |(at, _)| *at >= from);
        late.map(|(_, value)| *value)
    }
}

/// The mean; missing for nothing.
pub(super) fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let mut sum = Mean::default();
    values.for_each(|value| sum.add(value));
    sum.value()
}

/// The middle value; missing for nothing.
pub(super) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
