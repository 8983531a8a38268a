//! What the first part of a list reaches.

use super::frame::{Line, Square};
use crate::lift::{FIRST, Lift, at};

/// Share reached by the first cases of the list, of this forecast, of a simple baseline, and
/// of the best order there could have been; the diagonal is a list in any order.
#[must_use]
pub fn lift(title: &str, lift: &Lift) -> String {
    let upwards = format!("share of {} reached, %", lift.what);
    let mut square = Square::new(title, "first part of the list, %", &upwards, 3);
    square.diagonal();
    let named = |name: &str, points: &[(f64, f64)]| {
        format!(
            "{name}: {:.0} % within the first {:.0} %",
            at(points, FIRST) * 100.0,
            FIRST * 100.0
        )
    };
    for (name, points) in [
        ("this forecast", &lift.ours),
        (lift.baseline.as_str(), &lift.by_baseline),
        ("best order there could be", &lift.perfect),
    ] {
        square.line(&Line {
            name: named(name, points),
            points,
        });
    }
    square.finish()
}
