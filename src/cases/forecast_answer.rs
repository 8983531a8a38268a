//! The envelope of a forecast's answer: what all forecasts share of it.

use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::forecast::Explained;
use crate::advice::{
    Case, Controls, Counterfactual, DataQuality, Effect, Evidence, Interval, Level, Recommendation,
    Status, Subject,
};
use crate::learn::forecast::Forecast;

/// Days for which the advice holds: tomorrow's facts are others.
const VALID_DAYS: i64 = 1;

/// What a forecast says of one subject.
#[derive(Debug)]
pub(super) struct ForecastAnswer<'a, S> {
    pub(super) case: Case,
    /// Kind of record, and its id.
    pub(super) subject: (&'static str, String),
    pub(super) as_of: DateTime<Utc>,
    /// Whether the firm's history supports a score.
    pub(super) enough_history: bool,
    /// Probability of `score_kind`; none where the history does not support one, or it abstains.
    pub(super) score: Option<f64>,
    pub(super) score_kind: &'static str,
    /// Both ends and their unit; not shown without a score.
    pub(super) interval: (f64, f64, &'static str),
    pub(super) level: Level,
    pub(super) explained: Explained,
    pub(super) evidence: Vec<Evidence>,
    pub(super) counterfactuals: Vec<Counterfactual>,
    /// The case's own part.
    pub(super) suggestion: S,
    pub(super) effect: Effect,
    /// What of the subject lies far above all that the model was fitted on, so that it abstains.
    pub(super) far_above: Vec<&'a str>,
    /// What else it had to do without.
    pub(super) missing: Vec<String>,
    pub(super) forecast: &'a Forecast,
    pub(super) features_sha256: String,
    pub(super) recommendation_id: Uuid,
}

impl<S: Serialize> ForecastAnswer<'_, S> {
    /// The same arguments give the same answer, bit for bit.
    pub(super) fn recommendation(self) -> Recommendation {
        let told = self.score.is_some();
        let (low, high, unit) = self.interval;
        let status = match (self.enough_history, told) {
            (false, _) => Status::InsufficientHistory,
            (true, false) => Status::Abstained,
            (true, true) => Status::Scored,
        };
        Recommendation {
            recommendation_id: self.recommendation_id,
            case: self.case,
            subject: Subject {
                kind: self.subject.0.to_owned(),
                id: self.subject.1,
            },
            as_of: self.as_of,
            status,
            score: self.score,
            score_kind: self.score_kind.to_owned(),
            interval: told.then(|| Interval {
                low,
                high,
                unit: unit.to_owned(),
                coverage: self.forecast.distribution().coverage(),
            }),
            prediction_set: None,
            level: self.level,
            reasons: self.explained.reasons,
            counter_reasons: self.explained.counter_reasons,
            evidence: self.evidence,
            counterfactuals: self.counterfactuals,
            // A struct of plain members is always an object.
            suggestion: serde_json::to_value(&self.suggestion).ok(),
            // Where it abstains somebody should look.
            effect: match (status, self.effect) {
                (Status::Abstained, Effect::None) => Effect::Suggest,
                (_, effect) => effect,
            },
            controls_to_add: Controls::default(),
            data_quality: DataQuality {
                missing: self
                    .far_above
                    .iter()
                    .map(comparable)
                    .chain(self.missing)
                    .collect(),
                stale: Vec::new(),
            },
            model: told.then(|| self.forecast.reference().clone()),
            features_sha256: self.features_sha256,
            expires_at: self.as_of + Duration::days(VALID_DAYS),
            decision_sha256: None,
        }
    }
}

/// What is missing where a value has nothing to be compared with.
fn comparable(feature: &&str) -> String {
    format!("comparable_{feature}")
}

/// A record that an answer rests on.
pub(super) fn record(reference: String, text: String) -> Evidence {
    Evidence {
        kind: "record".to_owned(),
        reference,
        page: None,
        bbox: None,
        text: Some(text),
        sha256: None,
    }
}
