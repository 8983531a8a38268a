//! Whether what a question names is there in the log: a slip of the pen would be taken for something that
//! never happens.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use scrutineer::eventlog::EventLog;

use super::protocol::{Late, LogQuestion};
use crate::EvalError;

/// Names told of those that are there, at most.
const TOLD: usize = 8;

/// Names the option that names what is not there, and what is.
pub(super) fn check(log: &EventLog, question: &LogQuestion) -> Result<(), EvalError> {
    if log.traces.is_empty() {
        return Ok(());
    }
    let activities = [("--at", &question.at), ("--until", &question.until)];
    for (option, name) in activities {
        if let Some(name) = name {
            activity(log, option, name)?;
        }
    }
    let known = &question.known;
    let mut facts: Vec<(&str, &str)> = Vec::new();
    facts.extend(known.late.iter().map(|fact| ("--ignore", fact.as_str())));
    facts.extend(known.early.iter().map(|fact| ("--known", fact.as_str())));
    facts.extend(question.end.iter().map(|fact| ("--end", fact.as_str())));
    match &question.late {
        Late::P75 | Late::Within(_) => {}
        Late::Deadline(fact) => facts.push(("--deadline", fact.as_str())),
        Late::Labelled(fact, _) => facts.push(("--label", fact.as_str())),
    }
    if facts.is_empty() {
        return Ok(());
    }
    let names: BTreeSet<&str> = facts_of(log).map(|(name, _)| name).collect();
    for (option, fact) in facts {
        if !names.contains(fact) {
            let there = nearest(fact, &names);
            let message = format!("the log has no attribute {fact:?}; there are {there}");
            return Err(wrong(option, message));
        }
    }
    let Late::Labelled(fact, value) = &question.late else {
        return Ok(());
    };
    let of_fact = facts_of(log).filter(|(name, _)| *name == fact.as_str());
    let values: BTreeSet<&str> = of_fact.map(|(_, value)| value).collect();
    if values.contains(value.as_str()) {
        return Ok(());
    }
    let there = nearest(value, &values);
    let message = format!("{fact:?} is nowhere {value:?}; there are {there}");
    Err(wrong("--label", message))
}

/// What is wrong with what an option names.
pub(super) fn wrong(option: &str, message: String) -> EvalError {
    EvalError::File {
        path: option.to_owned(),
        message,
    }
}

fn activity(log: &EventLog, option: &str, name: &str) -> Result<(), EvalError> {
    let events = log.traces.iter().flat_map(|trace| &trace.events);
    let names: BTreeSet<&str> = events.map(|event| event.activity.as_ref()).collect();
    if names.iter().any(|known| known.starts_with(name)) {
        return Ok(());
    }
    let there = nearest(name, &names);
    let message = format!("no activity of the log begins with {name:?}; there are {there}");
    Err(wrong(option, message))
}

/// Every fact that a case or an event states.
fn facts_of(log: &EventLog) -> impl Iterator<Item = (&str, &str)> {
    let of_cases = log.traces.iter().map(|trace| &trace.attributes);
    let events = log.traces.iter().flat_map(|trace| &trace.events);
    let of_events = events.map(|event| &event.attributes);
    let facts = of_cases.chain(of_events).flatten();
    facts.map(|(name, value)| (&**name, &**value))
}

/// Some of the names, those first that are most like another.
fn nearest(wanted: &str, names: &BTreeSet<&str>) -> String {
    let wanted = wanted.to_lowercase();
    let likeness = |name: &str| {
        let name = name.to_lowercase();
        let is_part = name.contains(&wanted) || wanted.contains(&name);
        let same = name.chars().zip(wanted.chars());
        (
            is_part,
            same.take_while(|(one, other)| one == other).count(),
        )
    };
    let mut sorted: Vec<&str> = names.iter().copied().collect();
    sorted.sort_by_cached_key(|name| Reverse(likeness(name)));
    let told = sorted.iter().take(TOLD).map(|name| {
        let shown: String = name.chars().take(60).collect();
        format!("{shown:?}")
    });
    let mut told: Vec<String> = told.collect();
    if sorted.len() > TOLD {
        told.push(format!("{} more", sorted.len() - TOLD));
    }
    if told.is_empty() {
        return "none".to_owned();
    }
    told.join(", ")
}

#[cfg(test)]
mod tests {
    use scrutineer::cases::project_setup::Known;
    use scrutineer::eventlog::{Columns, Limits, read_csv};

    use super::*;

    fn told(question: &LogQuestion) -> Result<(), String> {
        let csv = "case,activity,time,case:deadline,result\n\
             1,Ask,2026-01-02,2026-02-01,good\n1,Done,2026-01-03,,bad\n";
        let (limits, columns) = (Limits::default(), Columns::default());
        let log = read_csv("log", csv.as_bytes(), None, limits, &columns).unwrap();
        check(&log, question).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_not_in_the_log_is_named_with_what_is() {
        let usual = LogQuestion::default;
        let late = |late: Late| LogQuestion { late, ..usual() };
        let label = |value: &str| late(Late::Labelled("result".to_owned(), value.to_owned()));
        let known = |early: &str, late: &str| LogQuestion {
            known: Known {
                early: vec![early.to_owned()],
                late: vec![late.to_owned()],
            },
            ..usual()
        };
        let steps = |at: &str, until: &str| LogQuestion {
            at: Some(at.to_owned()),
            until: Some(until.to_owned()),
            ..usual()
        };
        for question in [
            usual(),
            label("bad"),
            known("deadline", "result"),
            steps("As", "Done"),
            late(Late::Deadline("deadline".to_owned())),
        ] {
            assert_eq!(told(&question), Ok(()));
        }
        let end = LogQuestion {
            end: Some("x".to_owned()),
            ..usual()
        };
        for (question, option, there) in [
            (label("Bad"), "--label", "\"bad\", \"good\""),
            (
                late(Late::Labelled("r".to_owned(), String::new())),
                "--label",
                "\"result\"",
            ),
            (known("deadlines", "result"), "--known", "\"deadline\""),
            (known("deadline", "Result"), "--ignore", "\"result\""),
            (steps("ask", "Done"), "--at", "\"Ask\""),
            (steps("Ask", "Finished"), "--until", "\"Done\""),
            (
                late(Late::Deadline("case:deadline".to_owned())),
                "--deadline",
                "\"deadline\"",
            ),
            (end, "--end", "\"deadline\", \"result\""),
        ] {
            let refused = told(&question).unwrap_err();
            let is_told = refused.starts_with(option) && refused.contains(there);
            assert!(is_told, "{refused}");
        }
    }
}
