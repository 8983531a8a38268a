//! A request as a course of steps, whichever record or log it comes from.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher as _};

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
    /// The activities up to this one, in their order, as one number.
    pub(super) path: u64,
    /// The same whatever their order, each once.
    pub(super) set: u64,
    /// How many different ones these are.
    pub(super) distinct: usize,
    /// How often somebody else went on, up to this step.
    pub(super) changes: usize,
}

/// Numbers of activities, in the order they are first met.
#[derive(Debug, Default)]
pub(super) struct Activities(HashMap<String, usize>);

impl Activities {
    /// Places of names among others, by number; none for a number whose name is not among them.
    pub(super) fn places(&self, names: &[String]) -> Vec<Option<usize>> {
        let mut places = vec![None; self.0.len()];
        for (place, name) in names.iter().enumerate() {
            let number = self.0.get(name).copied();
            if let Some(slot) = number.and_then(|number| places.get_mut(number)) {
                *slot = Some(place);
            }
        }
        places
    }

    /// The steps of a request, each with what its course up to there is compared by.
    pub(super) fn steps(&mut self, request: &Request) -> Vec<Step> {
        let mut met = HashSet::new();
        let (mut path, mut set, mut changes) = (0_u64, 0_u64, 0_usize);
        let mut before: Option<&Event> = None;
        let events = request.trace.events.iter();
        events
            .map(|event| {
                let clock = event.time.naive_local();
                let next = self.0.len();
                let activity = *self.0.entry(name(event)).or_insert(next);
                path = hashed(&(path, activity));
                if met.insert(activity) {
                    set ^= hashed(&activity);
                }
                let is_other = before.is_some_and(|before| before.resource != event.resource);
                changes += usize::from(is_other);
                before = Some(event);
                Step {
                    at: days(&event.time),
                    week: day_of_week(&clock),
                    day: f64::from(clock.day()),
                    activity,
                    path,
                    set,
                    distinct: met.len(),
                    changes,
                }
            })
            .collect()
    }
}

pub(super) fn hashed(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
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
    fn courses_are_compared_up_to_each_step() {
        let mut activities = Activities::default();
        let mut steps = |told: &[(&str, &str)]| {
            let events = told.iter().map(|(activity, resource)| Event {
                activity: Arc::from(*activity),
                time: DateTime::parse_from_rfc3339("2026-03-02T09:00:00Z").unwrap(),
                resource: Some(Arc::from(*resource)),
                role: None,
                lifecycle: None,
                attributes: Attributes::new(),
            });
            activities.steps(&Request::finished(Trace {
                id: Arc::from("c"),
                attributes: Attributes::new(),
                events: events.collect(),
            }))
        };
        let one = steps(&[("a", "x"), ("b", "x"), ("a", "y"), ("c", "y"), ("b", "x")]);
        let other = steps(&[("b", "x"), ("a", "x"), ("a", "x"), ("c", "x")]);
        assert_eq!(
            one.iter().map(|step| step.distinct).collect::<Vec<_>>(),
            [1, 2, 2, 3, 3]
        );
        assert_eq!(
            one.iter().map(|step| step.changes).collect::<Vec<_>>(),
            [0, 0, 1, 1, 2]
        );
        assert!(one[1].set == other[1].set && one[1].path != other[1].path);
        assert!(one[2].set == other[2].set && one[2].set == one[1].set);
        assert!(one[3].set == one[4].set && one[3].path != one[4].path);
        let same = steps(&[("b", "x"), ("a", "y")]);
        assert_eq!(same[1].path, other[1].path);
        assert!(same[0].set != one[0].set);
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
