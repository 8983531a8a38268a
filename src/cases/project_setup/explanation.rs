//! How the features are spoken of.

use super::facts::FactNames;
use crate::cases::forecast::{Unit, Wording};

const fn says(
    feature: &'static str,
    label: &'static str,
    unit: Unit,
) -> (&'static str, &'static str, Unit) {
    (feature, label, unit)
}

/// One for each feature that every firm has.
const WORDS: &[(&str, &str, Unit)] = &[
    says("steps", "Steps taken", Unit::Count),
    says("days_so_far", "Since it was asked for", Unit::Days),
    says(
        "days_since_step_before",
        "Between the last two steps",
        Unit::Days,
    ),
    says("days_of_step_before", "Between the two before", Unit::Days),
    says(
        "time_of_week",
        "Day of the week of the last step",
        Unit::Weekday,
    ),
    says("hour", "Hour of the last step", Unit::Hours),
    says(
        "day_of_month",
        "Day of the month of the last step",
        Unit::Count,
    ),
    says(
        "step_left_p10",
        "Days left after this step, a tenth of the time",
        Unit::Days,
    ),
    says(
        "step_left_p25",
        "Days left after this step, a quarter of the time",
        Unit::Days,
    ),
    says(
        "step_left_p50",
        "Days left after this step, usually",
        Unit::Days,
    ),
    says(
        "step_left_p75",
        "Days left after this step, three times of four",
        Unit::Days,
    ),
    says(
        "step_left_p90",
        "Days left after this step, nine times of ten",
        Unit::Days,
    ),
    says(
        "pair_left_p25",
        "Days left after the last two steps, a quarter of the time",
        Unit::Days,
    ),
    says(
        "pair_left_p50",
        "Days left after the last two steps, usually",
        Unit::Days,
    ),
    says(
        "pair_left_p75",
        "Days left after the last two steps, three times of four",
        Unit::Days,
    ),
    says(
        "path_left_p25",
        "Days left on this path, a quarter of the time",
        Unit::Days,
    ),
    says(
        "path_left_p50",
        "Days left on this path, usually",
        Unit::Days,
    ),
    says(
        "path_left_p75",
        "Days left on this path, three times of four",
        Unit::Days,
    ),
    says(
        "set_left_p25",
        "Days left with these steps taken, a quarter of the time",
        Unit::Days,
    ),
    says(
        "set_left_p50",
        "Days left with these steps taken, usually",
        Unit::Days,
    ),
    says(
        "set_left_p75",
        "Days left with these steps taken, three times of four",
        Unit::Days,
    ),
    says(
        "weekday_left_p25",
        "Days left after this step on this weekday, a quarter of the time",
        Unit::Days,
    ),
    says(
        "weekday_left_p50",
        "Days left after this step on this weekday, usually",
        Unit::Days,
    ),
    says(
        "weekday_left_p75",
        "Days left after this step on this weekday, three times of four",
        Unit::Days,
    ),
    says("path_share", "Share of requests on this path", Unit::Share),
    says(
        "like_left_p20",
        "Days left of like requests, one of five",
        Unit::Days,
    ),
    says(
        "like_left_p50",
        "Days left of like requests, usually",
        Unit::Days,
    ),
    says(
        "like_left_p80",
        "Days left of like requests, four of five",
        Unit::Days,
    ),
    says(
        "like_late_share",
        "Share of like requests that were late",
        Unit::Share,
    ),
    says(
        "drift_of_step",
        "Longer than usual after this step lately",
        Unit::Days,
    ),
    says("drift_of_all", "Longer than usual lately", Unit::Days),
    says("wait_recent", "Wait after this step lately", Unit::Days),
    says(
        "wait_recent_mean",
        "Wait after this step lately, on average",
        Unit::Days,
    ),
    says(
        "wait_against_usual",
        "Wait after this step against usual",
        Unit::Days,
    ),
    says(
        "waiting_here_in_weeks",
        "Work waiting at this step, in weeks",
        Unit::Count,
    ),
    says(
        "waiting_here_days",
        "Days that others have waited at this step",
        Unit::Days,
    ),
    says("started_last_hour", "Begun in the last hour", Unit::Count),
    says(
        "open_against_finished",
        "Open against finished lately",
        Unit::Count,
    ),
    says(
        "started_against_finished",
        "Begun against finished lately",
        Unit::Count,
    ),
    says("repeats", "Steps taken again", Unit::Count),
    says("distinct_steps", "Different steps taken", Unit::Count),
    says("steps_last_day", "Steps on the last day", Unit::Count),
    says(
        "resource_left",
        "Longer than usual with who took the last step",
        Unit::Days,
    ),
    says(
        "role_left",
        "Longer than usual with the role that took the last step",
        Unit::Days,
    ),
    says("resource_changes", "Changes of hands", Unit::Count),
    says(
        "days_to_due",
        "From the last step to the day planned",
        Unit::Days,
    ),
];

/// One for each feature, in the order of [`FactNames::features`].
pub(super) fn words(names: &FactNames) -> Vec<Wording> {
    let features = names.features().into_iter();
    features
        .map(|feature| {
            let known = WORDS.iter().find(|(known, ..)| *known == feature);
            let (label, unit) = match (known, feature.split_once('.')) {
                (Some((_, label, unit)), _) => ((*label).to_owned(), *unit),
                (None, Some(("number", fact))) => (format!("Value of {fact}"), Unit::Count),
                (None, Some(("days_until", fact))) => (format!("Until {fact}"), Unit::Days),
                (None, Some(("is", value))) => (format!("Stated: {value}"), Unit::Flag),
                (None, Some(("days_by", fact))) => (
                    format!("What requests of this {fact} take against usual"),
                    Unit::Times,
                ),
                (None, Some(("late_by", fact))) => (
                    format!("Share late of requests of this {fact} beyond usual"),
                    Unit::Share,
                ),
                (None, Some(("days_to_run", number))) => (
                    format!("Until the moment after it, number {number}, at which requests end"),
                    Unit::Days,
                ),
                (None, Some(("seen", step))) => (format!("Times of {step}"), Unit::Count),
                (None, _) => (feature.clone(), Unit::Count),
            };
            Wording {
                feature: feature.into(),
                label: label.into(),
                unit,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::features::NAMES;
    use super::*;

    #[test]
    fn every_feature_of_every_firm_is_spoken_of() {
        let silent: Vec<&str> = NAMES
            .into_iter()
            .filter(|name| WORDS.iter().all(|(known, ..)| known != name))
            .collect();
        assert_eq!(silent, Vec::<&str>::new());
        let names = FactNames {
            numbers: vec!["fee".to_owned()],
            categories: vec!["team".to_owned()],
            activities: vec!["contract done".to_owned()],
            runs: super::super::Runs::of(&[(0.0, 0.5); 40]),
            ..FactNames::default()
        };
        let words = words(&names);
        let spoken: Vec<&str> = words.iter().map(|one| &*one.feature).collect();
        assert_eq!(spoken, names.features());
    }
}
