//! What the latest notes speak of, as it was known on the day of the question.

use std::sync::Arc;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::NoteError;
use super::reader::ReadsNotes;
use super::topic::NoteTopic;
use crate::cases::numbers::days;
use crate::domain::records::{Interaction, InteractionKind};

/// Notes of a customer that are read, the latest, whatever they are about.
const OF_CUSTOMER: usize = 8;
/// Notes about the invoice asked about that are read, the latest.
const OF_INVOICE: usize = 4;
/// Days back that notes are read.
const LOOKED_BACK: Days = Days::new(180);

/// What the latest notes speak of, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Notes(Vec<Noted>);

/// One thing that one note speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Noted {
    /// Id of the interaction.
    pub interaction_id: String,
    /// Its day.
    pub on: NaiveDate,
    /// What it speaks of.
    pub topic: NoteTopic,
    /// Whether it is about the invoice, or the customer's account as a whole.
    pub here: bool,
    /// Whether nothing has answered it since, and it is not long ago.
    pub stands: bool,
}

impl Notes {
    /// What is noted for an invoice: `said` is all that was said with its customer, in order of time.
    ///
    /// # Errors
    /// [`NoteError`] if a note could not be read.
    pub fn of(
        invoice: &str,
        said: &[Arc<Interaction>],
        today: NaiveDate,
        reader: &dyn ReadsNotes,
    ) -> Result<Self, NoteError> {
        let mut noted = Vec::new();
        for (place, text) in looked_at(invoice, said, today) {
            let Some(one) = said.get(place) else { continue };
            let later = said.get(place + 1..).unwrap_or_default();
            for topic in reader.topics(text)?.iter() {
                if topic == NoteTopic::Other {
                    continue;
                }
                let on = one.time.date_naive();
                let here = is_here(one, invoice);
                noted.push(Noted {
                    interaction_id: one.id.as_str().to_owned(),
                    on,
                    topic,
                    here,
                    stands: on + standing(topic) >= today
                        && !is_answered(topic, one, invoice, later),
                });
            }
        }
        noted.reverse();
        Ok(Self(noted))
    }

    /// Whether a note still has to be read, which takes some milliseconds each.
    #[must_use]
    pub fn takes_long(
        invoice: &str,
        said: &[Arc<Interaction>],
        today: NaiveDate,
        reader: &dyn ReadsNotes,
    ) -> bool {
        let mut texts = looked_at(invoice, said, today);
        texts.any(|(_, text)| !reader.knows(text))
    }

    /// Whether nothing is noted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the invoice is spoken of so, and nothing has answered it.
    #[must_use]
    pub fn stands(&self, topic: NoteTopic) -> bool {
        // Money that is not there is not there for any invoice.
        let about = |noted: &&Noted| noted.here || topic == NoteTopic::CannotPay;
        let mut of_topic = self.0.iter().filter(|noted| noted.topic == topic);
        of_topic.any(|noted| noted.stands && about(&noted))
    }

    /// What stands, latest first.
    pub fn standing(&self) -> impl Iterator<Item = &Noted> {
        let about = |noted: &&Noted| noted.here || noted.topic == NoteTopic::CannotPay;
        self.0
            .iter()
            .rev()
            .filter(|noted| noted.stands)
            .filter(about)
    }

    /// Days since the customer was last spoken of so, in the order of
    /// [`NoteTopic::TELLING`]; missing where it never was lately.
    pub(in crate::cases::collections) fn days_since(&self, today: NaiveDate) -> [f64; 5] {
        NoteTopic::TELLING.map(|topic| {
            let of_topic = self.0.iter().filter(|noted| noted.topic == topic);
            let last = of_topic.map(|noted| noted.on).max();
            last.map_or(f64::NAN, |on| days(on, today))
        })
    }
}

/// The notes that are read, latest first: place among what was said, and text.
fn looked_at<'a>(
    invoice: &'a str,
    said: &'a [Arc<Interaction>],
    today: NaiveDate,
) -> impl Iterator<Item = (usize, &'a str)> {
    let (mut of_customer, mut of_invoice) = (0, 0);
    said.iter()
        .enumerate()
        .rev()
        .take_while(move |(_, one)| one.time.date_naive() + LOOKED_BACK >= today)
        .filter_map(|(place, one)| {
            let text = one.note.as_deref().map(str::trim)?;
            (!text.is_empty()).then_some((place, one, text))
        })
        .filter(move |(_, one, _)| {
            of_customer += 1;
            let about = one.customer_invoice_id.as_ref();
            let own = about.is_some_and(|id| id.as_str() == invoice);
            of_invoice += usize::from(own);
            of_customer <= OF_CUSTOMER || own && of_invoice <= OF_INVOICE
        })
        .map(|(place, _, text)| (place, text))
}

fn is_here(one: &Interaction, invoice: &str) -> bool {
    let about = one.customer_invoice_id.as_ref();
    about.is_none_or(|id| id.as_str() == invoice)
}

/// So long a note stands, where nothing answers it.
const fn standing(topic: NoteTopic) -> Days {
    Days::new(match topic {
        NoteTopic::Contests => 90,
        NoteTopic::LacksDocument | NoteTopic::CannotPay => 60,
        // Money under way is here in two weeks, or it is not under way.
        NoteTopic::PaidAlready => 14,
        NoteTopic::Promises | NoteTopic::Other => 30,
    })
}

/// Whether a note is no longer true, by what was said with it or after it.
fn is_answered(
    topic: NoteTopic,
    one: &Interaction,
    invoice: &str,
    later: &[Arc<Interaction>],
) -> bool {
    let here = |kinds: &[InteractionKind]| {
        let mut later = later.iter().filter(|one| is_here(one, invoice));
        later.any(|one| kinds.contains(&one.kind))
    };
    match topic {
        // Who promises to pay no longer contests.
        NoteTopic::Contests => {
            one.kind == InteractionKind::Resolved
                || here(&[InteractionKind::Resolved, InteractionKind::Promise])
        }
        // A message went out since: what was missing is taken to be in it.
        NoteTopic::LacksDocument => here(&[InteractionKind::Reminder, InteractionKind::Email]),
        _ => false,
    }
}
