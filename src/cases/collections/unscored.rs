//! Open invoices beyond those that are scored for one run: what they come to is owed all the same.

use std::collections::{BTreeMap, HashSet};

use rust_decimal::Decimal;

use super::CustomerFile;
use super::cash::CurrencyCash;
use super::input::amount;
use super::worklist::{CollectionsRow, OpenIn, Scored};
use crate::domain::Currency;

/// Number of invoices, and what they come to by currency, of each customer that has any.
pub(super) struct Unscored(BTreeMap<usize, (usize, BTreeMap<Currency, Sums>)>);

/// What such invoices come to.
#[derive(Debug, Default)]
struct Sums {
    open: Decimal,
    overdue: Decimal,
}

impl Unscored {
    /// What is open and not among what was scored.
    pub(super) fn of(files: &[CustomerFile], scored: &[Scored], left_out: usize) -> Self {
        let mut found = BTreeMap::<usize, (usize, BTreeMap<Currency, Sums>)>::new();
        if left_out == 0 {
            return Self(found);
        }
        let scored: HashSet<(usize, &str)> = scored
            .iter()
            .map(|one| (one.customer, one.row.customer_invoice_id.as_str()))
            .collect();
        for (at, file) in files.iter().enumerate() {
            for one in file.open().filter(|one| !scored.contains(&(at, one.id))) {
                let (count, sums) = found.entry(at).or_default();
                *count += 1;
                let sums = sums.entry(one.currency).or_default();
                let open = amount(one.open_amount, one.currency);
                sums.open += open;
                if one.due_on < file.ledger.today() {
                    sums.overdue += open;
                }
            }
        }
        Self(found)
    }

    /// Adds all of it to the money of which nothing is foretold.
    pub(super) fn add_to(&self, cash: &mut Vec<CurrencyCash>) {
        for (currency, left_out) in self.0.values().flat_map(|(_, sums)| sums) {
            let at = cash.iter().position(|known| known.currency == *currency);
            let at = at.unwrap_or_else(|| {
                cash.push(CurrencyCash::of(*currency));
                cash.len() - 1
            });
            if let Some(sum) = cash.get_mut(at) {
                sum.open += left_out.open;
                sum.overdue += left_out.overdue;
                sum.not_foretold += left_out.open;
            }
        }
        cash.sort_by_key(|sum| sum.currency);
    }

    /// Adds what a customer owes to its row. Whether it may be spoken of nobody looked: it is not among
    /// what the row tells as overdue.
    pub(super) fn tell(&self, customer: usize, row: &mut CollectionsRow) {
        let Some((count, sums)) = self.0.get(&customer) else {
            return;
        };
        row.left_out = *count;
        for (currency, Sums { open, .. }) in sums {
            if *currency == row.currency {
                row.open_amount += open;
                continue;
            }
            let mut others = row.other_currencies.iter_mut();
            match others.find(|one| one.currency == *currency) {
                Some(one) => one.open_amount += open,
                None => row.other_currencies.push(OpenIn {
                    currency: *currency,
                    open_amount: *open,
                    overdue_amount: Decimal::ZERO,
                    held_back_amount: Decimal::ZERO,
                    set_off_amount: Decimal::ZERO,
                    days_overdue: 0,
                }),
            }
        }
        row.other_currencies.sort_by_key(|one| one.currency);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::domain::RecordKind;
    use crate::history::{Facts, FactsAsOf};

    #[test]
    fn what_is_overdue_and_not_scored_is_part_of_what_is_overdue() {
        let mut facts = Facts::default();
        for (id, due_on, currency) in [
            ("late", "2026-02-05", "EUR"),
            ("today", "2026-03-10", "EUR"),
            ("yen", "2026-02-05", "JPY"),
        ] {
            let body = json!({"id": id, "customer_id": "c", "issued_on": "2026-01-05", "due_on": due_on,
                "currency": currency, "total": "100"});
            let known = "2026-01-05T09:00:00Z".parse().unwrap();
            let kind = RecordKind::CustomerInvoice;
            facts.insert(kind, known, 1, body).unwrap();
        }
        let as_of = "2026-03-10T09:00:00Z".parse().unwrap();
        let history = FactsAsOf::new(Arc::new(facts), as_of);
        let unscored = Unscored::of(&[CustomerFile::of("c", &history)], &[], 3);
        let mut cash = Vec::new();
        unscored.add_to(&mut cash);
        let told: Vec<String> = cash
            .iter()
            .map(|sum| format!("{} {} {}", sum.currency, sum.open, sum.overdue))
            .collect();
        assert_eq!(told, ["EUR 200.00 100.00", "JPY 100 100"]);
    }
}
