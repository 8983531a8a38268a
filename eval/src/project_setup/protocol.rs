//! Which requests are asked about, when, and what coming late means.

use std::collections::HashSet;

use scrutineer::cases::project_setup::request::days;
use scrutineer::cases::project_setup::{FactNames, Known, Request, Scope};
use scrutineer::eventlog::{EventLog, Trace};

use super::{deadline, end};
use crate::EvalError;

/// Share of the requests, the last by time, that are asked about.
const ASKED: f64 = 0.2;

/// What is asked of a log.
#[derive(Debug, Clone, PartialEq)]
pub struct LogQuestion {
    /// What coming late means.
    pub late: Late,
    /// Fact that says when a request was complete; else its last event does.
    pub end: Option<String>,
    /// Asked at the first step of this name; else at every step but the last.
    pub at: Option<String>,
    /// Asked at the first step alone.
    pub first: bool,
    /// Complete with the first step of this name; else with the last.
    pub until: Option<String>,
    /// What is said of facts and when they come to be known.
    pub known: Known,
    /// Starts later than this quantile of the durations before the end of the log are left
    /// out, where late is told by duration: the long ones among them are not over yet.
    pub settled: f64,
    /// Leaves the period asked about alone and asks the last fifth of the one before it, as
    /// for choosing features and parameters.
    pub validate: bool,
}

/// What coming late means.
#[derive(Debug, Clone, PartialEq)]
pub enum Late {
    /// Taking longer than three quarters of the requests fitted on.
    P75,
    /// Being complete after the time that a fact states, as far as that was known at a step.
    Deadline(String),
    /// Being complete more than so many days after the step asked at.
    Within(f64),
    /// A fact has this value in the end.
    Labelled(String, String),
}

impl Default for LogQuestion {
    fn default() -> Self {
        Self {
            late: Late::P75,
            end: None,
            at: None,
            first: false,
            until: None,
            known: Known::default(),
            settled: 0.9,
            validate: false,
        }
    }
}

impl LogQuestion {
    /// When the question is asked.
    const fn scope(&self) -> Scope {
        if self.first {
            Scope::FirstStep
        } else if self.at.is_some() {
            Scope::OneStep
        } else {
            Scope::EveryStep
        }
    }

    /// Whether lateness shows on a day that may lie beyond the end of the log, with requests still open
    /// by then. Of what takes long or is never done, and of labels, the protocol says what counts.
    const fn late_shows_by_day(&self) -> bool {
        match &self.late {
            Late::Deadline(_) => true,
            Late::Within(_) => self.end.is_some() && self.until.is_none(),
            Late::P75 | Late::Labelled(..) => false,
        }
    }
}

/// Requests and who of them is asked about.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) requests: Vec<Request>,
    /// Places of those asked about.
    pub(super) test: HashSet<usize>,
    /// What became known from here on is not fitted on.
    pub(super) cut: f64,
    /// Days left that would show only after this moment are not known.
    pub(super) horizon: f64,
    /// Nor is lateness that would.
    pub(super) late_until: f64,
    pub(super) known: Known,
    /// Requests of which nothing can be said, or not whether they came late, in words; empty where there
    /// are none.
    pub(super) left_out: String,
    question: Option<LogQuestion>,
}

impl Asked {
    /// By a log and a question.
    pub(super) fn of_log(log: EventLog, question: &LogQuestion) -> Result<Self, EvalError> {
        let hindsight = if question.until.is_some() {
            // A course that is cut short does not show any more what it tells.
            let whole: Vec<Request> = log.traces.iter().cloned().map(Request::finished).collect();
            let whole: Vec<&Request> = whole.iter().collect();
            FactNames::at(question.scope(), &whole, &question.known).hindsight
        } else {
            Vec::new()
        };
        let moments = end::moments(&log.traces);
        let (traces, mut left_out) = match &question.end {
            Some(fact) => end::with_end(log.traces, fact).map_err(wrong("--end"))?,
            None => (log.traces, String::new()),
        };
        let requests: Vec<Request> = traces
            .into_iter()
            .filter_map(|trace| request(trace, question))
            .collect();
        if let Late::Deadline(fact) = &question.late {
            left_out += &deadline::left_out(&requests, fact).map_err(wrong("--deadline"))?;
        }
        let late_until = if question.late_shows_by_day() {
            end::last_told(&moments, &requests)
        } else {
            f64::INFINITY
        };
        let mut asked = Self {
            requests,
            test: HashSet::new(),
            cut: f64::INFINITY,
            horizon: f64::INFINITY,
            late_until,
            known: question.known.clone(),
            left_out,
            question: Some(question.clone()),
        };
        if let Late::Labelled(fact, _) | Late::Deadline(fact) = &question.late {
            asked.known.late.push(fact.clone());
        }
        asked.known.late.extend(question.end.clone());
        asked.known.late.extend(hindsight);
        let told_too_late = asked.told_too_late();
        asked.left_out += &told_too_late;
        asked.split(question)?;
        if question.validate {
            let cut = asked.cut;
            asked.requests.retain(|one| {
                let told = question.late != Late::P75 && one.late().is_some_and(|(_, at)| at < cut);
                told || one.ended.is_some_and(|ended| ended < cut)
            });
            asked.split(question)?;
        }
        Ok(asked)
    }

    /// By records: those asked for from the cut on.
    pub(super) fn of_records(requests: Vec<Request>, cut: f64, horizon: f64) -> Self {
        let from = |(at, one): (usize, &Request)| (one.started() >= cut).then_some(at);
        Self {
            test: requests.iter().enumerate().filter_map(from).collect(),
            requests,
            cut,
            horizon,
            late_until: horizon,
            known: Known::default(),
            left_out: String::new(),
            question: None,
        }
    }

    /// Whether a request came late, as far as anyone can know.
    pub(super) fn late(&self, late: Option<(bool, f64)>) -> Option<bool> {
        let known = late.filter(|(_, at)| *at <= self.late_until);
        known.map(|(late, _)| late)
    }

    /// Of how many requests whether they come late shows only after the log ends, in words; nothing where
    /// of none.
    fn told_too_late(&self) -> String {
        let late = self.requests.iter().filter_map(Request::late);
        let count = late.filter(|(_, at)| *at > self.late_until).count();
        if count == 0 {
            return String::new();
        }
        let until = day(self.late_until);
        format!(
            "; of {count} requests the log, which ends on {until}, does not tell whether they came late: their lateness is neither asked about nor fitted on"
        )
    }

    /// Why nothing was due at any step asked about.
    pub(super) fn why_nothing_is_due(&self) -> &'static str {
        let late = self.question.as_ref().map(|question| &question.late);
        match late {
            Some(Late::Deadline(_)) => "the deadline was known at no step asked about",
            _ => "nothing is due",
        }
    }

    /// When the question is asked.
    pub(super) fn scope(&self) -> Scope {
        let question = self.question.as_ref();
        question.map_or(Scope::EveryStep, LogQuestion::scope)
    }

    /// Whether somebody may say of facts when they come to be known.
    pub(super) const fn can_be_told(&self) -> bool {
        self.question.is_some()
    }

    /// Whether a step is asked about.
    pub(super) fn asks(&self, request: usize, event: usize) -> bool {
        let Some(one) = self.requests.get(request) else {
            return false;
        };
        match &self.question {
            Some(question) if question.first => event == 0,
            Some(LogQuestion { at: Some(name), .. }) => place(&one.trace, name) == Some(event),
            _ => {
                let last = event + 1 == one.trace.events.len();
                let at = one.trace.events.get(event).map(|event| days(&event.time));
                let before = |over: Option<f64>| over.is_none_or(|over| at < Some(over));
                // What is dated beyond all that records tell of did not happen yet.
                let is_told = at <= Some(self.horizon);
                is_told && (!last || before(one.ended) && before(one.given_up))
            }
        }
    }

    fn split(&mut self, question: &LogQuestion) -> Result<(), EvalError> {
        let by_duration = question.late == Late::P75;
        let settled_before = if by_duration {
            let ended = self.requests.iter().filter_map(|one| one.ended);
            let durations: Vec<f64> = self.requests.iter().filter_map(duration).collect();
            ended.fold(f64::MIN, f64::max) - quantile(&durations, question.settled)
        } else {
            f64::INFINITY
        };
        let mut order: Vec<(f64, usize)> = self
            .requests
            .iter()
            .enumerate()
            .filter(|(_, one)| by_duration || self.late(one.late()).is_some())
            .filter(|(_, one)| one.started() <= settled_before)
            .map(|(at, one)| (self.moment(one), at))
            .collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let from = (order.len() as f64 * (1.0 - ASKED)) as usize;
        let (before, test) = order.split_at(from.min(order.len()));
        let Some((cut, _)) = test.first() else {
            let why = format!("no request to ask about{}", self.left_out);
            return Err(EvalError::insufficient(&why));
        };
        self.cut = *cut;
        self.test = test.iter().map(|(_, at)| *at).collect();
        if by_duration {
            let complete = before
                .iter()
                .filter_map(|(_, at)| self.requests.get(*at))
                .filter(|one| one.ended.is_some_and(|ended| ended < self.cut));
            let durations: Vec<f64> = complete.filter_map(duration).collect();
            if durations.is_empty() {
                return Err(EvalError::insufficient(
                    &"no request was complete before the first one asked about",
                ));
            }
            let longest = quantile(&durations, 0.75);
            for one in &mut self.requests {
                one.due = Some(one.started() + longest);
            }
        }
        Ok(())
    }

    /// When a request is asked about first.
    fn moment(&self, request: &Request) -> f64 {
        let name = self
            .question
            .as_ref()
            .and_then(|question| question.at.as_ref());
        let at = name.and_then(|name| place(&request.trace, name));
        at.and_then(|at| request.trace.events.get(at))
            .map_or_else(|| request.started(), |event| days(&event.time))
    }
}

fn wrong(option: &str) -> impl FnOnce(String) -> EvalError {
    let path = option.to_owned();
    move |message| EvalError::File { path, message }
}

/// The day of a moment in days.
pub(super) fn day(moment: f64) -> String {
    let time = chrono::DateTime::from_timestamp_millis((moment * 86_400_000.0) as i64);
    time.map_or_else(String::new, |time| time.date_naive().to_string())
}

fn duration(request: &Request) -> Option<f64> {
    Some(request.ended? - request.started())
}

/// Place of the first step whose name begins so.
fn place(trace: &Trace, name: &str) -> Option<usize> {
    let mut events = trace.events.iter();
    events.position(|event| event.activity.starts_with(name))
}

/// A case of the log as a request of the question; none where the question does not arise.
fn request(trace: Trace, question: &LogQuestion) -> Option<Request> {
    let at = match &question.at {
        Some(name) => place(&trace, name)?,
        None => 0,
    };
    let asked_at = trace.events.get(at).map(|event| days(&event.time))?;
    let mut request = Request::finished(trace);
    if let Some(name) = &question.until {
        match place(&request.trace, name) {
            // Over before it is asked about.
            Some(over) if over <= at => return None,
            Some(over) => {
                request.trace.events.truncate(over + 1);
                request.ended = request.trace.ended().map(|time| days(&time));
            }
            None => {
                request.given_up = request.ended.take();
                request.never_done = true;
            }
        }
    }
    if let Some(fact) = &question.end {
        request.ended = end::ended(&request.trace, fact);
    }
    match &question.late {
        Late::P75 => {}
        Late::Deadline(fact) => deadline::plan(&mut request, fact),
        Late::Within(days) => request.due = Some(asked_at + days),
        Late::Labelled(fact, value) => {
            let last = request.trace.events.len().checked_sub(1)?;
            let stated = request.trace.attribute(last, fact);
            request.labelled_late = stated.map(|stated| stated.as_ref() == value);
        }
    }
    Some(request)
}

/// A quantile, straight between ranks.
pub(super) fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = share * sorted.len().saturating_sub(1) as f64;
    let at = |index: f64| sorted.get(index as usize).copied();
    let low = at(place.floor()).unwrap_or(f64::NAN);
    let high = at(place.ceil()).unwrap_or(low);
    low + (high - low) * place.fract()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use scrutineer::eventlog::{Attributes, Event, parse_time};

    use super::*;

    fn event(activity: &str, time: &str) -> Event {
        Event {
            activity: Arc::from(activity),
            time: parse_time(time).unwrap(),
            resource: None,
            role: None,
            lifecycle: None,
            attributes: Attributes::new(),
        }
    }

    #[test]
    fn what_never_comes_in_a_log_is_late_by_the_rule_of_its_protocol() {
        let question = LogQuestion {
            late: Late::Within(14.0),
            at: Some("End trip".to_owned()),
            until: Some("Declaration".to_owned()),
            ..LogQuestion::default()
        };
        let trace = Trace {
            id: Arc::from("trip"),
            attributes: Attributes::new(),
            events: vec![
                event("End trip", "2026-03-02T09:00:00Z"),
                event("Send reminder", "2026-03-05T09:00:00Z"),
            ],
        };
        let asked_at = days(&trace.events[0].time);
        let request = request(trace, &question).unwrap();
        assert_eq!(request.given_up, Some(asked_at + 3.0));
        assert_eq!(request.late(), Some((true, asked_at + 14.0)));
        assert_eq!(request.watched_until(asked_at + 99.0), asked_at + 99.0);
    }

    #[test]
    fn whether_a_request_is_late_is_not_known_before_its_deadline() {
        // Asked for on ten days, one after another. The eighth and ninth are open, and the ninth is due
        // long after all that the log tells of.
        let trace = |day: usize| {
            let due = if day == 9 { "2030-01-01" } else { "2026-03-12" };
            let fact = |name: &str, value: &str| (Arc::from(name), Arc::from(value));
            let mut attributes: Attributes = vec![fact("due", due)];
            if !(8..10).contains(&day) {
                attributes.push(fact("end", "2026-03-15"));
            }
            Trace {
                id: Arc::from("c"),
                attributes,
                events: vec![event("ask", &format!("2026-03-{day:02}T09:00:00Z"))],
            }
        };
        let log = EventLog {
            traces: (1..=10).map(trace).collect(),
            ..EventLog::default()
        };
        let question = LogQuestion {
            late: Late::Deadline("due".to_owned()),
            end: Some("end".to_owned()),
            first: true,
            ..LogQuestion::default()
        };
        let asked = Asked::of_log(log, &question).unwrap();
        let late = |place: usize| asked.late(asked.requests[place].late());
        assert_eq!([7, 8, 9].map(late), [Some(true), None, Some(true)]);
        assert_eq!(asked.test, HashSet::from([7, 9]));
        let left_out = &asked.left_out;
        assert!(
            left_out.contains("; of 1 requests the log, which ends on 2026-03-16,")
                && left_out.contains("lateness is neither asked about nor fitted on"),
            "{left_out}"
        );
        // What is never done is late by the rule of its protocol, whatever the log tells of.
        assert!(
            !LogQuestion {
                late: Late::Within(3.0),
                ..LogQuestion::default()
            }
            .late_shows_by_day()
        );
    }
}
