//! Records that may be copies, each beside its likeliest twin, field by field.

use super::delays::{Answer, answer};
use super::sheets::{Sheet, Shown, sheets};
use super::words;
use crate::advice::Recommendation;
use crate::cases::duplicate::{DuplicateAdvice, Field, NewEvidence, Twin};
use crate::service::DuplicateQueue;

/// Characters shown of a digest.
const SHOWN_OF_DIGEST: usize = 12;

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
    /// Where the earlier is looked at, if it is a document without a record.
    pub(in crate::web) earlier_page: Option<String>,
    pub(in crate::web) sheets: Vec<Sheet>,
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
    /// From the queue, and the documents that can be shown.
    pub(in crate::web) fn new(queue: &DuplicateQueue, documents: &Shown) -> Self {
        let run = &queue.run;
        let answers = run.queue.iter();
        let pairs = answers.filter_map(|given| pair(given, queue, documents));
        Self {
            as_of: words::minute(run.as_of),
            records: run.records,
            recent: run.recent,
            decided: queue.decided,
            pairs: pairs.collect(),
        }
    }
}

/// Digests of the documents of all pairs.
pub(in crate::web) fn documents(queue: &DuplicateQueue) -> Vec<String> {
    let twins = queue.run.queue.iter().filter_map(|given| {
        let advice = advice(given)?;
        let digests = document_of(advice.twins.first()?)?;
        Some([digests.later.clone(), digests.earlier.clone()])
    });
    twins.flatten().flatten().collect()
}

fn advice(given: &Recommendation) -> Option<DuplicateAdvice> {
    serde_json::from_value(given.suggestion.clone()?).ok()
}

fn document_of(twin: &Twin) -> Option<&Field> {
    twin.fields.iter().find(|field| field.field == "document")
}

fn pair(given: &Recommendation, queue: &DuplicateQueue, documents: &Shown) -> Option<Pair> {
    let advice = advice(given)?;
    let (twin, others) = advice.twins.split_first()?;
    let digests = document_of(twin);
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
        earlier_page: document_in(&twin.record).map(|id| format!("/inbox/{id}")),
        sheets: sheets(
            documents,
            [
                (
                    named(&record),
                    digests.and_then(|field| field.later.as_deref()),
                ),
                (
                    named(&twin.record),
                    digests.and_then(|field| field.earlier.as_deref()),
                ),
            ],
        ),
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
        later: shown(field, field.later.as_ref()),
        earlier: shown(field, field.earlier.as_ref()),
        likeness: field.likeness.clone(),
    })
    .collect()
}

/// Of a digest the beginning tells it from others.
fn shown(field: &Field, value: Option<&String>) -> String {
    let value = value.map_or("", String::as_str);
    match field.field.as_str() {
        "document" => value.chars().take(SHOWN_OF_DIGEST).collect(),
        _ => value.to_owned(),
    }
}

/// The id of a document without a record.
fn document_in(record: &str) -> Option<&str> {
    record.strip_prefix("document/")
}

/// Ids of documents are ours, and tell a person nothing.
fn named(record: &str) -> String {
    match document_in(record) {
        Some(_) => "document without a record".to_owned(),
        None => record.replace('_', " ").replacen('/', " ", 1),
    }
}

fn said(new: &NewEvidence) -> String {
    match new {
        NewEvidence::Field { field } => format!("{} agrees", field.replace('_', " ")),
        NewEvidence::Verdict { is, .. } => format!("now {}", is.replace('_', " ")),
        NewEvidence::Score => "the odds rose eightfold".to_owned(),
    }
}
