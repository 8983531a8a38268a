//! Which facts of a firm's requests are looked at, and which only seem to be known in time.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::request::{Request, day_of_week, days, name};
use super::runs::Runs;
use crate::eventlog::parse_time;

/// Activities counted, the most frequent.
const MAX_ACTIVITIES: usize = 30;
/// Facts looked at of either sort, those stated most often.
const MAX_FACTS: usize = 12;
/// Values looked at by themselves, the most frequent.
const MAX_VALUES: usize = 80;
/// Share of requests that such a value must have, and their number.
const OFTEN: f64 = 0.0025;
const LEAST_OF_A_VALUE: f64 = 30.0;
/// Share of requests that must state a fact when they begin.
const STATED: f64 = 0.6;
/// Share of requests that may have a value of their own.
const OF_ITS_OWN: f64 = 0.5;
/// Share of what the beginning leaves open that the whole course may tell of a fact.
const HINDSIGHT: f64 = 0.8;
/// Rank correlation with the time taken beyond which a number is no fact of the beginning.
const TOO_GOOD: f64 = 0.95;
/// Requests that a course needs to tell anything.
const LEAST_OF_A_COURSE: usize = 10;
/// Requests looked at, the latest.
const LOOKED_AT: usize = 20_000;

/// The facts of a firm's requests that features are made from, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactNames {
    /// Activities whose number is counted.
    pub activities: Vec<String>,
    /// Facts that sort requests.
    pub categories: Vec<String>,
    /// Values of those facts that many requests have, each looked at by itself.
    pub values: Vec<(String, String)>,
    /// Facts that are numbers.
    pub numbers: Vec<String>,
    /// Facts that state a day or time, such as one promised.
    pub dates: Vec<String>,
    /// Facts left out since they tell what only the whole course can tell.
    pub hindsight: Vec<String>,
    /// When the question is asked.
    pub scope: Scope,
    /// Whether something is due, so that lateness shows by then at the latest. Where it shows
    /// with the end alone, those that end early are known first, and what went with a fact tells
    /// that more than anything: it is left out.
    pub due: bool,
    /// The moments of the week at which requests end, where nearly all end at a few.
    #[serde(default, skip_serializing_if = "Runs::is_empty")]
    pub runs: Runs,
    /// Whether runs are what days left are counted in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_runs: bool,
}

/// When a question is asked of a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scope {
    /// At every step.
    #[default]
    EveryStep,
    /// At one step of each request. The pace of the firm is then left out: among few questions
    /// it tells mostly when they were asked.
    OneStep,
    /// At the first step: history by step is left out too, for all stand at the same.
    FirstStep,
}

/// What the firm says of its facts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Facts that are not known in time.
    pub late: Vec<String>,
    /// Facts that are known from the start, whatever they seem to tell.
    pub early: Vec<String>,
}

impl FactNames {
    /// The same for questions asked at certain steps, with something due or not.
    #[must_use]
    pub fn asked(self, scope: Scope, due: bool) -> Self {
        Self { scope, due, ..self }
    }

    /// Chooses facts on requests that are complete.
    ///
    /// Files written after the end state facts of the end too. A fact is left out as hindsight
    /// when the course as a whole tells most of what the first step leaves open about it, or
    /// when it ranks requests as the time taken does. What is written later and tells neither
    /// cannot be found out here: name it. Days and times are looked at only where they are said
    /// to be known early, for most are of things that happened later.
    #[must_use]
    pub fn of(requests: &[&Request], known: &Known) -> Self {
        let complete: Vec<&Request> = requests
            .iter()
            .copied()
            .filter(|request| request.ended.is_some())
            .collect();
        let from = complete.len().saturating_sub(LOOKED_AT);
        let complete = complete.get(from..).unwrap_or_default();
        let mut found = Self {
            due: true,
            activities: frequent(complete),
            runs: Runs::of(&ends(complete)),
            ..Self::default()
        };
        let mut stated: BTreeMap<&str, usize> = BTreeMap::new();
        for request in complete {
            let first = request.trace.events.first();
            let of_event = first.iter().flat_map(|event| &event.attributes);
            let all: BTreeSet<&str> = of_event
                .chain(&request.trace.attributes)
                .map(|(name, _)| name.as_ref())
                .collect();
            for fact in all {
                *stated.entry(fact).or_default() += 1;
            }
        }
        let mut by_frequency: Vec<(&str, usize)> = stated
            .into_iter()
            .filter(|(_, count)| *count as f64 >= STATED * complete.len() as f64)
            .filter(|(fact, _)| !known.late.iter().any(|late| late == fact))
            .collect();
        by_frequency.sort_by_key(|(fact, count)| (std::cmp::Reverse(*count), *fact));
        for (fact, _) in by_frequency {
            let early = known.early.iter().any(|early| early == fact);
            match sort_of(fact, complete, early) {
                Sort::Date if found.dates.len() < MAX_FACTS => {
                    found.dates.push(fact.to_owned());
                }
                Sort::Category if found.categories.len() < MAX_FACTS => {
                    found.categories.push(fact.to_owned());
                }
                Sort::Number if found.numbers.len() < MAX_FACTS => {
                    found.numbers.push(fact.to_owned());
                }
                Sort::Hindsight => found.hindsight.push(fact.to_owned()),
                _ => {}
            }
        }
        found.values = frequent_values(&found.categories, complete);
        found
    }
}

/// The values that most requests have of facts that sort them.
fn frequent_values(facts: &[String], requests: &[&Request]) -> Vec<(String, String)> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for fact in facts {
        for request in requests {
            if let Some(value) = request.trace.attribute(0, fact) {
                *counts.entry((fact, value)).or_default() += 1;
            }
        }
    }
    let least = (OFTEN * requests.len() as f64).max(LEAST_OF_A_VALUE);
    let mut often: Vec<_> = counts
        .into_iter()
        .filter(|(_, count)| *count as f64 >= least)
        .collect();
    often.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let most = often.into_iter().take(MAX_VALUES);
    most.map(|((fact, value), _)| (fact.to_owned(), value.to_owned()))
        .collect()
}

/// When requests ended with their last step, and when of the week that was by the clock of the place.
fn ends(requests: &[&Request]) -> Vec<(f64, f64)> {
    let ends = requests.iter().filter_map(|request| {
        let time = request.trace.ended()?;
        let at = days(&time);
        (request.ended == Some(at)).then(|| (at, day_of_week(&time.naive_local())))
    });
    ends.collect()
}

fn frequent(requests: &[&Request]) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for request in requests {
        let names: BTreeSet<String> = request.trace.events.iter().map(name).collect();
        for name in names {
            *counts.entry(name).or_default() += 1;
        }
    }
    let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let most = counts.into_iter().take(MAX_ACTIVITIES);
    most.map(|(name, _)| name).collect()
}

enum Sort {
    Category,
    Number,
    Date,
    Hindsight,
    /// A name of its own, always the same, or a time of something that may come later.
    Nothing,
}

fn sort_of(fact: &str, requests: &[&Request], early: bool) -> Sort {
    let values: Vec<&str> = requests
        .iter()
        .map(|request| request.trace.attribute(0, fact).map_or("", AsRef::as_ref))
        .collect();
    let stated: Vec<&str> = values
        .iter()
        .copied()
        .filter(|value| !value.is_empty())
        .collect();
    let distinct: BTreeSet<&str> = stated.iter().copied().collect();
    let share = |test: fn(&str) -> bool| {
        let count = stated.iter().filter(|value| test(value)).count();
        count as f64 / stated.len().max(1) as f64
    };
    if distinct.len() < 2 && stated.len() == values.len() {
        return Sort::Nothing;
    }
    if share(|value| date(value).is_some()) > 0.95 {
        return if early { Sort::Date } else { Sort::Nothing };
    }
    if !early && told_by_course(&values, requests) {
        return Sort::Hindsight;
    }
    if share(|value| number(value).is_some()) > 0.95 && distinct.len() > 8 {
        if !early && ranks_as_durations(&values, requests) {
            return Sort::Hindsight;
        }
        return Sort::Number;
    }
    if distinct.len() as f64 > OF_ITS_OWN * stated.len() as f64 {
        return Sort::Nothing;
    }
    Sort::Category
}

/// A finite number.
pub(super) fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A day or time in days as of [`days`]; a number of milliseconds since 1970 is one too, and
/// 0 stands for none.
pub(super) fn date(text: &str) -> Option<f64> {
    /// From 2001 to 2033, beyond what amounts reach.
    const MILLISECONDS: std::ops::Range<f64> = 1.0e12..2.0e12;
    match number(text) {
        Some(0.0) => Some(f64::NAN),
        Some(number) => MILLISECONDS
            .contains(&number)
            .then_some(number / 86_400_000.0),
        None => parse_time(text).map(|time| days(&time)),
    }
}

/// Whether the course from first to last step tells most of what the first step leaves open.
/// Courses seldom seen tell nothing, for they nearly name the request.
fn told_by_course(values: &[&str], requests: &[&Request]) -> bool {
    let course =
        |request: &Request| -> Vec<String> { request.trace.events.iter().map(name).collect() };
    let mut by_course: HashMap<Vec<String>, BTreeMap<&str, usize>> = HashMap::new();
    for (value, request) in values.iter().zip(requests) {
        let counts = by_course.entry(course(request)).or_default();
        *counts.entry(value).or_default() += 1;
    }
    by_course.retain(|_, counts| counts.values().sum::<usize>() >= LEAST_OF_A_COURSE);
    let mut by_start: HashMap<&str, BTreeMap<&str, usize>> = HashMap::new();
    for (course, counts) in &by_course {
        let start = by_start
            .entry(course.first().map_or("", String::as_str))
            .or_default();
        for (value, count) in counts {
            *start.entry(value).or_default() += count;
        }
    }
    // Cases whose value is not the usual one of their group.
    let missed = |counts: &BTreeMap<&str, usize>| {
        counts.values().sum::<usize>() - counts.values().max().copied().unwrap_or(0)
    };
    let by_start: usize = by_start.values().map(missed).sum();
    let by_course: usize = by_course.values().map(missed).sum();
    by_start >= 10 && (by_course as f64) < (1.0 - HINDSIGHT) * by_start as f64
}

fn ranks_as_durations(values: &[&str], requests: &[&Request]) -> bool {
    let (numbers, durations): (Vec<f64>, Vec<f64>) = values
        .iter()
        .zip(requests)
        .filter_map(|(value, request)| Some((number(value)?, request.ended? - request.started())))
        .unzip();
    let (a, b) = (ranks(&numbers), ranks(&durations));
    let middle = (a.len() as f64 - 1.0) / 2.0;
    let products: f64 = a
        .iter()
        .zip(&b)
        .map(|(x, y)| (x - middle) * (y - middle))
        .sum();
    let squares: f64 = a.iter().map(|x| (x - middle).powi(2)).sum();
    a.len() >= 30 && (products / squares).abs() > TOO_GOOD
}

/// Rank of each value, from 0.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    let of = |at: &usize| values.get(*at).copied().unwrap_or(f64::NAN);
    order.sort_by(|a, b| of(a).total_cmp(&of(b)));
    let mut ranks = vec![0.0; values.len()];
    for (rank, at) in order.into_iter().enumerate() {
        if let Some(slot) = ranks.get_mut(at) {
            *slot = rank as f64;
        }
    }
    ranks
}
