//! Which generated documents a type model is fitted, calibrated and tested on:
//! other seeds and other layouts in each part, so that a figure measured on one
//! part says how the model does on looks it has never seen.

use crate::documents::{GeneratedDocument, document};
use crate::structure::drawn;

/// A part of the generated documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypePart {
    /// Weights are fitted on it.
    Fit,
    /// Temperature and conformal thresholds are set on it.
    Calibration,
    /// Figures are measured on it.
    Test,
}

/// Layouts seen in calibration alone.
const CALIBRATION_LAYOUTS: [&str; 4] = ["boxed_grid", "sidebar", "sums_across", "window_letter"];
/// Layouts seen in the test alone.
const TEST_LAYOUTS: [&str; 4] = [
    "centred_head",
    "latin_right",
    "small_business",
    "window_reference_line",
];
/// Till slips have one layout only: they are kept apart by seed.
const SHARED_LAYOUT: &str = "till_slip";
/// The smaller parts hold one in so many of them, as of other documents, so that
/// receipts are as frequent there as drawn.
const TILL_SLIPS_ONE_IN: u64 = 4;

impl TypePart {
    const fn seed(self) -> u64 {
        match self {
            Self::Fit => 101,
            Self::Calibration => 202,
            Self::Test => 303,
        }
    }

    /// Whether documents of that layout belong to this part.
    #[must_use]
    pub fn has_layout(self, layout: &str) -> bool {
        let owner = if CALIBRATION_LAYOUTS.contains(&layout) {
            Self::Calibration
        } else if TEST_LAYOUTS.contains(&layout) {
            Self::Test
        } else {
            Self::Fit
        };
        owner == self || layout == SHARED_LAYOUT
    }

    fn holds(self, document: &GeneratedDocument) -> bool {
        let truth = &document.truth;
        let too_many = self != Self::Fit
            && truth.layout == SHARED_LAYOUT
            && drawn("till_slip", &truth.sha256, TILL_SLIPS_ONE_IN) != 0;
        self.has_layout(&truth.layout) && !too_many
    }

    /// The documents of this part among the first `drawn` of its seed.
    pub fn documents(self, drawn: usize) -> impl Iterator<Item = GeneratedDocument> {
        let all = (0..drawn).map(move |index| document(self.seed(), index));
        all.filter(move |document| self.holds(document))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn but_for_till_slips_no_layout_is_in_two_parts() {
        let parts = [TypePart::Fit, TypePart::Calibration, TypePart::Test];
        for generated in crate::documents::generate(1, 60) {
            let layout = generated.truth.layout.as_str();
            let owners = parts.iter().filter(|part| part.has_layout(layout)).count();
            assert_eq!(
                owners,
                if layout == SHARED_LAYOUT { 3 } else { 1 },
                "{layout}"
            );
        }
    }
}
