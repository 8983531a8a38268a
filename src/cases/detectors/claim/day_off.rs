//! Days on which nobody works, or this person did not.

use chrono::{Datelike as _, Weekday};

use super::super::Found;
use super::super::words::Kind;
use super::ClaimView;

/// Who travels spends on weekends too.
pub(in super::super) fn weekend(view: &ClaimView<'_>) -> Option<Found> {
    let day = view.claim.incurred_on;
    let is_weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    let travels = [Kind::Travel, Kind::PerDiem];
    let travels = travels
        .iter()
        .any(|kind| kind.is_of(view.claim, view.thresholds));
    (is_weekend && !travels).then(|| Found::new(format!("{day} was a {}.", day.format("%A"))))
}

pub(in super::super) fn holiday(view: &ClaimView<'_>) -> Option<Found> {
    let day = view.claim.incurred_on;
    let is_holiday = view.thresholds.holidays.contains(&day);
    is_holiday.then(|| Found::new(format!("{day} was a public holiday.")))
}

pub(in super::super) fn on_leave(view: &ClaimView<'_>) -> Option<Found> {
    view.on_leave.then(|| {
        Found::new(format!(
            "The sheet of {} shows leave.",
            view.claim.incurred_on
        ))
    })
}
