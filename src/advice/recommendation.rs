//! The envelope every case answers with.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::controls::Controls;
use super::effect::Effect;
use crate::documents::BBox;

/// The questions Scrutineer answers.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Case {
    /// What document is this, what does it say, and what is odd about it?
    Invoice,
    /// Which account, cost centre, project and tax code, line by line?
    Coding,
    /// Which roles should review it, in which order?
    Routing,
    /// Is it a copy of something, and which kind of copy?
    Duplicate,
    /// Is this claim unusual for this peer group?
    Expense,
    /// Will this period's sheets be late, and what does that hold up?
    Timesheet,
    /// Will it miss its activation date, and which dependency is missing?
    ProjectSetup,
    /// Will this project's next bill slip, by how much, and why?
    Billing,
    /// Whom to contact first, and how?
    Collections,
    /// Where does work wait, where is it reworked, and what goes with it?
    Process,
    /// What happened here, in a few cited sentences?
    Exception,
}

impl Case {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::Coding => "coding",
            Self::Routing => "routing",
            Self::Duplicate => "duplicate",
            Self::Expense => "expense",
            Self::Timesheet => "timesheet",
            Self::ProjectSetup => "project_setup",
            Self::Billing => "billing",
            Self::Collections => "collections",
            Self::Process => "process",
            Self::Exception => "exception",
        }
    }
}

/// Whether there is a score, and if not, why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// `score` holds a calibrated probability.
    Scored,
    /// The model cannot tell apart enough outcomes at the stated coverage, or it was fitted on
    /// nothing like it; `data_quality.missing` says what it lacks.
    Abstained,
    /// The firm's history is too short or has one class only.
    InsufficientHistory,
    /// A part of the service was not available; `data_quality.missing` says which.
    Degraded,
}

impl Status {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scored => "scored",
            Self::Abstained => "abstained",
            Self::InsufficientHistory => "insufficient_history",
            Self::Degraded => "degraded",
        }
    }
}

/// How much attention is asked for; thresholds are published with the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Nothing stands out.
    Low,
    /// Worth a look.
    Medium,
    /// Look first.
    High,
}

impl Level {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// Which way a reason moves the score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Raises the score.
    Raises,
    /// Lowers the score.
    Lowers,
}

/// What is judged: a record's kind and its id in the firm's own system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// Kind of record, such as `document` or `vendor_invoice`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its id.
    pub id: String,
}

/// A closed range that holds the truth with probability `coverage`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Unit of both ends, such as `days`.
    pub unit: String,
    /// Nominal coverage, 0..=1.
    #[schema(minimum = 0, maximum = 1)]
    pub coverage: f64,
}

/// The outcomes that cannot be told apart at the stated coverage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PredictionSet {
    /// Outcomes, most probable first; never empty.
    #[schema(min_items = 1)]
    pub values: Vec<String>,
    /// Nominal coverage, 0..=1.
    #[schema(minimum = 0, maximum = 1)]
    pub coverage: f64,
}

/// One additive part of the raw score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Stable code.
    pub code: String,
    /// One sentence for a person.
    pub text: String,
    /// Which way it moves the score.
    pub direction: Direction,
    /// Signed share of the raw score; all weights sum to raw score less baseline.
    pub weight: f64,
    /// Feature it speaks of.
    pub feature: String,
    /// The feature's value here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The usual value it is compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<String>,
}

/// Something a person can look at to check a reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// `page`, `xml`, `record` or `derived`.
    pub kind: String,
    /// Which document or record: a document id, a record key, an XML path.
    #[serde(rename = "ref")]
    pub reference: String,
    /// 1-based page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// Box on that page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bbox: Option<BBox>,
    /// The characters seen there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Lower-case hex SHA-256 of the bytes referred to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub sha256: Option<String>,
}

/// What would have to change, on a field somebody can act on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Counterfactual {
    /// The field.
    pub field: String,
    /// Its value now.
    pub from: String,
    /// The value that would change the answer, or what kind of value.
    pub to: String,
    /// One sentence for a person.
    pub text: String,
}

/// What the answer had to do without.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DataQuality {
    /// Inputs that were absent.
    pub missing: Vec<String>,
    /// Inputs that were older than they should be.
    pub stale: Vec<String>,
}

/// Which model answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelRef {
    /// Name, such as `invoice/type`.
    pub name: String,
    /// Version, such as `1`.
    pub version: String,
    /// Lower-case hex SHA-256 of its manifest.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
    /// Last day of the data it was fitted on.
    pub trained_until: chrono::NaiveDate,
}

/// A scored recommendation: the answer of every case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Recommendation {
    /// UUID version 7.
    pub recommendation_id: Uuid,
    /// The question.
    pub case: Case,
    /// What is judged.
    pub subject: Subject,
    /// Only facts known at this moment were used.
    pub as_of: DateTime<Utc>,
    /// Whether there is a score.
    pub status: Status,
    /// Calibrated probability 0..=1 of `score_kind`; `odder_than_another_claim` is a share of other
    /// records, and `copy_uncalibrated` only ranks. Absent unless `scored`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1)]
    pub score: Option<f64>,
    /// What the score is the probability of, or what it says.
    pub score_kind: String,
    /// Range of a quantity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
    /// Set of outcomes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prediction_set: Option<PredictionSet>,
    /// Attention asked for.
    pub level: Level,
    /// What speaks for it, heaviest first.
    pub reasons: Vec<Reason>,
    /// What speaks against it, heaviest first.
    pub counter_reasons: Vec<Reason>,
    /// What a person can look at.
    pub evidence: Vec<Evidence>,
    /// What would change it.
    pub counterfactuals: Vec<Counterfactual>,
    /// Case-specific value a person may accept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub suggestion: Option<serde_json::Value>,
    /// What the caller is asked to do.
    pub effect: Effect,
    /// Steps to add to those of policy.
    pub controls_to_add: Controls,
    /// What was absent or old.
    pub data_quality: DataQuality,
    /// Which model answered; absent when none could.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelRef>,
    /// Lower-case hex SHA-256 of the canonical JSON of the features.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub features_sha256: String,
    /// After this the advice is void.
    pub expires_at: DateTime<Utc>,
    /// Link in the audit chain; set by the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub decision_sha256: Option<String>,
}
