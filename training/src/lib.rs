//! Fits the shipped models; seeds are fixed.

pub mod artefact;
pub mod baseline;
pub mod collections;
pub mod document_type;
pub mod fields;
pub mod forecast;
mod logistic;
pub mod notes;
mod pictures;
pub mod progress;
pub mod text_encoder;
pub mod work;

/// Fewer digits: smaller files, and the same bytes where the last bits differ.
fn rounded(x: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (x * scale).round() / scale
}
