//! The contract: what an answer looks like and what it may ask for.

mod controls;
mod effect;
mod recommendation;

pub use controls::{Control, Controls, InvalidControl};
pub use effect::Effect;
pub use recommendation::{
    Case, Counterfactual, DataQuality, Direction, Evidence, Interval, Level, ModelRef,
    PredictionSet, Reason, Recommendation, Status, Subject,
};
