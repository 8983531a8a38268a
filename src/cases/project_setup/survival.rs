//! How long things of one sort take, some of which are not over, and what is left of one that has
//! waited: the survival curve of Kaplan and Meier.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};

use super::request::days;

/// How long dependencies of one name took from one sort of moment.
#[derive(Debug, Clone, Default)]
pub(super) struct Spells {
    /// Days, and whether it was done then rather than given up, in order.
    over: Vec<(f64, bool)>,
    /// When those began that are not over, in order.
    running: Vec<f64>,
    /// How many were done.
    done: usize,
}

impl Spells {
    /// Adds one that ended, or is not over; what ended before it began tells nothing.
    pub(super) fn add(&mut self, from: DateTime<Utc>, end: Option<DateTime<Utc>>, done: bool) {
        match end {
            Some(end) if end < from => {}
            Some(end) => {
                self.over.push((days(&end) - days(&from), done));
                self.done += usize::from(done);
            }
            None => self.running.push(days(&from)),
        }
    }

    /// To be called once all were added.
    pub(super) fn put_in_order(&mut self) {
        self.over.sort_by(in_order);
        self.running.sort_by(f64::total_cmp);
    }

    /// How many were done.
    pub(super) const fn done(&self) -> usize {
        self.done
    }

    /// The curve of all, those that are not over taking longer than they have by a moment.
    pub(super) fn survival(&self, moment: DateTime<Utc>) -> Survival {
        let now = days(&moment);
        let mut surviving = 1.0;
        let done = self.over.iter().enumerate().filter(|(_, one)| one.1);
        let steps = done.map(|(place, (taken, _))| {
            // The first to begin come first: they have taken longest.
            let running = self.running.partition_point(|from| now - from >= *taken);
            let at_risk = self.over.len() - place + running;
            surviving -= surviving / at_risk as f64;
            (*taken, surviving)
        });
        Survival(steps.collect())
    }
}

/// By days; of the same, what was done first.
fn in_order(a: &(f64, bool), b: &(f64, bool)) -> Ordering {
    a.0.total_cmp(&b.0).then(b.1.cmp(&a.1))
}

/// Days after which one was done, each with the probability of taking longer; in order.
#[derive(Debug)]
pub(super) struct Survival(Vec<(f64, f64)>);

/// Steps that a curve of days left may have, about: more say nothing and take time.
const STEPS: f64 = 256.0;
/// Probabilities that differ by less are the same, computed in another order.
const ROUNDING: f64 = 1e-9;

impl Survival {
    /// What is left of one that has waited so many days: the probability of taking longer, given that
    /// it takes longer than it has waited. Each step is the first that tells enough more than the
    /// one before, or the last of all.
    pub(super) fn left(&self, waited: f64) -> Left {
        let from = self.0.partition_point(|(days, _)| *days <= waited);
        let before = from.checked_sub(1).and_then(|at| self.0.get(at));
        let surviving = before.map_or(1.0, |(_, surviving)| *surviving);
        let within = |longer: f64| 1.0 - longer / surviving;
        let mut rest = self.0.get(from..).unwrap_or_default();
        let mut steps = Vec::new();
        let mut told = 0.0;
        while let Some(last) = rest.len().checked_sub(1) {
            let little = |step: &(f64, f64)| within(step.1) - told < 1.0 / STEPS - ROUNDING;
            let next = rest.partition_point(little).min(last);
            if let Some((days, longer)) = rest.get(next) {
                told = within(*longer);
                steps.push((days - waited, told));
            }
            rest = rest.get(next + 1..).unwrap_or_default();
        }
        Left(steps)
    }
}

/// Days left, each with the probability of being done by then; where the last is less than 1, the
/// rest lies beyond all that was seen.
#[derive(Debug, Clone)]
pub(super) struct Left(Vec<(f64, f64)>);

impl Left {
    /// Days within which this share is done; none where that lies beyond all that was seen.
    pub(super) fn quantile(&self, share: f64) -> Option<f64> {
        let enough = share - ROUNDING;
        let reached = self.0.iter().find(|(_, within)| *within >= enough);
        reached.map(|(days, _)| *days)
    }

    /// Probability of being done within so many days; what lies beyond all that was seen counts
    /// as done with the longest.
    fn within(&self, days: f64) -> f64 {
        let reached = self.0.partition_point(|(left, _)| *left <= days);
        if reached == self.0.len() {
            return 1.0;
        }
        let last = reached.checked_sub(1).and_then(|at| self.0.get(at));
        last.map_or(0.0, |(_, within)| *within)
    }

    /// Probability that none of the others takes longer.
    pub(super) fn is_last<'a>(&self, others: impl Iterator<Item = &'a Self> + Clone) -> f64 {
        let (mut below, mut last) = (0.0, 0.0);
        for (days, _) in &self.0 {
            let until = self.within(*days);
            let all_done: f64 = others.clone().map(|other| other.within(*days)).product();
            last += (until - below) * all_done;
            below = until;
        }
        last
    }
}

/// Expected days until the last of several is done.
pub(super) fn expected_last<'a>(several: impl Iterator<Item = &'a Left> + Clone) -> f64 {
    let mut days: Vec<f64> = several
        .clone()
        .flat_map(|left| left.0.iter().map(|(days, _)| *days))
        .collect();
    days.sort_by(f64::total_cmp);
    let (mut from, mut expected) = (0.0, 0.0);
    for until in days {
        let all_done: f64 = several.clone().map(|left| left.within(from)).product();
        expected += (until - from) * (1.0 - all_done);
        from = until;
    }
    expected
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    /// Of days until each was done, until each was given up, and since the others began.
    fn spells(done: &[i64], given_up: &[i64], running: &[i64]) -> Spells {
        let mut spells = Spells::default();
        let mut add = |days: &[i64], end, done| {
            for days in days {
                spells.add(NOW - TimeDelta::days(*days), end, done);
            }
        };
        add(done, Some(NOW), true);
        add(given_up, Some(NOW), false);
        add(running, None, false);
        spells.put_in_order();
        spells
    }

    /// The estimate made anew of those alone that take longer than it has waited.
    fn of_longer(spells: &Spells, waited: f64) -> Vec<(f64, f64)> {
        let running = spells.running.iter().map(|from| (-from, false));
        let all = spells.over.iter().copied().chain(running);
        let mut longer: Vec<(f64, bool)> = all.filter(|one| one.0 > waited).collect();
        longer.sort_by(in_order);
        let mut surviving = 1.0;
        let mut steps = Vec::new();
        for (at, (days, done)) in longer.iter().enumerate() {
            if *done {
                surviving -= surviving / (longer.len() - at) as f64;
                steps.push((days - waited, 1.0 - surviving));
            }
        }
        steps
    }

    fn is_near(a: &(f64, f64), b: &(f64, f64)) -> bool {
        (a.0 - b.0).abs() < 1e-12 && (a.1 - b.1).abs() < 1e-12
    }

    #[test]
    fn what_is_left_is_told_by_those_that_take_longer_than_it_has_waited() {
        // In order: 2 done, 3 given up, 3 running, 4 done, 4 done, 4 given up, 6 running, 8 done, 9 done.
        let spells = spells(&[9, 4, 2, 8, 4], &[4, 3], &[3, 6]);
        let survival = spells.survival(NOW);
        // Days left, and how many of so many are done by then.
        let is_told = |waited: f64, expected: &[(f64, f64)], of: f64| {
            let expected = expected.iter().map(|(days, done)| (*days, done / of));
            let expected: Vec<(f64, f64)> = expected.collect();
            for told in [survival.left(waited).0, of_longer(&spells, waited)] {
                assert_eq!(told.len(), expected.len(), "{waited}: {told:?}");
                let mut pairs = told.iter().zip(&expected);
                assert!(pairs.all(|(a, b)| is_near(a, b)), "{waited}: {told:?}");
            }
        };
        let early = [(2.0, 3.0), (4.0, 7.0), (4.0, 11.0)].into_iter();
        let all: Vec<(f64, f64)> = early.chain([(8.0, 19.0), (9.0, 27.0)]).collect();
        is_told(0.0, &all, 27.0);
        // The one that has waited three days itself is not counted.
        is_told(3.0, &[(1.0, 1.0), (1.0, 2.0), (5.0, 4.0), (6.0, 6.0)], 6.0);
        is_told(4.0, &[(4.0, 1.0), (5.0, 2.0)], 2.0);
        is_told(8.5, &[(0.5, 1.0)], 1.0);
        is_told(9.0, &[], 1.0);
    }

    #[test]
    fn of_many_steps_few_are_told_and_the_last_is() {
        let done: Vec<i64> = (0..2_250).map(|i| i * 7_919 % 997).collect();
        let given_up: Vec<i64> = (0..750).map(|i| i * 613 % 991).collect();
        let running: Vec<i64> = (0..300).map(|i| i * 31 % 600).collect();
        let spells = spells(&done, &given_up, &running);
        let survival = spells.survival(NOW);
        for waited in [0.0, 1.0, 250.0, 700.0, 990.0] {
            let Left(told) = survival.left(waited);
            let all = of_longer(&spells, waited);
            let is_one = |step: &(f64, f64)| all.iter().any(|one| is_near(one, step));
            assert!(told.iter().all(is_one), "{waited}");
            assert!(told.len() <= STEPS as usize + 1, "{waited}");
            let (last, of_all) = (told.last().unwrap(), all.last().unwrap());
            assert!(is_near(last, of_all), "{waited}: {last:?}, {of_all:?}");
        }
    }
}
