//! What a simpler detector would have shown.

use scrutineer::cases::expense::features::WIDTH;
use scrutineer::cases::expense::{Batch, Claim};
use scrutineer::learn::anomaly::forest::{ForestSettings, IsolationForest};
use scrutineer::learn::anomaly::sample::OrderedSample;
use scrutineer::learn::anomaly::tails::RightTails;

/// Scores of every claim, by the detector's name.
pub(super) fn all(claims: &[Claim], batch: &Batch) -> [(&'static str, Vec<f64>); 3] {
    let logs: Vec<f64> = claims
        .iter()
        .map(|claim| claim.log_amount().map_or(f64::NAN, f64::from))
        .collect();
    [
        ("ECOD on the amount", ecod(claims)),
        ("robust z of the amount", robust_z(&logs)),
        ("isolation forest on the same features", forest(batch)),
    ]
}

/// Li et al. (2022): the rarer of the two tails.
fn ecod(claims: &[Claim]) -> Vec<f64> {
    let amount = |claim: &Claim| claim.amount.unwrap_or(f64::NAN);
    let both: Vec<[f64; 2]> = claims
        .iter()
        .map(|claim| [amount(claim), -amount(claim)])
        .collect();
    let tails = RightTails::of(both.iter().map(<[f64; 2]>::as_slice), 2, |_, _, _| ());
    both.iter()
        .map(|[high, low]| tails.points(0, *high).max(tails.points(1, *low)))
        .collect()
}

fn robust_z(logs: &[f64]) -> Vec<f64> {
    let sample = OrderedSample::of(logs.iter().map(|value| *value as f32).collect());
    let usual = sample.robust(None);
    let z = |value: &f64| usual.map_or(0.0, |usual| (value - usual.median) / usual.spread);
    logs.iter()
        .map(z)
        .map(|z| if z.is_nan() { 0.0 } else { z })
        .collect()
}

fn forest(batch: &Batch) -> Vec<f64> {
    let forest = IsolationForest::grow(&batch.rows, WIDTH, ForestSettings::default());
    batch.rows.iter().map(|row| forest.score(row)).collect()
}
