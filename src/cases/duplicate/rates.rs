//! How copies look: learned of a firm's own pairs, without labels.
//!
//! Expectation and maximisation (Dempster, Laird and Rubin, 1977; for linkage Winkler, 1988): each
//! pair counts for a copy by its chance to be one, and the rates of copies are what is then
//! counted. What is usual in any firm counts for [`USUAL_COPIES`] copies, so that a firm of few
//! copies is judged by it and a firm of many by its own. How many days lie between is not learned: most
//! pairs of one day are one document posted in parts, and would teach that copies come at once.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::compare::{AmountLevel, PartyLevel};
use super::score::Score;
use super::{Comparison, Context, Counted, DuplicateIndex, Item, NumberLevel, Verdict};
use crate::learn::parallel;

/// Copies that what is usual in any firm counts for.
const USUAL_COPIES: f64 = 200.0;
/// Items whose pairs are looked at, at most, evenly spread.
const MOST_ITEMS: usize = 5_000;
/// Pairs so surely none that no rates would make copies of them, in bits.
const HOPELESS: f64 = -20.0;
/// Rounds at most.
const ROUNDS: usize = 30;
/// No rate moves by more: it has settled.
const SETTLED: f64 = 1e-4;

/// Shares of copies at each level, in the order of the levels.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CopyRates {
    /// Share of items that are copies, before looking.
    pub copies: f64,
    /// Of copies, the share filed under another party.
    pub under_another_party: f64,
    amount: [f64; 5],
    number: [f64; 6],
}

impl Default for CopyRates {
    /// What is usual in any firm: set by reasoning, and checked on copies made for the purpose.
    fn default() -> Self {
        Self {
            copies: 0.003,
            under_another_party: 0.2,
            amount: [0.85, 0.01, 0.06, 0.05, 0.03],
            number: [0.45, 0.1, 0.15, 0.1, 0.02, 0.1],
        }
    }
}

impl CopyRates {
    /// Of a firm's items, among which what is usual is counted as asked.
    #[must_use]
    pub fn fit(index: &DuplicateIndex, counted: Counted) -> Self {
        Self::of(index, index.items().iter().collect(), counted)
    }

    /// Of those that were known at a moment, as they are now.
    #[must_use]
    pub fn fit_until(index: &DuplicateIndex, counted: Counted, until: DateTime<Utc>) -> Self {
        let known = index.items().iter().filter(|item| item.known_at <= until);
        let mut known: Vec<&Item> = known.collect();
        // In an order that does not depend on when each was filed.
        known.sort_by(|one, other| one.order_key().cmp(&other.order_key()));
        Self::of(index, known, counted)
    }

    fn of(index: &DuplicateIndex, known: Vec<&Item>, counted: Counted) -> Self {
        let every = known.len().div_ceil(MOST_ITEMS).max(1);
        let looked_at: Vec<&Item> = known.into_iter().step_by(every).collect();
        let usual = Self::default();
        let pairs = parallel::map(&looked_at, |item| {
            Pair::of_item(index, item, counted, &usual)
        });
        let pairs = pairs.concat();
        let mut rates = usual.clone();
        for _ in 0..ROUNDS {
            let next = usual.counted(&pairs, &rates, looked_at.len());
            let moved = next.furthest_from(&rates);
            rates = next;
            if moved < SETTLED {
                break;
            }
        }
        rates
    }

    /// The rates that these, as what is usual, and pairs weighed by `rates` make.
    fn counted(&self, pairs: &[Pair<'_>], rates: &Self, looked_at: usize) -> Self {
        let (mut copies, mut under_another_party) = (0.0, 0.0);
        let (mut amounts, mut numbers) = ([0.0; 5], [0.0; 6]);
        for pair in pairs {
            let chance = pair.score(rates).probability();
            copies += chance;
            if pair.compared.party != PartyLevel::Same {
                under_another_party += chance;
            }
            add(&mut amounts, Some(of_amount(pair.compared.amount)), chance);
            add(&mut numbers, of_number(pair.compared.number), chance);
        }
        let items = looked_at as f64 + USUAL_COPIES / self.copies;
        let under_usually = USUAL_COPIES * self.under_another_party;
        Self {
            copies: (USUAL_COPIES + copies) / items,
            under_another_party: (under_usually + under_another_party) / (USUAL_COPIES + copies),
            amount: drawn(self.amount, amounts),
            number: drawn(self.number, numbers),
        }
    }

    fn furthest_from(&self, other: &Self) -> f64 {
        let all = |rates: &Self| {
            let single = [rates.copies, rates.under_another_party];
            [&single[..], &rates.amount, &rates.number].concat()
        };
        let (ours, theirs) = (all(self), all(other));
        let apart = ours
            .iter()
            .zip(theirs)
            .map(|(one, other)| (one - other).abs());
        apart.fold(0.0, f64::max)
    }

    pub(super) fn amount(&self, level: AmountLevel) -> f64 {
        self.amount.get(of_amount(level)).copied().unwrap_or(1.0)
    }

    pub(super) fn number(&self, level: NumberLevel) -> f64 {
        let rate = of_number(level).and_then(|at| self.number.get(at));
        rate.copied().unwrap_or(1.0)
    }
}

/// Where the rate of a level lies. An amount in two currencies is never the same as written: where
/// it can only be converted, that is what agreement looks like.
const fn of_amount(level: AmountLevel) -> usize {
    match level {
        AmountLevel::Same | AmountLevel::Converted => 0,
        AmountLevel::Opposite => 1,
        AmountLevel::Slip => 2,
        AmountLevel::Near => 3,
        AmountLevel::Different => 4,
    }
}

/// As with amounts: numbers that a spreadsheet rounded agree only so.
const fn of_number(level: NumberLevel) -> Option<usize> {
    match level {
        NumberLevel::Same | NumberLevel::Rounded => Some(0),
        NumberLevel::Folded => Some(1),
        NumberLevel::Slip => Some(2),
        NumberLevel::Extended => Some(3),
        NumberLevel::Neighbour => Some(4),
        NumberLevel::Different => Some(5),
        NumberLevel::Absent => None,
    }
}

fn add(sums: &mut [f64], at: Option<usize>, chance: f64) {
    if let Some(sum) = at.and_then(|at| sums.get_mut(at)) {
        *sum += chance;
    }
}

/// Rates drawn towards the usual.
fn drawn<const N: usize>(usual: [f64; N], sums: [f64; N]) -> [f64; N] {
    let all: f64 = sums.iter().sum();
    let mut rates = usual;
    for (rate, sum) in rates.iter_mut().zip(sums) {
        *rate = (USUAL_COPIES * *rate + sum) / (USUAL_COPIES + all);
    }
    rates
}

/// A pair that may be a copy.
#[derive(Debug, Clone)]
struct Pair<'a> {
    later: &'a Item,
    earlier: &'a Item,
    compared: Comparison,
    context: Context,
}

impl<'a> Pair<'a> {
    fn of_item(
        index: &'a DuplicateIndex,
        later: &'a Item,
        counted: Counted,
        usual: &CopyRates,
    ) -> Vec<Self> {
        let earlier = index.candidates(later).into_iter();
        let pairs = earlier.filter_map(|slot| index.get(slot)).map(|earlier| {
            let compared = Comparison::of(later, earlier);
            let context = Context::of(index, later, earlier, &compared, counted);
            Self {
                later,
                earlier,
                compared,
                context,
            }
        });
        pairs
            .filter(|pair| pair.verdict().alarms() && pair.score(usual).bits > HOPELESS)
            .collect()
    }

    fn verdict(&self) -> Verdict {
        Verdict::of(&super::Seen {
            later: self.later,
            earlier: self.earlier,
            compared: &self.compared,
            context: &self.context,
        })
    }

    fn score(&self, rates: &CopyRates) -> Score {
        Score::of(
            self.later,
            self.earlier,
            &self.compared,
            &self.context,
            rates,
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::FieldSet;
    use crate::domain::records::VendorInvoice;

    fn invoice(id: &str, number: &str, day: u32, cents: u32) -> Item {
        let members = json!({"id": id, "number": number, "vendor_id": "v1", "currency": "EUR",
            "issued_on": format!("2026-{:02}-{:02}", day / 28 % 12 + 1, day % 28 + 1), "total": format!("{}.{:02}", cents / 100, cents % 100)});
        let serde_json::Value::Object(members) = members else {
            panic!("no object")
        };
        Item::from_invoice(
            &VendorInvoice::from_members("", members).unwrap().into(),
            None,
        )
    }

    /// Bills of different numbers and amounts, and copies of some, a week later and with one digit wrong.
    fn book(copies: u32) -> DuplicateIndex {
        let mut index = DuplicateIndex::default();
        for bill in 0..300 {
            let number = 20_417_713 + u64::from(bill) * 91_193;
            let cents = 10_000 + bill * 7_919 % 900_000;
            let day = bill % 300;
            index.insert(invoice(
                &format!("b{bill:03}"),
                &number.to_string(),
                day,
                cents,
            ));
            if bill < copies {
                let mut slipped = number.to_string();
                slipped.replace_range(3..4, "9");
                index.insert(invoice(&format!("c{bill:03}"), &slipped, day + 7, cents));
            }
        }
        index
    }

    #[test]
    fn without_copies_rates_stay_usual_and_with_many_they_are_the_firms_own() {
        let usual = CopyRates::default();
        let none = CopyRates::fit(&DuplicateIndex::default(), Counted::Whole);
        assert!(none.furthest_from(&usual) < 1e-12);
        let few = CopyRates::fit(&book(0), Counted::Whole);
        assert!(few.furthest_from(&usual) < 0.02, "{few:?}");
        let many = CopyRates::fit(&book(150), Counted::Whole);
        let slip = NumberLevel::Slip;
        assert!(many.number(slip) > usual.number(slip) + 0.2, "{many:?}");
        assert!(many.copies > 1.5 * usual.copies);
        assert_eq!(many, CopyRates::fit(&book(150), Counted::Whole));
    }
}
