//! Events gathered by case, texts kept once.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset};

use super::{Attributes, Event, Trace};

/// Keeps each text once.
#[derive(Default)]
pub(super) struct Texts(HashSet<Arc<str>>);

impl Texts {
    pub(super) fn keep(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return Arc::clone(known);
        }
        let kept: Arc<str> = Arc::from(text);
        self.0.insert(Arc::clone(&kept));
        kept
    }
}

/// Puts a fact in its place by name. Of two with the same name the first stays.
pub(super) fn put(attributes: &mut Attributes, name: Arc<str>, value: Arc<str>) {
    if let Err(at) = attributes.binary_search_by(|(known, _)| known.cmp(&name)) {
        attributes.insert(at, (name, value));
    }
}

/// A fact of a case as it was stated first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stated {
    name: Arc<str>,
    value: Arc<str>,
    /// With which event: when, and in which row of the case.
    with: (DateTime<FixedOffset>, usize),
}

impl Stated {
    /// Puts a fact among those of a case, where no earlier event states it.
    pub(super) fn put(
        facts: &mut Vec<Self>,
        name: Arc<str>,
        value: Arc<str>,
        with: (DateTime<FixedOffset>, usize),
    ) {
        let fact = Self { name, value, with };
        match facts.iter_mut().find(|known| known.name == fact.name) {
            Some(known) if known.with <= fact.with => {}
            Some(known) => *known = fact,
            None => facts.push(fact),
        }
    }
}

/// The facts that the first event of a case states; the others become facts of the events from the first
/// that states them. Events are in order of rows.
pub(super) fn with_stated(facts: Vec<Stated>, events: &mut [Event]) -> Attributes {
    let places = events.iter().enumerate();
    let first = places.map(|(row, event)| (event.time, row)).min();
    let mut of_case = Attributes::new();
    for Stated { name, value, with } in facts {
        if Some(with) == first {
            put(&mut of_case, name, value);
            continue;
        }
        for (row, event) in events.iter_mut().enumerate() {
            if (event.time, row) >= with {
                put(&mut event.attributes, Arc::clone(&name), Arc::clone(&value));
            }
        }
    }
    of_case
}

/// A case with its events by time. Facts that all of its events state alike become facts of
/// the case, which keeps them once.
pub(super) fn trace(id: Arc<str>, mut attributes: Attributes, mut events: Vec<Event>) -> Trace {
    events.sort_by_key(|event| event.time);
    let shared: Vec<_> = events
        .first()
        .map(|first| first.attributes.clone())
        .unwrap_or_default()
        .into_iter()
        .filter(|(name, value)| {
            let states = |event: &Event| super::attribute(&event.attributes, name) == Some(value);
            events.iter().all(states)
        })
        .collect();
    let is_shared = |name: &Arc<str>| {
        shared
            .binary_search_by(|(known, _)| known.cmp(name))
            .is_ok()
    };
    for event in &mut events {
        event.attributes.retain(|(name, _)| !is_shared(name));
        event.attributes.shrink_to_fit();
    }
    for (name, value) in shared {
        // What an event states counts before what the case states.
        match attributes.binary_search_by(|(known, _)| known.cmp(&name)) {
            Ok(at) => {
                if let Some(known) = attributes.get_mut(at) {
                    known.1 = value;
                }
            }
            Err(at) => attributes.insert(at, (name, value)),
        }
    }
    Trace {
        id,
        attributes,
        events,
    }
}
