//! The review queue: recent records that may be copies.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::case::{Asked, DuplicateCase};
use super::recommendation::{DuplicateInput, Twin};
use super::{FirmItems, Item};
use crate::advice::{Judged, Recommendation};
use crate::cases::record_case::JudgeError;
use crate::history::{History, WAITS_DAYS};

/// Days back from which records are in the queue.
const RECENT: u64 = 42;
/// Days further back from which a document that came late is looked at: when years of records come at
/// once, those of long ago are history.
const LATE: u64 = 92;
/// Most records in the queue that may be copies of records.
const MOST: usize = 200;
/// Most that may be copies of documents without a record alone, so that they take nobody's place.
const MOST_OF_DOCUMENTS: usize = 50;

/// A run of the queue: whole answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DuplicateRun {
    /// The moment.
    pub as_of: DateTime<Utc>,
    /// Invoices, claims and uses of cards known.
    pub records: usize,
    /// Of the last six weeks.
    pub recent: usize,
    /// Those that alarm, the likeliest first.
    pub queue: Vec<Recommendation>,
}

/// A run, and the answers it rests on.
pub(crate) struct Made {
    pub(crate) run: DuplicateRun,
    pub(crate) answers: Vec<Judged>,
}

impl DuplicateCase {
    /// The earliest day whose records a run as of a moment looks at.
    pub(crate) fn looks_at_since(as_of: DateTime<Utc>) -> NaiveDate {
        as_of.date_naive() - Days::new(RECENT + LATE)
    }

    /// The moment since which documents count that no record names.
    pub(crate) fn documents_since(as_of: DateTime<Utc>) -> DateTime<Utc> {
        as_of - Days::new(RECENT + WAITS_DAYS)
    }

    /// Looks at what became known in the last six weeks. The same records and day give the same run.
    ///
    /// # Errors
    /// [`JudgeError::Contract`] for a defect.
    pub(crate) fn run(history: &dyn History) -> Result<Made, JudgeError> {
        let firm = FirmItems::of(history);
        let since = history.as_of() - Days::new(RECENT);
        let oldest = Self::looks_at_since(history.as_of());
        let is_recent = |item: &&Item| item.known_at >= since && item.date >= oldest;
        let index = firm.index();
        let records = index.len();
        let recent: Vec<Item> = index.items().iter().filter(is_recent).cloned().collect();
        drop(index);
        let asked = Asked::of(&firm.rates, history)?;
        // Held for one at a time, so that records that come meanwhile need not wait.
        let read = recent.iter().map(|item| asked.read(&firm.index(), item));
        let mut found: Vec<DuplicateInput> = read
            .filter(|input| input.twins.first().is_some_and(|twin| twin.alarms))
            .collect();
        let bits = |input: &DuplicateInput| input.twins.first().map_or(0.0, |twin| twin.bits);
        found.sort_by(|one, other| {
            let by_id = (&one.kind, &one.id).cmp(&(&other.kind, &other.id));
            bits(other).total_cmp(&bits(one)).then(by_id)
        });
        let (mut places, mut places_of_documents) = (MOST, MOST_OF_DOCUMENTS);
        found.retain(|input| {
            let mut alarming = input.twins.iter().filter(|twin| twin.alarms);
            let places = if alarming.all(Twin::is_document) {
                &mut places_of_documents
            } else {
                &mut places
            };
            let has_place = *places > 0;
            *places = places.saturating_sub(1);
            has_place
        });
        let answers: Vec<Judged> = found.iter().map(Self::answer).collect::<Result<_, _>>()?;
        let queue = answers.iter().map(|one| one.recommendation.clone());
        Ok(Made {
            run: DuplicateRun {
                as_of: history.as_of(),
                records,
                recent: recent.len(),
                queue: queue.collect(),
            },
            answers,
        })
    }
}
