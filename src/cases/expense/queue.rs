//! The review queue: recent claims, uses of cards and invoices of vendors that a person should look at, and a
//! few drawn at random.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::case::ExpenseCase;
use super::rarity::Rarity;
use super::recommendation::{ExpenseInput, Lane};
use crate::advice::{Judged, Recommendation};
use crate::cases::detectors::Books;
use crate::cases::record_case::JudgeError;
use crate::domain::records::ExpenseClaim;
use crate::domain::sha256_hex;
use crate::history::{History, Lines};

/// Days back from which claims are in the queue.
const RECENT: u64 = 42;
/// Most records of one kind in the queue.
const MOST: usize = 200;

/// A run of the queue: whole answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExpenseRun {
    /// The moment.
    pub as_of: DateTime<Utc>,
    /// Claims that others are compared with.
    pub claims: usize,
    /// Uses of cards that others are compared with.
    pub cards: usize,
    /// Invoices of vendors that others are compared with.
    pub invoices: usize,
    /// Of the last six weeks.
    pub recent: usize,
    /// How many of the queue, from its beginning, can be reviewed in six weeks.
    pub within_budget: usize,
    /// Claims that can be reviewed in a week.
    pub reviews_a_week: u32,
    /// Claims a week that would have been over the threshold; none where history is too short.
    pub expected_a_week: Option<f64>,
    /// To be looked at, found by score and by detectors alike: first whatever the fewest recent records
    /// have, at most 200 of a kind of record.
    pub queue: Vec<Recommendation>,
    /// Drawn at random from the others.
    pub audit: Vec<Recommendation>,
}

impl ExpenseRun {
    /// The day from which claims are in the queue of a moment.
    #[must_use]
    pub fn since(as_of: DateTime<Utc>) -> NaiveDate {
        as_of.date_naive() - Days::new(RECENT)
    }
}

/// A run, and the answers it rests on.
pub(crate) struct Made {
    pub(crate) run: ExpenseRun,
    pub(crate) answers: Vec<Judged>,
}

impl ExpenseCase {
    /// Looks at the claims of the last six weeks, the uses of cards that no claim explains, and the invoices of
    /// vendors, but for those that were sent back and those of which a document says as much. The same records,
    /// day and key of the random draw give the same run.
    ///
    /// # Errors
    /// [`JudgeError::Contract`] for a defect.
    pub(crate) fn run(&self, history: &dyn History, draw_key: &str) -> Result<Made, JudgeError> {
        let spending = history.spending();
        let firm = self.firm(&spending);
        let plan = firm.plan();
        let threshold = plan.map(|plan| plan.threshold);
        let today = history.as_of().date_naive();
        let since = ExpenseRun::since(history.as_of());
        let books = Books::new(history);
        let mut found = Vec::new();
        let mut others = Vec::new();
        for lines in Lines::ALL {
            for claim in spending.all(lines, since, today) {
                let known = (history, &books);
                let (mut input, row) = self.read(lines, &claim, &firm, threshold, known);
                if is_looked_at_elsewhere(&input, &claim, history) {
                    continue;
                }
                input.lane = input.found();
                let list = if input.lane.is_some() {
                    &mut found
                } else {
                    &mut others
                };
                list.push((input, row));
            }
        }
        let recent = found.len() + others.len();
        let rarity = Rarity::of(found.iter().chain(&others).map(|(input, _)| input));
        found.sort_by_cached_key(|(input, _)| rarity.key(input));
        let mut of_kind = [0; Lines::ALL.len()];
        found.retain(|(input, _)| {
            let count = of_kind.get_mut(input.lines as usize);
            count.is_some_and(|count| {
                *count += 1;
                *count <= MOST
            })
        });
        // A digest orders claims as if by lot, and the same way tomorrow; without the key nobody can foretell it.
        others
            .sort_by_cached_key(|(input, _)| sha256_hex(format!("{draw_key} {}", input.claim_id)));
        let in_all = |a_week: u32| (u64::from(a_week) * RECENT / 7) as usize;
        others.truncate(in_all(self.plan.audits_a_week));
        for (input, _) in &mut others {
            input.lane = Some(Lane::Audit);
        }
        let queued = found.len();
        let answers = found.iter().chain(&others);
        let answers: Vec<Judged> = answers
            .map(|(input, row)| Self::answer(input, row))
            .collect::<Result<_, _>>()?;
        let mut shown = answers.iter().map(|one| one.recommendation.clone());
        Ok(Made {
            run: ExpenseRun {
                as_of: history.as_of(),
                claims: firm.count(Lines::Claims),
                cards: firm.count(Lines::Cards),
                invoices: firm.count(Lines::Invoices),
                recent,
                within_budget: queued.min(in_all(self.plan.reviews_a_week)),
                reviews_a_week: self.plan.reviews_a_week,
                expected_a_week: plan.map(|plan| plan.expected_per_week),
                queue: shown.by_ref().take(queued).collect(),
                audit: shown.collect(),
            },
            answers,
        })
    }
}

/// Whether it is no matter of this queue: a use of a card is looked at as the claim that explains
/// it, an invoice as its document, where that came, could be read and shows all that is flagged here,
/// or not at all if nobody will pay it.
fn is_looked_at_elsewhere(
    input: &ExpenseInput,
    claim: &ExpenseClaim,
    history: &dyn History,
) -> bool {
    let id = claim.id.as_str();
    match input.lines {
        Lines::Claims => false,
        Lines::Cards => history.spending().is_explained(id),
        Lines::Invoices => {
            let document = claim.receipt_sha256.as_ref();
            let found = document.and_then(|digest| history.found_in(digest.as_str()));
            let shows = |found: &[String]| {
                let mut flags = input.flags.iter();
                flags.all(|flag| found.contains(&flag.detector))
            };
            found.is_some_and(shows) || history.invoice(id).is_some_and(|one| one.is_void())
        }
    }
}
