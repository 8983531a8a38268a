//! A request as a course of steps, whichever record or log it comes from.

use std::collections::HashMap;

use chrono::{DateTime, Datelike as _, NaiveDateTime, TimeZone, Timelike as _};

use crate::eventlog::{Event, Trace};

/// One request, with what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Its course and facts.
    pub trace: Trace,
    /// When it was completed, in days as of [`days`]; none while it is open or if it was given up.
    pub ended: Option<f64>,
    /// When it was given up, without being completed.
    pub given_up: Option<f64>,
    /// Whether one that was given up counts as never done, and so as late: the rule of public
    /// protocols. Else nobody knows how long it would have taken.
    pub never_done: bool,
    /// When it should be complete, by what is known last.
    pub due: Option<f64>,
    /// The same as it was known when each step was taken; empty where it never changed.
    pub due_at_step: Vec<Option<f64>>,
    /// Every moment due that was ever planned, behind the moment from which on it was known, in order;
    /// empty where it never changed.
    pub plans: Vec<(f64, f64)>,
    /// Whether it is late where no moment due says so; known when it ended.
    pub labelled_late: Option<bool>,
    /// When the facts that each step states were known, in days as of [`days`]: infinite where the record does
    /// not say. Empty of a case of a log, where a step states what is known with it.
    pub facts_known: Vec<f64>,
}

/// Milliseconds of a day.
const DAY: f64 = 86_400_000.0;

/// Days since 1970, with the time of day as a fraction.
#[must_use]
pub fn days<Tz: TimeZone>(time: &DateTime<Tz>) -> f64 {
    time.timestamp_millis() as f64 / DAY
}

/// Days from one moment to another, both as of [`days`], by whole milliseconds: the same wherever in the
/// calendar the two lie.
#[must_use]
pub fn days_between(from: f64, until: f64) -> f64 {
    ((until - from) * DAY).round() / DAY
}

/// Days since Monday, with the time of day as a fraction.
pub(super) fn day_of_week(clock: &NaiveDateTime) -> f64 {
    let hours = f64::from(clock.num_seconds_from_midnight()) / 86_400.0;
    f64::from(clock.weekday().num_days_from_monday()) + hours
}

impl Request {
    /// A case of a log that holds finished cases: it ends with its last event.
    #[must_use]
    pub fn finished(trace: Trace) -> Self {
        let ended = trace.ended().map(|time| days(&time));
        Self {
            trace,
            ended,
            given_up: None,
            never_done: false,
            due: None,
            due_at_step: Vec::new(),
            plans: Vec::new(),
            labelled_late: None,
            facts_known: Vec::new(),
        }
    }

    /// When it began; of a request without a step, never.
    #[must_use]
    pub fn started(&self) -> f64 {
        self.trace
            .started()
            .map_or(f64::INFINITY, |time| days(&time))
    }

    /// When it should be complete, as that was known when a step was taken.
    #[must_use]
    pub fn due_at(&self, event: usize) -> Option<f64> {
        self.due_at_step.get(event).copied().unwrap_or(self.due)
    }

    /// Until when it was watched, by what is known at a moment: one that was given up before tells
    /// nothing of later.
    #[must_use]
    pub fn watched_until(&self, known: f64) -> f64 {
        let unfinished = self.ended.is_none() && !self.never_done;
        let given_up = self.given_up.filter(|_| unfinished);
        given_up.map_or(known, |given_up| given_up.min(known))
    }

    /// Whether it came late, and from when on everyone could know: once the moment due has
    /// passed, whether or not it was complete by then, or, where nothing was due, once it ended.
    /// None of one that was given up before it was due. A moment due that passed counts, though another was
    /// planned afterwards: nobody knew of that one.
    #[must_use]
    pub fn late(&self) -> Option<(bool, f64)> {
        let (known, due) = self.first_passed();
        let (late, at) = self.late_by(due)?;
        Some((late, at.max(known)))
    }

    /// The first moment due that passed before another was planned, behind the moment from which on it
    /// was known.
    fn first_passed(&self) -> (f64, Option<f64>) {
        let moved = self.plans.iter().skip(1).map(|(known, _)| *known);
        let mut plans = self.plans.iter().zip(moved.chain([f64::INFINITY]));
        let passed = plans.find(|((_, due), moved)| due < moved);
        passed.map_or((f64::NEG_INFINITY, self.due), |((known, due), _)| {
            (*known, Some(*due))
        })
    }

    /// Whether it came late by the moment due as it was known when a step was taken, and from when on
    /// everyone could know.
    #[must_use]
    pub fn late_at(&self, event: usize) -> Option<(bool, f64)> {
        self.late_by(self.due_at(event))
    }

    fn late_by(&self, due: Option<f64>) -> Option<(bool, f64)> {
        match (due, self.ended, self.labelled_late) {
            (Some(due), Some(ended), _) => Some((ended > due, due)),
            (Some(due), None, _) => (self.watched_until(due) >= due).then_some((true, due)),
            (None, Some(ended), Some(late)) => Some((late, ended)),
            (None, ..) => None,
        }
    }
}

/// A step as the replay sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Step {
    /// When, as of [`days`].
    pub(super) at: f64,
    /// Days since Monday by the clock of the place.
    pub(super) week: f64,
    /// Day of the month by that clock.
    pub(super) day: f64,
    /// What, by number.
    pub(super) activity: usize,
}

/// Numbers of activities, in the order they are first met.
#[derive(Debug, Default)]
pub(super) struct Activities(HashMap<String, usize>);

impl Activities {
    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.0.get(name).copied()
    }

    pub(super) fn steps(&mut self, request: &Request) -> Vec<Step> {
        let events = request.trace.events.iter();
        events
            .map(|event| {
                let clock = event.time.naive_local();
                let next = self.0.len();
                Step {
                    at: days(&event.time),
                    week: day_of_week(&clock),
                    day: f64::from(clock.day()),
                    activity: *self.0.entry(name(event)).or_insert(next),
                }
            })
            .collect()
    }
}

/// What happened, told apart from its beginning or other moments of it.
pub(super) fn name(event: &Event) -> String {
    match &event.lifecycle {
        Some(moment) => format!("{} {moment}", event.activity),
        None => event.activity.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::eventlog::Attributes;

    #[test]
    fn days_between_two_moments_do_not_hang_on_the_year() {
        let moment = |text: &str| days(&DateTime::parse_from_rfc3339(text).unwrap());
        let between = |year: u32| {
            let at = |rest: &str| moment(&format!("{year}-{rest}"));
            days_between(at("03-02T09:00:00.123Z"), at("03-09T17:31:07.456Z")).to_bits()
        };
        assert_eq!(between(1971), between(2026));
        assert!(days_between(1.0, f64::NAN).is_nan());
        assert!(days_between(0.5, f64::INFINITY).is_infinite());
    }

    #[test]
    fn a_day_that_passed_was_missed_whatever_was_planned_afterwards() {
        let late = |plans: &[(f64, f64)]| {
            let request = Request {
                ended: Some(12.0),
                due: plans.last().map(|(_, due)| *due),
                plans: plans.to_vec(),
                ..Request::finished(Trace {
                    id: Arc::from("c"),
                    attributes: Attributes::new(),
                    events: Vec::new(),
                })
            };
            request.late()
        };
        let first = (f64::NEG_INFINITY, 10.0);
        // Put off after its day, before it, and at that very moment.
        assert_eq!(late(&[first, (11.0, 20.0)]), Some((true, 10.0)));
        assert_eq!(late(&[first, (9.0, 20.0)]), Some((false, 20.0)));
        assert_eq!(late(&[first, (10.0, 20.0)]), Some((false, 20.0)));
        // Moved to a day that had passed: that is known once it is told.
        assert_eq!(late(&[first, (9.0, 8.0)]), Some((true, 9.0)));
        // Moved when all was over.
        assert_eq!(late(&[first, (30.0, 40.0)]), Some((true, 10.0)));
    }
}
