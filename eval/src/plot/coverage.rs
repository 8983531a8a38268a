//! Coverage of intervals: stated against measured.

use super::frame::{Line, Square};
use crate::coverage::Covered;

/// Share of outcomes within the interval, for each share that it states; a line for all
/// cases and one a group, on the diagonal where both agree.
#[must_use]
pub fn coverage(title: &str, groups: &[Covered]) -> String {
    let mut square = Square::new(
        title,
        "coverage that the interval states, %",
        "outcomes that lay within it, %",
        groups.len(),
    );
    square.diagonal();
    for group in groups {
        square.line(&Line {
            name: format!("{} ({} cases)", group.group, group.cases),
            points: &group.measured,
        });
    }
    square.finish()
}
