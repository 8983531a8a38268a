//! Claims, uses of cards and invoices to review as cards: what was found first, the score after it.

use std::collections::{BTreeSet, HashMap};

use super::delays::{Answer, answer};
use super::sheets::{Sheet, Shown, sheets};
use super::words;
use crate::advice::Recommendation;
use crate::cases::detectors::Flag;
use crate::cases::expense::{ExpenseAdvice, Lane};
use crate::history::{History, Lines};
use crate::service::ExpenseQueue;

/// The page's content.
pub(in crate::web) struct ExpensesView {
    pub(in crate::web) as_of: String,
    pub(in crate::web) known: usize,
    pub(in crate::web) recent: usize,
    pub(in crate::web) decided: usize,
    pub(in crate::web) budget: String,
    pub(in crate::web) learnt: String,
    pub(in crate::web) groups: Vec<Group>,
}

/// Claims of one lane.
pub(in crate::web) struct Group {
    pub(in crate::web) title: &'static str,
    pub(in crate::web) about: &'static str,
    pub(in crate::web) claims: Vec<Claim>,
}

/// One claim.
pub(in crate::web) struct Claim {
    pub(in crate::web) answer: Answer,
    pub(in crate::web) recommendation_id: String,
    /// The record, as in `expense_claim/ID`.
    pub(in crate::web) record: String,
    /// How it was found.
    pub(in crate::web) found: &'static str,
    /// What it is, in words.
    pub(in crate::web) is: String,
    pub(in crate::web) day: String,
    pub(in crate::web) spender: String,
    pub(in crate::web) merchant: String,
    pub(in crate::web) category: String,
    pub(in crate::web) amount: String,
    pub(in crate::web) currency: String,
    pub(in crate::web) flags: Vec<Flag>,
    /// Its receipt, and those of the claims beside it.
    pub(in crate::web) sheets: Vec<Sheet>,
    /// Detectors that are new since it was decided.
    pub(in crate::web) new: String,
}

impl ExpensesView {
    /// From the queue, the digests of receipts by claim, and the documents that can be shown.
    pub(in crate::web) fn new(
        queue: &ExpenseQueue,
        receipts: &HashMap<String, String>,
        documents: &Shown,
    ) -> Self {
        let run = &queue.run;
        let (within, beyond) = run
            .queue
            .split_at_checked(run.within_budget)
            .unwrap_or((&run.queue, &[]));
        let groups = [
            (
                within,
                "To review",
                "The rarest first, whether the score found it or a detector.",
            ),
            (
                beyond,
                "Beyond the budget",
                "Found as well, but commoner, and more than can be reviewed.",
            ),
            (
                &run.audit,
                "Drawn at random",
                "Nothing was found. Looking at a few says how much is missed.",
            ),
        ];
        let groups = groups.into_iter().map(|(answers, title, about)| {
            let claims = answers.iter().filter_map(|answer| claim(answer, queue));
            let claims = claims.map(|claim| claim.with_receipts(receipts, documents));
            Group {
                title,
                about,
                claims: claims.collect(),
            }
        });
        Self {
            as_of: words::minute(run.as_of),
            known: run.claims + run.cards + run.invoices,
            recent: run.recent,
            decided: queue.decided,
            budget: run.expected_a_week.map_or_else(
                || "Too few records to say what is unusual; detectors run all the same.".to_owned(),
                |expected| {
                    format!(
                        "{} reviews a week; the threshold would have shown {expected:.1} a week so far.",
                        run.reviews_a_week
                    )
                },
            ),
            learnt: learnt(queue),
            groups: groups.filter(|group| !group.claims.is_empty()).collect(),
        }
    }
}

impl Claim {
    fn with_receipts(self, receipts: &HashMap<String, String>, documents: &Shown) -> Self {
        let records = std::iter::once(&self.record).chain(beside(&self.flags));
        let mut seen = BTreeSet::new();
        let records = records.filter(|record| seen.insert(*record));
        let records = records.map(|record| {
            let digest = receipts.get(record).map(String::as_str);
            let (kind, id) = record.split_once('/').unwrap_or(("", record));
            let what = if kind == "vendor_invoice" {
                "document"
            } else {
                "receipt"
            };
            (format!("{what} of {id}"), digest)
        });
        Self {
            sheets: sheets(documents, records),
            ..self
        }
    }
}

/// Records that flags name beside the claim.
fn beside(flags: &[Flag]) -> impl Iterator<Item = &String> {
    flags.iter().flat_map(|flag| &flag.twins)
}

/// Digests of the receipts of the queue's claims and of those beside them, by record.
pub(in crate::web) fn receipts(
    queue: &ExpenseQueue,
    history: &dyn History,
) -> HashMap<String, String> {
    let spending = history.spending();
    let mut found = HashMap::new();
    for given in queue.run.queue.iter().chain(&queue.run.audit) {
        let suggestion = given.suggestion.clone();
        let advice: Option<ExpenseAdvice> =
            suggestion.and_then(|advice| serde_json::from_value(advice).ok());
        let flags = advice.map(|advice| advice.flags).unwrap_or_default();
        for record in std::iter::once(&record_of(given)).chain(beside(&flags)) {
            let claim = Lines::ALL.into_iter().find_map(|lines| {
                let id = record
                    .strip_prefix(lines.kind().as_str())?
                    .strip_prefix('/')?;
                spending.line(lines, id)
            });
            let receipt =
                claim.and_then(|claim| Some(claim.receipt_sha256.as_ref()?.as_str().to_owned()));
            found.extend(receipt.map(|digest| (record.clone(), digest)));
        }
    }
    found
}

fn record_of(given: &Recommendation) -> String {
    format!("{}/{}", given.subject.kind, given.subject.id)
}

fn learnt(queue: &ExpenseQueue) -> String {
    let of = |precision: Option<f64>, found: &str| {
        precision.map_or_else(
            || format!("Precision is said once 20 {found} ones were decided."),
            |share| {
                format!(
                    "{:.0} % of {found} ones decided were confirmed.",
                    share * 100.0
                )
            },
        )
    };
    let precision = match (queue.precision, queue.flagged_precision) {
        (None, None) => of(None, "unusual or flagged"),
        (unusual, flagged) => {
            let (unusual, flagged) = (of(unusual, "unusual"), of(flagged, "flagged"));
            format!("{unusual} {flagged}")
        }
    };
    let missed = queue.audited.missed_at_most.map_or_else(String::new, |most| {
        format!(
            " Of {} drawn at random {} were confirmed: at most {:.0} % of what is not shown is missed.",
            queue.audited.looked_at,
            queue.audited.confirmed,
            most * 100.0
        )
    });
    precision + &missed
}

fn claim(given: &Recommendation, queue: &ExpenseQueue) -> Option<Claim> {
    let advice: ExpenseAdvice = serde_json::from_value(given.suggestion.clone()?).ok()?;
    let found = match advice.lane {
        Some(Lane::Score) => "Unusual",
        Some(Lane::Detector) => "Flagged",
        Some(Lane::Audit) | None => "",
    };
    let record = record_of(given);
    let again = queue.again.iter().find(|new| new.record == record);
    let id = &given.subject.id;
    let (is, less_unusual) = match given.subject.kind.as_str() {
        "card_transaction" => (
            format!("use {id} of a card"),
            "of card uses are less unusual",
        ),
        "vendor_invoice" => (format!("invoice {id}"), "of invoices are less unusual"),
        _ => (format!("claim {id}"), "of claims are less unusual"),
    };
    Some(Claim {
        answer: answer(given, less_unusual),
        recommendation_id: given.recommendation_id.to_string(),
        record,
        found,
        is,
        day: advice.incurred_on.to_string(),
        spender: advice.employee_id.or(advice.vendor_id).unwrap_or_default(),
        merchant: advice.merchant.unwrap_or_default(),
        category: advice.category.unwrap_or_default(),
        amount: words::amount(&advice.amount),
        currency: advice.currency.to_string(),
        flags: advice.flags,
        sheets: Vec::new(),
        new: again.map_or_else(String::new, |new| {
            let new: Vec<&str> = new
                .detectors
                .iter()
                .chain(&new.changed)
                .map(String::as_str)
                .collect();
            new.join(", ").replace('_', " ")
        }),
    })
}
