//! Fits a distribution: one classifier a threshold, chosen and calibrated on the latest cases.

mod choice;
mod grid;
mod held_back;
mod learners;
mod persistence;
mod seen;
mod tails;
#[cfg(test)]
mod tests;
mod told;
mod waited;

use anyhow::{Context as _, ensure};
use scrutineer::learn::calibrated::Calibration;
use scrutineer::learn::distribution::{Curve, Distribution, Level, Range, Seen, Tails};
use scrutineer::learn::learner::Learner;

use crate::boost::CheckedBoost;
use choice::Chosen;
use held_back::HeldBack;
pub use held_back::first_held_back;
pub use learners::Learners;
use tails::plain_width;
use told::Told;
pub use told::{Passing, on_calendar};
use waited::AskedAgain;

/// Finished examples needed to say anything.
pub const LEAST_EXAMPLES: usize = 50;
/// Examples of either outcome needed to tell them apart.
pub const LEAST_OF_A_SIDE: usize = 15;

/// One case with what is known of its outcome.
#[derive(Debug, Clone)]
pub struct Example {
    /// Features; what is not a number is missing.
    pub row: Vec<f64>,
    /// What became of it.
    pub outcome: Outcome,
    /// Which of several that belong together, as the steps of one request do; none of one that
    /// stands alone.
    pub group: Option<usize>,
    /// What was possible when it was asked about.
    pub possible: Possible,
    /// The same case, asked again while it was not over.
    pub again: Vec<Again>,
    /// When it was asked about, in days of a calendar that all share.
    pub asked: f64,
    /// How what became of it became known, on the same calendar; none of what first fits may take as
    /// known from the start.
    pub passing: Option<Passing>,
}

impl Example {
    /// One that stands alone, of which nothing is ruled out.
    #[must_use]
    pub const fn new(row: Vec<f64>, outcome: Outcome, asked: f64) -> Self {
        Self {
            row,
            outcome,
            group: None,
            possible: Possible::All,
            again: Vec::new(),
            asked,
            passing: None,
        }
    }
}

/// What is possible of a quantity when it is asked about: answers rule out the rest, and so do the
/// held-back cases that intervals are measured on.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Possible {
    /// All that the curve says.
    #[default]
    All,
    /// What lies above.
    Above(f64),
    /// What lies above one and not above another.
    Within(f64, f64),
}

impl Possible {
    /// What is left of a curve.
    #[must_use]
    pub fn left_of(self, curve: Curve) -> Curve {
        match self {
            Self::All => curve,
            Self::Above(above) => curve.given_above(above),
            Self::Within(above, most) => curve.given_within(above, most),
        }
    }
}

/// A case as it stood some time later, not over yet.
#[derive(Debug, Clone)]
pub struct Again {
    /// Features then.
    pub row: Vec<f64>,
    /// What the quantity was known to lie above: less than 0 of what was not due yet. Cases share a few
    /// such values, for each has a calibration of its own.
    pub passed: f64,
}

/// What is known of a quantity, and how far it was watched.
///
/// Whether it lies above a threshold is known only if it was watched beyond that, whatever came
/// of it: of cases looked at early, the short ones alone are over, and to count those
/// would make every case look short.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    quantity: Option<f64>,
    watched: f64,
}

impl Outcome {
    /// It came to this, and nothing longer would have been missed.
    #[must_use]
    pub const fn known(quantity: f64) -> Self {
        Self {
            quantity: Some(quantity),
            watched: f64::INFINITY,
        }
    }

    /// It came to this within the time it was watched, or was not over then.
    #[must_use]
    pub const fn watched(quantity: Option<f64>, watched: f64) -> Self {
        Self { quantity, watched }
    }

    /// The same in another measure, which rises with it.
    #[must_use]
    pub fn told_in(self, measure: impl Fn(f64) -> f64) -> Self {
        Self {
            quantity: self.quantity.map(&measure),
            watched: if self.watched.is_finite() {
                measure(self.watched)
            } else {
                self.watched
            },
        }
    }

    /// As it stood when so much had passed.
    fn by(self, passed: f64) -> Self {
        Self {
            quantity: self.quantity.filter(|quantity| *quantity <= passed),
            watched: self.watched.min(passed),
        }
    }

    /// Whether it lies above a threshold, where that is known.
    #[must_use]
    pub fn above(self, threshold: f64) -> Option<bool> {
        let known = self.watched >= threshold;
        known.then(|| self.quantity.is_none_or(|quantity| quantity > threshold))
    }

    /// Whether it lies within an interval, where that is known: what is not over lies beyond one
    /// that it was watched through.
    #[must_use]
    pub fn within(self, low: f64, high: f64) -> Option<bool> {
        match self.quantity {
            Some(quantity) => Some((low..=high).contains(&quantity)),
            None => (self.watched >= high).then_some(false),
        }
    }

    /// What it came to; none if it was not over when it was last looked at.
    #[must_use]
    pub const fn quantity(self) -> Option<f64> {
        self.quantity
    }

    /// Up to which quantity it was watched.
    #[must_use]
    pub const fn watched_until(self) -> f64 {
        self.watched
    }

    /// What it came to, or has passed.
    #[must_use]
    pub fn number(self) -> f64 {
        self.quantity.unwrap_or(self.watched)
    }
}

/// What is fitted, and how.
#[derive(Debug, Clone)]
pub struct DistributionPlan {
    /// Names of the features.
    pub features: Vec<String>,
    /// Whether the quantity is counted rather than measured.
    pub whole: bool,
    /// Thresholds, at most, beside `required`.
    pub thresholds: usize,
    /// Thresholds that must be there, such as 0 for being late at all.
    pub required: Vec<f64>,
    /// Share of cases that the interval holds.
    pub coverage: f64,
    /// Feature that tells groups of intervals apart, and the bounds between them.
    pub groups: (usize, Vec<f64>),
    /// Parameters of boosted trees.
    pub boost: CheckedBoost,
    /// Kinds of learner that held-back cases choose from.
    pub learners: Learners,
    /// The subject's own past, as a spreadsheet has it: of a short history it serves alone, unless more is better.
    /// None to do without.
    pub own: Option<OwnShare>,
}

/// A feature that is the share of the subject's own cases that came late before.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnShare {
    /// Its name.
    pub feature: String,
    /// Log odds by which the whole of it differs from nothing, before anything is calibrated.
    pub slope: f64,
}

impl OwnShare {
    /// Of a share that is drawn to the level of all where the subject's cases are few: by the slope that log odds
    /// have at one half.
    #[must_use]
    pub fn drawn(feature: &str) -> Self {
        Self {
            feature: feature.to_owned(),
            slope: 4.0,
        }
    }

    /// Of a share as it is: half as steep, for some are of two or three cases.
    #[must_use]
    pub fn plain(feature: &str) -> Self {
        Self {
            slope: 2.0,
            ..Self::drawn(feature)
        }
    }
}

impl DistributionPlan {
    /// Fits on examples in order of time. First fits without the latest cases are calibrated
    /// on them and say which learner serves, and of what size; a last fit of that one
    /// uses all.
    ///
    /// # Errors
    /// Too few examples, rows of another length than the features, a quantity that is not
    /// finite or always the same, or what the booster refuses.
    pub fn fit(&self, examples: &[Example]) -> anyhow::Result<Distribution> {
        ensure!(
            examples
                .iter()
                .all(|example| example.outcome.number().is_finite()),
            "a quantity is not finite"
        );
        let quantities: Vec<f64> = examples.iter().filter_map(|e| e.outcome.quantity).collect();
        ensure!(
            quantities.len() >= LEAST_EXAMPLES,
            "{} finished examples are too few; {LEAST_EXAMPLES} are needed",
            quantities.len()
        );
        let unfinished = examples.iter().map(|e| e.outcome);
        let unfinished = unfinished.filter(|outcome| outcome.quantity.is_none());
        let (range, thresholds) = self.grid(&quantities, unfinished.map(Outcome::number))?;
        let held = HeldBack::of(examples);
        let chosen = self.chosen(examples, &held, &thresholds)?;
        let (foretold, again) = self.foretold(&chosen, range, &thresholds, &held)?;
        let least = held
            .are_few()
            .then(|| plain_width(&quantities, self.coverage));
        let tails = self.tails(&foretold, least);
        let calibrations = chosen.calibrations(&thresholds, &held.parts);
        let told = Told::now(examples);
        let all = self.learners(&told, &thresholds, chosen.recipe)?;
        let fitted = self.join(range, &thresholds, all, &calibrations, tails)?;
        let seen = seen::of(&told, &thresholds);
        let waited = again.calibrated(self);
        Ok(fitted.with_seen(Seen { waited, ..seen })?)
    }

    /// Fits one question alone, whether the quantity lies above a threshold, with all that the
    /// question itself can give: calibrated and sized as [`Self::fit`] does it.
    ///
    /// # Errors
    /// Too few examples on either side, or what the booster refuses.
    pub fn fit_level(&self, examples: &[Example], threshold: f64) -> anyhow::Result<Level> {
        for side in [true, false] {
            let told = |e: &&Example| e.outcome.above(threshold) == Some(side);
            let count = examples.iter().filter(told).count();
            ensure!(
                count >= LEAST_OF_A_SIDE,
                "{count} examples {} {threshold} are too few; {LEAST_OF_A_SIDE} are needed",
                if side { "above" } else { "not above" }
            );
        }
        let at = [threshold];
        let held = HeldBack::of(examples);
        let chosen = self.chosen(examples, &held, &at)?;
        let calibrations = chosen.calibrations(&at, &held.parts);
        let all = self.learners(&Told::now(examples), &at, chosen.recipe)?;
        let both = all.into_iter().zip(calibrations);
        let mut levels = both.map(|(learner, calibration)| Level {
            threshold,
            learner,
            calibration,
        });
        levels.next().context("nothing was fitted")
    }

    /// What serves. Of a long history it keeps as much of the level of the held-back cases as levels went on before;
    /// a short one holds back cases of several times, and tells too little of levels.
    fn chosen(
        &self,
        examples: &[Example],
        held: &HeldBack<'_>,
        thresholds: &[f64],
    ) -> anyhow::Result<Chosen> {
        let mut chosen = self.choose(held, thresholds)?;
        if !held.are_few() {
            chosen.keeps = self.persistence(examples, thresholds, chosen.recipe)?;
        }
        Ok(chosen)
    }

    fn join(
        &self,
        range: Range,
        thresholds: &[f64],
        learners: Vec<Learner>,
        calibrations: &[Calibration],
        tails: Tails,
    ) -> anyhow::Result<Distribution> {
        let levels = thresholds
            .iter()
            .zip(learners)
            .zip(calibrations)
            .map(|((threshold, learner), calibration)| Level {
                threshold: *threshold,
                learner,
                calibration: *calibration,
            })
            .collect();
        Ok(Distribution::new(
            self.features.clone(),
            range,
            levels,
            tails,
        )?)
    }

    fn no_tails(&self) -> Tails {
        let (feature, bounds) = self.groups.clone();
        Tails {
            coverage: self.coverage,
            left_out: vec![(1.0 - self.coverage) / 2.0; bounds.len() + 1],
            feature,
            bounds,
        }
    }

    /// The held-back cases, each foretold by what neither saw it nor was calibrated on it or
    /// the others of its part. An interval measured on the cases that calibrated it would be
    /// too narrow, the more so the fewer they are. Those that were asked again say so once more.
    fn foretold(
        &self,
        chosen: &Chosen,
        range: Range,
        thresholds: &[f64],
        held: &HeldBack<'_>,
    ) -> anyhow::Result<(Vec<Foretold>, AskedAgain)> {
        let no_tails = self.no_tails();
        let (mut foretold, mut again) = (Vec::new(), AskedAgain::default());
        for (part, others) in held.each_and_others() {
            let calibrations = chosen.calibrations(thresholds, &others);
            let learners = chosen.fits.get(part.fit).cloned().unwrap_or_default();
            let trial = self.join(range, thresholds, learners, &calibrations, no_tails.clone())?;
            let early = held.early.get(part.fit).context("held back by no fit")?;
            let trial = trial.with_seen(seen::of(early, thresholds))?;
            foretold.extend(part.cases.iter().map(|example| Foretold {
                outcome: example.outcome,
                of: example.group,
                group: no_tails.group(&example.row),
                curve: example.possible.left_of(trial.curve(&example.row)),
            }));
            again.ask(&trial, part.cases);
        }
        Ok((foretold, again))
    }
}

/// A held-back case, and what was said of it.
struct Foretold {
    outcome: Outcome,
    /// Which of several that belong together.
    of: Option<usize>,
    group: usize,
    curve: Curve,
}
