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

/// What a row of the run before had at stake, in the amounts that are usual now: other customers'
/// invoices change those. None where that run does not say what was usual.
fn stake_before(
    old: &CollectionsRow,
    before: &CollectionsRun,
    usual: &BTreeMap<Currency, f64>,
) -> Option<f64> {
    let free = old
        .invoices
        .iter()
        .filter(|one| one.suppressed_by.is_empty());
    let stakes = free.map(|one| {
        let was = before.usual_amounts.get(&one.currency)?;
        Some(one.at_stake * was.max(1e-9) / usual_amount(usual, one.currency))
    });
    stakes.sum()
}

/// Why a row stands where it stands, against the run before. Where some invoices are left out, one that is
/// no longer there, or newly is, tells nothing.
pub(super) fn moved(
    row: &CollectionsRow,
    before: &CollectionsRun,
    usual: &BTreeMap<Currency, f64>,
    some_left_out: bool,
) -> Moved {
    let find = |rows: &[CollectionsRow]| {
        let found = rows.iter().find(|old| old.customer_id == row.customer_id);
        found.cloned()
    };
    let Some(old) = find(&before.ranked) else {
        let why = match find(&before.held_back) {
            Some(old) => {
                let holds = |why| {
                    row.invoices
                        .iter()
                        .any(|one| one.suppressed_by.contains(why))
                };
                let gone = old.suppressed_by.iter().filter(|why| !holds(why));
                let gone: Vec<&str> = gone.map(|why| why.label()).collect();
                if gone.is_empty() {
                    "Something of it is no longer held back.".to_owned()
                } else {
                    format!("No longer held back: {}.", gone.join(", "))
                }
            }
            None if find(&before.waiting).is_some() => "Nothing was to be done before.".to_owned(),
            None if before.left_out > 0 => {
                "Not on the list before: it was not open, or too many were to be scored.".to_owned()
            }
            None => "Nothing was open before.".to_owned(),
        };
        return Moved { from: None, why };
    };
    let open = |row: &CollectionsRow| -> BTreeSet<String> {
        let ids = row
            .invoices
            .iter()
            .map(|one| one.customer_invoice_id.clone());
        ids.collect()
    };
    // What is held back was never part of the rank.
    let ranked = |row: &CollectionsRow| -> BTreeSet<String> {
        let free = row
            .invoices
            .iter()
            .filter(|one| one.suppressed_by.is_empty());
        free.map(|one| one.customer_invoice_id.clone()).collect()
    };
    let new = ranked(row).difference(&open(&old)).count();
    let paid = ranked(&old).difference(&open(row)).count();
    let told = !some_left_out && before.left_out == 0;
    let stake = stake_before(&old, before, usual).unwrap_or(row.at_stake);
    let change = (row.at_stake - stake) / stake.max(1e-9);
    // A lower rank is a greater number.
    let climbed = row.rank.cmp(&old.rank).reverse();
    // What it says of the customer's own must not seem to explain a move to the other side.
    let own = |own: String| match (change > 0.0, climbed) {
        (true, Ordering::Less) => format!("{own}, and others rose further."),
        (false, Ordering::Greater) => format!("{own}, and others fell further or left the list."),
        _ => format!("{own}."),
    };
    let why = if row.action != old.action {
        format!("Next step is now to {}.", row.action.label())
    } else if told && new > 0 {
        own(format!("{new} more open"))
    } else if told && paid > 0 {
        own(format!("{paid} no longer open"))
    } else if change.abs() >= NOTABLE {
        let word = if change > 0.0 { "more" } else { "less" };
        own(format!("{:.0} % {word} at stake", change.abs() * 100.0))
    } else if row.rank == old.rank {
        UNCHANGED.to_owned()
    } else {
        "Others moved.".to_owned()
    };
    Moved {
        from: old.rank,
        why,
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate, Utc};
    use rust_decimal::Decimal;
    use uuid::Uuid;

    use super::super::{Action, InvoiceRow, Suppressed};
    use super::*;
    use crate::advice::Level;

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

    #[test]
    fn a_move_is_explained_by_the_customers_own_money_and_by_where_it_went() {
        let usual = |amount: f64| BTreeMap::from([(Currency::EUR, amount)]);
        let before = |rank: usize, at_stake: f64| CollectionsRun {
            as_of: DateTime::<Utc>::MIN_UTC,
            ranked: vec![row(rank, at_stake)],
            held_back: Vec::new(),
            waiting: Vec::new(),
            left_out: 0,
            cash: Vec::new(),
            usual_amounts: usual(100.0),
        };
        let why = |rank, at_stake, now: f64| {
            moved(&row(rank, at_stake), &before(2, 10.0), &usual(now), false).why
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
        let why = |old: &CollectionsRun, now: &CollectionsRow, left_out| {
            moved(now, old, &usual(100.0), left_out).why
        };
        assert_eq!(why(&old, &row(2, 30.0), false), UNCHANGED);
        let told = |why: &str| {
            let why = why.to_owned();
            let moved = Moved { from: Some(2), why };
            moved.news().is_some()
        };
        assert!(told("Others moved.") && !told(UNCHANGED));
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
