//! The facts of a firm's requests that features are made from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::numbers::{NumberForm, number};
use super::request::days;
use super::runs::Runs;
use crate::eventlog::parse_time;

/// The facts of a firm's requests that features are made from, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactNames {
    /// Activities whose number is counted.
    pub activities: Vec<String>,
    /// Facts that sort requests.
    pub categories: Vec<String>,
    /// Values of those facts that many requests have, each looked at by itself.
    pub values: Vec<(String, String)>,
    /// Facts that are numbers.
    pub numbers: Vec<String>,
    /// How those of them are written that are not written plainly.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub number_forms: BTreeMap<String, NumberForm>,
    /// Facts that state a day or time, such as one promised.
    pub dates: Vec<String>,
    /// Facts left out since they tell what only the whole course can tell.
    pub hindsight: Vec<String>,
    /// Facts looked at though they tell almost without error what came late: what takes long by itself
    /// misses its day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tell_lateness: Vec<String>,
    /// Facts looked at though they tell almost all of what came late, or of the time taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubtful: Vec<String>,
    /// Facts looked at though not nearly all records say that they were known in time, such as those of which only
    /// the last version is there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub untimed: Vec<String>,
    /// When the question is asked.
    pub scope: Scope,
    /// Whether something is due, so that lateness shows by then at the latest. Where it shows
    /// with the end alone, those that end early are known first, and what went with a fact tells
    /// that more than anything: it is left out.
    pub due: bool,
    /// The moments of the week at which requests end, where nearly all end at a few.
    #[serde(default, skip_serializing_if = "Runs::is_empty")]
    pub runs: Runs,
    /// Whether runs are what days left are counted in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_runs: bool,
}

/// When a question is asked of a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scope {
    /// At every step.
    #[default]
    EveryStep,
    /// At one step of each request. The pace of the firm is then left out: among few questions
    /// it tells mostly when they were asked.
    OneStep,
    /// At the first step: history by step is left out too, for all stand at the same.
    FirstStep,
}

/// What the firm says of its facts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Facts that are not known in time.
    pub late: Vec<String>,
    /// Facts that are known from the start, whatever they seem to tell.
    pub early: Vec<String>,
}

impl FactNames {
    /// The same for questions asked at certain steps, with something due or not.
    #[must_use]
    pub fn asked(self, scope: Scope, due: bool) -> Self {
        Self { scope, due, ..self }
    }

    /// The number that a text states as a fact, in the form in which the firm writes that.
    pub(super) fn number(&self, fact: &str, text: &str) -> Option<f64> {
        let form = self.number_forms.get(fact).copied().unwrap_or_default();
        form.read(text)
    }
}

/// A day or time in days as of [`days`]; a number of milliseconds since 1970 is one too, and
/// 0 stands for none.
pub(super) fn date(text: &str) -> Option<f64> {
    /// From 2001 to 2033, beyond what amounts reach.
    const MILLISECONDS: std::ops::Range<f64> = 1.0e12..2.0e12;
    match number(text) {
        Some(0.0) => Some(f64::NAN),
        Some(number) => MILLISECONDS
            .contains(&number)
            .then_some(number / 86_400_000.0),
        None => parse_time(text).map(|time| days(&time)),
    }
}
