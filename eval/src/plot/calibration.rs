//! Probabilities against what came of them.

use super::frame::Square;
use crate::metrics::Reliability;

/// How often what was foretold with a probability came true: a dot a bin, on the
/// diagonal where both agree.
#[must_use]
pub fn calibration(title: &str, parts: &[Reliability]) -> String {
    let mut square = Square::new(title, "probability given, %", "share that came true, %", 0);
    square.diagonal();
    for part in parts {
        let said = format!("{} cases", part.count);
        square.dot((part.probability, part.share), &said);
    }
    square.finish()
}
