//! Metrics, protocols and gates: "what would Scrutineer have told us?"

pub mod billing;
pub mod collections;
pub mod coverage;
mod demo;
pub mod document_type;
pub mod duplicate;
pub mod expense;
pub mod gate;
mod generated;
pub mod invoice;
pub mod lift;
pub mod link;
pub mod metrics;
pub mod picture;
pub mod plot;
pub mod plotted;
pub mod project_setup;
mod records;
pub mod results;
pub mod timesheet;
mod told_until;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What one protocol measured on one set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// The case, such as `invoice`.
    pub case: String,
    /// The set, or the file of truth rows.
    pub set: String,
    /// How it was measured, in words.
    pub protocol: String,
    /// Documents or rows measured.
    pub n: usize,
    /// Figures by name; `null` where there was nothing to measure.
    pub metrics: BTreeMap<String, Option<f64>>,
    /// The same figures of simple baselines and of peers, by name.
    pub baselines: BTreeMap<String, BTreeMap<String, Option<f64>>>,
    /// Counts by field, where fields were read.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, FieldScore>,
    /// Counts of what lines and tax breakdowns say, where pages alone were read;
    /// no part of the figures over all fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lines: BTreeMap<String, FieldScore>,
    /// How often each answer was given for each truth, where types were told.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub confusion: BTreeMap<String, BTreeMap<String, usize>>,
}

/// What became of a field's values that the documents state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldScore {
    /// Read, and the same after normalising.
    pub right: usize,
    /// Read, and another.
    pub wrong: usize,
    /// The document was read; this field was not answered.
    pub abstained: usize,
    /// The document could not be read at all.
    pub missed: usize,
    /// Answered although the truth says that the document does not state it.
    /// Counted apart: it is no part of [`Self::stated`].
    #[serde(default)]
    pub unstated: usize,
    /// Of those not right, how many where the truth states the value of another
    /// business term of EN 16931: an error of the truth, told beside the score.
    #[serde(default)]
    pub truth_of_other_term: usize,
}

impl FieldScore {
    /// Values that the documents state.
    #[must_use]
    pub const fn stated(&self) -> usize {
        self.right + self.wrong + self.abstained + self.missed
    }

    /// Share of the stated values that is `part`; `None` when nothing is stated.
    #[must_use]
    pub fn share(&self, part: usize) -> Option<f64> {
        let stated = self.stated();
        (stated > 0).then(|| part as f64 / stated as f64)
    }

    /// Share right where the truth states this term and not another's value.
    #[must_use]
    pub fn right_corrected(&self) -> Option<f64> {
        let stated = self.stated() - self.truth_of_other_term;
        (stated > 0).then(|| self.right as f64 / stated as f64)
    }

    /// Adds the counts of another field.
    pub const fn add(&mut self, other: &Self) {
        self.right += other.right;
        self.wrong += other.wrong;
        self.abstained += other.abstained;
        self.missed += other.missed;
        self.unstated += other.unstated;
        self.truth_of_other_term += other.truth_of_other_term;
    }
}

/// Why an evaluation could not be made.
#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    /// The data or models are not there.
    #[error("{0}")]
    Absent(String),
    /// There is too little history, or it is too uniform, to fit or to ask.
    #[error("{0}")]
    Insufficient(String),
    /// A file is there but is not what it should be.
    #[error("{path}: {message}")]
    File {
        /// The file.
        path: String,
        /// What is wrong with it.
        message: String,
    },
    /// Results could not be written.
    #[error("{path}: {message}")]
    Write {
        /// The file.
        path: String,
        /// What went wrong.
        message: String,
    },
}

impl EvalError {
    pub(crate) fn insufficient(why: &dyn std::fmt::Display) -> Self {
        Self::Insufficient(format!("insufficient history: {why}"))
    }
}

impl From<scrutineer_datasets::sets::SetError> for EvalError {
    fn from(error: scrutineer_datasets::sets::SetError) -> Self {
        use scrutineer_datasets::sets::SetError;
        match &error {
            SetError::Absent { .. } => Self::Absent(error.to_string()),
            SetError::Io { path, .. } | SetError::Row { path, .. } => Self::File {
                path: path.clone(),
                message: error.to_string(),
            },
        }
    }
}
