//! Which facts of a firm's requests are looked at, and which only seem to be known in time.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{FactNames, Known, Scope, date};
use super::hindsight::{
    Bounds, Course, Told, category_tells, lateness, number_tells, of_lateness, told_by_course,
};
use super::numbers::NumberForm;
use super::request::{Request, day_of_week, days, days_between, name};
use super::runs::Runs;
use super::stated::{Candidate, candidates};
use super::telling::{Came, most_telling};

/// Activities counted, the most frequent.
const MAX_ACTIVITIES: usize = 30;
/// Facts looked at of either sort, those that tell most.
const MAX_FACTS: usize = 12;
/// Values looked at by themselves, the most frequent.
const MAX_VALUES: usize = 80;
/// Share of requests that such a value must have, and their number.
const OFTEN: f64 = 0.0025;
const LEAST_OF_A_VALUE: f64 = 30.0;
/// Share of requests that may have a value of their own.
const OF_ITS_OWN: f64 = 0.5;
/// Requests looked at, the latest.
const LOOKED_AT: usize = 20_000;

impl FactNames {
    /// Chooses facts on requests that are complete, for questions at every step.
    #[must_use]
    pub fn of(requests: &[&Request], known: &Known) -> Self {
        Self::at(Scope::EveryStep, requests, known)
    }

    /// Chooses facts on requests that are complete.
    ///
    /// Files written after the end state facts of the end too. A fact is left out as hindsight
    /// when the course as a whole tells most of what the first step leaves open about it, or
    /// when it ranks requests as the time taken does, or cuts those times up, or tells almost without
    /// error which of them came late. What a later step states first is known from that step on, and may
    /// well decide the course from there; what records say was known early is left out by none of this, and
    /// of what is looked at though they do not say so the names are kept.
    /// What is written later and tells none of it cannot be found out here: name it. Days and times
    /// are looked at only where they are known early, for most are of things that happened later. Of more
    /// facts than are looked at, those are that tell most of the time taken or of lateness.
    #[must_use]
    pub fn at(scope: Scope, requests: &[&Request], known: &Known) -> Self {
        let mut complete: Vec<&Request> = requests
            .iter()
            .copied()
            .filter(|request| request.ended.is_some())
            .collect();
        if complete.len() > LOOKED_AT {
            complete.sort_by(|one, other| one.started().total_cmp(&other.started()));
        }
        let from = complete.len().saturating_sub(LOOKED_AT);
        let complete = complete.get(from..).unwrap_or_default();
        let mut stated = candidates(complete, scope);
        stated.retain(|one| !known.late.iter().any(|late| late == one.fact));
        let said = known.early.iter().map(String::as_str);
        let recorded = stated.iter().filter(|one| one.known_early);
        let late = lateness(complete);
        let past = Past {
            scope,
            came: Came {
                requests: complete,
                late: &late,
            },
            courses: complete.iter().map(|one| Course::of(one)).collect(),
            early: said.chain(recorded.map(|one| one.fact)).collect(),
        };
        let mut found = Self {
            scope,
            due: true,
            activities: frequent(complete),
            runs: Runs::of(&ends(complete)),
            ..Self::default()
        };
        let (mut dates, mut categories, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
        for candidate in &stated {
            let fact = candidate.fact;
            match past.sort_of(candidate) {
                Sort::Date => dates.push(fact),
                Sort::Category => categories.push(fact),
                Sort::Number(form) => numbers.push((fact, form)),
                Sort::Hindsight => found.hindsight.push(fact.to_owned()),
                Sort::Nothing => {}
            }
        }
        let came = &past.came;
        let dates = most_telling(dates, MAX_FACTS, |fact| {
            came.told_by_numbers(&past.days_ahead(fact))
        });
        let categories = most_telling(categories, MAX_FACTS, |fact| {
            came.told_by_values(&past.values(fact))
        });
        let numbers = most_telling(numbers, MAX_FACTS, |(fact, form)| {
            came.told_by_numbers(&read(*form, &past.values(fact)))
        });
        let sorting = categories.iter().map(|fact| (*fact, None));
        let untimed = stated.iter().filter(|one| one.untimed && !one.known_early);
        let untimed: BTreeSet<&str> = untimed.map(|one| one.fact).collect();
        for (fact, form) in sorting.chain(numbers.iter().map(|(fact, form)| (*fact, Some(*form)))) {
            if untimed.contains(fact) {
                found.untimed.push(fact.to_owned());
            }
            match past.doubt(fact, form) {
                Some(Doubt::Lateness) => found.tell_lateness.push(fact.to_owned()),
                Some(Doubt::Almost) => found.doubtful.push(fact.to_owned()),
                None => {}
            }
        }
        found.values = past.frequent_values(&categories);
        found.dates = owned(dates);
        found.categories = owned(categories);
        for (fact, form) in numbers {
            found.numbers.push(fact.to_owned());
            if form != NumberForm::Plain {
                found.number_forms.insert(fact.to_owned(), form);
            }
        }
        found
    }
}

fn owned(facts: Vec<&str>) -> Vec<String> {
    facts.into_iter().map(str::to_owned).collect()
}

/// Requests that are complete, with what is known of their facts.
struct Past<'a> {
    scope: Scope,
    came: Came<'a>,
    courses: Vec<Course>,
    /// Facts that are known early, whatever they seem to tell.
    early: BTreeSet<&'a str>,
}

enum Sort {
    Category,
    Number(NumberForm),
    Date,
    Hindsight,
    /// A name of its own, always the same, or a time of something that may come later.
    Nothing,
}

/// Why a fact that is looked at may be no fact of the beginning all the same.
enum Doubt {
    /// It tells what came late, whose times lie apart.
    Lateness,
    /// It tells almost all of what came.
    Almost,
}

impl<'a> Past<'a> {
    /// What each request states of a fact first; nothing where it states none.
    fn values(&self, fact: &str) -> Vec<&'a str> {
        let stated = |request: &&'a Request| {
            let stated = request.first_stated(self.scope, fact);
            stated.map_or("", |(_, value)| value.as_ref())
        };
        self.came.requests.iter().map(stated).collect()
    }

    /// The same of the first step alone.
    fn values_of_first_step(&self, fact: &str) -> Vec<&'a str> {
        let stated = |request: &&'a Request| {
            let value = request.trace.attribute(0, fact);
            value.map_or("", AsRef::as_ref)
        };
        self.came.requests.iter().map(stated).collect()
    }

    /// Days from the beginning of each request to the day or time that it states.
    fn days_ahead(&self, fact: &str) -> Vec<Option<f64>> {
        let stated = self.values(fact).into_iter().zip(self.came.requests);
        let ahead = stated.map(|(value, request)| {
            let ahead = days_between(request.started(), date(value)?);
            ahead.is_finite().then_some(ahead)
        });
        ahead.collect()
    }

    fn sort_of(&self, candidate: &Candidate<'_>) -> Sort {
        let Came { requests, late } = self.came;
        let early = self.early.contains(candidate.fact);
        let values = self.values(candidate.fact);
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
        // What a later step states first may decide the course.
        let by_course = || {
            let values = self.values_of_first_step(candidate.fact);
            told_by_course(&values, &self.courses)
        };
        if !early && !candidate.precedes_course && by_course() {
            return Sort::Hindsight;
        }
        let (form, count) = NumberForm::of(&stated);
        if nearly_all(count) && distinct.len() > 8 {
            let stated = (read(form, &values), values);
            let is_told =
                || number_tells((&stated.0, &stated.1), requests, late, Bounds::BEGINNING);
            if !early && is_told() {
                return Sort::Hindsight;
            }
            return Sort::Number(form);
        }
        if distinct.len() as f64 > OF_ITS_OWN * stated.len() as f64 {
            return Sort::Nothing;
        }
        if !early && category_tells(&values, requests, late, Bounds::BEGINNING) {
            return Sort::Hindsight;
        }
        Sort::Category
    }

    /// What speaks against a fact that is looked at: one written in this form, or one that sorts requests.
    fn doubt(&self, fact: &str, form: Option<NumberForm>) -> Option<Doubt> {
        if self.early.contains(fact) {
            return None;
        }
        let Came { requests, late } = self.came;
        let values = self.values(fact);
        if of_lateness(&values, requests, late, Bounds::BEGINNING) == Told::ByTimes {
            return Some(Doubt::Lateness);
        }
        let is_almost = match form {
            Some(form) => {
                let numbers = read(form, &values);
                number_tells((&numbers, &values), requests, late, Bounds::DOUBTFUL)
            }
            None => category_tells(&values, requests, late, Bounds::DOUBTFUL),
        };
        is_almost.then_some(Doubt::Almost)
    }

    /// The values that most requests have of facts that sort them.
    fn frequent_values(&self, facts: &[&str]) -> Vec<(String, String)> {
        let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for fact in facts {
            for request in self.came.requests {
                if let Some((_, value)) = request.first_stated(self.scope, fact) {
                    *counts.entry((fact, value)).or_default() += 1;
                }
            }
        }
        let least = (OFTEN * self.came.requests.len() as f64).max(LEAST_OF_A_VALUE);
        let mut often: Vec<_> = counts
            .into_iter()
            .filter(|(_, count)| *count as f64 >= least)
            .collect();
        often.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        let most = often.into_iter().take(MAX_VALUES);
        most.map(|((fact, value), _)| (fact.to_owned(), value.to_owned()))
            .collect()
    }
}

/// Texts as numbers of a form.
fn read(form: NumberForm, values: &[&str]) -> Vec<Option<f64>> {
    values.iter().map(|value| form.read(value)).collect()
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

#[cfg(test)]
mod tests;
