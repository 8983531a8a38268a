//! The case with its model: set-ups of projects foretold from the firm's own.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::dependencies::Missing;
use super::explanation::words;
use super::facts::FactNames;
use super::firm::{FirmSetups, Found};
use super::recommendation;
use super::request::days;
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
    /// Days it still takes, in the middle; none where too little is known.
    pub left_p50: Option<f64>,
    /// In nine of ten cases at most.
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

    /// Judges every set-up that is open, with one look through the firm's history.
    ///
    /// # Errors
    /// [`JudgeError::Contract`] for a defect.
    pub fn judge_open(&self, history: &dyn History) -> Result<Vec<Judged>, JudgeError> {
        let firm = FirmSetups::at(&history.setups(), &self.names);
        let open = firm.open();
        open.filter_map(|found| self.judge_one(&firm, found, history.as_of()).transpose())
            .collect()
    }

    /// None for one that is not open.
    fn judge_one(
        &self,
        firm: &FirmSetups,
        found: Found<'_>,
        as_of: DateTime<Utc>,
    ) -> Result<Option<Judged>, JudgeError> {
        let Some(row) = found.row else {
            return Ok(None);
        };
        let mut input = SetupInput::of(found.setup, as_of, firm.enough);
        let (passed, _) = input.passed_and_due();
        let left = self.names.days_left(self.forecast.distribution(), row);
        let curve = left.given_above(passed);
        let expected = if firm.enough {
            (curve.quantile(0.5) - passed).max(0.0)
        } else {
            f64::INFINITY
        };
        let missing = firm.dependencies.missing(found.setup, as_of, expected);
        input.missing = missing.iter().map(MissingDependency::of).collect();
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
        self.judge_one(&firm, found, history.as_of())?
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
}

impl SetupInput {
    /// Of a set-up as seen from a moment, without what is missing.
    fn of(setup: &ProjectSetup, as_of: DateTime<Utc>, enough_history: bool) -> Self {
        let steps = setup.dependencies.iter();
        let steps = steps.flat_map(|one| [one.started_at, one.done_at]);
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
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::path::Path;
    use std::sync::Arc;

    use chrono::TimeDelta;
    use serde_json::json;

    use super::super::replay::rows;
    use super::super::request::Request;
    use super::super::{AskedRow, Known};
    use super::*;
    use crate::advice::Status;
    use crate::domain::RecordKind;
    use crate::domain::records::Record as _;
    use crate::history::{Facts, FactsAsOf};

    fn case() -> SetupCase {
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
        SetupCase::load(&Registry::open(&models).unwrap()).unwrap()
    }

    fn hour(hours: i64) -> DateTime<Utc> {
        "2026-01-05T09:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::hours(hours)
    }

    /// Hours at which each thing happens to a set-up: asked for, contract begun and done, rate card
    /// begun and done, active. One in three misses its day.
    fn course(number: i64) -> [i64; 6] {
        let asked = 40 * number;
        let signed = asked + 60 + 7 * (number % 5);
        let priced = signed
            + if number % 3 == 0 {
                300
            } else {
                50 + number % 7
            };
        [asked, asked + 10, signed, signed + 3, priced, priced + 20]
    }

    /// A set-up as it stands at a moment, or as it claims to when it is told of all that will be.
    fn body(number: i64, course: [i64; 6], until: DateTime<Utc>) -> Value {
        let [asked, begun, signed, card_begun, priced, active] = course.map(hour);
        let past = |at: DateTime<Utc>| (at <= until).then_some(at);
        let state = |begun: DateTime<Utc>, done: DateTime<Utc>| match (past(begun), past(done)) {
            (_, Some(_)) => "done",
            (Some(_), None) => "in_progress",
            (None, None) => "open",
        };
        json!({"id": format!("S{number:03}"), "project_id": "P", "requested_at": asked,
        "planned_activation_on": (asked + TimeDelta::days(8)).date_naive(),
        "team": if number % 2 == 0 { "north" } else { "south" }, "activated_at": past(active),
        "dependencies": [
            {"name": "contract", "owner_role": "legal", "state": state(begun, signed),
                "started_at": past(begun), "done_at": past(signed)},
            {"name": "rate card", "state": state(card_begun, priced),
                "started_at": past(card_begun), "done_at": past(priced)},
        ]})
    }

    fn insert(facts: &mut Facts, known_at: DateTime<Utc>, version: u64, body: Value) {
        let kind = RecordKind::ProjectSetup;
        facts.insert(kind, known_at, version, body).unwrap();
    }

    /// Eighty set-ups, each told again whenever something happens, up to an hour.
    fn firm(until: i64) -> Facts {
        let mut facts = Facts::default();
        for number in 0..80 {
            let course = course(number);
            for at in course.into_iter().filter(|at| *at <= until) {
                insert(&mut facts, hour(at), 1, body(number, course, hour(at)));
            }
        }
        facts
    }

    fn seen(facts: &Facts, as_of: i64) -> FactsAsOf {
        FactsAsOf::new(Arc::new(facts.clone()), hour(as_of))
    }

    /// Every answer, without the id that each is given anew.
    fn answers(facts: &Facts, as_of: i64) -> Vec<String> {
        let judged = case().judge_open(&seen(facts, as_of)).unwrap();
        let said = judged.into_iter().map(|mut one| {
            one.recommendation.recommendation_id = Uuid::nil();
            let answer = serde_json::to_string(&one.recommendation).unwrap();
            [answer.as_str(), one.input.as_str(), one.features.as_str()].join("\n")
        });
        said.collect()
    }

    #[test]
    fn what_is_dated_or_known_later_changes_no_answer() {
        const MOMENT: i64 = 2_805;
        let honest = firm(MOMENT);
        let mut leaking = firm(10_000);
        for number in 0..80 {
            let course = course(number);
            let told = course.into_iter().filter(|at| *at <= MOMENT).max();
            if let Some(told) = told {
                // What is known already claims to know all that will be ...
                insert(
                    &mut leaking,
                    hour(told),
                    2,
                    body(number, course, hour(10_000)),
                );
            }
            // ... and later it is put right that all went otherwise.
            let other = course.map(|at| at - 30);
            insert(
                &mut leaking,
                hour(MOMENT + 1),
                3,
                body(number, other, hour(10_000)),
            );
        }
        let said = answers(&honest, MOMENT);
        assert!(said.len() > 3 && said.iter().all(|one| one.contains("\"scored\"")));
        assert_eq!(answers(&leaking, MOMENT), said);
        assert_ne!(answers(&leaking, MOMENT + 1), said, "the leak is one");
    }

    /// The versions of a set-up; every sixth, which missed its day, is planned anew long after.
    fn versions(number: i64) -> Vec<(DateTime<Utc>, Value)> {
        let course = course(number);
        let told = course.map(|at| (hour(at), body(number, course, hour(at))));
        let mut versions = told.to_vec();
        if number % 6 == 0 {
            let mut moved = body(number, course, hour(10_000));
            let day = (hour(course[0]) + TimeDelta::days(40)).date_naive();
            moved["planned_activation_on"] = json!(day);
            versions.push((hour(5_000), moved));
        }
        versions
    }

    #[test]
    fn a_set_up_is_judged_by_the_row_that_is_trained_on() {
        let (mut facts, mut requests) = (Facts::default(), Vec::new());
        for number in 0..80 {
            let told = versions(number).into_iter().map(|(at, body)| {
                insert(&mut facts, at, 1, body.clone());
                (Some(at), crate::history::read(body).unwrap())
            });
            let told: Vec<(Option<DateTime<Utc>>, ProjectSetup)> = told.collect();
            let told = told.iter().map(|(at, setup)| (*at, setup));
            requests.extend(Request::of_versions(told));
        }
        let last = seen(&facts, 10_000).setups().all();
        let requests: Vec<&Request> = requests.iter().collect();
        let names = FactNames::of(&requests, &Known::default());
        assert_eq!(names.categories, ["team"], "what share late is told by");
        let trained_on = rows(&names, &requests, |_, _| true);
        let (mut compared, mut longest) = (0, 0);
        for as_of in (25..3_400).step_by(33) {
            let firm = FirmSetups::at(&seen(&facts, as_of).setups(), &names);
            for found in firm.open() {
                let id = found.setup.id();
                let request = last.iter().position(|one| one.id() == id).unwrap();
                let at = days(&hour(as_of));
                let of_it = trained_on.iter().filter(|row| row.request == request);
                let mut until = of_it.filter(|row| row.at <= at);
                let row: &AskedRow = until.next_back().unwrap();
                let bits = |row: &[f64]| row.iter().map(|one| one.to_bits()).collect::<Vec<_>>();
                assert_eq!(
                    bits(found.row.unwrap()),
                    bits(&row.row),
                    "{id:?} at {as_of}"
                );
                compared += 1;
                longest = longest.max(row.event);
            }
        }
        assert!(compared > 300 && longest >= 4, "{compared}, {longest}");
    }

    #[test]
    fn an_answer_needs_set_ups_that_met_their_day_and_such_that_missed_it() {
        let status = |missed: fn(i64) -> bool| {
            let mut facts = Facts::default();
            for number in 0..40 {
                let asked = 40 * number;
                let took = if missed(number) { 300 } else { 100 };
                let course = [0, 10, 40, 50, took, took].map(|hours| asked + hours);
                insert(
                    &mut facts,
                    hour(4_000),
                    1,
                    body(number, course, hour(4_000)),
                );
            }
            insert(
                &mut facts,
                hour(4_000),
                1,
                body(99, [3_990, 3_995, 9_000, 9_000, 9_000, 9_000], hour(4_000)),
            );
            let judged = case().judge_open(&seen(&facts, 4_000)).unwrap();
            let answer = &judged[0].recommendation;
            (answer.status, answer.data_quality.missing.clone())
        };
        let none = (
            Status::InsufficientHistory,
            vec!["set_up_history".to_owned()],
        );
        assert_eq!(status(|_| false), none, "none missed its day");
        assert_eq!(status(|_| true), none, "none met it");
        assert_eq!(status(|number| number < 4), none, "four missed it");
        assert_eq!(status(|number| number < 5), (Status::Scored, Vec::new()));
    }

    #[test]
    fn nothing_is_promised_of_one_while_nothing_is_known_of_another() {
        let mut facts = firm(2_805);
        let answer = |facts: &Facts| {
            let item = RecordItem {
                id: "S999".to_owned(),
                as_of: None,
                period_end: None,
            };
            case()
                .judge(&item, &seen(facts, 2_805))
                .unwrap()
                .recommendation
        };
        let mut asked = body(999, [2_780, 2_790, 9_000, 2_790, 9_000, 9_000], hour(2_805));
        insert(&mut facts, hour(2_800), 1, asked.clone());
        let told = answer(&facts);
        assert!(!told.counterfactuals.is_empty(), "{told:?}");
        let advice: super::super::SetupAdvice =
            serde_json::from_value(told.suggestion.unwrap()).unwrap();
        let p50 = advice.p50.unwrap() - hour(2_805).date_naive();
        let most = advice.missing[0].adds_days.unwrap();
        assert!(most <= p50.num_days() as f64 + 1.0, "{most}, {p50}");
        let order = json!({"name": "purchase order", "state": "open"});
        asked["dependencies"].as_array_mut().unwrap().push(order);
        insert(&mut facts, hour(2_801), 2, asked);
        let told = answer(&facts);
        assert_eq!(told.counterfactuals, []);
        let missing = &told.suggestion.unwrap()["missing"];
        assert_eq!(missing[0]["name"], "purchase order");
        assert_eq!(
            (&missing[0]["critical"], &missing[0]["adds_days"]),
            (&json!(true), &Value::Null)
        );
    }
}
