//! When the requests of a log ended, as a fact states it, and until when the log tells of them.

use scrutineer::cases::project_setup::Request;
use scrutineer::cases::project_setup::request::days;
use scrutineer::eventlog::{Trace, is_placeholder, parse_stated};

use super::deadline::{in_days, statement};

/// Days by which an end may lie before the first event: clocks differ, and a day alone may be one of
/// another place.
const BEFORE: f64 = 1.0;

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

/// The last moment that a log tells of, in days: that of its last event, or a later end, if that lies no
/// farther beyond than the log is long. Days that stand for none tell nothing.
pub(super) fn last_told(events: &[f64], requests: &[Request]) -> f64 {
    let first = events.iter().copied().fold(f64::INFINITY, f64::min);
    let last = events.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let farthest = last + (last - first).max(0.0);
    let ended = requests.iter().filter_map(|request| request.ended);
    ended.filter(|end| *end <= farthest).fold(last, f64::max)
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

    #[test]
    fn a_log_tells_until_its_last_event_or_end_and_no_absurd_one() {
        let until = |ends: &[f64]| {
            let requests = ends.iter().map(|end| Request {
                ended: Some(*end),
                ..Request::finished(trace(""))
            });
            let requests: Vec<Request> = requests.collect();
            last_told(&[100.0, 110.0], &requests)
        };
        assert_eq!(until(&[]), 110.0);
        assert_eq!(until(&[105.0, 119.0]), 119.0);
        assert_eq!(until(&[105.0, 300.0]), 110.0);
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
}
