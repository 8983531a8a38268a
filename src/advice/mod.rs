//! The contract: what an answer looks like and what it may ask for.

mod controls;
mod effect;
mod feedback;
mod invariants;
mod judged;
mod recommendation;
pub mod schema;

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;

pub use controls::{Control, Controls, InvalidControl};
pub use effect::Effect;
pub use feedback::{
    Feedback, FeedbackReason, InvalidFeedback, MAX_CORRECTIONS, MAX_TEXT_BYTES, Verdict,
};
pub use invariants::{InvalidRecommendation, check_weights};
pub use judged::Judged;
pub use recommendation::{
    Case, Counterfactual, DataQuality, Direction, Evidence, Interval, Level, ModelRef,
    PredictionSet, Reason, Recommendation, Status, Subject,
};
