//! Why a customer stands elsewhere on the worklist than in the run before.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::worklist::{CollectionsRow, CollectionsRun, usual_amount};
use crate::domain::Currency;

/// A change of what is at stake below this share is none worth telling.
const NOTABLE: f64 = 0.1;
/// What is said where nothing changed.
const UNCHANGED: &str = "Unchanged.";

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
        usual: &run.usual_amounts,
        all_told: run.left_out == 0 && before.left_out == 0,
        another_model: models.is_some_and(|(now, then)| now != then),
    };
    for row in &mut run.ranked {
        row.moved = Some(since.moved(row));
    }
}

/// What rows are held against.
struct Since<'a> {
    before: &'a CollectionsRun,
    /// Amounts that are usual now.
    usual: &'a BTreeMap<Currency, f64>,
    /// Where some invoices are left out, one that is no longer there, or newly is, tells nothing.
    all_told: bool,
    /// Then what is at stake changes for all, whatever became of them.
    another_model: bool,
}

impl Since<'_> {
    fn moved(&self, row: &CollectionsRow) -> Moved {
        match find(&self.before.ranked, row) {
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
        match find(&before.held_back, row) {
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
                    format!("No longer held back: {}.", gone.join(", "))
                }
            }
            // What was held back still is: there is something else to speak of.
            Some(_) => next_step(row),
            None if find(&before.waiting, row).is_some() => {
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
        if row.action != old.action {
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
    /// invoices change those. None where that run does not say what was usual.
    fn stake_before(&self, old: &CollectionsRow) -> Option<f64> {
        let free = old.invoices.iter();
        let free = free.filter(|one| one.suppressed_by.is_empty());
        let stakes = free.map(|one| {
            let was = self.before.usual_amounts.get(&one.currency)?;
            Some(one.at_stake * was.max(1e-9) / usual_amount(self.usual, one.currency))
        });
        stakes.sum()
    }
}

/// The row of the same customer.
fn find<'a>(rows: &'a [CollectionsRow], row: &CollectionsRow) -> Option<&'a CollectionsRow> {
    rows.iter().find(|old| old.customer_id == row.customer_id)
}

/// Whether an invoice that was held back may be spoken of now, or is open no longer; one that is not scored
/// tells nothing.
fn is_freed(old: &CollectionsRow, row: &CollectionsRow) -> bool {
    let held = old.invoices.iter();
    let mut held = held.filter(|one| !one.suppressed_by.is_empty());
    held.any(|was| {
        let mut invoices = row.invoices.iter();
        let now = invoices.find(|one| one.customer_invoice_id == was.customer_invoice_id);
        now.map_or(row.left_out == 0, |now| now.suppressed_by.is_empty())
    })
}

fn next_step(row: &CollectionsRow) -> String {
    format!("Next step is now to {}.", row.action.label())
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate, Utc};
    use rust_decimal::Decimal;
    use uuid::Uuid;

    use super::super::{Action, InvoiceRow, Suppressed};
    use super::*;
    use crate::advice::{Level, ModelRef};

    fn row(rank: usize, at_stake: f64) -> CollectionsRow {
        let invoice = InvoiceRow {
            customer_invoice_id: "i".to_owned(),
            due_on: NaiveDate::MIN,
            days_overdue: 9,
            open_amount: Decimal::ONE,
            currency: Currency::EUR,
            score: None,
            score_kind: String::new(),
            expected_on: None,
            action: Action::Remind,
            suppressed_by: Vec::new(),
            at_stake,
            because: Vec::new(),
            recommendation_id: Uuid::nil(),
        };
        CollectionsRow {
            rank: Some(rank),
            customer_id: "c".to_owned(),
            name: None,
            phone: None,
            action: Action::Remind,
            suppressed_by: Vec::new(),
            level: Level::Low,
            open_amount: Decimal::ONE,
            overdue_amount: Decimal::ONE,
            held_back_amount: Decimal::ZERO,
            currency: Currency::EUR,
            other_currencies: Vec::new(),
            days_overdue: 9,
            at_stake,
            moved: None,
            invoices: vec![invoice],
            left_out: 0,
        }
    }

    fn run(ranked: Vec<CollectionsRow>, usual_amounts: BTreeMap<Currency, f64>) -> CollectionsRun {
        CollectionsRun {
            as_of: DateTime::<Utc>::MIN_UTC,
            ranked,
            held_back: Vec::new(),
            waiting: Vec::new(),
            left_out: 0,
            cash: Vec::new(),
            usual_amounts,
            model: None,
            beyond_capacity: 0,
        }
    }

    /// Why the first of a run stands where it does.
    fn told(mut run: CollectionsRun, before: &CollectionsRun) -> String {
        tell_moves(&mut run, before);
        let moved = run.ranked.first().and_then(|row| row.moved.clone());
        moved.unwrap().why
    }

    #[test]
    fn what_is_held_back_as_before_does_not_explain_why_there_is_something_to_speak_of() {
        let invoice = |id: &str, suppressed_by: &[Suppressed]| InvoiceRow {
            customer_invoice_id: id.to_owned(),
            suppressed_by: suppressed_by.to_vec(),
            ..row(1, 1.0).invoices[0].clone()
        };
        let of = |invoices: &[InvoiceRow]| CollectionsRow {
            action: Action::RemindAhead,
            invoices: invoices.to_vec(),
            ..row(1, 1.0)
        };
        let disputed: &[Suppressed] = &[Suppressed::Disputed];
        let promised: &[Suppressed] = &[Suppressed::PromisePending];
        let before = [
            invoice("a", disputed),
            invoice("b", disputed),
            invoice("ahead", &[]),
        ];
        let before = CollectionsRun {
            held_back: vec![CollectionsRow {
                suppressed_by: disputed.to_vec(),
                ..of(&before)
            }],
            ..run(Vec::new(), BTreeMap::new())
        };
        let why = |row: CollectionsRow| told(run(vec![row], BTreeMap::new()), &before);
        let (a, b, ahead) = (
            invoice("a", disputed),
            invoice("b", disputed),
            invoice("ahead", &[]),
        );
        let came_near = "Next step is now to remind before it is due.";
        assert_eq!(why(of(&[a.clone(), b.clone(), ahead.clone()])), came_near);
        // For another reason, and still.
        let other = [
            invoice("a", promised),
            invoice("b", promised),
            ahead.clone(),
        ];
        assert_eq!(why(of(&other)), came_near);
        let something = "Something of it is no longer held back.";
        let free = [a.clone(), invoice("b", &[]), ahead.clone()];
        assert_eq!(why(of(&free)), something);
        assert_eq!(
            why(of(&[a.clone(), ahead.clone()])),
            something,
            "it is paid"
        );
        let not_scored = CollectionsRow {
            left_out: 1,
            ..of(&[a, ahead.clone()])
        };
        assert_eq!(why(not_scored), came_near);
        let all = [invoice("a", &[]), invoice("b", promised), ahead];
        assert_eq!(why(of(&all)), "No longer held back: contested.");
    }

    #[test]
    fn what_another_model_says_is_not_told_as_the_customers_own() {
        let usual = || BTreeMap::from([(Currency::EUR, 100.0)]);
        let version = |version: &str| ModelRef {
            name: "collections".to_owned(),
            version: version.to_owned(),
            sha256: version.repeat(64),
            trained_until: NaiveDate::MIN,
        };
        let by = |version: Option<ModelRef>, row: CollectionsRow| CollectionsRun {
            model: version,
            ..run(vec![row], usual())
        };
        let why = |now: CollectionsRow, then: Option<&str>| {
            let before = by(then.map(version), row(2, 10.0));
            told(by(Some(version("2")), now), &before)
        };
        let another = "Another model answers.";
        assert_eq!(why(row(2, 12.7), Some("2")), "27 % more at stake.");
        assert_eq!(why(row(2, 12.7), Some("1")), another);
        assert_eq!(why(row(1, 10.0), Some("1")), another);
        assert_eq!(why(row(2, 10.0), Some("1")), UNCHANGED);
        assert_eq!(why(row(2, 12.7), None), "27 % more at stake.", "of before");
        let mut two = row(3, 12.7);
        two.invoices.push(InvoiceRow {
            customer_invoice_id: "second".to_owned(),
            ..two.invoices[0].clone()
        });
        assert_eq!(
            why(two, Some("1")),
            "1 more open, and another model answers."
        );
        let call = CollectionsRow {
            action: Action::Call,
            ..row(2, 12.7)
        };
        assert_eq!(why(call, Some("1")), "Next step is now to call.");
    }

    #[test]
    fn a_run_kept_before_models_were_said_is_read() {
        let kept = r#"{"as_of": "2026-01-05T09:00:00Z", "ranked": [], "held_back": [], "waiting": [],
            "left_out": 0, "cash": []}"#;
        let run: CollectionsRun = serde_json::from_str(kept).unwrap();
        assert_eq!((run.model, run.beyond_capacity), (None, 0));
    }

    #[test]
    fn a_move_is_explained_by_the_customers_own_money_and_by_where_it_went() {
        let usual = |amount: f64| BTreeMap::from([(Currency::EUR, amount)]);
        let before = |rank: usize, at_stake: f64| run(vec![row(rank, at_stake)], usual(100.0));
        let why = |rank, at_stake, now: f64| {
            let now = run(vec![row(rank, at_stake)], usual(now));
            told(now, &before(2, 10.0))
        };
        // Half the usual amount makes twice as many of them.
        assert_eq!(why(2, 20.0, 50.0), UNCHANGED);
        assert_eq!(why(3, 20.0, 50.0), "Others moved.");
        assert_eq!(why(1, 15.0, 100.0), "50 % more at stake.");
        assert_eq!(
            why(3, 15.0, 100.0),
            "50 % more at stake, and others rose further."
        );
        assert_eq!(
            why(1, 5.0, 100.0),
            "50 % less at stake, and others fell further or left the list."
        );
        // A run of before does not say what was usual.
        let old = CollectionsRun {
            usual_amounts: BTreeMap::new(),
            ..before(2, 10.0)
        };
        let why = |old: &CollectionsRun, now: &CollectionsRow, some_left_out| {
            let now = CollectionsRun {
                left_out: usize::from(some_left_out),
                ..run(vec![now.clone()], usual(100.0))
            };
            told(now, old)
        };
        assert_eq!(why(&old, &row(2, 30.0), false), UNCHANGED);
        let is_news = |why: &str| {
            let why = why.to_owned();
            let moved = Moved { from: Some(2), why };
            moved.news().is_some()
        };
        assert!(is_news("Others moved.") && !is_news(UNCHANGED));
        // One more of a small amount is no reason to stand lower.
        let mut two = row(5, 11.0);
        two.invoices.push(InvoiceRow {
            customer_invoice_id: "second".to_owned(),
            at_stake: 1.0,
            ..two.invoices[0].clone()
        });
        let one = before(2, 10.0);
        assert_eq!(
            why(&one, &two, false),
            "1 more open, and others rose further."
        );
        // What was never spoken of is no part of it.
        let mut contested = row(2, 10.0);
        contested.invoices.push(InvoiceRow {
            customer_invoice_id: "contested".to_owned(),
            suppressed_by: vec![Suppressed::Disputed],
            ..two.invoices[0].clone()
        });
        let paid = CollectionsRun {
            ranked: vec![contested],
            ..one.clone()
        };
        assert_eq!(why(&paid, &row(1, 15.0), false), "50 % more at stake.");
        // It may have been open all along.
        assert_eq!(
            why(&one, &two, true),
            "10 % more at stake, and others rose further."
        );
        assert_eq!(
            why(
                &CollectionsRun {
                    ranked: Vec::new(),
                    ..one
                },
                &two,
                false
            ),
            "Nothing was open before."
        );
    }
}
