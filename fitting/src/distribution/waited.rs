//! How what is left of curves is calibrated for cases that are not over yet, and what intervals leave out
//! of it.
//!
//! A model is fitted on the day on which cases begin and asked on others. What is left of its curve then,
//! cut at what has passed and by features of another day, can be sure of the wrong day: of a customer who pays
//! once a month most of all. So intervals are not those of the first day: how much they leave out is measured
//! on held-back cases of the same sort, each calibrated by the other parts alone.

use std::collections::BTreeSet;

use scrutineer::learn::calibration::Platt;
use scrutineer::learn::distribution::{Curve, Distribution, Passed, Waited};

use super::{Again, DistributionPlan, Example, Foretold, Outcome};

/// From here on what came to pass was probable enough.
const PROBABLE: f64 = 0.3;
/// Probabilities of what came to pass that part the calibrations.
const BELOW: [f64; 3] = [PROBABLE, 0.1, 0.03];
/// Shares of what is left at which it is held against what came: each case speaks at all of them.
const SHARES: [f64; 5] = [0.1, 0.3, 0.5, 0.7, 0.9];
/// What a case lies above once it is due. Before, it is asked whether it comes so far, and speaks of that
/// as loud as of all shares.
const DUE: f64 = 0.0;
/// Weight of the identity, as a precision, were each case to speak once: that of forty cases of
/// even odds.
const HOLD: f64 = 10.0;
/// Cases not due yet from which on they are calibrated: of fewer the answer of the first day stays.
const LEAST_EARLY: usize = 30;
/// An interval leaves out so much on either side at least: of too few cases to measure it, nearly all
/// that is left is in.
const LEAST_LEFT_OUT: f64 = 0.02;

/// What was said of held-back cases that were asked again.
#[derive(Debug, Default)]
pub(super) struct AskedAgain {
    /// By part.
    parts: Vec<Vec<Asked>>,
    /// Cases of all parts, asked again or not.
    cases: usize,
}

/// What was said once more of a case.
#[derive(Debug)]
struct Asked {
    /// Which case.
    case: usize,
    outcome: Outcome,
    /// What it was known to lie above.
    passed: f64,
    /// How probable that was.
    came: f64,
    /// What is left of its curve.
    left: Curve,
    /// Log odds of what is left, and what came.
    said: Vec<(f64, bool)>,
}

/// A calibration with what intervals leave out at most, by so many cases.
struct Anew {
    calibration: Platt,
    left_out: f64,
    cases: usize,
}

impl Asked {
    fn of(model: &Distribution, again: &Again, (case, outcome): (usize, Outcome)) -> Self {
        let curve = model.curve(&again.row);
        let left = curve.given_above(again.passed);
        let told = |at: f64| {
            let above = left.above(at);
            let came = outcome.above(at)?;
            (above > 0.0 && above < 1.0).then(|| ((above / (1.0 - above)).ln(), came))
        };
        let shares = SHARES.iter();
        let mut said: Vec<(f64, bool)> = shares
            .filter_map(|share| told(left.quantile(*share)))
            .collect();
        if let Some(due) = told(DUE).filter(|_| again.passed < DUE) {
            said.extend([due; SHARES.len()]);
        }
        Self {
            case,
            outcome,
            passed: again.passed,
            came: curve.above(again.passed),
            left,
            said,
        }
    }

    fn was_probable(&self) -> bool {
        self.came >= PROBABLE
    }
}

impl AskedAgain {
    /// Asks a model that knows none of the cases of a part.
    pub(super) fn ask(&mut self, model: &Distribution, cases: &[Example]) {
        let numbered = (self.cases..).zip(cases);
        let asked = numbered.flat_map(|(case, example)| {
            let of = (case, example.outcome);
            example
                .again
                .iter()
                .map(move |again| Asked::of(model, again, of))
        });
        self.parts.push(asked.collect());
        self.cases += cases.len();
    }

    /// The calibrations, and what intervals leave out.
    pub(super) fn calibrated(&self, plan: &DistributionPlan) -> Waited {
        if self.parts.iter().all(Vec::is_empty) {
            return Waited::default();
        }
        // What came to pass though it was improbable is of another kind than what was fitted on: nothing is
        // left out of it beyond what the promise allows.
        let nominal = (1.0 - plan.coverage) / 2.0;
        let next = BELOW.iter().skip(1).copied().chain([0.0]);
        let improbable = BELOW.iter().zip(next).map(|(most, least)| {
            let is_of_these = |one: &Asked| one.passed >= DUE && (least..*most).contains(&one.came);
            self.anew(plan, is_of_these)
        });
        let (calibrations, left_out) = improbable
            .map(|anew| (anew.calibration, anew.left_out.min(nominal)))
            .unzip();
        let mut passed = self.early(plan);
        let is_probable = |one: &Asked| one.passed >= DUE && one.was_probable();
        passed.push(self.anew(plan, is_probable).passed(DUE, 1.0));
        Waited {
            below: BELOW.to_vec(),
            calibrations,
            left_out,
            passed,
        }
    }

    /// Of those that were not due yet, by what they had passed; where there are enough of either, those of which
    /// it was probable by themselves.
    fn early(&self, plan: &DistributionPlan) -> Vec<Passed> {
        let asked = self.parts.iter().flatten();
        let passed = asked.map(|one| one.passed).filter(|passed| *passed < DUE);
        let mut froms: Vec<f64> = passed.collect();
        froms.sort_by(f64::total_cmp);
        froms.dedup();
        let mut found = Vec::new();
        for from in froms {
            let is_of_these = |one: &Asked| one.passed.total_cmp(&from).is_eq();
            let of = |probable: bool| {
                self.anew(plan, |one| {
                    is_of_these(one) && one.was_probable() == probable
                })
            };
            let (improbable, probable) = (of(false), of(true));
            if improbable.cases.min(probable.cases) >= LEAST_EARLY {
                found.push(improbable.passed(from, PROBABLE));
                found.push(probable.passed(from, 1.0));
                continue;
            }
            let all = self.anew(plan, is_of_these);
            if all.cases >= LEAST_EARLY {
                found.push(all.passed(from, 1.0));
            }
        }
        found
    }

    /// What is said anew of some.
    fn anew(&self, plan: &DistributionPlan, which: impl Fn(&Asked) -> bool) -> Anew {
        let parts = self.parts.iter();
        let parts: Vec<Vec<&Asked>> = parts
            .map(|part| part.iter().filter(|one| which(one)).collect())
            .collect();
        // Who was not due yet speaks twice.
        let early = parts.iter().flatten().any(|one| one.passed < DUE);
        let often = if early {
            2 * SHARES.len()
        } else {
            SHARES.len()
        };
        let calibration = |but: Option<usize>| {
            let others = parts.iter().enumerate();
            let others = others.filter(|(at, _)| Some(*at) != but);
            let said = others.flat_map(|(_, part)| part.iter().flat_map(|one| &one.said));
            Platt::fit_held(
                &said.copied().collect::<Vec<(f64, bool)>>(),
                HOLD * often as f64,
            )
        };
        let mut foretold = Vec::new();
        for (at, part) in parts.iter().enumerate() {
            let of_others = calibration(Some(at));
            foretold.extend(part.iter().map(|one| Foretold {
                outcome: one.outcome,
                of: Some(one.case),
                group: 0,
                curve: one.left.clone().calibrated(of_others),
            }));
        }
        let cases: BTreeSet<usize> = foretold.iter().filter_map(|one| one.of).collect();
        let all: Vec<&Foretold> = foretold.iter().collect();
        Anew {
            calibration: calibration(None),
            left_out: plan.left_out(&all, None).max(LEAST_LEFT_OUT),
            cases: cases.len(),
        }
    }
}

impl Anew {
    const fn passed(&self, from: f64, below: f64) -> Passed {
        Passed {
            from,
            below,
            calibration: self.calibration,
            left_out: self.left_out,
        }
    }
}

#[cfg(test)]
mod tests {
    use scrutineer::learn::distribution::Seen;

    use super::super::seen;
    use super::super::tests::{examples, plan};
    use super::super::told::Told;
    use super::*;

    fn model() -> Distribution {
        plan().fit(&examples(1500, 1)).unwrap()
    }

    /// Cases asked again when they were known to lie above a value, by a row that says what it said at first, or
    /// the opposite of it.
    fn again(count: u64, salt: u64, passed: f64, turned: bool) -> Vec<Example> {
        let mut cases = examples(count, salt);
        for case in &mut cases {
            let x = if turned {
                1.0 - case.row[0]
            } else {
                case.row[0]
            };
            let row = vec![x, case.row[1]];
            if case.outcome.above(passed) == Some(true) {
                case.again.push(Again { row, passed });
            }
        }
        cases
    }

    fn waited(model: &Distribution, cases: &[Example]) -> Waited {
        let mut asked = AskedAgain::default();
        for part in cases.chunks(cases.len().div_ceil(2)) {
            asked.ask(model, part);
        }
        asked.calibrated(&plan())
    }

    #[test]
    fn what_was_never_asked_again_is_not_said_anew() {
        assert_eq!(waited(&model(), &examples(60, 2)), Waited::default());
    }

    #[test]
    fn what_was_asked_before_it_is_due_is_calibrated_by_what_it_had_passed() {
        let model = model();
        let told = waited(&model, &again(900, 2, -1.5, false));
        let froms: Vec<f64> = told.passed.iter().map(|one| one.from).collect();
        assert_eq!(froms, [-1.5, DUE]);
        // Features that mean what they meant at first: nearly as it was said, and about as much left out.
        let early = told.passed[0];
        let scale = early.calibration.scale();
        assert!((scale - 1.0).abs() < 0.3, "{early:?}");
        assert!((0.04..0.25).contains(&early.left_out), "{early:?}");
        // Features that mean the opposite by then: little is believed.
        let turned = waited(&model, &again(900, 2, -1.5, true)).passed[0];
        assert!(turned.calibration.scale() < 0.6, "{turned:?}");
        // Of few the answer of the first day stays.
        let few = waited(&model, &again(20, 2, -1.5, false));
        assert_eq!(few.passed[0].from, DUE);
    }

    #[test]
    fn of_too_few_or_none_that_are_overdue_nearly_all_is_in() {
        let told = waited(&model(), &again(100, 2, -1.5, false));
        let overdue = told.passed[told.passed.len() - 1];
        assert_eq!((overdue.from, overdue.left_out), (DUE, LEAST_LEFT_OUT));
        assert_eq!(overdue.calibration, Platt::identity());
        let nominal = (1.0 - plan().coverage) / 2.0;
        assert!(told.left_out.iter().all(|share| *share <= nominal));
        assert_eq!(told.left_out.len(), told.calibrations.len());
    }

    #[test]
    fn intervals_of_what_is_overdue_hold_though_the_model_is_sure_of_the_wrong_day() {
        let model = model();
        let thresholds: Vec<f64> = model.levels().iter().map(|level| level.threshold).collect();
        for turned in [false, true] {
            let told = examples(1500, 1);
            let seen = Seen {
                waited: waited(&model, &again(1500, 2, 0.5, turned)),
                ..seen::of(&Told::now(&told), &thresholds)
            };
            let calibrated = model.clone().with_seen(seen).unwrap();
            let new = again(1500, 3, 0.5, turned);
            let held = |model: &Distribution| {
                let asked = new
                    .iter()
                    .flat_map(|case| case.again.iter().map(move |again| (case, again)));
                let held = asked.clone().filter(|(case, again)| {
                    let left = model.curve(&again.row).given_above(again.passed);
                    let (low, high) = model.interval(&again.row, &left);
                    (low..=high).contains(&case.outcome.number())
                });
                held.count() as f64 / asked.count() as f64
            };
            let (before, after) = (held(&model), held(&calibrated));
            assert!(after > 0.74, "{turned}: {after}");
            assert!(!turned || before < 0.6, "{before}");
        }
    }
}
