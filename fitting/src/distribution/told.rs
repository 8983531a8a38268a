//! What was known of outcomes on a day: a first fit takes no more than could have been told when
//! the first case that it holds back was asked about, as the last fit takes no more than is known now.

use chrono::{DateTime, Utc};

use super::{Example, Outcome};
use crate::sample::spread;

/// How a quantity becomes known, on a calendar of days that all examples share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Passing {
    /// Day by day from this moment on: what has not ended by a later one has passed so much.
    Since(f64),
    /// As a whole at this moment, and nothing of it before.
    At(f64),
}

/// A moment in days of a calendar.
#[must_use]
pub fn on_calendar(at: DateTime<Utc>) -> f64 {
    at.timestamp() as f64 / 86_400.0
}

/// Examples with what is known of each outcome.
#[derive(Debug)]
pub(super) struct Told<'a> {
    examples: &'a [Example],
    outcomes: Vec<Outcome>,
}

impl<'a> Told<'a> {
    /// All that the examples say.
    pub(super) fn now(examples: &'a [Example]) -> Self {
        let outcomes = examples.iter().map(|example| example.outcome).collect();
        Self { examples, outcomes }
    }

    /// What could be told of them at a moment.
    pub(super) fn at(examples: &'a [Example], moment: f64) -> Self {
        let told = examples.iter().map(|one| told_at(one, moment));
        Self {
            examples,
            outcomes: told.collect(),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&'a Example, Outcome)> + Clone {
        self.examples.iter().zip(self.outcomes.iter().copied())
    }

    /// At most so many, spread over all.
    pub(super) fn some(&self, most: usize) -> impl Iterator<Item = (&'a Example, Outcome)> {
        let both = |at: usize| Some((self.examples.get(at)?, *self.outcomes.get(at)?));
        spread(self.examples.len(), most).filter_map(both)
    }
}

fn told_at(example: &Example, moment: f64) -> Outcome {
    match example.passing {
        None => example.outcome,
        Some(Passing::Since(first)) => example.outcome.by(moment - first),
        Some(Passing::At(told)) if told < moment => example.outcome,
        Some(Passing::At(_)) => Outcome::watched(None, f64::NEG_INFINITY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(passing: Option<Passing>, outcome: Outcome, moment: f64) -> Outcome {
        let example = Example {
            passing,
            ..Example::new(Vec::new(), outcome, 0.0)
        };
        let examples = [example];
        let told = Told::at(&examples, moment);
        let (_, outcome) = told.iter().next().unwrap();
        outcome
    }

    #[test]
    fn what_had_not_ended_by_a_moment_has_passed_so_much() {
        let since = Some(Passing::Since(10.0));
        let over = Outcome::known(6.0);
        assert_eq!(told(since, over, 14.0), Outcome::watched(None, 4.0));
        assert_eq!(told(since, over, 16.0), Outcome::watched(Some(6.0), 6.0));
        let lost = Outcome::watched(None, 5.0);
        assert_eq!(told(since, lost, 14.0), Outcome::watched(None, 4.0));
        assert_eq!(told(since, lost, 99.0), lost);
        assert_eq!(told(None, over, 14.0), over);
    }

    #[test]
    fn what_is_told_as_a_whole_is_unknown_before() {
        let late = Outcome::known(1.0);
        assert_eq!(told(Some(Passing::At(5.0)), late, 6.0), late);
        let before = told(Some(Passing::At(5.0)), late, 5.0);
        assert_eq!([-1.0, 1.0].map(|at| before.above(at)), [None, None]);
    }
}
