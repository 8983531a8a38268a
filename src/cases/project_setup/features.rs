//! What is known of a request as a step of it was taken, as numbers.
//!
//! Days are days; what cannot be told is missing. History is the firm's own: days that
//! remained to requests that stood at the same step, followed the same path, were like
//! this one. Nothing only grows with time, so that a model fitted last year still reads this
//! year's numbers.

use std::collections::VecDeque;
use std::sync::Arc;

use super::facts::{FactNames, Scope, date};
use super::replay::{Keys, LATELY_DAYS, Replay, standing, stated_number};
use super::request::{Request, Step, days_between};
use super::statistics::{Latest, mean, median};
use crate::learn::distribution::{Curve, Distribution};

/// Names of the features that every firm has, in order.
pub const NAMES: [&str; 46] = [
    "steps",
    "days_so_far",
    "days_since_step_before",
    "days_of_step_before",
    "time_of_week",
    "hour",
    "day_of_month",
    "step_left_p10",
    "step_left_p25",
    "step_left_p50",
    "step_left_p75",
    "step_left_p90",
    "pair_left_p25",
    "pair_left_p50",
    "pair_left_p75",
    "path_left_p25",
    "path_left_p50",
    "path_left_p75",
    "set_left_p25",
    "set_left_p50",
    "set_left_p75",
    "weekday_left_p25",
    "weekday_left_p50",
    "weekday_left_p75",
    "path_share",
    "like_left_p20",
    "like_left_p50",
    "like_left_p80",
    "like_late_share",
    "drift_of_step",
    "drift_of_all",
    "wait_recent",
    "wait_recent_mean",
    "wait_against_usual",
    "waiting_here_in_weeks",
    "waiting_here_days",
    "open_against_finished",
    "started_against_finished",
    "started_last_hour",
    "repeats",
    "distinct_steps",
    "steps_last_day",
    "resource_left",
    "role_left",
    "resource_changes",
    "days_to_due",
];

/// The feature that tells quick stages from slow ones: groups of intervals.
pub const USUAL_LEFT: &str = "step_left_p50";
/// How the features of days to coming runs begin.
pub(super) const DAYS_TO_RUN: &str = "days_to_run.";
/// How features of the firm's pace begin.
const PACE: [&str; 5] = ["drift_", "wait_", "waiting_", "open_", "started_"];
/// How features of the history by step begin.
const BY_STEP: [&str; 6] = ["step_", "pair_", "path_", "set_", "weekday_", "like_"];

/// Place of the moment of the week of the last step.
pub(super) const TIME_OF_WEEK: usize = 4;
/// Runs ahead to which the days are told.
const RUNS_AHEAD: usize = 4;

/// Weight of the firm's own level against one value of a fact, in requests.
const DRAWN: f64 = 20.0;

impl FactNames {
    /// Names of all features, in the order of a row: those of every firm, the firm's numbers,
    /// its dates and frequent values, what its
    /// facts went with, and how often each of its activities was seen.
    #[must_use]
    pub fn features(&self) -> Vec<String> {
        let mut names = self.all_features();
        names.retain(|name| self.looks_at(name));
        names
    }

    /// Which of all features are looked at, in their order.
    pub(super) fn looked_at(&self) -> Vec<bool> {
        let all = self.all_features();
        all.iter().map(|name| self.looks_at(name)).collect()
    }

    fn looks_at(&self, name: &str) -> bool {
        let one_of = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
        let left_out = match self.scope {
            Scope::EveryStep => false,
            Scope::OneStep => one_of(&PACE),
            Scope::FirstStep => one_of(&PACE) || one_of(&BY_STEP),
        };
        !(left_out || !self.due && one_of(&["late_by.", "days_by."]))
    }

    fn all_features(&self) -> Vec<String> {
        let mut names: Vec<String> = NAMES.map(str::to_owned).to_vec();
        names.extend(self.numbers.iter().map(|fact| format!("number.{fact}")));
        names.extend(self.dates.iter().map(|fact| format!("days_until.{fact}")));
        names.extend(
            self.values
                .iter()
                .map(|(fact, value)| format!("is.{fact}={value}")),
        );
        for fact in &self.categories {
            names.push(format!("days_by.{fact}"));
            names.push(format!("late_by.{fact}"));
        }
        names.extend(self.activities.iter().map(|name| format!("seen.{name}")));
        if !self.runs.is_empty() {
            names.extend((1..=RUNS_AHEAD).map(|number| format!("{DAYS_TO_RUN}{number}")));
        }
        names
    }

    /// The curve of the days left to the request of a row, whatever the distribution counts them in.
    #[must_use]
    pub fn days_left(&self, distribution: &Distribution, row: &[f64]) -> Curve {
        let left = distribution.curve(row);
        if !self.in_runs {
            return left;
        }
        let most = distribution.range().highest;
        self.runs.days(&left, most, time_of_week(row))
    }

    /// So many days from the last step of a row, in what the distribution counts.
    #[must_use]
    pub fn counted(&self, row: &[f64], days: f64) -> f64 {
        if self.in_runs {
            self.runs.within(time_of_week(row), days)
        } else {
            days
        }
    }
}

/// The moment of the week of the last step, in days since Monday.
#[must_use]
pub fn time_of_week(row: &[f64]) -> f64 {
    row.get(TIME_OF_WEEK).copied().unwrap_or(f64::NAN)
}

/// The features as the last step of `course` was taken.
pub(super) fn row(replay: &Replay<'_>, request: &Request, course: &[Step]) -> Vec<f64> {
    let (Some(first), Some(last)) = (course.first(), course.last()) else {
        return Vec::new();
    };
    let event = course.len() - 1;
    let left = request
        .due_at(event)
        .map_or(f64::NAN, |due| days_between(last.at, due));
    let mut row = vec![
        course.len() as f64,
        days_between(first.at, last.at),
        gap(course, 1),
        gap(course, 2),
        last.week,
        last.week.fract() * 24.0,
        last.day,
    ];
    row.extend(left_before(replay, course));
    row.extend(told_by_like(replay, request, course, left));
    row.extend(pace(replay, last));
    row.extend(own(course));
    row.extend(who(replay, request, course));
    row.push(left);
    let numbers = replay.names.numbers.iter();
    row.extend(numbers.map(|fact| stated_number(replay.names, request, event, fact)));
    row.extend(replay.names.dates.iter().map(|fact| {
        let stated = request.stated(event, fact);
        let stated = stated.and_then(|text| date(text));
        days_between(last.at, stated.unwrap_or(f64::NAN))
    }));
    let categories = replay.names.categories.iter();
    let stated: Vec<(&str, Option<&Arc<str>>)> = categories
        .map(|fact| (fact.as_str(), request.stated(event, fact)))
        .collect();
    row.extend(replay.names.values.iter().map(|(fact, value)| {
        let of_fact = stated.iter().find(|(known, _)| known == fact);
        let stated = of_fact.map_or_else(|| request.stated(event, fact), |(_, stated)| *stated);
        f64::from(u8::from(
            stated.is_some_and(|stated| stated.as_ref() == value),
        ))
    }));
    let (days, late) = (replay.past.durations.value(), replay.past.lateness.value());
    for (place, (_, value)) in stated.into_iter().enumerate() {
        let known = value.and_then(|value| replay.past.by_fact.get(&(place, value.clone())));
        let (by_days, by_late) = known.copied().unwrap_or_default();
        row.push(by_days.drawn(days, DRAWN) - days);
        row.push(by_late.drawn(late, DRAWN) - late);
    }
    row.extend(replay.seen(course));
    let runs = &replay.names.runs;
    if !runs.is_empty() {
        row.extend((1..=RUNS_AHEAD).map(|number| runs.days_to(last.week, number)));
    }
    row
}

/// Days between the `back`-th step from the end and the one before it; missing where there is none.
fn gap(course: &[Step], back: usize) -> f64 {
    let at = |from_end: usize| {
        let place = course.len().checked_sub(from_end)?;
        course.get(place).map(|step| step.at)
    };
    match (at(back), at(back + 1)) {
        (Some(later), Some(earlier)) => days_between(earlier, later),
        _ => f64::NAN,
    }
}

/// Days that remained to others: after the same step, pair, path, set of steps, and weekday.
fn left_before(replay: &Replay<'_>, course: &[Step]) -> Vec<f64> {
    const SHARES: [f64; 3] = [0.25, 0.5, 0.75];
    let none = Latest::default();
    let past = &replay.past;
    let keys = Keys::of(course);
    let step = past.by_step.get(&keys.weekday.0).unwrap_or(&none);
    let pair = past.by_pair.get(&keys.pair).unwrap_or(&none);
    let path = past.by_path.get(&keys.path).unwrap_or(&none);
    let set = past.by_set.get(&keys.set).unwrap_or(&none);
    let weekday = past.by_weekday.get(&keys.weekday).unwrap_or(&none);
    let mut found = [0.1, 0.25, 0.5, 0.75, 0.9]
        .map(|share| step.quantile(share))
        .to_vec();
    let by_pair = SHARES.map(|share| pair.drawn(share, step.quantile(share)));
    found.extend(by_pair);
    found.extend(
        SHARES
            .into_iter()
            .zip(by_pair)
            .map(|(share, pair)| path.drawn(share, pair)),
    );
    found.extend(SHARES.map(|share| set.drawn(share, step.quantile(share))));
    found.extend(SHARES.map(|share| weekday.drawn(share, step.quantile(share))));
    found.push((path.count() + 1.0) / (step.count() + 1.0));
    found
}

fn told_by_like(replay: &Replay<'_>, request: &Request, course: &[Step], left: f64) -> [f64; 4] {
    let last = course.last().map_or(usize::MAX, |step| step.activity);
    let Some(like) = replay.past.like.get(&last) else {
        return [f64::NAN; 4];
    };
    let told = like.tell(&standing(course, replay.size(request)), left);
    let [low, middle, high] = told.remaining;
    [low, middle, high, told.longer]
}

/// An hour, in days.
const HOUR: f64 = 1.0 / 24.0;

/// How quickly things go just now, here and on the whole.
fn pace(replay: &Replay<'_>, last: &Step) -> [f64; 10] {
    let past = &replay.past;
    let from = last.at - LATELY_DAYS;
    let drift = past.drift.get(&last.activity);
    let waits = past.waits.get(&last.activity);
    let recent = waits.map_or(f64::NAN, |waits| median(waits.since(from)));
    let usual = past
        .all_waits
        .get(&last.activity)
        .map_or(f64::NAN, |all| all.quantile(0.5));
    let passed = waits.map_or(0, |waits| waits.since(last.at - 7.0).count()) as f64;
    let (here, came) = past
        .standing
        .get(&last.activity)
        .copied()
        .unwrap_or_default();
    let finished = count_since(&past.finished, from);
    let started = count_since(&past.started, from);
    [
        drift.map_or(f64::NAN, |drift| mean(drift.since(from))),
        mean(past.drift_of_all.since(from)),
        recent,
        waits.map_or(f64::NAN, |waits| mean(waits.since(from))),
        recent.ln_1p() - usual.ln_1p(),
        here / (passed + 1.0),
        if here > 0.0 {
            last.at - came / here
        } else {
            f64::NAN
        },
        past.open / (finished + 1.0),
        started / (finished + 1.0),
        count_since(&past.started, last.at - HOUR),
    ]
}

/// How many of moments, which are in order, are not before one.
fn count_since(moments: &VecDeque<f64>, from: f64) -> f64 {
    let before = moments.partition_point(|at| *at < from);
    (moments.len() - before) as f64
}

/// The request's own course.
fn own(course: &[Step]) -> [f64; 3] {
    let distinct = course.last().map_or(0, |step| step.distinct);
    let last = course.last().map_or(0.0, |step| step.at);
    // Steps are in order of time.
    let before = course.partition_point(|step| step.at <= last - 1.0);
    [
        (course.len() - distinct) as f64,
        distinct as f64,
        (course.len() - before) as f64,
    ]
}

/// Who took the last step: how long things remain after theirs, and changes of hands.
fn who(replay: &Replay<'_>, request: &Request, course: &[Step]) -> [f64; 3] {
    let event = course.len().checked_sub(1);
    let last = event.and_then(|event| request.trace.events.get(event));
    let resource = last
        .and_then(|event| event.resource.as_ref())
        .and_then(|resource| replay.past.by_resource.get(resource));
    let role = last
        .and_then(|event| event.role.as_ref())
        .and_then(|role| replay.past.by_role.get(role));
    let changes = course.last().map_or(0, |step| step.changes);
    [
        resource.map_or(f64::NAN, |left| left.drawn(0.0, DRAWN)),
        role.map_or(f64::NAN, |left| left.drawn(0.0, DRAWN)),
        changes as f64,
    ]
}
