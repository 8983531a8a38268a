//! What is left of a curve once much is ruled out, made to mean what it says.
//!
//! A row's curve was fitted to how long all take. Of those that have already taken longer than it
//! held probable it knows little: the few that come so far are another kind. So what it says of
//! them is calibrated on held-back cases that were asked again while they were still open, the
//! less probable it held what came to pass, the more by what is left of it.

use serde::{Deserialize, Serialize};

use super::calibration::Platt;

/// Calibrations of what a curve says of cases that are not over yet.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waited {
    /// From the most probable on, below which probability of what came to pass each holds.
    pub below: Vec<f64>,
    /// As many calibrations of log odds.
    pub calibrations: Vec<Platt>,
}

impl Waited {
    pub(super) fn is_sound(&self) -> bool {
        let within = self.below.iter().all(|bound| (0.0..=1.0).contains(bound));
        let falls = self.below.is_sorted_by(|a, b| a > b);
        within && falls && self.below.len() == self.calibrations.len()
    }

    /// That for a case of which so much came to pass; none where it was probable enough.
    pub(super) fn of(&self, came_to_pass: f64) -> Option<Platt> {
        let place = self.below.partition_point(|bound| *bound > came_to_pass);
        self.calibrations.get(place.checked_sub(1)?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_less_probable_the_further_down() {
        let waited = Waited {
            below: vec![0.3, 0.1],
            calibrations: [0.5, 2.0]
                .map(|scale| Platt::new(scale, 0.0).unwrap())
                .into(),
        };
        assert!(waited.is_sound() && Waited::default().is_sound());
        let scale = |came| waited.of(came).map(Platt::scale);
        assert_eq!(
            [0.9, 0.3, 0.2, 0.1, 0.0].map(scale),
            [None, None, Some(0.5), Some(0.5), Some(2.0)]
        );
        assert!(
            !Waited {
                below: vec![0.1, 0.3],
                ..waited.clone()
            }
            .is_sound()
        );
        assert!(
            !Waited {
                below: vec![0.1],
                ..waited
            }
            .is_sound()
        );
    }
}
