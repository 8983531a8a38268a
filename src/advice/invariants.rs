//! What every answer must satisfy before it leaves the house.

use super::controls::Controls;
use super::effect::Effect;
use super::recommendation::{Direction, PredictionSet, Reason, Recommendation, Status};

/// Rounding that a sum of weights may show, as a share of their sizes: far above what
/// some hundreds of additions lose, far below what anybody would read as a weight.
const ROUNDING: f64 = 1e-9;

/// Why a recommendation breaks the contract.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum InvalidRecommendation {
    /// The id is not a UUID of version 7.
    #[error("recommendation_id is not a version 7 UUID")]
    Id,
    /// `subject.type` or `subject.id` is empty.
    #[error("subject.{0} is empty")]
    SubjectEmpty(&'static str),
    /// `score` must be there if, and only if, the status is `scored`.
    #[error("status is {status:?} but score is {score:?}")]
    ScoreStatus {
        /// The status given.
        status: Status,
        /// The score given.
        score: Option<f64>,
    },
    /// Not a probability.
    #[error("score {0} is not within 0..=1")]
    ScoreRange(f64),
    /// A score without a reason or without the model that gave it.
    #[error("a score needs {0}")]
    ScoreUnexplained(&'static str),
    /// A reason's weight is not finite or contradicts its direction.
    #[error("reason `{code}` has weight {weight} and direction {direction:?}")]
    ReasonWeight {
        /// The reason's code.
        code: String,
        /// Its weight.
        weight: f64,
        /// Its direction.
        direction: Direction,
    },
    /// A reason without code or text.
    #[error("a reason has no {0}")]
    ReasonEmpty(&'static str),
    /// The weights of all reasons do not sum to the raw score less its baseline.
    #[error("the weights of all reasons sum to {sum}, not to {expected}")]
    WeightsSum {
        /// Their sum.
        sum: f64,
        /// The raw score less its baseline.
        expected: f64,
    },
    /// `reasons` raise the score, `counter_reasons` lower it.
    #[error("reason `{0}` stands in the wrong list for its direction")]
    ReasonList(String),
    /// A prediction set without a value, with a value twice, or with a coverage outside 0..=1.
    #[error("prediction_set {0}")]
    PredictionSet(&'static str),
    /// An interval with ends out of order or not finite, or a coverage outside 0..=1.
    #[error("interval {0}")]
    Interval(&'static str),
    /// `add_review` and `add_step` name at least one control.
    #[error("effect {0:?} needs at least one control in controls_to_add")]
    ControlsMissing(Effect),
    /// The other effects name none.
    #[error("effect {0:?} goes with an empty controls_to_add")]
    ControlsUnexpected(Effect),
    /// `suggest` without something to accept.
    #[error("effect is suggest but there is no suggestion")]
    NothingSuggested,
    /// `degraded` without saying what is missing.
    #[error("status is degraded but data_quality.missing is empty")]
    DegradedUnsaid,
    /// A digest is not 64 lower-case hex digits.
    #[error("{0} is not 64 lower-case hex digits")]
    Digest(&'static str),
    /// The advice is void before it is given.
    #[error("expires_at is not after as_of")]
    Expiry,
}

impl Recommendation {
    /// Checks every invariant of the contract that the envelope alone can show.
    /// The two ways out call this: the store, before an answer is chained, and
    /// the command that reads without a store. That the weights add up needs the
    /// raw score, which the envelope does not carry: see [`check_weights`].
    ///
    /// # Errors
    /// The first [`InvalidRecommendation`] found.
    pub fn validate(&self) -> Result<(), InvalidRecommendation> {
        if self.recommendation_id.get_version_num() != 7 {
            return Err(InvalidRecommendation::Id);
        }
        if self.subject.kind.is_empty() {
            return Err(InvalidRecommendation::SubjectEmpty("type"));
        }
        if self.subject.id.is_empty() {
            return Err(InvalidRecommendation::SubjectEmpty("id"));
        }
        check_score(self)?;
        check_reasons(&self.reasons, Direction::Raises)?;
        check_reasons(&self.counter_reasons, Direction::Lowers)?;
        if let Some(set) = &self.prediction_set {
            check_set(set)?;
        }
        if let Some(interval) = &self.interval {
            if !(interval.low.is_finite() && interval.high.is_finite()) {
                return Err(InvalidRecommendation::Interval(
                    "has an end that is not finite",
                ));
            }
            if interval.low > interval.high {
                return Err(InvalidRecommendation::Interval("ends before it starts"));
            }
            if !is_probability(interval.coverage) {
                return Err(InvalidRecommendation::Interval(
                    "has a coverage outside 0..=1",
                ));
            }
        }
        check_effect(self.effect, &self.controls_to_add)?;
        if self.effect == Effect::Suggest && self.suggestion.is_none() {
            return Err(InvalidRecommendation::NothingSuggested);
        }
        if self.status == Status::Degraded && self.data_quality.missing.is_empty() {
            return Err(InvalidRecommendation::DegradedUnsaid);
        }
        check_digests(self)?;
        if self.expires_at <= self.as_of {
            return Err(InvalidRecommendation::Expiry);
        }
        Ok(())
    }
}

/// Checks that the weights of all reasons sum to `expected`, the raw score less its
/// baseline, up to rounding. To be called where a case still knows the raw score.
///
/// # Errors
/// [`InvalidRecommendation::WeightsSum`] if they do not.
pub fn check_weights<'a>(
    reasons: impl IntoIterator<Item = &'a Reason>,
    expected: f64,
) -> Result<(), InvalidRecommendation> {
    let (mut sum, mut size) = (0.0, expected.abs().max(1.0));
    for reason in reasons {
        sum += reason.weight;
        size += reason.weight.abs();
    }
    // Beside an infinite size anything would be small.
    if size.is_finite() && (sum - expected).abs() <= ROUNDING * size {
        Ok(())
    } else {
        Err(InvalidRecommendation::WeightsSum { sum, expected })
    }
}

fn is_probability(value: f64) -> bool {
    (0.0..=1.0).contains(&value)
}

fn check_score(answer: &Recommendation) -> Result<(), InvalidRecommendation> {
    match (answer.status, answer.score) {
        (Status::Scored, Some(score)) => {
            if !is_probability(score) {
                return Err(InvalidRecommendation::ScoreRange(score));
            }
            if answer.reasons.is_empty() && answer.counter_reasons.is_empty() {
                return Err(InvalidRecommendation::ScoreUnexplained("a reason"));
            }
            if answer.score_kind.is_empty() {
                return Err(InvalidRecommendation::ScoreUnexplained("a score_kind"));
            }
            if answer.model.is_none() {
                return Err(InvalidRecommendation::ScoreUnexplained("a model"));
            }
            Ok(())
        }
        (Status::Scored, None) | (_, Some(_)) => Err(InvalidRecommendation::ScoreStatus {
            status: answer.status,
            score: answer.score,
        }),
        (_, None) => Ok(()),
    }
}

fn check_reasons(reasons: &[Reason], list: Direction) -> Result<(), InvalidRecommendation> {
    for reason in reasons {
        if reason.code.is_empty() {
            return Err(InvalidRecommendation::ReasonEmpty("code"));
        }
        if reason.text.is_empty() {
            return Err(InvalidRecommendation::ReasonEmpty("text"));
        }
        let agrees = match reason.direction {
            Direction::Raises => reason.weight >= 0.0,
            Direction::Lowers => reason.weight <= 0.0,
        };
        if !reason.weight.is_finite() || !agrees {
            return Err(InvalidRecommendation::ReasonWeight {
                code: reason.code.clone(),
                weight: reason.weight,
                direction: reason.direction,
            });
        }
        if reason.direction != list {
            return Err(InvalidRecommendation::ReasonList(reason.code.clone()));
        }
    }
    Ok(())
}

fn check_set(set: &PredictionSet) -> Result<(), InvalidRecommendation> {
    if set.values.is_empty() {
        return Err(InvalidRecommendation::PredictionSet("is empty"));
    }
    let distinct: std::collections::BTreeSet<&String> = set.values.iter().collect();
    if distinct.len() != set.values.len() {
        return Err(InvalidRecommendation::PredictionSet("holds a value twice"));
    }
    if !is_probability(set.coverage) {
        return Err(InvalidRecommendation::PredictionSet(
            "has a coverage outside 0..=1",
        ));
    }
    Ok(())
}

fn check_effect(effect: Effect, controls: &Controls) -> Result<(), InvalidRecommendation> {
    match (effect.adds_controls(), controls.is_empty()) {
        (true, true) => Err(InvalidRecommendation::ControlsMissing(effect)),
        (false, false) => Err(InvalidRecommendation::ControlsUnexpected(effect)),
        _ => Ok(()),
    }
}

fn check_digests(answer: &Recommendation) -> Result<(), InvalidRecommendation> {
    let named = [
        ("features_sha256", Some(&answer.features_sha256)),
        ("decision_sha256", answer.decision_sha256.as_ref()),
        ("model.sha256", answer.model.as_ref().map(|m| &m.sha256)),
    ];
    let on_evidence = answer
        .evidence
        .iter()
        .map(|e| ("evidence.sha256", e.sha256.as_ref()));
    for (name, digest) in named.into_iter().chain(on_evidence) {
        if digest.is_some_and(|d| !is_digest(d)) {
            return Err(InvalidRecommendation::Digest(name));
        }
    }
    Ok(())
}

fn is_digest(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}
