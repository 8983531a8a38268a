//! Which facts requests state, with which step, and whether those were known by then.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::facts::Scope;
use super::request::{Request, days};
use crate::eventlog::{Event, attribute};

/// Share of requests that must state a fact before they are over.
const STATED: f64 = 0.6;
/// Share of the way from a step to the end by which what records state with it must be known.
const SOON: f64 = 1.0 / 3.0;
/// Share of statements that must be known in time, for a few records are always written afterwards.
const NEARLY_ALL: f64 = 0.95;

impl Request {
    /// A fact as it is known when a step is taken: as the step states it. What the first step of a log does not
    /// state is known from the step on that does, whether or not those after it say it again; each step of a record
    /// states all that was known.
    #[must_use]
    pub fn stated(&self, event: usize, fact: &str) -> Option<&Arc<str>> {
        let own = self.trace.attribute(event, fact);
        let each_states_all = !self.facts_known.is_empty();
        if own.is_some() || each_states_all || self.trace.attribute(0, fact).is_some() {
            return own;
        }
        let between = self.trace.events.get(1..event).unwrap_or_default();
        let mut before = between.iter().rev();
        before.find_map(|event| attribute(&event.attributes, fact))
    }

    /// What is stated first of a fact, and with which step.
    pub(super) fn first_stated(&self, scope: Scope, fact: &str) -> Option<(usize, &Arc<str>)> {
        if let Some(value) = self.trace.attribute(0, fact) {
            return Some((0, value));
        }
        let mut later = self.before_end(scope).skip(1);
        later.find_map(|(at, event)| Some((at, attribute(&event.attributes, fact)?)))
    }

    /// The first step, and, where something is asked then, those before the end. Nothing is asked any more when
    /// that comes.
    fn before_end(&self, scope: Scope) -> impl Iterator<Item = (usize, &Event)> {
        let ended = match scope {
            Scope::FirstStep => f64::NEG_INFINITY,
            Scope::EveryStep | Scope::OneStep => self.ended.unwrap_or(f64::INFINITY),
        };
        let events = self.trace.events.iter().enumerate();
        events.take_while(move |(at, event)| *at == 0 || days(&event.time) < ended)
    }

    /// Every fact with the step that states it first.
    fn first_statements(&self, scope: Scope) -> HashMap<&str, usize> {
        let of_request = self.trace.attributes.iter();
        let mut found: HashMap<&str, usize> = of_request.map(|(name, _)| (&**name, 0)).collect();
        for (at, event) in self.before_end(scope) {
            for (name, _) in &event.attributes {
                found.entry(name).or_insert(at);
            }
        }
        found
    }

    /// Whether records say that what a step states was known soon after it, before the request was due.
    fn was_known_in_time(&self, event: usize) -> bool {
        let known = self.facts_known.get(event);
        let Some((known, step)) = known.zip(self.trace.events.get(event)) else {
            return false;
        };
        let at = days(&step.time);
        let soon = self
            .ended
            .map_or(f64::INFINITY, |ended| at + SOON * (ended - at));
        let due = self.due_at(event).unwrap_or(f64::INFINITY);
        *known <= soon.min(due).max(at)
    }
}

/// A fact that enough requests state before they are over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate<'a> {
    pub(super) fact: &'a str,
    /// Whether records say of what first steps state that it was known by then: the course cannot have told it.
    pub(super) precedes_course: bool,
    /// Whether, moreover, hardly any later step states it first: nothing of what came can have told it.
    pub(super) known_early: bool,
    /// Whether not nearly all records that state it say that it was known in time.
    pub(super) untimed: bool,
}

/// How many requests state a fact first with which step.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    first: usize,
    /// Those of them that were known in time, as records say.
    first_in_time: usize,
    /// With a later step, in time.
    later: usize,
    /// With a later step in records which say that it was known afterwards, or do not say when.
    too_late: usize,
    /// All of them in records, with whatever step.
    of_records: usize,
    /// Those of these that were known in time.
    of_records_in_time: usize,
}

impl Counts {
    fn precede_course(&self) -> bool {
        self.first_in_time > 0 && are_nearly_all(self.first_in_time, self.first)
    }

    fn are_known_early(&self) -> bool {
        let all = self.first + self.later + self.too_late;
        self.precede_course() && are_nearly_all(self.first, all)
    }

    fn are_untimed(&self) -> bool {
        !are_nearly_all(self.of_records_in_time, self.of_records)
    }

    fn are_in_time(&self) -> bool {
        let in_time = self.first + self.later;
        are_nearly_all(in_time, in_time + self.too_late)
    }
}

fn are_nearly_all(count: usize, all: usize) -> bool {
    count as f64 >= NEARLY_ALL * all as f64
}

/// The facts that enough requests state: those of first steps, the most frequent first, then by name, and behind
/// them such as only later steps bring to that.
pub(super) fn candidates<'a>(requests: &[&'a Request], scope: Scope) -> Vec<Candidate<'a>> {
    let mut counts: BTreeMap<&str, Counts> = BTreeMap::new();
    for request in requests {
        let says_when = !request.facts_known.is_empty();
        for (fact, event) in request.first_statements(scope) {
            let count = counts.entry(fact).or_default();
            let in_time = request.was_known_in_time(event);
            count.of_records += usize::from(says_when);
            count.of_records_in_time += usize::from(in_time);
            if event == 0 {
                count.first += 1;
                count.first_in_time += usize::from(in_time);
            } else if in_time || !says_when {
                count.later += 1;
            } else {
                count.too_late += 1;
            }
        }
    }
    let are_enough = |count: usize| count as f64 >= STATED * requests.len() as f64;
    let mut found: Vec<_> = counts
        .into_iter()
        .filter_map(|(fact, count)| {
            let all = count.first + count.later;
            let candidate = Candidate {
                fact,
                precedes_course: count.precede_course(),
                known_early: count.are_known_early(),
                untimed: count.are_untimed(),
            };
            if are_enough(count.first) {
                return Some((false, Reverse(count.first), candidate));
            }
            let by_later = are_enough(all) && count.are_in_time();
            by_later.then_some((true, Reverse(all), candidate))
        })
        .collect();
    found.sort_by_key(|(by_later, count, candidate)| (*by_later, *count, candidate.fact));
    found
        .into_iter()
        .map(|(_, _, candidate)| candidate)
        .collect()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, FixedOffset, TimeDelta};

    use super::*;
    use crate::eventlog::{Attributes, Trace};

    /// A request of a step every ten days that ends with the last; what each step states of facts.
    fn request(steps: &[&[(&str, &str)]]) -> Request {
        let begun: DateTime<FixedOffset> = "2026-01-05T09:00:00Z".parse().unwrap();
        let events = steps.iter().zip(0..).map(|(stated, step)| Event {
            activity: Arc::from("step"),
            time: begun + TimeDelta::days(10 * step),
            resource: None,
            role: None,
            lifecycle: None,
            attributes: stated
                .iter()
                .map(|(name, value)| (Arc::from(*name), Arc::from(*value)))
                .collect(),
        });
        Request::finished(Trace {
            id: Arc::from("c"),
            attributes: Attributes::new(),
            events: events.collect(),
        })
    }

    #[test]
    fn what_a_later_step_states_is_known_from_then_on() {
        let log = request(&[
            &[("unit", "north")],
            &[("route", "long")],
            &[],
            &[("route", "short")],
        ]);
        let stated = |request: &Request, fact: &str| {
            [0, 1, 2, 3].map(|step| request.stated(step, fact).map(ToString::to_string))
        };
        let some = |value: &str| Some(value.to_owned());
        let (long, short) = (some("long"), some("short"));
        assert_eq!(
            stated(&log, "route"),
            [None, long.clone(), long.clone(), short.clone()]
        );
        assert_eq!(stated(&log, "unit"), [some("north"), None, None, None]);
        assert_eq!(stated(&log, "size"), [None, None, None, None]);
        let first = log.first_stated(Scope::EveryStep, "route").unwrap();
        assert_eq!((first.0, &**first.1), (1, "long"));
        assert_eq!(log.first_stated(Scope::FirstStep, "route"), None);
        // Each step of a record states all there was.
        let record = Request {
            facts_known: vec![0.0; 4],
            ..log
        };
        assert_eq!(stated(&record, "route"), [None, long, None, short]);
    }

    #[test]
    fn what_is_stated_as_the_request_ends_tells_nothing() {
        let steps: [&[(&str, &str)]; 2] = [&[], &[("result", "good")]];
        let step = |request: &Request| {
            let first = request.first_stated(Scope::EveryStep, "result");
            first.map(|(step, _)| step)
        };
        assert_eq!(step(&request(&steps)), None);
        // The last step may come before the end.
        let mut open = request(&steps);
        open.ended = open.ended.map(|ended| ended + 1.0);
        assert_eq!(step(&open), Some(1));
        // What the only step states is known when that is taken.
        assert_eq!(step(&request(&[&[("result", "good")]])), Some(0));
    }

    /// The facts of ten requests, each made from its place.
    fn found(scope: Scope, make: impl Fn(usize) -> Request) -> Vec<(String, bool, bool)> {
        let requests: Vec<Request> = (0..10).map(make).collect();
        let requests: Vec<&Request> = requests.iter().collect();
        let found = candidates(&requests, scope).into_iter();
        let told = found.map(|one| {
            let fact = one.fact.to_owned();
            (fact, one.precedes_course, one.known_early)
        });
        told.collect()
    }

    fn names(found: &[(String, bool, bool)]) -> Vec<&str> {
        found.iter().map(|(fact, ..)| fact.as_str()).collect()
    }

    #[test]
    fn facts_of_later_steps_come_behind_those_of_first_ones() {
        let make = |place: usize| {
            let first: &[(&str, &str)] = match place {
                0..7 => &[("z", "1")],
                _ => &[("a", "1"), ("z", "1")],
            };
            let second: &[(&str, &str)] = if place < 6 {
                &[("a", "2"), ("b", "1"), ("z", "2")]
            } else {
                &[]
            };
            request(&[first, second, &[("end", "1")]])
        };
        let all = found(Scope::EveryStep, make);
        assert_eq!(names(&all), ["z", "a", "b"]);
        assert!(all.iter().all(|(_, precedes, early)| !precedes && !early));
        assert_eq!(names(&found(Scope::FirstStep, make)), ["z"]);
    }

    /// A record of thirty days whose steps state a fact from one on; when each was known, in days from the
    /// beginning.
    fn record(from: usize, known: [f64; 4]) -> Request {
        let steps = [0, 1, 2, 3].map(|step| {
            let stated: &[(&str, &str)] = if step < from { &[] } else { &[("a", "1")] };
            stated
        });
        let request = request(&steps);
        let begun = request.started();
        Request {
            facts_known: known.map(|days| begun + days).to_vec(),
            ..request
        }
    }

    #[test]
    fn what_records_say_was_known_soon_is_known_early() {
        let never = f64::INFINITY;
        let of = |from: usize, known: [f64; 4]| {
            let found = found(Scope::EveryStep, |_| record(from, known));
            found
                .first()
                .map(|(_, precedes, early)| (*precedes, *early))
        };
        // With the first step, within a third of the way, later, and nobody says.
        for (known, is_early) in [(0.0, true), (9.9, true), (10.1, false), (never, false)] {
            let told = of(0, [known, 30.0, 30.0, 30.0]);
            assert_eq!(told, Some((is_early, is_early)), "{known}");
        }
        // Stated first by the second step: known by then, or only with the end.
        assert_eq!(of(1, [0.0, 10.0, 20.0, 30.0]), Some((false, false)));
        assert_eq!(of(1, [0.0, 30.0, 30.0, 30.0]), None);
        assert_eq!(of(1, [never; 4]), None);
        // Once it was overdue, everyone knew that it came late.
        let due = |place: usize| Request {
            due: Some(request(&[&[]]).started() + 5.0),
            ..record(0, [if place == 0 { 1.0 } else { 6.0 }; 4])
        };
        assert_eq!(
            found(Scope::EveryStep, due)[0],
            ("a".to_owned(), false, false)
        );
    }

    #[test]
    fn what_later_steps_bring_along_is_tested_by_what_came() {
        let make = |place: usize| record(usize::from(place > 7), [0.0, 10.0, 20.0, 30.0]);
        let some_later = found(Scope::EveryStep, make);
        assert_eq!(some_later, [("a".to_owned(), true, false)]);
    }
}
