//! Cases held back from a first fit, the latest: they calibrate, and choose the learner.
//!
//! Of a long history the latest fifth is enough. Of a short one that would be a dozen cases,
//! which say nothing of a calibration and little of a learner; so earlier ones are held back too,
//! each from a fit on those before it (a rolling origin: Tashman, "Out-of-sample tests of
//! forecasting accuracy", 2000).
//!
//! Cases that belong together and stand together, as the days on which one bill is asked about do,
//! are held back together. Those that lie among others in time, as the steps of one request do,
//! are parted by time alone.

use std::collections::HashSet;

use super::Example;
use super::told::Told;

/// Share of the cases, the latest, that one fit does not see.
const HELD_BACK: f64 = 0.2;
/// Cases held back by one fit, at least; those that belong together are one.
const LEAST: usize = 10;
/// Cases held back altogether that are enough; those that belong together are one.
const ENOUGH: usize = 100;
/// Share of the cases that every fit sees, at least.
const SEEN: f64 = 0.4;
/// Fits at most.
const FITS: usize = 3;

/// Held-back cases, and the fits that do not see them.
#[derive(Debug)]
pub(super) struct HeldBack<'a> {
    /// The cases that each fit sees, all before those that it holds back, with what could be told of them
    /// when the first of those was asked about.
    pub(super) early: Vec<Told<'a>>,
    /// Two parts at least, in order of time: what is chosen or calibrated on the others is
    /// judged on each.
    pub(super) parts: Vec<Part<'a>>,
}

/// Held-back cases of one fit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a> {
    /// Which fit does not see them.
    pub(super) fit: usize,
    pub(super) cases: &'a [Example],
}

impl<'a> HeldBack<'a> {
    /// Of cases in order of time.
    pub(super) fn of(examples: &'a [Example]) -> Self {
        let count = examples.len();
        let (held, fits) = sizes(count, count.div_ceil(units(examples).max(1)));
        let together = stand_together(examples);
        let bound = |at: usize| {
            if together {
                whole(examples, at, held)
            } else {
                at
            }
        };
        let bounds: Vec<usize> = (0..fits)
            .map(|fit| bound(count - held * (fits - fit)))
            .collect();
        let early = bounds.iter().map(|until| {
            let (early, held) = examples.split_at(*until);
            let asked = held.iter().map(|example| example.asked);
            Told::at(early, asked.fold(f64::INFINITY, f64::min))
        });
        let early: Vec<Told<'_>> = early.collect();
        let part = |(fit, from, until): (usize, usize, usize)| Part {
            fit,
            cases: &examples[from..until],
        };
        let parts: Vec<Part<'_>> = match bounds.as_slice() {
            [from] => {
                let middle = bound(*from + held / 2);
                let halves = [(0, *from, middle), (0, middle, count)];
                halves.map(part).into()
            }
            _ => {
                let untils = bounds.iter().skip(1).chain([&count]);
                let all = bounds.iter().zip(untils).enumerate();
                all.map(|(fit, (from, until))| part((fit, *from, *until)))
                    .collect()
            }
        };
        Self { early, parts }
    }

    /// Whether the history is so short that one fit could not hold back enough.
    pub(super) const fn are_few(&self) -> bool {
        self.early.len() > 1
    }

    /// What each held-back case belongs to, in order of the parts.
    pub(super) fn units(&self) -> Vec<Option<usize>> {
        let cases = self.parts.iter().flat_map(|part| part.cases);
        cases.map(|case| case.group).collect()
    }

    /// Every part with all others.
    pub(super) fn each_and_others(&self) -> impl Iterator<Item = (Part<'a>, Vec<Part<'a>>)> {
        self.parts.iter().enumerate().map(|(at, part)| {
            let others = self.parts.iter().enumerate();
            let others = others.filter(|(other, _)| *other != at);
            (*part, others.map(|(_, other)| *other).collect())
        })
    }
}

/// How many of so many cases each fit holds back, and how many fits do, where so many belong together.
fn sizes(count: usize, of_a_unit: usize) -> (usize, usize) {
    let held = ((count as f64 * HELD_BACK) as usize).max(LEAST * of_a_unit);
    let held = held.min((count as f64 * (1.0 - SEEN)) as usize);
    let room = (count as f64 * (1.0 - SEEN) / held.max(1) as f64) as usize;
    let enough = (ENOUGH * of_a_unit).div_ceil(held.max(1));
    (held, enough.min(FITS).min(room).max(1))
}

/// The place from which on some fit holds back cases that stand alone, of so many in order of time: those
/// before it are never asked again, and need not be looked at again.
#[must_use]
pub fn first_held_back(count: usize) -> usize {
    let (held, fits) = sizes(count, 1);
    count - held * fits
}

/// Groups, and cases that stand alone.
fn units(examples: &[Example]) -> usize {
    let groups: HashSet<usize> = examples.iter().filter_map(|one| one.group).collect();
    groups.len() + examples.iter().filter(|one| one.group.is_none()).count()
}

/// Whether the cases of each group follow one another.
fn stand_together(examples: &[Example]) -> bool {
    let mut seen = HashSet::new();
    let runs = examples.chunk_by(|one, next| one.group == next.group);
    runs.filter_map(|run| run.first()?.group)
        .all(|group| seen.insert(group))
}

/// The place at which the group begins that a bound would part. One so large that the bound would
/// move by more than a quarter of a part is parted all the same.
fn whole(examples: &[Example], at: usize, part: usize) -> usize {
    let group = examples.get(at).and_then(|example| example.group);
    let before = examples[..at].iter().rev();
    let same = before.take_while(|example| group.is_some() && example.group == group);
    let back = same.count();
    if back <= part / 4 { at - back } else { at }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distribution::{Outcome, Passing};

    fn split(count: usize) -> (Vec<usize>, Vec<(usize, usize)>) {
        let examples: Vec<Example> = (0..count)
            .map(|at| Example::new(Vec::new(), Outcome::known(at as f64), at as f64))
            .collect();
        let held = HeldBack::of(&examples);
        let early = held
            .early
            .iter()
            .map(|early| early.iter().count())
            .collect();
        for part in &held.parts {
            let first = part.cases[0].outcome.number();
            assert!(first >= held.early[part.fit].iter().count() as f64);
        }
        let last = held.parts.last().unwrap().cases.last().unwrap();
        assert_eq!(last.outcome.number(), (count - 1) as f64);
        let parts = held.parts.iter().map(|part| (part.fit, part.cases.len()));
        (early, parts.collect())
    }

    #[test]
    fn of_a_short_history_more_is_held_back_by_more_fits() {
        assert_eq!(split(1000), (vec![800], vec![(0, 100), (0, 100)]));
        assert_eq!(split(300), (vec![180, 240], vec![(0, 60), (1, 60)]));
        assert_eq!(
            split(60),
            (vec![24, 36, 48], vec![(0, 12), (1, 12), (2, 12)])
        );
        assert_eq!(split(30), (vec![20], vec![(0, 5), (0, 5)]));
    }

    #[test]
    fn the_first_that_is_held_back_is_told_by_their_number() {
        for count in [0, 1, 5, 24, 30, 60, 100, 300, 499, 500, 1000, 33_154] {
            let case = |at: usize| Example::new(Vec::new(), Outcome::known(0.0), at as f64);
            let examples: Vec<Example> = (0..count).map(case).collect();
            let held = HeldBack::of(&examples);
            let all: usize = held.parts.iter().map(|part| part.cases.len()).sum();
            assert_eq!(first_held_back(count), count - all, "{count}");
        }
    }

    /// How many cases each fit sees, and before which place each part ends.
    fn bounds(count: usize, group: impl Fn(usize) -> Option<usize>) -> Vec<usize> {
        let case = |at: usize| Example {
            group: group(at),
            ..Example::new(Vec::new(), Outcome::known(at as f64), at as f64)
        };
        let examples: Vec<Example> = (0..count).map(case).collect();
        let held = HeldBack::of(&examples);
        let first = held.early.iter().map(|early| early.iter().count());
        let parts = held.parts.iter().map(|part| part.cases);
        let ends = parts.map(|cases| cases[cases.len() - 1].outcome.number() as usize + 1);
        first.chain(ends).collect()
    }

    #[test]
    fn a_fit_knows_no_more_than_could_be_told_when_the_first_case_held_back_was_asked_about() {
        // Asked a day apart, each takes five days.
        let case = |at: usize| Example {
            passing: Some(Passing::Since(at as f64)),
            ..Example::new(Vec::new(), Outcome::known(5.0), at as f64)
        };
        let examples: Vec<Example> = (0..1000).map(case).collect();
        let held = HeldBack::of(&examples);
        let told: Vec<Outcome> = held.early[0].iter().map(|(_, outcome)| outcome).collect();
        assert_eq!(told[794], Outcome::watched(Some(5.0), 6.0));
        assert_eq!(told[796], Outcome::watched(None, 4.0));
    }

    #[test]
    fn cases_that_stand_together_are_held_back_together() {
        // Three to a group.
        let three = |at: usize| Some(at / 3);
        assert_eq!(bounds(1000, |_| None), [800, 900, 1000]);
        assert_eq!(bounds(3000, three), [2400, 2700, 3000]);
        assert_eq!(bounds(3001, three), [2400, 2700, 3001]);
        // A hundred looked at twelve times each are as few as a hundred.
        let twelve = |at: usize| Some(at / 12);
        assert_eq!(bounds(1200, twelve), [480, 720, 960, 720, 960, 1200]);
        assert_eq!(bounds(100, |_| None), [40, 60, 80, 60, 80, 100]);
        // Those that lie among others, and a group as large as a part, are parted by time.
        assert_eq!(bounds(4000, |at| Some(at % 1200)), [3200, 3600, 4000]);
        let large = |at: usize| Some(if at < 700 { at } else { 700 + at / 300 });
        assert_eq!(bounds(1000, large), [800, 900, 1000]);
    }
}
