//! How much a fact tells of the time that requests took and of whether they came late: by that it is chosen
//! where there are more than are looked at.

use std::collections::{BTreeMap, BTreeSet};

use super::hindsight::duration;
use super::ranks::{correlation, middle, ranks};
use super::request::Request;

/// What requests that are complete came to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Came<'a> {
    pub(super) requests: &'a [&'a Request],
    /// Whether each was late, as far as that is known.
    pub(super) late: &'a [Option<bool>],
}

impl Came<'_> {
    /// Of a fact that sorts requests, the share of the spread of what came that lies between its values.
    pub(super) fn told_by_values(&self, values: &[&str]) -> f64 {
        let by_time = between(values.iter().copied().zip(self.taken()));
        by_time.max(between(values.iter().copied().zip(self.lateness())))
    }

    /// Of a number, its squared rank correlation with what came.
    pub(super) fn told_by_numbers(&self, numbers: &[Option<f64>]) -> f64 {
        let by_time = correlated(numbers.iter().copied().zip(self.taken()));
        by_time.max(correlated(numbers.iter().copied().zip(self.lateness())))
    }

    fn taken(&self) -> impl Iterator<Item = Option<f64>> {
        self.requests.iter().map(|request| duration(request))
    }

    fn lateness(&self) -> impl Iterator<Item = Option<f64>> {
        let late = self.late.iter();
        late.map(|late| late.map(|late| f64::from(u8::from(late))))
    }
}

/// Share of the variance of ranks that lies between values (epsilon squared): about 0 of values that tell nothing,
/// however many there are.
fn between<'a>(told: impl Iterator<Item = (&'a str, Option<f64>)>) -> f64 {
    let known = told.filter_map(|(value, came)| Some((value, came?)));
    let (values, came): (Vec<&str>, Vec<f64>) = known.unzip();
    let middle = middle(came.len());
    let (mut all, mut by_value) = (0.0, BTreeMap::<&str, (f64, f64)>::new());
    for (value, rank) in values.into_iter().zip(ranks(&came)) {
        let off = rank - middle;
        all += off * off;
        let (count, sum) = by_value.entry(value).or_default();
        *count += 1.0;
        *sum += off;
    }
    let between: f64 = by_value
        .values()
        .map(|(count, sum)| sum * sum / count)
        .sum();
    let (count, values) = (came.len() as f64, by_value.len() as f64);
    let by_chance = (values - 1.0) * (all - between) / (count - values);
    share((between - by_chance) / all)
}

fn correlated(told: impl Iterator<Item = (Option<f64>, Option<f64>)>) -> f64 {
    let known = told.filter_map(|(number, came)| Some((number?, came?)));
    share(correlation(known).powi(2))
}

/// Nothing can be told where all are the same, or each has a value of its own.
fn share(share: f64) -> f64 {
    if share.is_finite() {
        share.max(0.0)
    } else {
        0.0
    }
}

/// So many of the facts at most, those that tell most, in the order in which they came. Of such that tell as much
/// the first stay.
pub(super) fn most_telling<T>(facts: Vec<T>, most: usize, told: impl Fn(&T) -> f64) -> Vec<T> {
    if facts.len() <= most {
        return facts;
    }
    let mut order: Vec<(f64, usize)> = facts.iter().map(told).zip(0..).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    let kept: BTreeSet<usize> = order.into_iter().take(most).map(|(_, at)| at).collect();
    let facts = facts.into_iter().enumerate();
    let kept = facts.filter(|(at, _)| kept.contains(at));
    kept.map(|(_, fact)| fact).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_tell_by_what_lies_between_them_and_many_by_chance_nothing() {
        let told = |value: &dyn Fn(u32) -> u32| {
            let values: Vec<String> = (0..200).map(|at| value(at).to_string()).collect();
            let told = values.iter().zip(0..200);
            between(told.map(|(value, at)| (value.as_str(), Some(f64::from(at)))))
        };
        assert!(told(&|at| at / 50) > 0.9);
        assert!((0.3..0.9).contains(&told(&|at| u32::from(at > 150))));
        assert!(told(&|at| at % 4) < 0.01);
        assert!(told(&|at| at * 7919 % 61) < 0.1, "three of a value");
        assert_eq!(told(&|at| at), 0.0, "each has its own");
        assert_eq!(told(&|_| 1), 0.0);
        assert_eq!(between(std::iter::empty()), 0.0);
    }

    #[test]
    fn numbers_tell_either_way_and_of_what_is_known() {
        let told = |came: &dyn Fn(f64) -> Option<f64>| {
            let numbers = (0..50).map(f64::from);
            correlated(numbers.map(|number| (Some(number), came(number))))
        };
        assert_eq!(told(&|number| Some(-number.powi(3))), 1.0);
        assert_eq!(told(&|_| Some(1.0)), 0.0);
        assert_eq!(told(&|_| None), 0.0);
        assert_eq!(told(&|number| (number > 9.0).then_some(number)), 1.0);
    }

    #[test]
    fn those_that_tell_most_are_kept_in_their_order() {
        let kept = |told: &[f64]| most_telling(told.to_vec(), 3, |told| *told);
        assert_eq!(kept(&[0.1, 0.9, 0.0, 0.5, 0.3]), [0.9, 0.5, 0.3]);
        assert_eq!(kept(&[0.0, 0.0]), [0.0, 0.0]);
        let places = most_telling((0..6).collect(), 3, |place| {
            f64::from(u8::from(*place == 4))
        });
        assert_eq!(places, [0, 1, 4]);
    }
}
