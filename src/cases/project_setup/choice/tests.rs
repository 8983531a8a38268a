//! Facts of requests made by hand, looked at and left out.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use chrono::{DateTime, FixedOffset, TimeDelta};

use super::*;
use crate::eventlog::{Attributes, Event, Trace};

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
    let kept: FactNames = serde_json::from_value(serde_json::to_value(&names).unwrap()).unwrap();
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

/// Requests of 1 to 240 hours in steps of an hour, with what is stated of each by the hours: of the request
/// as a whole, and with its second step.
fn stating(
    whole: impl Fn(i64) -> Vec<(String, String)>,
    second: impl Fn(i64) -> Vec<(String, String)>,
) -> Vec<Request> {
    let kept = |facts: Vec<(String, String)>| -> Attributes {
        let facts = facts.into_iter();
        let mut facts: Attributes = facts
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        facts.sort();
        facts
    };
    let request = |hours: i64| {
        let mut request = requests(&[(2 * hours, "")]).remove(0);
        let mut middle = request.trace.events[0].clone();
        middle.activity = Arc::from("check");
        middle.time += TimeDelta::hours(hours);
        middle.attributes = kept(second(hours));
        request.trace.events.insert(1, middle);
        request.trace.attributes = kept(whole(hours));
        request
    };
    (1..=240).map(request).collect()
}

fn chosen(requests: &[Request]) -> FactNames {
    FactNames::of(&requests.iter().collect::<Vec<_>>(), &Known::default())
}

fn nothing(_: i64) -> Vec<(String, String)> {
    Vec::new()
}

/// A fact of this name that says which of four pieces of the time taken a request falls into, but often wrongly.
fn telling(name: &str, hours: i64) -> (String, String) {
    let piece = if hours % 3 == 0 {
        hours % 4
    } else {
        hours / 61
    };
    (name.to_owned(), format!("v{piece}"))
}

#[test]
fn of_too_many_facts_those_that_tell_most_are_looked_at_in_their_order() {
    let of = |count: i64| {
        chosen(&stating(
            |hours| {
                let one = |place: i64| {
                    let value = (hours * 7919 + place * 31) % (3 + place);
                    (format!("a{place:02}"), format!("v{value}"))
                };
                let number = |place: i64| {
                    let value = (hours * 7919 + place * 37) % 101;
                    (format!("n{place:02}"), value.to_string())
                };
                let mut facts: Vec<_> = (0..count)
                    .flat_map(|place| [one(place), number(place)])
                    .collect();
                let off = if hours % 2 == 0 { 150 } else { 0 };
                facts.extend([
                    telling("z", hours),
                    ("zz".to_owned(), (hours + off).to_string()),
                ]);
                facts
            },
            nothing,
        ))
    };
    let many = of(14);
    assert_eq!((many.categories.len(), many.numbers.len()), (12, 12));
    assert!(many.categories.is_sorted() && many.numbers.is_sorted());
    let last = (many.categories.last(), many.numbers.last());
    assert_eq!(last, (Some(&"z".to_owned()), Some(&"zz".to_owned())));
    let few = of(3);
    assert_eq!(few.categories, ["a00", "a01", "a02", "z"]);
    assert_eq!(few.numbers, ["n00", "n01", "n02", "zz"]);
}

#[test]
fn what_a_later_step_states_is_looked_at_and_may_decide_the_course() {
    // By what is decided with the second step another one follows.
    let decided = |hours: i64| vec![("route".to_owned(), format!("r{}", hours % 2))];
    let mut requests = stating(nothing, decided);
    for (request, hours) in requests.iter_mut().zip(1..) {
        let mut third = request.trace.events[1].clone();
        third.activity = Arc::from(if hours % 2 == 0 { "audit" } else { "book" });
        third.attributes = Attributes::new();
        request.trace.events.insert(2, third);
    }
    let found = chosen(&requests);
    assert_eq!(
        (found.categories, found.hindsight.len()),
        (vec!["route".to_owned()], 0)
    );
    // Stated from the beginning it tells what comes.
    for request in &mut requests {
        request.trace.events[0].attributes = request.trace.events[1].attributes.clone();
    }
    assert_eq!(chosen(&requests).hindsight, ["route"]);
    let all: Vec<&Request> = requests.iter().collect();
    let first = FactNames::at(Scope::FirstStep, &all, &Known::default());
    assert_eq!(first.hindsight, ["route"]);
}

#[test]
fn what_a_later_step_states_is_left_out_if_it_tells_what_came_and_of_the_first_step_alone() {
    let slow = |hours: i64| {
        let value = if hours > 170 { "slow" } else { "fast" };
        vec![("pace".to_owned(), value.to_owned())]
    };
    assert_eq!(chosen(&stating(nothing, slow)).hindsight, ["pace"]);
    let harmless = |hours: i64| vec![telling("kind", hours)];
    let requests = stating(nothing, harmless);
    assert_eq!(chosen(&requests).categories, ["kind"]);
    let all: Vec<&Request> = requests.iter().collect();
    let first = FactNames::at(Scope::FirstStep, &all, &Known::default());
    assert!(first.categories.is_empty() && first.values.is_empty());
    // With the end it comes too late.
    let mut at_end = requests;
    for request in &mut at_end {
        let stated = std::mem::take(&mut request.trace.events[1].attributes);
        request.trace.events[2].attributes = stated;
    }
    let found = chosen(&at_end);
    assert!(found.categories.is_empty() && found.hindsight.is_empty());
}

#[test]
fn what_tells_almost_all_is_looked_at_and_named() {
    let is_late = |hours: i64| hours * 7919 % 3 == 0;
    let twin = |wrong: i64| {
        let value = move |hours: i64| {
            let is_so = is_late(hours) != (hours % wrong == 0);
            if is_so { "Overdue" } else { "OK" }.to_owned()
        };
        labelled(value, is_late)
    };
    let found = twin(30);
    assert_eq!(
        (found.categories, found.doubtful),
        (vec!["fact".to_owned()], vec!["fact".to_owned()])
    );
    assert!(twin(10).doubtful.is_empty());
    // Days taken, with a slip now and then.
    let days = |slip: i64| {
        let value = move |hours: i64| {
            let taken = if hours % 20 == 0 {
                (hours + slip) % 240
            } else {
                hours
            };
            taken.to_string()
        };
        labelled(value, |hours| hours * 7919 % 3 == 0)
    };
    assert_eq!(days(0).hindsight, ["fact"]);
    assert_eq!(days(60).doubtful, ["fact"]);
}
