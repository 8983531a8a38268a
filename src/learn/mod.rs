//! Run-time learners: synchronous, without HTTP or SQL.

pub mod anomaly;
pub mod calibrated;
pub mod calibration;
pub mod conformal;
mod curve;
pub mod distribution;
pub mod encoder;
pub(crate) mod fold;
pub mod forecast;
pub mod learner;
mod level;
pub mod linear;
pub mod linear_score;
pub mod linkage;
pub mod parallel;
pub mod ranking;
pub(crate) mod split_mix;
pub mod trees;
mod waited;
