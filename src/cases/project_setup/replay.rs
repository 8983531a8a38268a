//! The firm's requests gone through in order of time, so that each moment sees the past alone.
//!
//! What happens at the very moment of a question comes after it: another request that
//! ends in the same instant is not known yet.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::facts::FactNames;
use super::features;
use super::request::{Activities, Request, Step, days_between, hashed};
use super::similarity::{Like, Standing};
use super::statistics::{Lately, Latest, Mean};

/// A question: how long will this request still take, asked as one of its steps was taken?
#[derive(Debug, Clone, PartialEq)]
pub struct AskedRow {
    /// Place of the request in the list.
    pub request: usize,
    /// Place of the step.
    pub event: usize,
    /// When, in days as of [`super::request::days`].
    pub at: f64,
    /// The features, in the order of [`FactNames::features`].
    pub row: Vec<f64>,
}

/// The features of every step that is `asked` about, in order of time. The steps of a
/// request are in its own order; a step is told from those before it and from what other
/// requests had shown by then.
#[must_use]
pub fn rows(
    names: &FactNames,
    requests: &[&Request],
    asked: impl Fn(usize, usize) -> bool,
) -> Vec<AskedRow> {
    rows_of(names, requests, requests, asked)
}

/// The same of requests that are asked about as they are known `now`, of the same steps, and learned from as they
/// were known then.
pub(super) fn rows_of(
    names: &FactNames,
    requests: &[&Request],
    now: &[&Request],
    asked: impl Fn(usize, usize) -> bool,
) -> Vec<AskedRow> {
    let mut activities = Activities::default();
    let steps: Vec<Vec<Step>> = requests.iter().map(|one| activities.steps(one)).collect();
    let first = requests.iter().map(|one| {
        let facts = names.categories.iter();
        let stated = facts.map(|fact| one.first_stated(names.scope, fact));
        stated.collect::<Vec<_>>()
    });
    let mut replay = Replay {
        names,
        counted: activities.places(&names.activities),
        steps: &steps,
        requests,
        now,
        first: first.collect(),
        looked_at: names.looked_at(),
        past: Past::default(),
    };
    let mut found = Vec::new();
    for (at, turn, request, event) in moments(requests, &steps) {
        match turn {
            Turn::Question if asked(request, event) => found.push(AskedRow {
                request,
                event,
                at,
                row: replay.row(request, event),
            }),
            Turn::Question => {}
            Turn::Step => replay.step(request, event),
            Turn::Over => replay.over(request, at),
            Turn::Late => replay.late(request, at),
        }
    }
    found
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    Question,
    Step,
    Over,
    Late,
}

fn moments(requests: &[&Request], steps: &[Vec<Step>]) -> Vec<(f64, Turn, usize, usize)> {
    let mut moments = Vec::new();
    for (at, (request, steps)) in requests.iter().zip(steps).enumerate() {
        for (event, step) in steps.iter().enumerate() {
            moments.push((step.at, Turn::Question, at, event));
            moments.push((step.at, Turn::Step, at, event));
        }
        let last = steps.last().map_or(f64::NEG_INFINITY, |step| step.at);
        if let Some(over) = request.ended.or(request.given_up) {
            moments.push((over.max(last), Turn::Over, at, 0));
        }
        if let Some((_, known)) = request.late() {
            moments.push((known, Turn::Late, at, 0));
        }
    }
    moments.sort_by(|a, b| {
        let order = a.0.total_cmp(&b.0);
        order.then_with(|| (a.1, a.2, a.3).cmp(&(b.1, b.2, b.3)))
    });
    moments
}

/// Everything seen so far.
#[derive(Default)]
pub(super) struct Past {
    pub(super) by_step: HashMap<usize, Latest>,
    pub(super) by_pair: HashMap<(Option<usize>, usize), Latest>,
    pub(super) by_path: HashMap<u64, Latest>,
    pub(super) by_set: HashMap<u64, Latest>,
    pub(super) by_weekday: HashMap<(usize, u8), Latest>,
    pub(super) like: HashMap<usize, Like>,
    pub(super) drift: HashMap<usize, Lately>,
    pub(super) drift_of_all: Lately,
    pub(super) waits: HashMap<usize, Lately>,
    pub(super) all_waits: HashMap<usize, Latest>,
    /// Requests that stand at a step, and the sum of the moments at which they came there.
    pub(super) standing: HashMap<usize, (f64, f64)>,
    pub(super) open: f64,
    pub(super) started: VecDeque<f64>,
    pub(super) finished: VecDeque<f64>,
    pub(super) durations: Mean,
    pub(super) lateness: Mean,
    /// Log days taken and share late, by place of the fact and value.
    pub(super) by_fact: HashMap<(usize, Arc<str>), (Mean, Mean)>,
    /// Days remaining against the usual after a step, by who took it.
    pub(super) by_resource: HashMap<Arc<str>, Mean>,
    pub(super) by_role: HashMap<Arc<str>, Mean>,
}

/// Days that count as lately for what comes and goes.
pub(super) const LATELY_DAYS: f64 = 28.0;

/// What a request states first of a fact, behind the step it states it with.
type First<'a> = Option<(usize, &'a Arc<str>)>;

/// A pass through time.
pub(super) struct Replay<'a> {
    pub(super) names: &'a FactNames,
    /// Places of the counted activities among these, by number; none for one that is not counted.
    counted: Vec<Option<usize>>,
    pub(super) steps: &'a [Vec<Step>],
    requests: &'a [&'a Request],
    /// Requests as they are asked about.
    now: &'a [&'a Request],
    /// What each request states first of each fact that sorts requests.
    first: Vec<Vec<First<'a>>>,
    /// Which of all features are looked at.
    looked_at: Vec<bool>,
    pub(super) past: Past,
}

impl Replay<'_> {
    fn row(&self, request: usize, event: usize) -> Vec<f64> {
        let course = self
            .steps
            .get(request)
            .and_then(|steps| steps.get(..=event));
        match (course, self.now.get(request)) {
            (Some(course), Some(request)) => {
                let all = features::row(self, request, course).into_iter();
                let looked_at = all
                    .zip(&self.looked_at)
                    .filter(|(_, looked_at)| **looked_at);
                looked_at.map(|(value, _)| value).collect()
            }
            _ => Vec::new(),
        }
    }

    fn step(&mut self, request: usize, event: usize) {
        let Some(steps) = self.steps.get(request) else {
            return;
        };
        let (Some(step), before) = (
            steps.get(event),
            event.checked_sub(1).and_then(|at| steps.get(at)),
        ) else {
            return;
        };
        self.stated_after_lateness(request, event, step.at);
        let past = &mut self.past;
        match before {
            None => {
                past.open += 1.0;
                past.started.push_back(step.at);
            }
            Some(before) => {
                leave(past, before);
                let waited = days_between(before.at, step.at);
                let waits = past.waits.entry(before.activity).or_default();
                waits.add(step.at, waited);
                past.all_waits
                    .entry(before.activity)
                    .or_default()
                    .add(waited);
            }
        }
        let standing = past.standing.entry(step.activity).or_default();
        standing.0 += 1.0;
        standing.1 += step.at;
        for moments in [&mut past.started, &mut past.finished] {
            while moments
                .front()
                .is_some_and(|at| *at < step.at - LATELY_DAYS)
            {
                moments.pop_front();
            }
        }
    }

    fn over(&mut self, request: usize, at: f64) {
        let (Some(steps), Some(one)) = (self.steps.get(request), self.requests.get(request)) else {
            return;
        };
        if let Some(last) = steps.last() {
            leave(&mut self.past, last);
            self.past.open -= 1.0;
        }
        if one.ended.is_none() {
            return;
        }
        self.past.finished.push_back(at);
        self.learn(request, one, steps, at);
    }

    fn learn(&mut self, place: usize, request: &Request, steps: &[Step], ended: f64) {
        let started = steps.first().map_or(ended, |step| step.at);
        let size = self.size(request);
        let taken = days_between(started, ended).max(0.0).ln_1p();
        let past = &mut self.past;
        past.durations.add(taken);
        for (fact, first) in self.first.get(place).into_iter().flatten().enumerate() {
            if let Some((_, value)) = first {
                let key = (fact, Arc::clone(value));
                past.by_fact.entry(key).or_default().0.add(taken);
            }
        }
        // What the last step said is known with the end itself.
        let open = steps.iter().filter(|step| step.at < ended).count();
        let open = steps.get(..open).unwrap_or_default();
        for (step, event) in open.iter().zip(&request.trace.events) {
            let usual = past
                .by_step
                .get(&step.activity)
                .map_or(f64::NAN, |known| known.quantile(0.5));
            if usual.is_nan() {
                continue;
            }
            let remaining = days_between(step.at, ended);
            let against = remaining.ln_1p() - usual.max(0.0).ln_1p();
            past.drift
                .entry(step.activity)
                .or_default()
                .add(ended, against);
            past.drift_of_all.add(ended, against);
            for (who, means) in [
                (&event.resource, &mut past.by_resource),
                (&event.role, &mut past.by_role),
            ] {
                if let Some(who) = who {
                    means.entry(Arc::clone(who)).or_default().add(against);
                }
            }
        }
        for at in 0..open.len() {
            let Some((step, course)) = open.get(at).zip(open.get(..=at)) else {
                continue;
            };
            let remaining = days_between(step.at, ended);
            let keys = Keys::of(course);
            past.by_step
                .entry(step.activity)
                .or_default()
                .add(remaining);
            past.by_pair.entry(keys.pair).or_default().add(remaining);
            past.by_path.entry(keys.path).or_default().add(remaining);
            past.by_set.entry(keys.set).or_default().add(remaining);
            past.by_weekday
                .entry(keys.weekday)
                .or_default()
                .add(remaining);
            let like = past.like.entry(step.activity).or_default();
            like.add(standing(course, size), remaining);
        }
    }

    fn late(&mut self, request: usize, at: f64) {
        let (Some(steps), Some(one)) = (self.steps.get(request), self.requests.get(request)) else {
            return;
        };
        let Some((late, _)) = one.late() else {
            return;
        };
        let late = f64::from(u8::from(late));
        self.past.lateness.add(late);
        let first = self.first.get(request).into_iter().flatten();
        for (fact, first) in first.enumerate() {
            let Some((event, value)) = first else {
                continue;
            };
            // What a later step states is not known before that is taken.
            let is_known = *event == 0 || steps.get(*event).is_some_and(|step| step.at <= at);
            if is_known {
                let key = (fact, Arc::clone(value));
                self.past.by_fact.entry(key).or_default().1.add(late);
            }
        }
    }

    /// Learns what a step states first of a request of which it was known before whether it comes late.
    fn stated_after_lateness(&mut self, request: usize, event: usize, at: f64) {
        let Some(one) = self.requests.get(request).filter(|_| event > 0) else {
            return;
        };
        let first = self.first.get(request).into_iter().flatten();
        let mut stated = first
            .enumerate()
            .filter_map(|(fact, first)| Some((fact, (*first)?)))
            .filter(|(_, (first, _))| *first == event)
            .peekable();
        if stated.peek().is_none() {
            return;
        }
        let late = one.late().filter(|(_, known)| *known < at);
        if let Some((late, _)) = late {
            for (fact, (_, value)) in stated {
                let key = (fact, Arc::clone(value));
                let late = f64::from(u8::from(late));
                self.past.by_fact.entry(key).or_default().1.add(late);
            }
        }
    }

    /// How often each of the counted activities was seen.
    pub(super) fn seen(&self, course: &[Step]) -> Vec<f64> {
        let mut seen = vec![0.0; self.names.activities.len()];
        for step in course {
            let place = self.counted.get(step.activity).copied().flatten();
            if let Some(count) = place.and_then(|place| seen.get_mut(place)) {
                *count += 1.0;
            }
        }
        seen
    }

    /// The first number among the facts, as its size.
    pub(super) fn size(&self, request: &Request) -> f64 {
        let fact = self.names.numbers.first();
        fact.map_or(f64::NAN, |fact| stated_number(self.names, request, 0, fact))
    }
}

/// A number as stated at a step, on a scale of its own order; missing where none is stated.
pub(super) fn stated_number(names: &FactNames, request: &Request, event: usize, fact: &str) -> f64 {
    let stated = request.stated(event, fact);
    let value = stated.and_then(|text| names.number(fact, text));
    value.map_or(f64::NAN, |value| value.signum() * value.abs().ln_1p())
}

fn leave(past: &mut Past, step: &Step) {
    if let Some(standing) = past.standing.get_mut(&step.activity) {
        standing.0 -= 1.0;
        standing.1 -= step.at;
    }
}

pub(super) fn standing(course: &[Step], size: f64) -> Standing {
    let last = course.last();
    let at = last.map_or(0.0, |step| step.at);
    Standing {
        at,
        elapsed: course
            .first()
            .map_or(0.0, |first| days_between(first.at, at)),
        week: last.map_or(0.0, |step| step.week),
        before: before(course),
        size,
    }
}

fn before(course: &[Step]) -> Option<usize> {
    let at = course.len().checked_sub(2)?;
    course.get(at).map(|step| step.activity)
}

/// What courses are compared by.
pub(super) struct Keys {
    pub(super) pair: (Option<usize>, usize),
    pub(super) path: u64,
    pub(super) set: u64,
    pub(super) weekday: (usize, u8),
}

impl Keys {
    pub(super) fn of(course: &[Step]) -> Self {
        let last = course.last();
        let activity = last.map_or(usize::MAX, |step| step.activity);
        Self {
            pair: (before(course), activity),
            path: last.map_or(0, |step| step.path),
            set: last.map_or(0, |step| hashed(&(activity, step.set))),
            weekday: (activity, last.map_or(0, |step| step.week as u8)),
        }
    }
}

#[cfg(test)]
mod tests;
