//! Cases held back from a first fit, the latest: they calibrate, and choose the learner.
//!
//! Of a long history the latest fifth is enough. Of a short one that would be a dozen cases,
//! which say nothing of a calibration and little of a learner; so earlier ones are held back too,
//! each from a fit on those before it (a rolling origin: Tashman, "Out-of-sample tests of
//! forecasting accuracy", 2000).

use super::Example;

/// Share of the cases, the latest, that one fit does not see.
const HELD_BACK: f64 = 0.2;
/// Cases held back by one fit, at least.
const LEAST: usize = 10;
/// Cases held back altogether that are enough.
const ENOUGH: usize = 100;
/// Share of the cases that every fit sees, at least.
const SEEN: f64 = 0.4;
/// Fits at most.
const FITS: usize = 3;

/// Held-back cases, and the fits that do not see them.
#[derive(Debug)]
pub(super) struct HeldBack<'a> {
    /// The cases that each fit sees, all before those that it holds back.
    pub(super) early: Vec<&'a [Example]>,
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
        let held = ((count as f64 * HELD_BACK) as usize).max(LEAST).min(count);
        let room = (count as f64 * (1.0 - SEEN) / held.max(1) as f64) as usize;
        let fits = ENOUGH.div_ceil(held.max(1)).min(FITS).min(room).max(1);
        let bounds = (0..fits).map(|fit| count - held * (fits - fit));
        let early: Vec<&[Example]> = bounds.clone().map(|until| &examples[..until]).collect();
        let parts = bounds.enumerate().map(|(fit, from)| Part {
            fit,
            cases: &examples[from..from + held],
        });
        let parts: Vec<Part<'_>> = match parts.clone().next() {
            Some(only) if fits == 1 => {
                let (first, second) = only.cases.split_at(held / 2);
                [first, second].map(|cases| Part { fit: 0, cases }).into()
            }
            _ => parts.collect(),
        };
        Self { early, parts }
    }

    /// Whether the history is so short that one fit could not hold back enough.
    pub(super) const fn are_few(&self) -> bool {
        self.early.len() > 1
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distribution::Outcome;

    fn split(count: usize) -> (Vec<usize>, Vec<(usize, usize)>) {
        let examples: Vec<Example> = (0..count)
            .map(|at| Example {
                row: Vec::new(),
                outcome: Outcome::known(at as f64),
                weight: 1.0,
                group: None,
                again: Vec::new(),
            })
            .collect();
        let held = HeldBack::of(&examples);
        let early = held.early.iter().map(|early| early.len()).collect();
        for part in &held.parts {
            let first = part.cases[0].outcome.number();
            assert!(first >= held.early[part.fit].len() as f64);
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
}
