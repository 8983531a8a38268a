//! Answers of a run that say what one of the same day said before: the chain holds them already.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::DelaysRun;
use crate::advice::{Judged, Recommendation};
use crate::cases::collections::{CollectionsRow, CollectionsRun};
use crate::cases::duplicate::DuplicateRun;
use crate::cases::expense::ExpenseRun;
use crate::domain::sha256_hex;

/// An answer that is in the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Given {
    id: Uuid,
    as_of: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

impl Given {
    const fn of(answer: &Recommendation) -> Self {
        Self {
            id: answer.recommendation_id,
            as_of: answer.as_of,
            expires_at: answer.expires_at,
        }
    }

    const fn put_into(self, answer: &mut Recommendation) {
        answer.recommendation_id = self.id;
        answer.as_of = self.as_of;
        answer.expires_at = self.expires_at;
    }
}

/// Answers that are in the chain, by what they say: the digest of all of it but ids and moments.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct AnswersGiven(BTreeMap<String, Given>);

/// What a run rests on, and what of it is new.
pub(super) struct Told {
    /// Answers to be chained.
    pub(super) new: Vec<Judged>,
    /// Those given before, by the ids of those that say the same.
    pub(super) before: HashMap<Uuid, Given>,
    /// All of them.
    pub(super) all: AnswersGiven,
}

impl AnswersGiven {
    /// Tells new answers from those that were given.
    ///
    /// # Errors
    /// For a defect: an answer that cannot be written as JSON.
    pub(super) fn tell(&self, answers: Vec<Judged>) -> serde_json::Result<Told> {
        let mut told = Told {
            new: Vec::new(),
            before: HashMap::new(),
            all: Self::default(),
        };
        for answer in answers {
            let said = said(&answer)?;
            let recommendation = &answer.recommendation;
            let given = match self.0.get(&said) {
                Some(given) => {
                    told.before.insert(recommendation.recommendation_id, *given);
                    *given
                }
                None => {
                    let given = Given::of(recommendation);
                    told.new.push(answer);
                    given
                }
            };
            told.all.0.insert(said, given);
        }
        Ok(told)
    }
}

fn said(answer: &Judged) -> serde_json::Result<String> {
    let mut recommendation = answer.recommendation.clone();
    Given {
        id: Uuid::nil(),
        as_of: DateTime::UNIX_EPOCH,
        expires_at: DateTime::UNIX_EPOCH,
    }
    .put_into(&mut recommendation);
    let mut input: Value = serde_json::from_str(answer.input.as_str())?;
    if let Some(members) = input.as_object_mut() {
        members.remove("as_of");
    }
    Ok(sha256_hex(serde_json::to_string(&(recommendation, input))?))
}

/// A run that shows answers.
pub(super) trait ShowsAnswers: Serialize + DeserializeOwned + Send + 'static {
    /// Shows the answers given before, by the ids of those that say the same.
    fn show_given(&mut self, before: &HashMap<Uuid, Given>);
}

fn show_given(answers: &mut [Recommendation], before: &HashMap<Uuid, Given>) {
    for answer in answers {
        if let Some(given) = before.get(&answer.recommendation_id) {
            given.put_into(answer);
        }
    }
}

impl ShowsAnswers for CollectionsRun {
    fn show_given(&mut self, before: &HashMap<Uuid, Given>) {
        let lists = [&mut self.ranked, &mut self.held_back, &mut self.waiting];
        let rows = lists.into_iter().flatten();
        for invoice in rows.flat_map(|row: &mut CollectionsRow| &mut row.invoices) {
            if let Some(given) = before.get(&invoice.recommendation_id) {
                invoice.recommendation_id = given.id;
            }
        }
    }
}

impl ShowsAnswers for DelaysRun {
    fn show_given(&mut self, before: &HashMap<Uuid, Given>) {
        for answers in [
            &mut self.timesheet,
            &mut self.project_setup,
            &mut self.billing,
        ] {
            show_given(answers, before);
        }
    }
}

impl ShowsAnswers for DuplicateRun {
    fn show_given(&mut self, before: &HashMap<Uuid, Given>) {
        show_given(&mut self.queue, before);
    }
}

impl ShowsAnswers for ExpenseRun {
    fn show_given(&mut self, before: &HashMap<Uuid, Given>) {
        show_given(&mut self.queue, before);
        show_given(&mut self.audit, before);
    }
}
