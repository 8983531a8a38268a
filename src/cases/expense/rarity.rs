//! How rare findings are, so that what the score finds and what detectors flag share one budget.

use std::cmp::{Ordering, Reverse};
use std::collections::HashMap;

use super::recommendation::{ExpenseInput, Lane};
use crate::history::Lines;

/// Findings of recent records, counted.
#[derive(Debug, Default)]
pub(super) struct Rarity {
    /// Points of each kind of record, rising.
    points: [Vec<f64>; Lines::ALL.len()],
    /// How many records each detector flags.
    flagged: HashMap<String, usize>,
}

impl Rarity {
    /// Of all recent records, those in which nothing was found too.
    pub(super) fn of<'a>(inputs: impl Iterator<Item = &'a ExpenseInput>) -> Self {
        let mut found = Self::default();
        for input in inputs {
            if let Some(points) = found.points.get_mut(input.lines as usize) {
                points.extend(input.points);
            }
            for flag in &input.flags {
                *found.flagged.entry(flag.detector.clone()).or_default() += 1;
            }
        }
        for points in &mut found.points {
            points.sort_by(f64::total_cmp);
        }
        found
    }

    /// How many recent records have its rarest finding: as many points or more, or the flag. A flag
    /// that every third record has does not press, whatever its name.
    fn count(&self, input: &ExpenseInput) -> usize {
        let points = input.points.filter(|_| input.lane == Some(Lane::Score));
        let of_kind = self.points.get(input.lines as usize);
        let at_least = points.zip(of_kind).map(|(points, all)| {
            let below = all.partition_point(|other| *other < points);
            all.len() - below
        });
        let flags = input.flags.iter();
        let flagged = flags.filter_map(|flag| self.flagged.get(&flag.detector).copied());
        flagged.chain(at_least).min().unwrap_or(usize::MAX)
    }

    /// The rarest first. Of equals an invoice comes first, for what a vendor was paid is harder to have back
    /// than what an employee was, then what was flagged oftener, then what has more points.
    pub(super) fn key(&self, input: &ExpenseInput) -> impl Ord + use<> {
        (
            self.count(input),
            input.lines != Lines::Invoices,
            Reverse(input.flags.len()),
            Reverse(Points(input.points.unwrap_or(0.0))),
            input.claim_id.clone(),
        )
    }
}

/// Points in their total order.
struct Points(f64);

impl PartialEq for Points {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Points {}

impl PartialOrd for Points {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Points {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn input(
        id: &str,
        lines: &str,
        points: f64,
        lane: Option<&str>,
        flags: &[&str],
    ) -> ExpenseInput {
        let flags = flags
            .iter()
            .map(|name| json!({"detector": name, "text": "It is odd.", "twins": []}));
        serde_json::from_value(json!({
            "lines": lines, "claim_id": id, "employee_id": "e", "as_of": "2026-03-04T00:00:00Z",
            "incurred_on": "2026-03-03", "merchant": null, "category": null, "amount": "1", "currency": "EUR",
            "points": points, "odder_than": null, "threshold": 5.0, "lane": lane,
            "flags": flags.collect::<Vec<_>>(), "reasons": [], "model": null,
        }))
        .unwrap()
    }

    fn ordered(inputs: &[ExpenseInput]) -> Vec<&str> {
        let rarity = Rarity::of(inputs.iter());
        let mut found: Vec<&ExpenseInput> =
            inputs.iter().filter(|one| one.lane.is_some()).collect();
        found.sort_by_cached_key(|one| rarity.key(one));
        found.into_iter().map(|one| one.claim_id.as_str()).collect()
    }

    #[test]
    fn what_fewest_records_have_comes_first_however_it_was_found() {
        let inputs = [
            input("weekend 1", "claims", 1.0, Some("detector"), &["weekend"]),
            input("weekend 2", "claims", 2.0, Some("detector"), &["weekend"]),
            input("weekend 3", "claims", 1.5, Some("detector"), &["weekend"]),
            input("second by score", "claims", 8.0, Some("score"), &[]),
            input("first by score", "claims", 9.0, Some("score"), &["weekend"]),
            input(
                "account",
                "invoices",
                0.5,
                Some("detector"),
                &["bank_account_changed"],
            ),
            input("nothing", "claims", 0.1, None, &[]),
        ];
        assert_eq!(
            ordered(&inputs),
            [
                "account",
                "first by score",
                "second by score",
                "weekend 2",
                "weekend 3",
                "weekend 1"
            ]
        );
    }

    #[test]
    fn points_below_the_threshold_make_nothing_rare() {
        let inputs = [
            input("often", "claims", 4.0, Some("detector"), &["weekend"]),
            input(
                "often too",
                "claims",
                3.0,
                Some("detector"),
                &["weekend", "tip"],
            ),
            input("tip", "claims", 0.0, Some("detector"), &["tip"]),
            input("rare", "claims", 0.0, Some("detector"), &["burst"]),
        ];
        assert_eq!(ordered(&inputs), ["rare", "often too", "often", "tip"]);
    }

    #[test]
    fn without_anything_nothing_is_first() {
        assert!(ordered(&[]).is_empty());
        assert_eq!(
            ordered(&[input("b", "cards", 0.0, Some("audit"), &[])]),
            ["b"]
        );
    }
}
