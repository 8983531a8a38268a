//! Why a document or record was not answered, or what was said of an answer not kept.

use crate::advice::InvalidFeedback;
use crate::cases::invoice::CaseError;
use crate::cases::record_case::JudgeError;
use crate::documents::sandbox::SandboxError;
use crate::store::StoreError;

/// Why a document or record was not answered, or what was said of an answer not kept. A file that cannot be read is not among
/// the reasons: it is answered `degraded`, with its problem.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The store could not be read or written; nothing was answered.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No place to parse it in, now; try again.
    #[error(transparent)]
    Sandbox(SandboxError),
    /// What was said of an answer makes no sense.
    #[error(transparent)]
    Feedback(#[from] InvalidFeedback),
    /// The models could not answer.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// A record is not judged.
    #[error(transparent)]
    Judge(#[from] JudgeError),
    /// No such question is answered here.
    #[error("no such case is answered here")]
    UnknownCase,
    /// The firm has not turned it on.
    #[error("switched off; the setting `{setting}` turns it on")]
    SwitchedOff {
        /// Dotted path of the setting.
        setting: &'static str,
    },
    /// The answer could not be computed or written as JSON.
    #[error("the answer could not be made: {0}")]
    Internal(String),
}
