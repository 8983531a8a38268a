//! Fits learners on a firm's own past. Backtests fit with it before a cut, training on
//! everything; the service only applies what was fitted.

pub mod billing;
pub mod boost;
pub mod collections;
pub mod distribution;
pub mod forecast;
mod linear;
pub mod notes;
pub mod project_setup;
mod sample;
pub mod timesheet;
