//! How what is left of curves is calibrated for cases that are not over yet.

use scrutineer::learn::calibration::Platt;
use scrutineer::learn::distribution::{Distribution, Waited};

use super::Example;

/// Probabilities of what came to pass that part the calibrations.
const BELOW: [f64; 3] = [0.3, 0.1, 0.03];
/// Shares of what is left at which it is held against what came: each case speaks at all of them.
const SHARES: [f64; 5] = [0.1, 0.3, 0.5, 0.7, 0.9];
/// Weight of the identity, as a precision, were each case to speak once: that of forty cases of
/// even odds.
const HOLD: f64 = 10.0;

/// What was said of held-back cases that were asked again: the probability of what had come to
/// pass, and log odds with what came.
#[derive(Debug, Default)]
pub(super) struct AskedAgain(Vec<(f64, Vec<(f64, bool)>)>);

impl AskedAgain {
    /// Asks a model that does not know the case.
    pub(super) fn ask(&mut self, model: &Distribution, example: &Example) {
        for again in &example.again {
            let curve = model.curve(&again.row);
            let left = curve.given_above(again.passed);
            let said = SHARES.into_iter().filter_map(|share| {
                let at = left.quantile(share);
                let above = left.above(at);
                let came = example.outcome.above(at)?;
                (above > 0.0 && above < 1.0).then(|| ((above / (1.0 - above)).ln(), came))
            });
            self.0.push((curve.above(again.passed), said.collect()));
        }
    }

    /// The calibrations.
    pub(super) fn calibrated(&self) -> Waited {
        if self.0.is_empty() {
            return Waited::default();
        }
        let next = BELOW.iter().skip(1).copied().chain([0.0]);
        let calibrations = BELOW.iter().zip(next).map(|(most, least)| {
            let within = self
                .0
                .iter()
                .filter(|(came, _)| (least..*most).contains(came));
            let cases: Vec<(f64, bool)> = within.flat_map(|(_, said)| said).copied().collect();
            Platt::fit_held(&cases, HOLD * SHARES.len() as f64)
        });
        Waited {
            calibrations: calibrations.collect(),
            below: BELOW.to_vec(),
        }
    }
}
