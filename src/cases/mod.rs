//! The cases: one folder each, all read the same way.

pub mod billing;
pub mod collections;
pub mod detectors;
pub mod duplicate;
pub mod expense;
pub mod forecast;
mod forecast_answer;
pub mod forecast_case;
pub mod invoice;
mod numbers;
pub mod project_setup;
pub mod record_case;
pub mod timesheet;
