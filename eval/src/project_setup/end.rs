//! When the requests of a log ended, as a fact states it, and until when the log tells of them.

use scrutineer::cases::project_setup::Request;
use scrutineer::cases::project_setup::request::days;
use scrutineer::eventlog::{Trace, is_placeholder, parse_stated};

use super::deadline::{in_days, statement};
use crate::told_until::last_but_slips;

/// Days by which an end may lie before the first event: clocks differ, and a day alone may be one of
/// another place.
const BEFORE: f64 = 1.0;
/// Days from the moment before within which one is no slip of the pen in a log, of which few days are empty.
const NEAR: f64 = 14.0;

/// What a case states of its end.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    /// None, or a day that stands for none.
    Open,
    /// This moment.
    At(f64),
    /// Something that is no day or time.
    Unreadable,
    /// A moment before the case began.
    BeforeBegin,
}

fn end(trace: &Trace, fact: &str) -> End {
    let Some(text) = statement(trace, fact) else {
        return End::Open;
    };
    let Some(stated) = parse_stated(text) else {
        return End::Unreadable;
    };
    if is_placeholder(&stated.time) {
        return End::Open;
    }
    let begun = trace
        .started()
        .map_or(f64::NEG_INFINITY, |time| days(&time));
    match in_days(&stated) {
        end if end < begun - BEFORE => End::BeforeBegin,
        end => End::At(end.max(begun)),
    }
}

/// When a case ended; none where it states no end.
pub(super) fn ended(trace: &Trace, fact: &str) -> Option<f64> {
    match end(trace, fact) {
        End::At(at) => Some(at),
        _ => None,
    }
}

/// The cases whose end can be told, or that have none yet, and how many are left out, in words;
/// nothing where none is.
///
/// # Errors
/// If all that is stated is no day or time, what one states instead.
pub(super) fn with_end(traces: Vec<Trace>, fact: &str) -> Result<(Vec<Trace>, String), String> {
    let (mut kept, mut stated, mut before) = (Vec::with_capacity(traces.len()), 0, 0);
    let mut unreadable: Vec<Trace> = Vec::new();
    for trace in traces {
        match end(&trace, fact) {
            End::Unreadable => unreadable.push(trace),
            End::BeforeBegin => before += 1,
            End::Open => kept.push(trace),
            End::At(_) => {
                stated += 1;
                kept.push(trace);
            }
        }
    }
    let wrong = unreadable.len();
    if let Some(first) = unreadable.iter().find_map(|trace| statement(trace, fact))
        && stated + before == 0
    {
        let first: String = first.chars().take(60).collect();
        return Err(format!(
            "{fact:?} states no day or time in any of {wrong} requests, such as {first:?}"
        ));
    }
    let left_out = match (wrong, before) {
        (0, 0) => String::new(),
        _ => format!(
            "; left out: {wrong} requests whose {fact:?} is no day or time, {before} whose {fact:?} lies more than a day before their first event"
        ),
    };
    Ok((kept, left_out))
}

/// The last moment that a log tells of, in days: that of its last event, or of a later end that others
/// lead up to. An event or end far beyond all others is a slip of the pen, by which all that is open would
/// be late. An end that lies more than twice as far beyond the last event as that lies beyond the middle one
/// tells nothing, though many state it: it stands for none.
pub(super) fn last_told(events: &[f64], requests: &[Request]) -> f64 {
    let mut told = events.to_vec();
    let Some(last) = last_but_slips(&mut told, NEAR) else {
        return f64::NEG_INFINITY;
    };
    let middle = told.get((told.len() - 1) / 2).copied().unwrap_or(last);
    let farthest = last + 2.0 * (last - middle).max(0.0);
    told.retain(|event| *event <= last);
    let ended = requests.iter().filter_map(|request| request.ended);
    told.extend(ended.filter(|end| *end <= farthest));
    last_but_slips(&mut told, NEAR).map_or(last, |told| told.max(last))
}

/// The moments of all events of a log but those on days that stand for none.
pub(super) fn moments(traces: &[Trace]) -> Vec<f64> {
    let events = traces.iter().flat_map(|trace| &trace.events);
    let told = events.filter(|event| !is_placeholder(&event.time));
    told.map(|event| days(&event.time)).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use scrutineer::eventlog::{Attributes, Event, parse_time};

    use super::*;

    /// A case of one event, on the second of March, that states an end.
    fn trace(end: &str) -> Trace {
        let attributes = (!end.is_empty()).then(|| (Arc::from("end"), Arc::from(end)));
        Trace {
            id: Arc::from("c"),
            attributes: attributes.into_iter().collect(),
            events: vec![Event {
                activity: Arc::from("step"),
                time: parse_time("2026-03-02T09:00:00Z").unwrap(),
                resource: None,
                role: None,
                lifecycle: None,
                attributes: Attributes::new(),
            }],
        }
    }

    fn at(text: &str) -> f64 {
        days(&parse_time(text).unwrap())
    }

    #[test]
    fn ends_are_read_and_days_that_stand_for_none_are_none() {
        let told = |text: &str| end(&trace(text), "end");
        let begun = at("2026-03-02T09:00:00Z");
        for (text, expected) in [
            ("", End::Open),
            ("1900-01-01", End::Open),
            ("9999-12-31T23:59:59Z", End::Open),
            ("n/a", End::Unreadable),
            ("03/20/2026", End::Unreadable),
            ("2026-03-05T10:00:00Z", End::At(at("2026-03-05T10:00:00Z"))),
            ("5.3.2026", End::At(at("2026-03-06T00:00:00Z"))),
            // A second before by another clock.
            ("2026-03-02T08:59:59Z", End::At(begun)),
            ("2026-02-27T09:00:00Z", End::BeforeBegin),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
        assert_eq!(ended(&trace("n/a"), "end"), None);
    }

    #[test]
    fn cases_whose_end_cannot_be_told_are_left_out_and_counted() {
        let told = |ends: &[&str]| with_end(ends.iter().map(|end| trace(end)).collect(), "end");
        let (kept, left_out) = told(&["2026-03-05", "", "9999-12-31"]).unwrap();
        assert_eq!((kept.len(), left_out.as_str()), (3, ""));
        let (kept, left_out) = told(&["2026-03-05", "n/a", "n/a", "2026-01-01"]).unwrap();
        assert_eq!(kept.len(), 1);
        assert!(left_out.contains("2 requests whose \"end\" is no day or time, 1 whose"));
        let refused = told(&["03/20/2026", "", "03/21/2026"]).unwrap_err();
        assert!(
            refused.contains("any of 2 requests, such as \"03/20/2026\""),
            "{refused}"
        );
        assert_eq!(told(&["", ""]).unwrap().0.len(), 2);
    }

    /// Until when a log tells by its events and ends, in days.
    fn until(events: &[f64], ends: &[f64]) -> f64 {
        let requests = ends.iter().map(|end| Request {
            ended: Some(*end),
            ..Request::finished(trace(""))
        });
        last_told(events, &requests.collect::<Vec<_>>())
    }

    #[test]
    fn a_log_tells_until_its_last_event_or_end_and_no_absurd_one() {
        assert_eq!(until(&[], &[105.0]), f64::NEG_INFINITY);
        assert_eq!(until(&[100.0], &[]), 100.0);
        assert_eq!(until(&[100.0, 110.0], &[]), 110.0);
        assert_eq!(until(&[100.0, 110.0], &[105.0, 119.0]), 119.0);
        assert_eq!(until(&[100.0, 110.0], &[105.0, 300.0]), 110.0);
        let placeholder = Trace {
            events: vec![Event {
                time: parse_time("9999-12-31").unwrap(),
                ..trace("").events.remove(0)
            }],
            ..trace("")
        };
        assert_eq!(
            moments(&[trace(""), placeholder]),
            [at("2026-03-02T09:00:00Z")]
        );
    }

    #[test]
    fn slips_far_beyond_all_others_do_not_move_what_a_log_tells() {
        let daily = |days: std::ops::Range<u32>| days.map(f64::from).collect::<Vec<f64>>();
        let with = |mut moments: Vec<f64>, more: &[f64]| {
            moments.extend(more);
            moments
        };
        let (events, ends) = (daily(0..400), daily(3..405));
        assert_eq!(until(&events, &ends), 404.0);
        // Ends mistyped by a month and by a year, and an event.
        assert_eq!(until(&events, &with(ends.clone(), &[430.0, 700.0])), 404.0);
        let odd = with(events.clone(), &[27_000.0]);
        assert_eq!(until(&odd, &[]), 399.0);
        assert_eq!(until(&odd, &with(ends.clone(), &[700.0, 27_000.0])), 404.0);
        // One at the beginning makes no end believed.
        let early = with(events.clone(), &[-20_000.0]);
        assert_eq!(until(&early, &with(ends.clone(), &[9_000.0; 9])), 404.0);
        // Many ends far away are no slips, unless they are too far for all.
        assert_eq!(until(&events, &with(ends.clone(), &[500.0; 9])), 500.0);
        assert_eq!(until(&events, &with(ends, &[27_000.0; 200])), 404.0);
        // Of many moments as many more may be slips.
        let many: Vec<f64> = (0..20_000).map(|at| f64::from(at) / 50.0).collect();
        let slips: Vec<f64> = (1..=20).map(|at| 400.0 + 20.0 * f64::from(at)).collect();
        assert!(until(&with(many, &slips), &[]) < 400.0);
    }
}
