//! When a request of a log is due, as its events state it.

use scrutineer::cases::project_setup::Request;
use scrutineer::cases::project_setup::request::days;
use scrutineer::eventlog::{
    Attributes, StatedTime, Trace, attribute, is_placeholder, parse_stated,
};

/// Takes over when a request is due by what a fact states. It is known from the event that states it, what
/// the case states from the start; of several statements the last by then holds.
pub(super) fn plan(request: &mut Request, fact: &str) {
    let stated = |facts: &Attributes| moment(attribute(facts, fact)?);
    let mut due = stated(&request.trace.attributes);
    let mut plans: Vec<(f64, f64)> = Vec::new();
    plans.extend(due.map(|due| (f64::NEG_INFINITY, due)));
    let mut at_step = Vec::with_capacity(request.trace.events.len());
    for (place, event) in request.trace.events.iter().enumerate() {
        let own = stated(&event.attributes);
        if let Some(own) = own.filter(|_| own != due) {
            let known = if place == 0 {
                f64::NEG_INFINITY
            } else {
                days(&event.time)
            };
            plans.push((known, own));
            due = Some(own);
        }
        at_step.push(due);
    }
    request.due = due;
    if at_step.iter().any(|then| *then != due) {
        request.due_at_step = at_step;
        request.plans = plans;
    }
}

/// What a fact states in some event of a case, or of the case as a whole, first.
pub(super) fn statement<'a>(trace: &'a Trace, fact: &str) -> Option<&'a str> {
    let mut events = 0..trace.events.len();
    let stated = events.find_map(|event| trace.attribute(event, fact));
    stated.map(|text| &**text)
}

/// The moment that a text states; a day alone means its end, and a day that stands for none is none.
pub(super) fn moment(text: &str) -> Option<f64> {
    let stated = parse_stated(text)?;
    (!is_placeholder(&stated.time)).then(|| in_days(&stated))
}

/// A moment in days; a day alone means its end.
pub(super) fn in_days(stated: &StatedTime) -> f64 {
    let whole_day = if stated.is_day { 1.0 } else { 0.0 };
    days(&stated.time) + whole_day
}

/// How many requests are left out since what they state is no moment, or they state nothing, in words;
/// nothing where none is.
///
/// # Errors
/// If no request is left, what one states instead.
pub(super) fn left_out(requests: &[Request], fact: &str) -> Result<String, String> {
    let without = requests.iter().filter(|request| request.due.is_none());
    let stated: Vec<Option<&str>> = without
        .map(|request| statement(&request.trace, fact))
        .collect();
    let wrong = stated.iter().flatten().count();
    let nothing = stated.len() - wrong;
    if let Some(first) = stated.iter().flatten().next()
        && stated.len() == requests.len()
    {
        let first: String = first.chars().take(60).collect();
        return Err(format!(
            "{fact:?} states no day or time in any of {wrong} requests, such as {first:?}"
        ));
    }
    Ok(match (wrong, nothing) {
        (0, 0) => String::new(),
        _ => format!(
            "; left out: {wrong} requests whose {fact:?} is no day or time, {nothing} that state none"
        ),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use scrutineer::eventlog::{Event, parse_time};

    use super::*;

    /// A request of three days, one step a day, that states a deadline of its own and with each step.
    fn request(of_case: &str, of_events: [&str; 3]) -> Request {
        let stated = |value: &str| -> Attributes {
            let value = (!value.is_empty()).then(|| (Arc::from("deadline"), Arc::from(value)));
            value.into_iter().collect()
        };
        let events = of_events.into_iter().zip(2..).map(|(value, day)| Event {
            activity: Arc::from("step"),
            time: parse_time(&format!("2026-03-{day:02}")).unwrap(),
            resource: None,
            role: None,
            lifecycle: None,
            attributes: stated(value),
        });
        let mut request = Request::finished(Trace {
            id: Arc::from("c"),
            attributes: stated(of_case),
            events: events.collect(),
        });
        plan(&mut request, "deadline");
        request
    }

    fn at(text: &str) -> Option<f64> {
        Some(moment(text).unwrap())
    }

    #[test]
    fn a_deadline_is_known_from_the_event_that_states_it() {
        let (third, ninth) = ("2026-03-03T00:00:00Z", "2026-03-09T00:00:00Z");
        let due = |request: &Request| [0, 1, 2].map(|step| request.due_at(step));
        let last = request("", ["", "", third]);
        assert_eq!(due(&last), [None, None, at(third)]);
        // It had passed, and nobody could know before the fourth.
        assert_eq!(
            last.late(),
            Some((true, moment("2026-03-04T00:00:00Z").unwrap()))
        );
        let moved = request(ninth, ["", third, ""]);
        assert_eq!(due(&moved), [at(ninth), at(third), at(third)]);
        for same in [request(ninth, [""; 3]), request("", [ninth, "", ninth])] {
            assert_eq!(due(&same), [at(ninth); 3]);
            assert!(same.due_at_step.is_empty() && same.plans.is_empty());
        }
        for nothing in ["tbd", "9999-12-31", "1900-01-01T00:00:00Z"] {
            assert_eq!(due(&request("", [nothing, "", ""])), [None; 3]);
        }
    }

    #[test]
    fn a_day_alone_is_due_at_its_end_however_it_is_written() {
        let end = moment("2026-03-10T00:00:00Z");
        for day in [
            "2026-03-09",
            "2026-3-9",
            "09.03.2026",
            "9.3.2026",
            " 2026-03-09 ",
            "2026-03-09 UTC",
        ] {
            assert_eq!(moment(day), end, "{day}");
        }
        assert_eq!(moment("2026-03-10 00:00"), end);
    }

    #[test]
    fn requests_without_a_deadline_that_can_be_read_are_counted() {
        let good = request("2026-03-09", [""; 3]);
        let (wrong, nothing) = (request("tbd", [""; 3]), request("", [""; 3]));
        let told = |requests: &[&Request]| {
            let requests: Vec<Request> = requests.iter().copied().cloned().collect();
            left_out(&requests, "deadline")
        };
        assert_eq!(told(&[&good]).unwrap(), "");
        let some = told(&[&good, &wrong, &wrong, &nothing]).unwrap();
        assert!(some.contains("2 requests whose \"deadline\"") && some.contains("1 that"));
        let none = told(&[&wrong, &nothing]).unwrap_err();
        assert!(none.contains("such as \"tbd\""), "{none}");
    }
}
