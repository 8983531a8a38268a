//! Records that may be copies, each beside its likeliest twin, field by field.

use super::delays::{Answer, answer};
use super::words;
use crate::advice::Recommendation;
use crate::cases::duplicate::{DuplicateAdvice, NewEvidence, Twin};
use crate::service::DuplicateQueue;

/// The page's content.
pub(in crate::web) struct DuplicatesView {
    pub(in crate::web) as_of: String,
    pub(in crate::web) records: usize,
    pub(in crate::web) recent: usize,
    pub(in crate::web) decided: usize,
    pub(in crate::web) pairs: Vec<Pair>,
}

/// A record and its twin.
pub(in crate::web) struct Pair {
    pub(in crate::web) answer: Answer,
    pub(in crate::web) recommendation_id: String,
    pub(in crate::web) party: String,
    pub(in crate::web) verdict: String,
    pub(in crate::web) later: String,
    pub(in crate::web) earlier: String,
    pub(in crate::web) fields: Vec<Row>,
    /// Other earlier records it resembles, with their verdicts.
    pub(in crate::web) others: Vec<String>,
    /// What is new since it was decided.
    pub(in crate::web) new: String,
}

/// One field of both sides.
pub(in crate::web) struct Row {
    pub(in crate::web) name: String,
    pub(in crate::web) later: String,
    pub(in crate::web) earlier: String,
    pub(in crate::web) likeness: String,
}

impl DuplicatesView {
    /// From the queue.
    pub(in crate::web) fn new(queue: &DuplicateQueue) -> Self {
        let run = &queue.run;
        let pairs = run.queue.iter().filter_map(|given| pair(given, queue));
        Self {
            as_of: words::minute(run.as_of),
            records: run.records,
            recent: run.recent,
            decided: queue.decided,
            pairs: pairs.collect(),
        }
    }
}

fn pair(given: &Recommendation, queue: &DuplicateQueue) -> Option<Pair> {
    let advice: DuplicateAdvice = serde_json::from_value(given.suggestion.clone()?).ok()?;
    let (twin, others) = advice.twins.split_first()?;
    let record = format!("{}/{}", given.subject.kind, given.subject.id);
    let again = queue.again.iter().filter(|again| again.record == record);
    let new = again.map(|again| {
        if again.new.is_empty() {
            return format!("now beside {}", named(&again.twin));
        }
        let new = again.new.iter().map(said);
        new.collect::<Vec<_>>().join(", ")
    });
    Some(Pair {
        answer: answer(given, "by a table that ranks and is not calibrated"),
        recommendation_id: given.recommendation_id.to_string(),
        party: advice.party.unwrap_or_default(),
        verdict: twin.said(),
        later: named(&record),
        earlier: named(&twin.record),
        fields: rows(twin),
        others: others
            .iter()
            .map(|other| format!("{}: {}", named(&other.record), other.said()))
            .collect(),
        new: new.collect::<Vec<_>>().join("; "),
    })
}

/// Fields that at least one side holds.
fn rows(twin: &Twin) -> Vec<Row> {
    let held = twin
        .fields
        .iter()
        .filter(|field| field.later.is_some() || field.earlier.is_some());
    held.map(|field| Row {
        name: field.field.replace('_', " "),
        later: field.later.clone().unwrap_or_default(),
        earlier: field.earlier.clone().unwrap_or_default(),
        likeness: field.likeness.clone(),
    })
    .collect()
}

fn named(record: &str) -> String {
    record.replace('_', " ").replacen('/', " ", 1)
}

fn said(new: &NewEvidence) -> String {
    match new {
        NewEvidence::Field { field } => format!("{} agrees", field.replace('_', " ")),
        NewEvidence::Verdict { is, .. } => format!("now {}", is.replace('_', " ")),
        NewEvidence::Score => "the odds rose eightfold".to_owned(),
    }
}
