//! The case with its model: set-ups of projects foretold from the firm's own.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::dependencies::{DependenciesAsOf, Missing};
use super::explanation::words;
use super::facts::FactNames;
use super::firm::{FirmSetups, Found};
use super::recommendation;
use super::request::days;
use crate::advice::{Judged, Recommendation};
use crate::cases::forecast::{Wording, is_beyond};
use crate::cases::record_case::{JudgeError, RecordCase, RecordItem};
use crate::domain::records::ProjectSetup;
use crate::domain::{CanonicalJson, sha256_hex};
use crate::history::History;
use crate::learn::forecast::{Forecast, ForecastError, GoldenRow, from_json, to_json};
use crate::registry::Registry;

/// Name of the model in the registry.
pub const SETUP_MODEL: &str = "project_setup";
/// The file that names the firm's facts which the features are made from.
pub const FACTS_FILE: &str = "facts.json";

/// Everything that the answer is made from, beside the features.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetupInput {
    /// Id of the set-up.
    pub setup_id: String,
    /// Its project.
    pub project_id: String,
    /// The moment of the question.
    pub as_of: DateTime<Utc>,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// Day it should be active.
    pub target_on: NaiveDate,
    /// When its last step was taken: days left are counted from it.
    pub last_step_at: DateTime<Utc>,
    /// What is not done, the one that adds most first.
    pub missing: Vec<MissingDependency>,
    /// Dependencies in all.
    pub dependencies: usize,
    /// Whether enough set-ups are active, and some of them met their day and some missed it.
    pub enough_history: bool,
}

/// A dependency that is not done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MissingDependency {
    /// Its name.
    pub name: String,
    /// Role that sees to it.
    pub owner_role: Option<String>,
    /// How far it is.
    pub state: String,
    /// Whether activation waits for it.
    pub required: bool,
    /// Days since it was begun, or asked for.
    pub waited_days: f64,
    /// Days it still takes, in the middle, as the firm's own of its name took; none where too little
    /// is known. No more than the answer expects of the set-up where activation waits for it, for then it
    /// is done by then.
    pub left_p50: Option<f64>,
    /// In nine of ten cases at most, likewise.
    pub left_p90: Option<f64>,
    /// Days by which activation would be expected earlier were it done now, no more than the answer
    /// itself expects; 0 where activation does not wait for it, none where that is not known since
    /// nothing is known of it or of another.
    pub adds_days: Option<f64>,
    /// Whether activation waits for this one: nothing is known of it, or it adds the most. Several
    /// may tie.
    pub critical: bool,
}

/// The case with its model; synchronous, shared freely between threads.
#[derive(Debug)]
pub struct SetupCase {
    forecast: Forecast,
    names: FactNames,
    words: Vec<Wording>,
}

impl SetupCase {
    /// Loads the version of the model that answers.
    ///
    /// # Errors
    /// [`ForecastError`] that names the file.
    pub fn load(registry: &Registry) -> Result<Self, ForecastError> {
        let manifest = registry.model(SETUP_MODEL)?;
        let names: FactNames =
            serde_json::from_slice(&manifest.read(FACTS_FILE)?).map_err(|error| {
                ForecastError::Weights {
                    model: SETUP_MODEL.to_owned(),
                    problem: format!("{FACTS_FILE}: {error}"),
                }
            })?;
        let features = names.features();
        let features: Vec<&str> = features.iter().map(String::as_str).collect();
        Ok(Self {
            forecast: Forecast::load(registry, SETUP_MODEL, &features)?,
            words: words(&names),
            names,
        })
    }

    /// Judges set-ups that are open, with one look through the firm's history: so many `at_most`,
    /// those planned for days nearest to today. Behind the answers, how many more there are.
    ///
    /// # Errors
    /// [`JudgeError::Contract`] for a defect.
    pub fn judge_open(
        &self,
        history: &dyn History,
        at_most: usize,
    ) -> Result<(Vec<Judged>, usize), JudgeError> {
        let firm = FirmSetups::at(&history.setups(), &self.names);
        let today = history.as_of().date_naive();
        let far = |found: &Found| (found.setup.planned_activation_on - today).num_days().abs();
        let mut open: Vec<Found> = firm.open().collect();
        // Those equally far stay in order of id.
        open.sort_by_key(far);
        let left_out = open.len().saturating_sub(at_most);
        open.truncate(at_most);
        let mut dependencies = firm.dependencies.at(history.as_of());
        let judged = open
            .into_iter()
            .filter_map(|found| self.judge_one(&firm, found, &mut dependencies).transpose());
        Ok((judged.collect::<Result<_, _>>()?, left_out))
    }

    /// None for one that is not open.
    fn judge_one(
        &self,
        firm: &FirmSetups,
        found: Found<'_>,
        dependencies: &mut DependenciesAsOf<'_>,
    ) -> Result<Option<Judged>, JudgeError> {
        let Some(row) = found.row else {
            return Ok(None);
        };
        let mut input = SetupInput::of(found.setup, dependencies.as_of(), firm.enough);
        let (passed, _) = input.passed_and_due();
        let left = self.names.days_left(self.forecast.distribution(), row);
        let curve = left.given_above(passed);
        let until_active = |share: f64| (curve.quantile(share) - passed).max(0.0);
        let expected = if firm.enough {
            until_active(0.5)
        } else {
            f64::INFINITY
        };
        let missing = dependencies.missing(found.setup, expected);
        input.missing = missing.iter().map(MissingDependency::of).collect();
        let beyond = is_beyond(&self.forecast, self.names.counted(row, passed));
        if firm.enough && !beyond {
            let active = [0.5, 0.9].map(until_active);
            for one in &mut input.missing {
                one.end_by(active);
            }
        }
        let features = to_json(row);
        let kept = CanonicalJson::of(&features)?;
        let digest = sha256_hex(kept.as_str());
        Ok(Some(Judged {
            recommendation: self.decide(&input, &features, digest, Uuid::now_v7())?,
            input: CanonicalJson::of(&input)?,
            features: kept,
        }))
    }

    fn decide(
        &self,
        input: &SetupInput,
        features: &GoldenRow,
        features_sha256: String,
        recommendation_id: Uuid,
    ) -> Result<Recommendation, JudgeError> {
        let row = from_json(features);
        Ok(recommendation::recommend(
            input,
            &row,
            (&self.forecast, &self.names),
            &self.words,
            features_sha256,
            recommendation_id,
        )?)
    }
}

impl RecordCase for SetupCase {
    fn judge(&self, item: &RecordItem, history: &dyn History) -> Result<Judged, JudgeError> {
        item.without_period()?;
        let not_asked = |unknown, why| JudgeError::not_asked("id", unknown, why);
        let firm = FirmSetups::at(&history.setups(), &self.names);
        let found = firm
            .find(&item.id)
            .ok_or_else(|| not_asked(true, "names no set-up known at that moment"))?;
        let mut dependencies = firm.dependencies.at(history.as_of());
        self.judge_one(&firm, found, &mut dependencies)?
            .ok_or_else(|| not_asked(false, "is active or was given up"))
    }

    fn prepare(&self, history: &dyn History) {
        FirmSetups::at(&history.setups(), &self.names);
    }

    fn takes_long(&self, _item: &RecordItem, history: &dyn History) -> bool {
        !history.setups().is_worked_out::<FirmSetups>()
    }

    fn replay(
        &self,
        input: &Value,
        features: &Value,
        recommendation_id: Uuid,
    ) -> Result<Recommendation, JudgeError> {
        let input: SetupInput = serde_json::from_value(input.clone())?;
        let digest = sha256_hex(CanonicalJson::of(features)?.as_str());
        let features: GoldenRow = serde_json::from_value(features.clone())?;
        self.decide(&input, &features, digest, recommendation_id)
    }
}

impl MissingDependency {
    fn of(missing: &Missing) -> Self {
        Self {
            name: missing.name.clone(),
            owner_role: missing.owner_role.clone(),
            state: missing.state.as_str().to_owned(),
            required: missing.required,
            waited_days: missing.waited_days,
            left_p50: missing.left_p50,
            left_p90: missing.left_p90,
            adds_days: missing.adds_days,
            critical: missing.critical,
        }
    }

    /// What activation waits for does not take longer than activation: what is left of it is cut at
    /// the days until the set-up is active, in the middle and in nine of ten cases.
    fn end_by(&mut self, [p50, p90]: [f64; 2]) {
        if self.required {
            self.left_p50 = self.left_p50.map(|left| left.min(p50));
            self.left_p90 = self.left_p90.map(|left| left.min(p90));
        }
    }
}

impl SetupInput {
    /// Of a set-up as seen from a moment, without what is missing.
    fn of(setup: &ProjectSetup, as_of: DateTime<Utc>, enough_history: bool) -> Self {
        let steps = setup.dependencies.iter();
        let steps = steps.flat_map(|one| [one.started_at, one.done()]);
        Self {
            setup_id: setup.id.to_string(),
            project_id: setup.project_id.to_string(),
            as_of,
            requested_at: setup.requested_at,
            target_on: setup.planned_activation_on,
            last_step_at: steps.flatten().fold(setup.requested_at, DateTime::max),
            missing: Vec::new(),
            dependencies: setup.dependencies.len(),
            enough_history,
        }
    }

    /// Days from the last step to the moment, and to the end of the day planned.
    pub(super) fn passed_and_due(&self) -> (f64, f64) {
        let last = days(&self.last_step_at);
        let end = self.target_on.and_time(chrono::NaiveTime::MIN).and_utc();
        (days(&self.as_of) - last, days(&end) + 1.0 - last)
    }
}

#[cfg(test)]
mod tests;
