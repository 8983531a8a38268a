//! Why a customer stands elsewhere on the worklist than in the run before.

#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::worklist::stake::Measures;
use super::worklist::{CollectionsRow, CollectionsRun};
use super::{InvoiceRow, Suppressed};

/// A change of what is at stake below this share is none worth telling.
const NOTABLE: f64 = 0.1;
/// What is said where nothing changed.
const UNCHANGED: &str = "Unchanged.";
/// What is said where a promise ran out for which something was held back.
const PROMISE_BROKEN: &str = "A promise was broken.";

/// How a row moved since the run before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Moved {
    /// Place it had; none if it was not ranked.
    pub from: Option<usize>,
    /// Why, in a sentence.
    pub why: String,
}

impl Moved {
    /// Why, where anything changed: that nothing did is no news on a page.
    #[must_use]
    pub fn news(&self) -> Option<&str> {
        (self.why != UNCHANGED).then_some(self.why.as_str())
    }
}

/// Tells of every customer to contact why it stands where it stands, against the run before.
pub(super) fn tell_moves(run: &mut CollectionsRun, before: &CollectionsRun) {
    let models = run.model.as_ref().zip(before.model.as_ref());
    let since = Since {
        before,
        ranked: by_customer(&before.ranked),
        held_back: by_customer(&before.held_back),
        waiting: by_customer(&before.waiting),
        measures: Measures {
            amounts: &run.usual_amounts,
            days: &run.usual_days,
        },
        all_told: run.left_out == 0 && before.left_out == 0,
        another_model: models.is_some_and(|(now, then)| now != then),
    };
    for row in &mut run.ranked {
        row.moved = Some(since.moved(row));
    }
}

/// Rows by customer: a firm has thousands.
type Rows<'a> = HashMap<&'a str, &'a CollectionsRow>;

/// What rows are held against.
struct Since<'a> {
    before: &'a CollectionsRun,
    /// Its rows.
    ranked: Rows<'a>,
    held_back: Rows<'a>,
    waiting: Rows<'a>,
    /// By amounts and days that are usual now.
    measures: Measures<'a>,
    /// Where some invoices are left out, one that is no longer there, or newly is, tells nothing.
    all_told: bool,
    /// Then what is at stake changes for all, whatever became of them.
    another_model: bool,
}

impl Since<'_> {
    fn moved(&self, row: &CollectionsRow) -> Moved {
        match find(&self.ranked, row) {
            Some(old) => Moved {
                from: old.rank,
                why: self.why_elsewhere(row, old),
            },
            None => Moved {
                from: None,
                why: self.why_ranked(row),
            },
        }
    }

    /// Why a customer is to be contacted who was not.
    fn why_ranked(&self, row: &CollectionsRow) -> String {
        let before = self.before;
        match find(&self.held_back, row) {
            Some(old) if broke_promise(old, row) => PROMISE_BROKEN.to_owned(),
            Some(old) if is_freed(old, row) => {
                let holds = |why| {
                    let mut invoices = row.invoices.iter();
                    invoices.any(|one| one.suppressed_by.contains(why))
                };
                let gone = old.suppressed_by.iter().filter(|why| !holds(why));
                let gone: Vec<&str> = gone.map(|why| why.label()).collect();
                if gone.is_empty() {
                    "Something of it is no longer held back.".to_owned()
                } else {
                    format!("Held back before ({}), and no longer.", gone.join(", "))
                }
            }
            // What was held back still is: there is something else to speak of.
            Some(_) => next_step(row),
            None if find(&self.waiting, row).is_some() => {
                "Nothing was to be done before.".to_owned()
            }
            None if before.left_out > 0 => {
                "Not on the list before: it was not open, or too many were to be scored.".to_owned()
            }
            None => "Nothing was open before.".to_owned(),
        }
    }

    /// Why a customer stands elsewhere than it did, or has something else at stake.
    fn why_elsewhere(&self, row: &CollectionsRow, old: &CollectionsRow) -> String {
        let open = |row: &CollectionsRow| -> BTreeSet<String> {
            let ids = row.invoices.iter();
            ids.map(|one| one.customer_invoice_id.clone()).collect()
        };
        // What is held back was never part of the rank.
        let ranked = |row: &CollectionsRow| -> BTreeSet<String> {
            let free = row.invoices.iter();
            let free = free.filter(|one| one.suppressed_by.is_empty());
            free.map(|one| one.customer_invoice_id.clone()).collect()
        };
        let new = ranked(row).difference(&open(old)).count();
        let paid = ranked(old).difference(&open(row)).count();
        let stake = self.stake_before(old).unwrap_or(row.at_stake);
        let change = (row.at_stake - stake) / stake.max(1e-9);
        let is_notable = change.abs() >= NOTABLE;
        // A lower rank is a greater number.
        let climbed = row.rank.cmp(&old.rank).reverse();
        // What it says of the customer's own must not seem to explain a move to the other side.
        let own = |own: String| match (change > 0.0, climbed) {
            _ if self.another_model => format!("{own}, and another model answers."),
            (true, Ordering::Less) => format!("{own}, and others rose further."),
            (false, Ordering::Greater) => {
                format!("{own}, and others fell further or left the list.")
            }
            _ => format!("{own}."),
        };
        if broke_promise(old, row) {
            PROMISE_BROKEN.to_owned()
        } else if row.action != old.action {
            next_step(row)
        } else if self.all_told && new > 0 {
            own(format!("{new} more open"))
        } else if self.all_told && paid > 0 {
            own(format!("{paid} no longer open"))
        } else if self.another_model && (is_notable || climbed.is_ne()) {
            "Another model answers.".to_owned()
        } else if is_notable {
            let word = if change > 0.0 { "more" } else { "less" };
            own(format!("{:.0} % {word} at stake", change.abs() * 100.0))
        } else if climbed.is_eq() {
            UNCHANGED.to_owned()
        } else {
            "Others moved.".to_owned()
        }
    }

    /// What a row of the run before had at stake, in the amounts that are usual now: other customers'
    /// invoices change those, as they do the days of an invoice without a forecast. None where that run does
    /// not say what was usual.
    fn stake_before(&self, old: &CollectionsRow) -> Option<f64> {
        let free = old.invoices.iter();
        let free = free.filter(|one| one.suppressed_by.is_empty());
        let stakes = free.map(|one| {
            let was = self.before.usual_amounts.get(&one.currency)?;
            let usual = self.measures.usual_amount(one.currency);
            Some(match one.score {
                Some(_) => one.at_stake * was.max(1e-9) / usual,
                None => self.measures.plain_stake(one),
            })
        });
        stakes.sum()
    }
}

fn by_customer(rows: &[CollectionsRow]) -> Rows<'_> {
    let rows = rows.iter();
    rows.map(|row| (row.customer_id.as_str(), row)).collect()
}

/// The row of the same customer.
fn find<'a>(rows: &Rows<'a>, row: &CollectionsRow) -> Option<&'a CollectionsRow> {
    rows.get(row.customer_id.as_str()).copied()
}

/// Invoices of a row by id: a customer may have thousands.
fn by_id(row: &CollectionsRow) -> HashMap<&str, &InvoiceRow> {
    let invoices = row.invoices.iter();
    let by_id = invoices.map(|one| (one.customer_invoice_id.as_str(), one));
    by_id.collect()
}

/// Whether an invoice that was held back may be spoken of now, or is open no longer; one that is not scored
/// tells nothing.
fn is_freed(old: &CollectionsRow, row: &CollectionsRow) -> bool {
    let now = by_id(row);
    let held = old.invoices.iter();
    let mut held = held.filter(|one| !one.suppressed_by.is_empty());
    held.any(|was| {
        let now = now.get(was.customer_invoice_id.as_str());
        now.map_or(row.left_out == 0, |now| now.suppressed_by.is_empty())
    })
}

/// Whether something may be spoken of now that was held back for a promise which was broken.
fn broke_promise(old: &CollectionsRow, row: &CollectionsRow) -> bool {
    let was = by_id(old);
    let broken = row.invoices.iter();
    let mut broken = broken.filter(|now| now.promise_broken && now.suppressed_by.is_empty());
    broken.any(|now| {
        let was = was.get(now.customer_invoice_id.as_str());
        was.is_some_and(|was| was.suppressed_by.contains(&Suppressed::PromisePending))
    })
}

fn next_step(row: &CollectionsRow) -> String {
    format!("Next step is now to {}.", row.action.label())
}
