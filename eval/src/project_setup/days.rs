//! Days that facts of a log state with the year last, between slashes or dashes: written anew as everything else
//! reads them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use scrutineer::eventlog::{Attributes, DayOrder, EventLog};

use super::options::wrong;
use super::protocol::{Late, LogQuestion};
use crate::EvalError;

/// What says which of day and month comes first.
const OPTION: &str = "--day-order";

/// Reads such days of every fact, by the order that was said, or else by that which the fact's own days show,
/// or else by that of the log's times. Where none of them tells, a fact that a question names for its days is refused,
/// and any other stays as it stands. So does a text that its order cannot read.
///
/// # Errors
/// The option that names such a fact, what it states, and what says how to read it.
pub(super) fn read(
    log: &mut EventLog,
    question: &LogQuestion,
    said: Option<DayOrder>,
) -> Result<(), EvalError> {
    let orders = orders(log, question, said)?;
    if orders.is_empty() {
        return Ok(());
    }
    let mut written = HashMap::new();
    for trace in &mut log.traces {
        let events = trace.events.iter_mut().map(|event| &mut event.attributes);
        for facts in events.chain([&mut trace.attributes]) {
            write(facts, &orders, &mut written);
        }
    }
    Ok(())
}

/// The order of every fact that states such days, where it is known.
fn orders(
    log: &EventLog,
    question: &LogQuestion,
    said: Option<DayOrder>,
) -> Result<BTreeMap<Arc<str>, DayOrder>, EvalError> {
    let mut orders = BTreeMap::new();
    for (fact, stated) in stated(log) {
        let option = option_of(question, &fact);
        let order = match (said, stated.shown.as_slice()) {
            (Some(said), _) => Some(said),
            (None, [shown]) => Some(*shown),
            (None, []) => log.day_order,
            (None, _) => None,
        };
        match (order, option) {
            (Some(order), _) => {
                orders.insert(fact, order);
            }
            (None, Some(option)) => return Err(wrong(option, stated.unclear(&fact))),
            (None, None) => {}
        }
    }
    Ok(orders)
}

/// The option by which a question names a fact that should state days.
fn option_of(question: &LogQuestion, fact: &str) -> Option<&'static str> {
    let is_it = |named: &String| named == fact;
    match &question.late {
        Late::Deadline(named) if is_it(named) => return Some("--deadline"),
        Late::Deadline(_) | Late::P75 | Late::Within(_) | Late::Labelled(..) => {}
    }
    if question.end.as_ref().is_some_and(is_it) {
        return Some("--end");
    }
    question.known.early.iter().any(is_it).then_some("--known")
}

/// What a fact states of days whose year comes last.
#[derive(Debug)]
struct Stated<'a> {
    /// One of them.
    first: &'a str,
    /// How many different ones there are.
    count: usize,
    /// Orders that they show.
    shown: Vec<DayOrder>,
}

impl Stated<'_> {
    /// That nothing tells how to read them.
    fn unclear(&self, fact: &str) -> String {
        let first: String = self.first.chars().take(60).collect();
        let cause = match (self.shown.is_empty(), self.count) {
            (false, _) => "and shows both the day and the month first".to_owned(),
            (true, 1) => "which has the day or the month first".to_owned(),
            (true, count) => {
                format!(
                    "and none of {count} such days shows whether the day or the month comes first"
                )
            }
        };
        format!("{fact:?} states {first:?}, {cause}: say it with {OPTION}")
    }
}

/// Facts that state such days.
fn stated(log: &EventLog) -> BTreeMap<Arc<str>, Stated<'_>> {
    let mut texts: BTreeMap<&Arc<str>, BTreeSet<&str>> = BTreeMap::new();
    for trace in &log.traces {
        let of_events = trace.events.iter().map(|event| &event.attributes);
        for (fact, text) in of_events.chain([&trace.attributes]).flatten() {
            if DayOrder::reads(text) {
                texts.entry(fact).or_default().insert(text);
            }
        }
    }
    let stated = texts.into_iter().filter_map(|(fact, texts)| {
        let shows = |order: &DayOrder| {
            let mut shown = texts.iter().filter_map(|text| DayOrder::shown_by(text));
            shown.any(|shown| shown == *order)
        };
        let stated = Stated {
            first: texts.first().copied()?,
            count: texts.len(),
            shown: [DayOrder::DayFirst, DayOrder::MonthFirst]
                .into_iter()
                .filter(shows)
                .collect(),
        };
        Some((Arc::clone(fact), stated))
    });
    stated.collect()
}

/// Texts as they are written anew, by whether the day comes first and as they stand.
type Written = HashMap<(bool, Arc<str>), Option<Arc<str>>>;

fn write(facts: &mut Attributes, orders: &BTreeMap<Arc<str>, DayOrder>, written: &mut Written) {
    for (fact, text) in facts {
        let Some(order) = orders.get(&*fact).copied() else {
            continue;
        };
        if !DayOrder::reads(text) {
            continue;
        }
        let key = (order == DayOrder::DayFirst, Arc::clone(text));
        let found = written.entry(key).or_insert_with(|| anew(text, order));
        if let Some(found) = found {
            *text = Arc::clone(found);
        }
    }
}

/// A day alone stays one.
fn anew(text: &str, order: DayOrder) -> Option<Arc<str>> {
    let stated = order.stated(text)?;
    let text = if stated.is_day {
        stated.time.date_naive().to_string()
    } else {
        stated.time.to_rfc3339()
    };
    Some(Arc::from(text))
}

#[cfg(test)]
mod tests {
    use scrutineer::cases::project_setup::Known;
    use scrutineer::eventlog::{Columns, Limits, read_csv};

    use super::*;

    /// What two cases state of a day after it was read, where the log's times are these.
    fn told(
        [one, other]: [&str; 2],
        time: &str,
        said: Option<DayOrder>,
        question: &LogQuestion,
    ) -> Result<[String; 2], String> {
        let csv = format!(
            "case,activity,time,case:due,code\n1,Ask,{time},{one},1/2/20245\n2,Ask,{time},{other},x\n"
        );
        let (limits, columns) = (Limits::default(), Columns::default());
        let mut log = read_csv("log", csv.as_bytes(), None, limits, &columns).unwrap();
        read(&mut log, question, said).map_err(|error| error.to_string())?;
        let code = log.traces[0].attribute(0, "code").unwrap();
        assert_eq!(code.as_ref(), "1/2/20245");
        let due = [0, 1].map(|case| log.traces[case].attribute(0, "due").unwrap().to_string());
        Ok(due)
    }

    fn of_deadline() -> LogQuestion {
        LogQuestion {
            late: Late::Deadline("due".to_owned()),
            ..LogQuestion::default()
        }
    }

    const ISO: &str = "2026-01-02";
    const MONTH_FIRST: &str = "01/13/2026";

    #[test]
    fn days_are_read_by_what_is_said_or_they_show_or_the_times_do() {
        let of = |days: [&str; 2], time: &str, said: Option<DayOrder>| {
            told(days, time, said, &of_deadline()).unwrap()
        };
        let both = ["03/04/2026", "13-04-2026 09:30"];
        let read = ["2026-04-03", "2026-04-13T09:30:00+00:00"];
        assert_eq!(of(both, ISO, None), read);
        assert_eq!(of(both, MONTH_FIRST, None), read, "its own days say so");
        let unclear = ["03/04/2026", "04/04/2026"];
        assert_eq!(
            of(unclear, MONTH_FIRST, None),
            ["2026-03-04", "2026-04-04"],
            "as the times of the log"
        );
        let day_first = Some(DayOrder::DayFirst);
        assert_eq!(of(unclear, ISO, day_first), ["2026-04-03", "2026-04-04"]);
        // What cannot be read so stays, and is counted as no day.
        let wrong = ["03/04/2026", "04/13/2026"];
        assert_eq!(of(wrong, ISO, day_first), ["2026-04-03", "04/13/2026"]);
        let plain = ["2026-04-03", "tbd"];
        assert_eq!(of(plain, ISO, None), plain);
    }

    #[test]
    fn days_that_nothing_tells_how_to_read_are_refused_where_they_are_asked_for() {
        let ends = LogQuestion {
            end: Some("due".to_owned()),
            ..LogQuestion::default()
        };
        let known = LogQuestion {
            known: Known {
                early: vec!["due".to_owned()],
                ..Known::default()
            },
            ..LogQuestion::default()
        };
        let unclear = ["03/04/2026", "04/04/2026"];
        for (question, option) in [
            (of_deadline(), "--deadline"),
            (ends, "--end"),
            (known, "--known"),
        ] {
            let refused = told(unclear, ISO, None, &question).unwrap_err();
            let is_told = refused.starts_with(option)
                && refused.contains("\"due\" states \"03/04/2026\"")
                && refused.contains("none of 2 such days")
                && refused.ends_with("say it with --day-order");
            assert!(is_told, "{refused}");
        }
        let both = ["04/13/2026", "13/04/2026"];
        let refused = told(both, ISO, None, &of_deadline()).unwrap_err();
        assert!(refused.contains("shows both"), "{refused}");
        let usual = LogQuestion::default();
        assert_eq!(told(unclear, ISO, None, &usual).unwrap(), unclear);
        assert_eq!(told(both, ISO, None, &usual).unwrap(), both);
    }
}
