//! Any bytes are an event log or a problem that names the line; the first byte chooses the
//! format, and whether little is allowed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scrutineer_fuzz::eventlog::{Attributes, Columns, Limits, read_csv, read_xes};

const FEW: Limits = Limits {
    bytes: 4096,
    expansion: 10,
    unsuspected: 1024,
    events: 16,
    element: 256,
};

fuzz_target!(|bytes: &[u8]| {
    let Some((first, log)) = bytes.split_first() else {
        return;
    };
    let limits = if first & 2 == 0 { Limits::default() } else { FEW };
    let read = if first & 1 == 0 {
        read_csv("fuzz", log, None, limits, &Columns::default())
    } else {
        read_xes("fuzz", log, None, limits)
    };
    match read {
        Ok(log) => {
            let events: usize = log.traces.iter().map(|trace| trace.events.len()).sum();
            assert!(events <= limits.events);
            for trace in &log.traces {
                assert!(!trace.events.is_empty(), "a case without an event");
                assert!(trace.events.is_sorted_by_key(|event| event.time));
                assert!(named_once(&trace.attributes));
                for (place, event) in trace.events.iter().enumerate() {
                    assert!(named_once(&event.attributes) && !event.activity.is_empty());
                    let fact = event.attributes.first();
                    assert!(fact.is_none_or(|(name, _)| trace.attribute(place, name).is_some()));
                }
            }
        }
        Err(problem) => assert!(problem.to_string().starts_with("fuzz")),
    }
});

fn named_once(attributes: &Attributes) -> bool {
    attributes.is_sorted_by(|(one, _), (other, _)| one < other)
}
