//! What the type model says of one document.

use super::kind::DocumentType;
use crate::advice::{Evidence, Reason};

/// What the type model says of one document.
#[derive(Debug, Clone, PartialEq)]
pub struct TypeVerdict {
    /// The type; absent where the set holds more than one.
    pub value: Option<DocumentType>,
    /// Calibrated probability of the first of the set, 0..=1.
    pub score: f64,
    /// Types that cannot be told apart at `coverage`, most probable first; never empty.
    pub set: Vec<DocumentType>,
    /// Nominal coverage of the set, 0..=1.
    pub coverage: f64,
    /// Calibrated probabilities in the order of [`DocumentType::ALL`].
    pub probabilities: Vec<f64>,
    /// Margin of the first type before calibration; weights of all reasons sum to it less `baseline`.
    pub raw_score: f64,
    /// The margin of a document without features.
    pub baseline: f64,
    /// What speaks for the first type, heaviest first.
    pub reasons: Vec<Reason>,
    /// What speaks against it, heaviest first.
    pub counter_reasons: Vec<Reason>,
    /// Where on the pages the reasons stand.
    pub evidence: Vec<Evidence>,
}
