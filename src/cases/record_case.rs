//! Cases that judge the firm's records: what they are asked, what they hand over, and why
//! they cannot.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::collections::notes::NoteError;
use crate::advice::{InvalidRecommendation, Judged, Recommendation};
use crate::history::History;

/// A case that judges one of the firm's records by what else is known; synchronous, shared
/// freely between threads.
pub trait RecordCase: Send + Sync + std::fmt::Debug {
    /// Judges the record that an item names, as of the history's moment.
    ///
    /// # Errors
    /// [`JudgeError::NotAsked`] where there is nothing to ask, [`JudgeError::Contract`] for a defect.
    fn judge(&self, item: &RecordItem, history: &dyn History) -> Result<Judged, JudgeError>;

    /// Works out what all records say together, so that the first question need not wait for it.
    fn prepare(&self, _history: &dyn History) {}

    /// Whether judging may take tens of milliseconds, so that it should not hold others up.
    fn takes_long(&self, _item: &RecordItem, _history: &dyn History) -> bool {
        false
    }

    /// Computes an answer again from what was kept of it: the same model gives the same
    /// answer, bit for bit.
    ///
    /// # Errors
    /// [`JudgeError::Kept`] if what was kept is of another version.
    fn replay(
        &self,
        input: &Value,
        features: &Value,
        recommendation_id: Uuid,
    ) -> Result<Recommendation, JudgeError>;
}

/// One record to be judged.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordItem {
    /// Which: for `collections` the id of a `customer_invoice`, for `timesheet` a team,
    /// for `project_setup` the id of a `project_setup`, for `billing` that of a `bill`, or of a
    /// `project` for its next one, for `expense` and
    /// `duplicate` that of an `expense_claim`, `card_transaction` or `vendor_invoice`, with its kind
    /// before it (`expense_claim/ID`) where several kinds have the id.
    #[schema(min_length = 1, max_length = 200)]
    pub id: String,
    /// Only what was known at this moment is used; now if not said.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "moment"
    )]
    pub as_of: Option<DateTime<Utc>>,
    /// Last day of the period asked about, for `timesheet`. If not said, the one that runs; where none does,
    /// the last one over of which sheets are still missing, or else the next.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "day"
    )]
    pub period_end: Option<NaiveDate>,
}

/// A moment, if one is said; what is none is told by the form that is wanted.
pub(crate) fn moment<'de, D: Deserializer<'de>>(
    input: D,
) -> Result<Option<DateTime<Utc>>, D::Error> {
    written_as(input, "must be a moment such as 2026-11-25T09:00:00Z")
}

/// The same of a day.
pub(crate) fn day<'de, D: Deserializer<'de>>(input: D) -> Result<Option<NaiveDate>, D::Error> {
    written_as(input, "must be a day such as 2026-11-30")
}

fn written_as<'de, D: Deserializer<'de>, T: FromStr>(
    input: D,
    wanted: &str,
) -> Result<Option<T>, D::Error> {
    let Some(said) = Option::<Value>::deserialize(input)? else {
        return Ok(None);
    };
    let read = said.as_str().and_then(|text| text.parse().ok());
    read.map(Some).ok_or_else(|| D::Error::custom(wanted))
}

impl RecordItem {
    /// For cases whose subjects have no period.
    ///
    /// # Errors
    /// [`JudgeError::NotAsked`] where one is asked for.
    pub(crate) fn without_period(&self) -> Result<(), JudgeError> {
        match self.period_end {
            Some(_) => Err(JudgeError::not_asked(
                "period_end",
                false,
                "is not for this case",
            )),
            None => Ok(()),
        }
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// There is nothing to ask about this subject.
    #[error("`{field}` {why}")]
    NotAsked {
        /// Member of the item that names the subject.
        field: &'static str,
        /// Whether the subject is not known at all.
        unknown: bool,
        /// Why, to go on from the member's name.
        why: String,
    },
    /// The answer breaks the contract: a defect.
    #[error(transparent)]
    Contract(#[from] InvalidRecommendation),
    /// What was noted could not be read.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// What was kept of an answer is of another version.
    #[error("what was kept of the answer cannot be read: {0}")]
    Kept(#[from] serde_json::Error),
}

impl JudgeError {
    /// Nothing to ask about what the item's `field` names.
    pub(crate) fn not_asked(field: &'static str, unknown: bool, why: &str) -> Self {
        Self::NotAsked {
            field,
            unknown,
            why: why.to_owned(),
        }
    }
}
