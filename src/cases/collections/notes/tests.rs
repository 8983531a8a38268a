#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use super::*;
use crate::domain::RecordKind;
use crate::domain::records::Interaction;
use crate::history::{Facts, FactsAsOf, History as _};
use crate::registry::Registry;

/// Reads the topics off the note itself, and counts.
#[derive(Debug, Default)]
struct Plain(AtomicUsize);

impl ReadsNotes for Plain {
    fn topics(&self, note: &str) -> Result<Topics, NoteError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        let named = |topic: &NoteTopic| note.contains(topic.as_str());
        Ok(NoteTopic::ALL.into_iter().filter(named).collect())
    }

    fn knows(&self, _note: &str) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }
}

fn today() -> NaiveDate {
    "2026-06-15".parse().unwrap()
}

/// What was said so many days ago: kind, invoice if any, note if any.
fn said(rows: &[(u64, &str, Option<&str>, Option<&str>)]) -> Vec<Arc<Interaction>> {
    let mut facts = Facts::default();
    for (at, (ago, kind, invoice, note)) in rows.iter().enumerate() {
        let time = (today() - Days::new(*ago))
            .and_hms_opt(9, 0, 0)
            .unwrap()
            .and_utc();
        let mut body =
            json!({"id": format!("n{at}"), "customer_id": "c1", "time": time, "kind": kind});
        for (member, value) in [("customer_invoice_id", invoice), ("note", note)] {
            if let Some(value) = value {
                body[member] = Value::from(*value);
            }
        }
        facts
            .insert(RecordKind::Interaction, time, 1, body)
            .unwrap();
    }
    let now = today().and_hms_opt(12, 0, 0).unwrap().and_utc();
    FactsAsOf::new(Arc::new(facts), now).interactions_with("c1")
}

fn notes(rows: &[(u64, &str, Option<&str>, Option<&str>)]) -> Notes {
    Notes::of("i1", &said(rows), today(), &Plain::default()).unwrap()
}

#[test]
fn a_note_stands_until_it_is_answered_or_old() {
    let contests = (10, "call", Some("i1"), Some("contests"));
    assert!(notes(&[contests]).stands(NoteTopic::Contests));
    for answer in ["resolved", "promise"] {
        let answered = notes(&[contests, (3, answer, Some("i1"), None)]);
        assert!(!answered.stands(NoteTopic::Contests), "{answer}");
        let elsewhere = notes(&[contests, (3, answer, Some("i2"), None)]);
        assert!(elsewhere.stands(NoteTopic::Contests), "{answer}");
    }
    assert!(!notes(&[(91, "call", Some("i1"), Some("contests"))]).stands(NoteTopic::Contests));
    let lacks = (5, "call", None, Some("lacks_document"));
    assert!(notes(&[lacks]).stands(NoteTopic::LacksDocument));
    let sent = notes(&[lacks, (4, "email", Some("i1"), None)]);
    assert!(!sent.stands(NoteTopic::LacksDocument));
    let again = notes(&[lacks, (4, "email", Some("i1"), Some("lacks_document"))]);
    assert!(again.stands(NoteTopic::LacksDocument));
    assert!(notes(&[(14, "email", None, Some("paid_already"))]).stands(NoteTopic::PaidAlready));
    assert!(!notes(&[(15, "email", None, Some("paid_already"))]).stands(NoteTopic::PaidAlready));
}

#[test]
fn a_note_of_another_invoice_holds_this_one_back_only_where_money_is_short() {
    let noted = notes(&[
        (9, "call", Some("i2"), Some("contests")),
        (8, "call", Some("i2"), Some("cannot_pay")),
    ]);
    assert!(!noted.stands(NoteTopic::Contests));
    assert!(noted.stands(NoteTopic::CannotPay));
    let since = noted.days_since(today());
    assert_eq!((since[0], since[2]), (9.0, 8.0));
    assert!(since[1].is_nan() && since[3].is_nan() && since[4].is_nan());
}

#[test]
fn few_notes_are_read_and_none_costs_nothing() {
    let reader = Plain::default();
    let silent = said(&[(3, "call", Some("i1"), None), (2, "email", None, None)]);
    assert!(
        Notes::of("i1", &silent, today(), &reader)
            .unwrap()
            .is_empty()
    );
    assert!(!Notes::takes_long("i1", &silent, today(), &reader));
    assert_eq!(reader.0.load(Ordering::Relaxed), 0);
    let many: Vec<_> = (0..60)
        .map(|at| {
            let about = if at < 30 { Some("i2") } else { Some("i1") };
            (at + 1, "call", about, Some("promises"))
        })
        .collect();
    let many = said(&many);
    assert!(Notes::takes_long("i1", &many, today(), &reader));
    Notes::of("i1", &many, today(), &reader).unwrap();
    assert_eq!(reader.0.load(Ordering::Relaxed), 12);
}

#[test]
fn what_is_stored_holds_no_words_and_comes_back_the_same() {
    let noted = notes(&[(9, "call", Some("i1"), Some("cannot_pay, said Mr Byrne"))]);
    let stored = serde_json::to_string(&noted).unwrap();
    assert!(!stored.contains("Byrne"), "{stored}");
    assert_eq!(serde_json::from_str::<Notes>(&stored).unwrap(), noted);
}

fn shipped() -> NoteReader {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    NoteReader::open(&Registry::open(&models).unwrap()).unwrap()
}

/// Sentences that no template says.
const FRESH: [(&str, NoteTopic); 14] = [
    (
        "They reject half of the hours and want them struck off.",
        NoteTopic::Contests,
    ),
    (
        "Der Kunde hält den Tagessatz für überhöht und zahlt deshalb nicht.",
        NoteTopic::Contests,
    ),
    (
        "Le client refuse de payer, le travail serait mal fait.",
        NoteTopic::Contests,
    ),
    ("Money will be with you on Thursday.", NoteTopic::Promises),
    ("Überweist am kommenden Montag.", NoteTopic::Promises),
    (
        "Betaalt volgende week donderdag, beloofd.",
        NoteTopic::Promises,
    ),
    (
        "No funds until their investor pays in.",
        NoteTopic::CannotPay,
    ),
    ("Firma ist zahlungsunfähig.", NoteTopic::CannotPay),
    ("No tienen liquidez en este momento.", NoteTopic::CannotPay),
    (
        "Needs the invoice again with our PO number on it.",
        NoteTopic::LacksDocument,
    ),
    (
        "Bestellnummer fehlt, bitte neue Rechnung.",
        NoteTopic::LacksDocument,
    ),
    (
        "Manca il numero d'ordine, chiede una nuova copia.",
        NoteTopic::LacksDocument,
    ),
    (
        "According to the bookkeeper it was already paid in May.",
        NoteTopic::PaidAlready,
    ),
    (
        "Ist laut Buchhaltung schon überwiesen.",
        NoteTopic::PaidAlready,
    ),
];

#[test]
fn the_shipped_model_reads_sentences_of_another_hand_or_says_nothing() {
    let reader = shipped();
    let mut told = 0;
    for (note, topic) in FRESH {
        let topics = reader.topics(note).unwrap();
        let telling: Vec<_> = topics.iter().filter(|t| *t != NoteTopic::Other).collect();
        assert!(
            telling.is_empty() || telling == [topic],
            "{note}: {telling:?}"
        );
        told += telling.len();
    }
    assert!(told >= 9, "{told} of {}", FRESH.len());
    for note in [
        "Left a voicemail.",
        "",
        "12 / 4711",
        "Sent the statement as usual.",
    ] {
        let topics = reader.topics(note).unwrap();
        assert!(
            topics.iter().all(|topic| topic == NoteTopic::Other),
            "{note}"
        );
    }
}

#[test]
fn a_note_of_several_sentences_speaks_of_several_things() {
    let note =
        "They will pay half of it on Friday. The other half is disputed, the hours are wrong.";
    let reader = shipped();
    assert!(!reader.knows(note));
    let topics = reader.topics(note).unwrap();
    assert!(topics.contains(NoteTopic::Promises) && topics.contains(NoteTopic::Contests));
    assert!(reader.knows(note));
    assert_eq!(reader.topics(note).unwrap(), topics);
}
