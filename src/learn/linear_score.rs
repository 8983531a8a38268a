//! A raw score that is linear in the features, with a part for what is missing.
//!
//! Fitted elsewhere (`fitting`). Each feature adds its part to the score of the mean case, so
//! that the parts are the reasons and add up exactly. Beyond what was seen in fitting a value
//! counts as the last one seen: a straight line knows nothing out there.

use serde::{Deserialize, Serialize};

/// What one feature adds; on disk a list of its members in this order.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(
    from = "(f64, f64, f64, f64, f64, f64)",
    into = "(f64, f64, f64, f64, f64, f64)"
)]
pub struct Term {
    /// Mean value among the cases fitted on, in the feature's unit.
    pub mean: f64,
    /// Lower values count as this one.
    pub lowest: f64,
    /// Higher values count as this one.
    pub highest: f64,
    /// Raw score a unit.
    pub weight: f64,
    /// Added because the value is known.
    pub known: f64,
    /// Added instead of all that where it is missing.
    pub missing: f64,
}

impl Term {
    /// A feature that says nothing.
    pub const NOTHING: Self = Self {
        mean: 0.0,
        lowest: 0.0,
        highest: 0.0,
        weight: 0.0,
        known: 0.0,
        missing: 0.0,
    };

    fn part(&self, value: f64) -> f64 {
        if value.is_nan() {
            self.missing
        } else {
            let seen = value.clamp(self.lowest, self.highest);
            self.weight * (seen - self.mean) + self.known
        }
    }

    fn is_sound(&self) -> bool {
        let members: (f64, f64, f64, f64, f64, f64) = (*self).into();
        let (mean, lowest, highest, weight, known, missing) = members;
        [mean, lowest, highest, weight, known, missing]
            .iter()
            .all(|number| number.is_finite())
            && lowest <= highest
    }
}

impl From<(f64, f64, f64, f64, f64, f64)> for Term {
    fn from(
        (mean, lowest, highest, weight, known, missing): (f64, f64, f64, f64, f64, f64),
    ) -> Self {
        Self {
            mean,
            lowest,
            highest,
            weight,
            known,
            missing,
        }
    }
}

impl From<Term> for (f64, f64, f64, f64, f64, f64) {
    fn from(term: Term) -> Self {
        (
            term.mean,
            term.lowest,
            term.highest,
            term.weight,
            term.known,
            term.missing,
        )
    }
}

/// A linear score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct LinearScore {
    /// Score of the mean case.
    base: f64,
    /// One a feature.
    terms: Vec<Term>,
}

/// Why a linear score is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnsoundScore {
    /// A number that is not finite, or a lowest value above the highest.
    #[error("term {0}: a number is not finite, or the lowest value above the highest")]
    Term(usize),
    /// The score of the mean case is not finite.
    #[error("the base is not finite")]
    Base,
}

#[derive(Deserialize)]
struct Unchecked {
    base: f64,
    terms: Vec<Term>,
}

impl TryFrom<Unchecked> for LinearScore {
    type Error = UnsoundScore;

    fn try_from(raw: Unchecked) -> Result<Self, UnsoundScore> {
        Self::new(raw.base, raw.terms)
    }
}

impl LinearScore {
    /// Checks the numbers.
    ///
    /// # Errors
    /// [`UnsoundScore`] that names the term.
    pub fn new(base: f64, terms: Vec<Term>) -> Result<Self, UnsoundScore> {
        if let Some(at) = terms.iter().position(|term| !term.is_sound()) {
            return Err(UnsoundScore::Term(at));
        }
        if !base.is_finite() {
            return Err(UnsoundScore::Base);
        }
        Ok(Self { base, terms })
    }

    /// Whether a feature adds anything, whatever its value.
    #[must_use]
    pub fn asks_for(&self, feature: usize) -> bool {
        self.terms
            .get(feature)
            .is_some_and(|term| [term.weight, term.known, term.missing] != [0.0; 3])
    }

    /// Features that a row has.
    #[must_use]
    pub const fn features(&self) -> usize {
        self.terms.len()
    }

    /// The raw score of a row.
    #[must_use]
    pub fn raw(&self, row: &[f64]) -> f64 {
        self.base + self.parts(row).sum::<f64>()
    }

    /// The raw score of the mean case.
    #[must_use]
    pub const fn expected(&self) -> f64 {
        self.base
    }

    /// What each feature adds to the raw score beyond [`Self::expected`].
    #[must_use]
    pub fn contributions(&self, row: &[f64]) -> Vec<f64> {
        self.parts(row).collect()
    }

    /// A value that a row lacks is missing.
    fn parts(&self, row: &[f64]) -> impl Iterator<Item = f64> {
        let values = row.iter().copied().chain(std::iter::repeat(f64::NAN));
        self.terms
            .iter()
            .zip(values)
            .map(|(term, value)| term.part(value))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn score() -> LinearScore {
        let term = Term {
            mean: 2.0,
            lowest: -10.0,
            highest: 10.0,
            weight: 0.5,
            known: -0.1,
            missing: 0.3,
        };
        LinearScore::new(1.0, vec![term, Term::NOTHING]).unwrap()
    }

    #[test]
    fn parts_are_of_the_mean_of_what_was_seen_and_of_what_is_missing() {
        assert_eq!(score().contributions(&[4.0, 7.0]), [0.9, 0.0]);
        assert_eq!(score().contributions(&[f64::NAN, 7.0]), [0.3, 0.0]);
        assert_eq!(score().contributions(&[]), [0.3, 0.0]);
        assert_eq!(score().raw(&[1e9, 0.0]), score().raw(&[10.0, 0.0]));
        assert_eq!(
            score().raw(&[f64::INFINITY, 0.0]),
            score().raw(&[10.0, 0.0])
        );
    }

    #[test]
    fn numbers_that_are_none_are_refused_when_read() {
        let terms = vec![Term {
            weight: f64::NAN,
            ..Term::NOTHING
        }];
        assert_eq!(LinearScore::new(0.0, terms), Err(UnsoundScore::Term(0)));
        assert_eq!(
            LinearScore::new(f64::INFINITY, vec![]),
            Err(UnsoundScore::Base)
        );
        let turned = r#"{"base":0.0,"terms":[[0,0,0,0,0,0],[0,2,1,1,0,0]]}"#;
        let error = serde_json::from_str::<LinearScore>(turned).unwrap_err();
        assert!(error.to_string().contains("term 1"), "{error}");
    }

    proptest! {
        #[test]
        fn contributions_add_up_and_files_keep_every_bit(
            numbers in prop::collection::vec((-9.0..9.0f64, -9.0..9.0f64, -9.0..9.0f64), 1..40),
            row in prop::collection::vec(prop::option::of(-99.0..99.0f64), 40),
        ) {
            let terms = numbers.iter().map(|(mean, weight, missing)| Term {
                mean: *mean, lowest: -50.0, highest: 50.0, weight: *weight, known: -missing, missing: *missing,
            }).collect();
            let score = LinearScore::new(0.7, terms).unwrap();
            let row: Vec<f64> = row.iter().map(|value| value.unwrap_or(f64::NAN)).collect();
            let sum = score.expected() + score.contributions(&row).iter().sum::<f64>();
            prop_assert_eq!(sum, score.raw(&row));
            let read: LinearScore = serde_json::from_str(&serde_json::to_string(&score).unwrap()).unwrap();
            prop_assert_eq!(read, score);
        }
    }
}
