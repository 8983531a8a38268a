//! Days that do not fit each other.

use super::super::Found;
use super::ClaimView;

pub(in super::super) fn late(view: &ClaimView<'_>) -> Option<Found> {
    let submitted = view.claim.submitted_at?.date_naive();
    let days = (submitted - view.claim.incurred_on).num_days();
    (days > i64::from(view.thresholds.late_after_days)).then(|| {
        Found::new(format!(
            "It was handed in {days} days after the expense; {} are allowed.",
            view.thresholds.late_after_days
        ))
    })
}

/// A day of grace: the clock of the place may be ahead of that of the firm.
pub(in super::super) fn future_dated(view: &ClaimView<'_>) -> Option<Found> {
    let claim = view.claim;
    // Where it is not told when it was handed in, it is held against when it came: a record that
    // arrives is known by then, however long before it was made.
    let (came, moment) = match claim.submitted_at {
        Some(submitted) => ("handed in", submitted),
        None => ("known", view.came?),
    };
    let came_on = moment.date_naive();
    ((claim.incurred_on - came_on).num_days() > 1).then(|| {
        Found::new(format!(
            "It is dated {}, and was {came} on {came_on}.",
            claim.incurred_on
        ))
    })
}

pub(in super::super) fn back_dated(view: &ClaimView<'_>) -> Option<Found> {
    let employee = view.employee?;
    let day = view.claim.incurred_on;
    let before = employee.joined_on.filter(|joined| day < *joined);
    let after = employee.left_on.filter(|left| day > *left);
    match (before, after) {
        (Some(joined), _) => Some(Found::new(format!(
            "It is dated {day}; employment began on {joined}."
        ))),
        (None, Some(left)) => Some(Found::new(format!(
            "It is dated {day}; employment ended on {left}."
        ))),
        (None, None) => None,
    }
}
