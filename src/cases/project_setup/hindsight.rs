//! Facts that tell what only the whole course can tell: made from it, from the time it took, or from
//! whether it came late.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::ranks::{correlation, middle, ranks};
use super::request::{Request, days_between, hashed};

/// Share of what the beginning leaves open that the whole course may tell of a fact.
const HINDSIGHT: f64 = 0.8;
/// Gap between the times of two neighbouring values from which on they are two sorts of request, as a share
/// of the way from the middle of one to that of the other.
const APART: f64 = 0.25;
/// Share of the requests of a value that its far ends leave out.
const FAR_END: f64 = 0.05;
/// Requests needed to compare a fact with the time taken.
const LEAST_COMPARED: usize = 30;
/// Requests that a course, or a value, needs to tell anything.
const LEAST_OF_A_COURSE: usize = 10;
/// Share that one gets wrong at least who always tells the usual outcome: else nothing is restated.
const UNUSUAL: f64 = 0.1;
/// Late requests, and others, needed to compare a number with lateness.
const LEAST_OF_EACH: usize = 5;

/// How much a fact may tell of what came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Rank correlation of a number with the time taken, at most.
    correlated: f64,
    /// Share of what values could tell of the order of the times taken, at most.
    cut_up: f64,
    /// Share of requests of which values tell the wrong outcome, at least.
    missed: f64,
    /// Share of pairs of a late request and another that a number puts in order, at most.
    ranked: f64,
}

impl Bounds {
    /// Beyond these a fact is no fact of the beginning.
    pub(super) const BEGINNING: Self = Self {
        correlated: 0.95,
        cut_up: 0.98,
        missed: 0.02,
        ranked: 0.98,
    };
    /// Beyond these a fact tells almost too much.
    pub(super) const DOUBTFUL: Self = Self {
        correlated: 0.9,
        cut_up: 0.95,
        missed: 0.05,
        ranked: 0.95,
    };
}

/// Whether a fact that sorts requests is made from the time taken, or restates lateness.
pub(super) fn category_tells(
    values: &[&str],
    requests: &[&Request],
    late: &[Option<bool>],
    bounds: Bounds,
) -> bool {
    cuts_durations(values, requests, bounds)
        || of_lateness(values, requests, late, bounds) == Told::Lateness
}

/// The same of a number, stated as these texts.
pub(super) fn number_tells(
    (numbers, values): (&[Option<f64>], &[&str]),
    requests: &[&Request],
    late: &[Option<bool>],
    bounds: Bounds,
) -> bool {
    ranks_as_durations(numbers, requests, bounds)
        || ranks_lateness(numbers, late, bounds)
        || of_lateness(values, requests, late, bounds) == Told::Lateness
}

/// The course of a request from first to last step, as numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Course {
    /// Its first step.
    first: u64,
    whole: u64,
}

impl Course {
    pub(super) fn of(request: &Request) -> Self {
        let steps = request.trace.events.iter();
        let mut steps = steps.map(|event| hashed(&(&event.activity, &event.lifecycle)));
        let first = steps.next().unwrap_or_default();
        let whole = steps.fold(first, |before, step| hashed(&(before, step)));
        Self { first, whole }
    }
}

/// Whether the course from first to last step tells most of what the first step leaves open.
/// Courses seldom seen tell nothing, for they nearly name the request.
pub(super) fn told_by_course(values: &[&str], courses: &[Course]) -> bool {
    let mut by_course: HashMap<Course, BTreeMap<&str, usize>> = HashMap::new();
    for (value, course) in values.iter().zip(courses) {
        let counts = by_course.entry(*course).or_default();
        *counts.entry(value).or_default() += 1;
    }
    by_course.retain(|_, counts| counts.values().sum::<usize>() >= LEAST_OF_A_COURSE);
    let mut by_start: HashMap<u64, BTreeMap<&str, usize>> = HashMap::new();
    for (course, counts) in &by_course {
        let start = by_start.entry(course.first).or_default();
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

/// Whether a number ranks requests as the time taken does.
fn ranks_as_durations(numbers: &[Option<f64>], requests: &[&Request], bounds: Bounds) -> bool {
    let pairs: Vec<(f64, f64)> = numbers
        .iter()
        .zip(requests)
        .filter_map(|(number, request)| Some(((*number)?, duration(request)?)))
        .collect();
    pairs.len() >= LEAST_COMPARED && correlation(pairs.into_iter()).abs() > bounds.correlated
}

/// Whether each value stands for a piece of the times taken, the next one for what lies next to it, as of a fact
/// that was made from them. What differs that much by itself leaves a gap between.
fn cuts_durations(values: &[&str], requests: &[&Request], bounds: Bounds) -> bool {
    cut(values, requests, bounds) == Some(Cut::Touching)
}

/// How the times of values that stand for pieces of all times taken lie to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    /// Some go on where others end.
    Touching,
    /// There is a gap between any two.
    Apart,
}

/// None where values do not stand for pieces of the times taken.
fn cut(values: &[&str], requests: &[&Request], bounds: Bounds) -> Option<Cut> {
    let mut by_value: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for (value, request) in values.iter().zip(requests) {
        by_value.entry(value).or_default().extend(duration(request));
    }
    by_value.retain(|_, durations| durations.len() >= LEAST_OF_A_COURSE);
    let all: Vec<f64> = by_value.values().flatten().copied().collect();
    if by_value.len() < 2 || all.len() < LEAST_COMPARED {
        return None;
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
    let cut = if touch { Cut::Touching } else { Cut::Apart };
    (told > bounds.cut_up * most).then_some(cut)
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

/// Whether each request came late, as far as that was known when the last of them was complete.
pub(super) fn lateness(requests: &[&Request]) -> Vec<Option<bool>> {
    let ended = requests.iter().filter_map(|request| request.ended);
    let last = ended.fold(f64::NEG_INFINITY, f64::max);
    let late = requests.iter().map(|request| {
        let known = request.late().filter(|(_, at)| *at <= last);
        known.map(|(late, _)| late)
    });
    late.collect()
}

/// What a fact tells of whether requests came late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// Not nearly all.
    Little,
    /// Nearly all, as a fact does that restates it.
    Lateness,
    /// Nearly all by its values, but what takes long by itself misses its day: the times of those that came
    /// late and of the others lie apart, with a gap between.
    ByTimes,
}

/// Whether a fact restates whether requests came late: by its values, or by being stated at all, which times
/// that lie apart do not excuse.
pub(super) fn of_lateness(
    values: &[&str],
    requests: &[&Request],
    late: &[Option<bool>],
    bounds: Bounds,
) -> Told {
    let is_stated = |value: &&str| if value.is_empty() { "" } else { "stated" };
    let stated: Vec<&str> = values.iter().map(is_stated).collect();
    if values_of_late(&stated, late, bounds).is_some() {
        return Told::Lateness;
    }
    let Some(of_late) = values_of_late(values, late, bounds) else {
        return Told::Little;
    };
    let side = |value: &&str| {
        if of_late.contains(value) {
            "late"
        } else {
            "in time"
        }
    };
    let sides: Vec<&str> = values.iter().map(side).collect();
    let is_due = requests.iter().any(|request| request.due.is_some());
    if is_due && cut(&sides, requests, bounds) == Some(Cut::Apart) {
        Told::ByTimes
    } else {
        Told::Lateness
    }
}

/// The values whose requests came late, where values tell that almost without error. Values seldom seen
/// are not looked at, for they nearly name the request; most requests must have another.
fn values_of_late<'a>(
    values: &[&'a str],
    late: &[Option<bool>],
    bounds: Bounds,
) -> Option<BTreeSet<&'a str>> {
    /// Of one value: those in time, and those that came late.
    type Counts = (usize, usize);
    let mut by_value: BTreeMap<&str, Counts> = BTreeMap::new();
    for (value, late) in values.iter().zip(late) {
        let counts = by_value.entry(value).or_default();
        counts.0 += usize::from(*late == Some(false));
        counts.1 += usize::from(*late == Some(true));
    }
    by_value.retain(|_, (in_time, late)| *in_time + *late >= LEAST_OF_A_COURSE);
    let sum = |of: fn(&Counts) -> usize| by_value.values().map(of).sum::<usize>();
    let (in_time, came_late) = (sum(|one| one.0), sum(|one| one.1));
    let compared = in_time + came_late;
    let known = late.iter().flatten().count();
    let missed = sum(|one| one.0.min(one.1)) as f64;
    let is_told = compared >= LEAST_COMPARED
        && 2 * compared > known
        && in_time.min(came_late) as f64 >= UNUSUAL * compared as f64
        && missed < bounds.missed * compared as f64;
    let of_late = by_value.iter().filter(|(_, one)| one.1 > one.0);
    is_told.then(|| of_late.map(|(value, _)| *value).collect())
}

/// Whether a number ranks requests that came late against the others almost without error.
fn ranks_lateness(numbers: &[Option<f64>], late: &[Option<bool>], bounds: Bounds) -> bool {
    let both = numbers.iter().zip(late);
    let (numbers, late): (Vec<f64>, Vec<bool>) = both
        .filter_map(|(number, late)| Some(((*number)?, (*late)?)))
        .unzip();
    let came_late = late.iter().filter(|late| **late).count();
    let in_time = late.len() - came_late;
    if late.len() < LEAST_COMPARED || came_late.min(in_time) < LEAST_OF_EACH {
        return false;
    }
    let ranks = ranks(&numbers);
    let of_late = ranks.iter().zip(&late).filter(|(_, late)| **late);
    let sum: f64 = of_late.map(|(rank, _)| rank).sum();
    let came_late = came_late as f64;
    // Of all pairs, those in which the late one has the higher number.
    let above = (sum - came_late * (came_late - 1.0) / 2.0) / (came_late * in_time as f64);
    !(1.0 - bounds.ranked..=bounds.ranked).contains(&above)
}

/// Days that a request took.
pub(super) fn duration(request: &Request) -> Option<f64> {
    Some(days_between(request.started(), request.ended?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of four came late.
    fn late(count: usize) -> Vec<Option<bool>> {
        (0..count).map(|at| Some(at.is_multiple_of(4))).collect()
    }

    #[test]
    fn values_restate_lateness_if_they_hardly_miss_and_are_few() {
        // By the value that the request of each place states.
        let told = |count: usize, value: &dyn Fn(usize) -> String| {
            let values: Vec<String> = (0..count).map(value).collect();
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            of_lateness(&values, &[], &late(count), Bounds::BEGINNING) == Told::Lateness
        };
        let flag = |is_so: bool| if is_so { "Overdue" } else { "OK" }.to_owned();
        assert!(told(200, &|at| flag(at.is_multiple_of(4))));
        assert!(
            told(200, &|at| flag(at.is_multiple_of(4) && at != 8)),
            "one of 200 missed"
        );
        assert!(
            !told(200, &|at| flag(at.is_multiple_of(4) && at % 40 != 0)),
            "five of 200 missed"
        );
        assert!(!told(28, &|at| flag(at.is_multiple_of(4))), "too few");
        assert!(!told(200, &|at| flag(at % 2 == 0)), "told by halves");
        assert!(!told(200, &|at| at.to_string()), "a name of its own");
        // A reason of its own for each late one, and none for the others.
        let reason = |at: usize| {
            if at.is_multiple_of(4) {
                at.to_string()
            } else {
                String::new()
            }
        };
        assert!(told(200, &reason));
        let nothing_late = [Some(false); 200];
        let little = |values: &[&str], late: &[Option<bool>]| {
            of_lateness(values, &[], late, Bounds::BEGINNING) == Told::Little
        };
        assert!(little(&["a"; 200], &nothing_late) && little(&[], &[]));
    }

    #[test]
    fn a_number_restates_lateness_if_it_ranks_it() {
        let ranks = |number: &dyn Fn(usize) -> f64| {
            let numbers: Vec<Option<f64>> = (0..200).map(|at| Some(number(at))).collect();
            ranks_lateness(&numbers, &late(200), Bounds::BEGINNING)
        };
        let days_late = |at: usize| {
            if at.is_multiple_of(4) {
                1.0 + at as f64
            } else {
                -(at as f64)
            }
        };
        assert!(ranks(&days_late) && ranks(&|at| -days_late(at)));
        assert!(!ranks(&|at| days_late(at) + 100.0 * (at % 3) as f64));
        assert!(!ranks(&|at| (at * 37 % 101) as f64));
        assert!(!ranks_lateness(&[None; 200], &late(200), Bounds::BEGINNING));
    }
}
