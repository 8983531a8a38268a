//! Cases that forecast a quantity: they differ in what they ask and in what follows, and are
//! loaded, asked and replayed alike.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use super::record_case::{JudgeError, RecordCase, RecordItem};
use crate::advice::{InvalidRecommendation, Judged, Recommendation};
use crate::domain::{CanonicalJson, sha256_hex};
use crate::history::History;
use crate::learn::forecast::{Forecast, ForecastError, GoldenRow, from_json, to_json};
use crate::registry::Registry;

/// What a case asks: everything its answer is made from beside the features, as it is kept.
pub trait Question: Serialize + DeserializeOwned + Send + Sync + std::fmt::Debug + Sized {
    /// What the firm sets for the case.
    type Setting: Send + Sync + std::fmt::Debug;

    /// Name of the model in the registry.
    const MODEL: &'static str;
    /// Names of the features, in order.
    const FEATURES: &'static [&'static str];

    /// Takes over what is known of the record that an item names.
    ///
    /// # Errors
    /// [`JudgeError::NotAsked`] where there is nothing to ask.
    fn read(
        item: &RecordItem,
        setting: &Self::Setting,
        history: &dyn History,
    ) -> Result<(Self, Vec<f64>), JudgeError>;

    /// Whether reading may take tens of milliseconds.
    fn takes_long(_item: &RecordItem, _setting: &Self::Setting, _history: &dyn History) -> bool {
        false
    }

    /// The answer. The same arguments give the same answer, bit for bit.
    ///
    /// # Errors
    /// [`InvalidRecommendation`] for a defect.
    fn recommend(
        &self,
        row: &[f64],
        forecast: &Forecast,
        features_sha256: String,
        recommendation_id: Uuid,
    ) -> Result<Recommendation, InvalidRecommendation>;
}

/// A case with its model; synchronous, shared freely between threads.
#[derive(Debug)]
pub struct ForecastCase<Q: Question> {
    forecast: Forecast,
    setting: Q::Setting,
    question: PhantomData<fn() -> Q>,
}

impl<Q: Question> ForecastCase<Q> {
    /// Loads the version of the model that answers.
    ///
    /// # Errors
    /// [`ForecastError`] that names the file.
    pub fn load(registry: &Registry, setting: Q::Setting) -> Result<Self, ForecastError> {
        Ok(Self {
            forecast: Forecast::load(registry, Q::MODEL, Q::FEATURES)?,
            setting,
            question: PhantomData,
        })
    }

    /// What the firm sets.
    pub(super) const fn setting(&self) -> &Q::Setting {
        &self.setting
    }

    /// Answers a question with its features, and keeps both beside the answer.
    ///
    /// # Errors
    /// [`JudgeError::Contract`] for a defect.
    pub(super) fn answer(&self, question: &Q, row: &[f64]) -> Result<Judged, JudgeError> {
        let features = CanonicalJson::of(&to_json(row))?;
        let digest = sha256_hex(features.as_str());
        Ok(Judged {
            recommendation: question.recommend(row, &self.forecast, digest, Uuid::now_v7())?,
            input: CanonicalJson::of(question)?,
            features,
        })
    }
}

impl<Q: Question> RecordCase for ForecastCase<Q> {
    fn judge(&self, item: &RecordItem, history: &dyn History) -> Result<Judged, JudgeError> {
        let (question, row) = Q::read(item, &self.setting, history)?;
        self.answer(&question, &row)
    }

    fn takes_long(&self, item: &RecordItem, history: &dyn History) -> bool {
        Q::takes_long(item, &self.setting, history)
    }

    fn replay(
        &self,
        input: &Value,
        features: &Value,
        recommendation_id: Uuid,
    ) -> Result<Recommendation, JudgeError> {
        let question: Q = serde_json::from_value(input.clone())?;
        let digest = sha256_hex(CanonicalJson::of(features)?.as_str());
        let features: GoldenRow = serde_json::from_value(features.clone())?;
        let row = from_json(&features);
        Ok(question.recommend(&row, &self.forecast, digest, recommendation_id)?)
    }
}
