//! Which facts of a firm's requests are looked at, and which only seem to be known in time.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::hindsight::{
    Told, cuts_durations, lateness, of_lateness, ranks_as_durations, ranks_lateness, told_by_course,
};
use super::numbers::{NumberForm, number};
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
    /// How those of them are written that are not written plainly.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub number_forms: BTreeMap<String, NumberForm>,
    /// Facts that state a day or time, such as one promised.
    pub dates: Vec<String>,
    /// Facts left out since they tell what only the whole course can tell.
    pub hindsight: Vec<String>,
    /// Facts looked at though they tell almost without error what came late: what takes long by itself
    /// misses its day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tell_lateness: Vec<String>,
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

    /// The number that a text states as a fact, in the form in which the firm writes that.
    pub(super) fn number(&self, fact: &str, text: &str) -> Option<f64> {
        let form = self.number_forms.get(fact).copied().unwrap_or_default();
        form.read(text)
    }

    /// Chooses facts on requests that are complete.
    ///
    /// Files written after the end state facts of the end too. A fact is left out as hindsight
    /// when the course as a whole tells most of what the first step leaves open about it, or
    /// when it ranks requests as the time taken does, or cuts those times up, or tells almost without
    /// error which of them came late. What is written later and tells none of this cannot be found out
    /// here: name it. Days and times are looked at only where they are said to be known early, for most are
    /// of things that happened later.
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
        let late = lateness(complete);
        for (fact, _) in by_frequency {
            let early = known.early.iter().any(|early| early == fact);
            match sort_of(fact, complete, &late, early) {
                Sort::Date if found.dates.len() < MAX_FACTS => {
                    found.dates.push(fact.to_owned());
                }
                Sort::Category if found.categories.len() < MAX_FACTS => {
                    found.categories.push(fact.to_owned());
                }
                Sort::Number(form) if found.numbers.len() < MAX_FACTS => {
                    found.numbers.push(fact.to_owned());
                    if form != NumberForm::Plain {
                        found.number_forms.insert(fact.to_owned(), form);
                    }
                }
                Sort::Hindsight => found.hindsight.push(fact.to_owned()),
                _ => {}
            }
        }
        found.values = frequent_values(&found.categories, complete);
        let looked_at = found.categories.iter().chain(&found.numbers);
        let telling = looked_at.filter(|fact| {
            let said = known.early.contains(*fact);
            !said && of_lateness(&values_of(fact, complete), complete, &late) == Told::ByTimes
        });
        found.tell_lateness = telling.cloned().collect();
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

/// What each request states of a fact as it begins; nothing where it states none.
fn values_of<'a>(fact: &str, requests: &[&'a Request]) -> Vec<&'a str> {
    let stated = |request: &&'a Request| {
        let value = request.trace.attribute(0, fact);
        value.map_or("", AsRef::as_ref)
    };
    requests.iter().map(stated).collect()
}

enum Sort {
    Category,
    Number(NumberForm),
    Date,
    Hindsight,
    /// A name of its own, always the same, or a time of something that may come later.
    Nothing,
}

/// `late` says of each request whether it came late, as far as that is known.
fn sort_of(fact: &str, requests: &[&Request], late: &[Option<bool>], early: bool) -> Sort {
    let values = values_of(fact, requests);
    let stated: Vec<&str> = values
        .iter()
        .copied()
        .filter(|value| !value.is_empty())
        .collect();
    let distinct: BTreeSet<&str> = stated.iter().copied().collect();
    let nearly_all = |count: usize| count as f64 > 0.95 * stated.len() as f64;
    if distinct.len() < 2 && stated.len() == values.len() {
        return Sort::Nothing;
    }
    let dates = stated.iter().filter(|value| date(value).is_some());
    if nearly_all(dates.count()) {
        return if early { Sort::Date } else { Sort::Nothing };
    }
    if !early && told_by_course(&values, requests) {
        return Sort::Hindsight;
    }
    let restates_lateness = || of_lateness(&values, requests, late) == Told::Lateness;
    let (form, count) = NumberForm::of(&stated);
    if nearly_all(count) && distinct.len() > 8 {
        let numbers: Vec<Option<f64>> = values.iter().map(|value| form.read(value)).collect();
        let is_told = || {
            ranks_as_durations(&numbers, requests)
                || ranks_lateness(&numbers, late)
                || restates_lateness()
        };
        if !early && is_told() {
            return Sort::Hindsight;
        }
        return Sort::Number(form);
    }
    if distinct.len() as f64 > OF_ITS_OWN * stated.len() as f64 {
        return Sort::Nothing;
    }
    let is_told = || cuts_durations(&values, requests) || restates_lateness();
    if !early && is_told() {
        return Sort::Hindsight;
    }
    Sort::Category
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

    /// Requests that take 1 to 240 hours, by the hours; late as that is said of each, by a label.
    fn labelled(value: impl Fn(i64) -> String, late: impl Fn(i64) -> bool) -> FactNames {
        let stated: Vec<(i64, String)> = (1..=240).map(|hours| (hours, value(hours))).collect();
        let stated = stated.iter().map(|(hours, value)| (*hours, value.as_str()));
        let mut requests = requests(&stated.collect::<Vec<_>>());
        for (request, hours) in requests.iter_mut().zip(1..) {
            request.labelled_late = Some(late(hours));
        }
        FactNames::of(&requests.iter().collect::<Vec<_>>(), &Known::default())
    }

    #[test]
    fn what_restates_lateness_that_does_not_go_with_the_time_taken_is_hindsight() {
        let is_late = |hours: i64| hours * 7919 % 3 == 0;
        let twin = |hours: i64| if is_late(hours) { "Overdue" } else { "OK" }.to_owned();
        assert_eq!(labelled(twin, is_late).hindsight, ["fact"]);
        let penalty = |hours: i64| {
            let base = hours * 31 % 100;
            (if is_late(hours) { 200 + base } else { base }).to_string()
        };
        assert_eq!(labelled(penalty, is_late).hindsight, ["fact"]);
        // Mostly so, as a fact of the beginning may be.
        let mostly = |hours: i64| {
            if hours % 10 == 0 {
                twin(hours + 1)
            } else {
                twin(hours)
            }
        };
        assert_eq!(labelled(mostly, is_late).categories, ["fact"]);
    }

    #[test]
    fn a_number_is_read_as_its_column_writes_it() {
        let of = |value: fn(i64) -> String| labelled(value, |hours| hours % 2 == 0);
        let amount = |hours: i64| format!("1.{:03},{:02} EUR", hours * 37 % 101, hours % 100);
        let names = of(amount);
        assert_eq!(names.numbers, ["fact"]);
        assert_eq!(names.number("fact", "1.234,50 EUR"), Some(1234.5));
        let plain = of(|hours| format!("{}.50", hours * 37 % 101));
        assert_eq!(plain.numbers, ["fact"]);
        assert!(plain.number_forms.is_empty());
        // As models say it that were fitted before.
        let told = serde_json::to_value(&plain).unwrap();
        assert!(told.get("number_forms").is_none());
        let kept: FactNames =
            serde_json::from_value(serde_json::to_value(&names).unwrap()).unwrap();
        assert_eq!(kept, names);
    }

    #[test]
    fn what_differs_by_itself_leaves_a_gap_and_is_kept() {
        let found = FactNames::of(
            &apart("short").iter().collect::<Vec<_>>(),
            &Known::default(),
        );
        assert_eq!(found.categories, ["fact"]);
        assert!(found.tell_lateness.is_empty());
    }

    /// Requests that take up to 120 hours, and others that take more than 320, of which a fact says "long".
    fn apart(short: &str) -> Vec<Request> {
        let stated = (1..=240).map(|hours| {
            if hours > 120 {
                (hours + 200, "long")
            } else {
                (hours, short)
            }
        });
        requests(&stated.collect::<Vec<_>>())
    }

    #[test]
    fn what_misses_its_day_for_taking_long_is_kept_and_named_unless_it_is_stated_of_that_alone() {
        let due = |short: &str, known: &Known| {
            let mut requests = apart(short);
            for request in &mut requests {
                request.due = Some(request.started() + 200.0 / 24.0);
            }
            FactNames::of(&requests.iter().collect::<Vec<_>>(), known)
        };
        let kept = due("short", &Known::default());
        assert_eq!(kept.categories, ["fact"]);
        assert_eq!(kept.tell_lateness, ["fact"]);
        let stated_late = due("", &Known::default());
        assert_eq!(stated_late.hindsight, ["fact"]);
        assert!(stated_late.tell_lateness.is_empty());
        let early = Known {
            early: vec!["fact".to_owned()],
            ..Known::default()
        };
        assert!(due("short", &early).tell_lateness.is_empty());
    }
}
