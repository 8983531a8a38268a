//! The case with its model: set-ups of projects foretold from the firm's own.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::dependencies::{DependencyHistory, Missing};
use super::explanation::words;
use super::facts::FactNames;
use super::recommendation;
use super::replay::rows;
use super::request::{Request, days};
use crate::advice::{Judged, Recommendation};
use crate::cases::forecast::Wording;
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
/// Set-ups that must be active to say anything.
const LEAST_ACTIVE: usize = 20;

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
    /// Whether enough set-ups are active.
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
    /// Days it still takes, in the middle; none where too little is known.
    pub left_p50: Option<f64>,
    /// In nine of ten cases at most.
    pub left_p90: Option<f64>,
    /// Days by which activation would be expected earlier were it done now.
    pub adds_days: f64,
    /// Whether it adds the most.
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

    /// Judges every set-up that is open, with one look through the firm's history.
    ///
    /// # Errors
    /// [`JudgeError::Contract`] for a defect.
    pub fn judge_open(&self, history: &dyn History) -> Result<Vec<Judged>, JudgeError> {
        let known = Known::of(history);
        let open = known.setups.iter().filter(|setup| is_open(setup));
        let ids: Vec<&str> = open.map(|setup| setup.id.as_str()).collect();
        self.judge_of(&known, &ids)
    }

    fn judge_of(&self, known: &Known, ids: &[&str]) -> Result<Vec<Judged>, JudgeError> {
        let requests: Vec<&Request> = known.requests.iter().collect();
        let asked = |request: usize, event: usize| {
            let wanted = known
                .setups
                .get(request)
                .is_some_and(|setup| ids.contains(&setup.id.as_str()));
            let steps = requests
                .get(request)
                .map_or(0, |one| one.trace.events.len());
            wanted && event + 1 == steps
        };
        let mut judged = Vec::new();
        for found in rows(&self.names, &requests, asked) {
            let Some(setup) = known.setups.get(found.request) else {
                continue;
            };
            let input = known.input(setup);
            let features = to_json(&found.row);
            let kept = CanonicalJson::of(&features)?;
            let digest = sha256_hex(kept.as_str());
            judged.push(Judged {
                recommendation: self.decide(&input, &features, digest, Uuid::now_v7())?,
                input: CanonicalJson::of(&input)?,
                features: kept,
            });
        }
        Ok(judged)
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
            &self.forecast,
            &self.words,
            features_sha256,
            recommendation_id,
        )?)
    }
}

impl RecordCase for SetupCase {
    fn judge(&self, item: &RecordItem, history: &dyn History) -> Result<Judged, JudgeError> {
        let not_asked = |unknown, why| JudgeError::not_asked("id", unknown, why);
        let known = Known::of(history);
        let setup = known
            .setups
            .iter()
            .find(|setup| setup.id.as_str() == item.id)
            .ok_or_else(|| not_asked(true, "names no set-up known at that moment"))?;
        if !is_open(setup) {
            return Err(not_asked(false, "is active or was given up"));
        }
        let judged = self.judge_of(&known, &[&item.id])?;
        let first = judged.into_iter().next();
        first.ok_or_else(|| not_asked(true, "names a set-up asked for later"))
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

fn is_open(setup: &ProjectSetup) -> bool {
    setup.activated_at.is_none() && setup.cancelled_at.is_none()
}

/// The firm's set-ups at a moment.
struct Known {
    as_of: DateTime<Utc>,
    setups: Vec<Arc<ProjectSetup>>,
    /// One for each set-up.
    requests: Vec<Request>,
    dependencies: DependencyHistory,
    enough: bool,
}

impl Known {
    fn of(history: &dyn History) -> Self {
        let as_of = history.as_of();
        let mut setups = history.setups();
        setups.retain(|setup| setup.requested_at <= as_of);
        let plain: Vec<ProjectSetup> = setups.iter().map(|setup| (**setup).clone()).collect();
        let active = setups.iter().filter(|setup| setup.activated_at.is_some());
        Self {
            as_of,
            requests: plain.iter().map(Request::of_setup).collect(),
            dependencies: DependencyHistory::of(&plain, as_of),
            enough: active.count() >= LEAST_ACTIVE,
            setups,
        }
    }

    fn input(&self, setup: &ProjectSetup) -> SetupInput {
        let missing = self.dependencies.missing(setup, self.as_of);
        let steps = setup
            .dependencies
            .iter()
            .flat_map(|one| [one.started_at, one.done_at])
            .flatten()
            .filter(|at| *at <= self.as_of);
        SetupInput {
            setup_id: setup.id.to_string(),
            project_id: setup.project_id.to_string(),
            as_of: self.as_of,
            requested_at: setup.requested_at,
            target_on: setup.planned_activation_on,
            last_step_at: steps.fold(setup.requested_at, DateTime::max),
            missing: missing.iter().map(MissingDependency::of).collect(),
            dependencies: setup.dependencies.len(),
            enough_history: self.enough,
        }
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
}

impl SetupInput {
    /// Days from the last step to the moment, and to the end of the day planned.
    pub(super) fn passed_and_due(&self) -> (f64, f64) {
        let last = days(&self.last_step_at);
        let end = self.target_on.and_time(chrono::NaiveTime::MIN).and_utc();
        (days(&self.as_of) - last, days(&end) + 1.0 - last)
    }
}
