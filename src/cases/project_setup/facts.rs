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
/// Share of what values could tell of the order of the times taken beyond which they are made from those.
const CUT_UP: f64 = 0.98;
/// Gap between the times of two neighbouring values from which on they are two sorts of request, as a share
/// of the way from the middle of one to that of the other.
const APART: f64 = 0.25;
/// Share of the requests of a value that its far ends leave out.
const FAR_END: f64 = 0.05;
/// Requests needed to compare a fact with the time taken.
const LEAST_COMPARED: usize = 30;
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
    /// when it ranks requests as the time taken does, or cuts those times up. What is written later and
    /// tells none of this cannot be found out here: name it. Days and times are looked at only where they are said
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
    if !early && cuts_durations(&values, requests) {
        return Sort::Hindsight;
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
        .filter_map(|(value, request)| Some((number(value)?, duration(request)?)))
        .unzip();
    let (a, b) = (ranks(&numbers), ranks(&durations));
    let middle = middle(a.len());
    let sum = |a: &[f64], b: &[f64]| -> f64 {
        let products = a.iter().zip(b).map(|(x, y)| (x - middle) * (y - middle));
        products.sum()
    };
    let spread = (sum(&a, &a) * sum(&b, &b)).sqrt();
    a.len() >= LEAST_COMPARED && (sum(&a, &b) / spread).abs() > TOO_GOOD
}

/// Whether each value stands for a piece of the times taken, the next one for what lies next to it, as of a fact
/// that was made from them. What differs that much by itself leaves a gap between.
fn cuts_durations(values: &[&str], requests: &[&Request]) -> bool {
    let mut by_value: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for (value, request) in values.iter().zip(requests) {
        by_value.entry(value).or_default().extend(duration(request));
    }
    by_value.retain(|_, durations| durations.len() >= LEAST_OF_A_COURSE);
    let all: Vec<f64> = by_value.values().flatten().copied().collect();
    if by_value.len() < 2 || all.len() < LEAST_COMPARED {
        return false;
    }
    let ranks = ranks(&all);
    let mut left = ranks.as_slice();
    let mut pieces: Vec<(f64, Vec<f64>)> = Vec::new();
    for mut durations in by_value.into_values() {
        let (own, others) = left.split_at_checked(durations.len()).unwrap_or_default();
        left = others;
        durations.sort_by(f64::total_cmp);
        pieces.push((own.iter().sum::<f64>() / own.len() as f64, durations));
    }
    pieces.sort_by(|a, b| a.0.total_cmp(&b.0));
    let middle = middle(all.len());
    let (mut told, mut most, mut before) = (0.0, 0.0, 0.0);
    for (mean, durations) in &pieces {
        let count = durations.len() as f64;
        told += count * (mean - middle).powi(2);
        // Where it would be if every piece began where the one before ends.
        most += count * (before + (count - 1.0) / 2.0 - middle).powi(2);
        before += count;
    }
    let touch = pieces.windows(2).any(|two| match two {
        [(_, lower), (_, upper)] => touch(lower, upper),
        _ => false,
    });
    told > CUT_UP * most && touch
}

/// Whether the times of one value go on where those of another end, both in order.
fn touch(lower: &[f64], upper: &[f64]) -> bool {
    let at = |sorted: &[f64], share: f64| {
        let place = share * sorted.len().saturating_sub(1) as f64;
        sorted
            .get(place.round() as usize)
            .copied()
            .unwrap_or(f64::NAN)
    };
    let gap = at(upper, FAR_END) - at(lower, 1.0 - FAR_END);
    gap < APART * (at(upper, 0.5) - at(lower, 0.5))
}

/// Days that a request took.
fn duration(request: &Request) -> Option<f64> {
    Some(request.ended? - request.started())
}

/// The mean of so many ranks.
fn middle(count: usize) -> f64 {
    (count as f64 - 1.0) / 2.0
}

/// Rank of each value, from 0; of equal ones the mean of theirs.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<(f64, usize)> = values.iter().copied().zip(0..).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for equal in order.chunk_by(|a, b| a.0 == b.0) {
        let rank = before as f64 + middle(equal.len());
        before += equal.len();
        for (_, at) in equal {
            if let Some(slot) = ranks.get_mut(*at) {
                *slot = rank;
            }
        }
    }
    ranks
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::{DateTime, FixedOffset, TimeDelta};

    use super::*;
    use crate::eventlog::{Event, Trace};

    /// Requests of so many hours each, with a value.
    fn requests(stated: &[(i64, &str)]) -> Vec<Request> {
        let begun: DateTime<FixedOffset> = "2026-01-05T09:00:00Z".parse().unwrap();
        let request = |(hours, value): &(i64, &str)| {
            let event = |activity: &str, hours: i64| Event {
                activity: Arc::from(activity),
                time: begun + TimeDelta::hours(hours),
                resource: None,
                role: None,
                lifecycle: None,
                attributes: Vec::new(),
            };
            Request::finished(Trace {
                id: Arc::from("c"),
                attributes: vec![(Arc::from("fact"), Arc::from(*value))],
                events: vec![event("ask", 0), event("done", *hours)],
            })
        };
        stated.iter().map(request).collect()
    }

    /// Whether a fact of requests that take 1 to 240 hours, by the hours, is hindsight.
    fn is_hindsight(value: impl Fn(i64) -> String) -> bool {
        let stated: Vec<(i64, String)> = (1..=240).map(|hours| (hours, value(hours))).collect();
        let stated = stated.iter().map(|(hours, value)| (*hours, value.as_str()));
        let requests = requests(&stated.collect::<Vec<_>>());
        let found = FactNames::of(&requests.iter().collect::<Vec<_>>(), &Known::default());
        assert_eq!(
            found.hindsight.len() + found.categories.len() + found.numbers.len(),
            1
        );
        !found.hindsight.is_empty()
    }

    #[test]
    fn what_is_made_from_the_time_taken_is_hindsight() {
        let of = |is_so: bool, yes: &str, no: &str| {
            let value = if is_so { yes } else { no };
            value.to_owned()
        };
        assert!(is_hindsight(|hours| of(hours > 170, "slow", "fast")));
        assert!(is_hindsight(|hours| format!("week {}", hours / 60)));
        assert!(is_hindsight(|hours| (hours / 24 + 1).to_string()));
        assert!(!is_hindsight(|hours| of(hours % 2 > 0, "a", "b")));
        // Mostly so, and not as good as always.
        let mostly = |hours: i64| (hours > 170) != (hours * 7919 % 10 == 0);
        assert!(!is_hindsight(|hours| of(mostly(hours), "slow", "fast")));
    }

    #[test]
    fn what_differs_by_itself_leaves_a_gap_and_is_kept() {
        let stated: Vec<(i64, &str)> = (1..=240)
            .map(|hours| {
                if hours > 120 {
                    (hours + 200, "long")
                } else {
                    (hours, "short")
                }
            })
            .collect();
        let requests = requests(&stated);
        let found = FactNames::of(&requests.iter().collect::<Vec<_>>(), &Known::default());
        assert_eq!(found.categories, ["fact"]);
    }

    #[test]
    fn equal_values_share_their_ranks() {
        assert_eq!(ranks(&[5.0, 1.0, 5.0, 9.0]), [1.5, 0.0, 1.5, 3.0]);
        assert!(ranks(&[]).is_empty());
    }
}
