//! How well is foretold at other moments of a period's course than the one at which a backtest asks.
//!
//! The service is asked at any of them, and much less is known on a Monday than on the morning when sheets are due.

use scrutineer::learn::forecast::ForecastWeights;
use scrutineer_fitting::timesheet::Moment;

use super::Figures;
use super::asked::Asked;
use crate::metrics::{self, BINS, Scored, brier, calibration_error};

/// Figures at every moment at which something is answered, named after it.
pub(super) fn figures(asked: &[Asked], fitted: &ForecastWeights, threshold: f64) -> Figures {
    let mut figures = Figures::new();
    for moment in Moment::ALL {
        let then = asked.iter().filter(|one| one.moment == moment);
        let answered = then.filter(|one| one.is_near(fitted));
        let scored: Vec<Scored> = answered
            .filter_map(|one| {
                let told = one.foretold(&fitted.distribution);
                Some((told.curve.above(threshold), one.outcome.above(threshold)?))
            })
            .collect();
        if scored.is_empty() {
            continue;
        }
        let came = scored.iter().map(|(_, late)| f64::from(u8::from(*late)));
        let told = [
            ("asked", Some(scored.len() as f64)),
            ("probability", metrics::mean(scored.iter().map(|one| one.0))),
            ("late", metrics::mean(came)),
            ("brier", brier(&scored)),
            ("ece", calibration_error(&scored, BINS)),
        ];
        let named = told.map(|(name, value)| (format!("{name}_{}", moment.name()), value));
        figures.extend(named);
    }
    figures
}
