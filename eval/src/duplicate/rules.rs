//! The rules an auditor asks a table by, as the baseline. They raise pairs; they do not rank them.
//!
//! 1. vendor, number and amount the same;
//! 2. vendor, amount and date the same;
//! 3. vendor, number and date the same;
//! 4. number and amount the same, whatever the vendor;
//! 5. vendor and number the same, amount within a tenth;
//! 6. vendor and amount the same, numbers fuzzily the same: folded look-alikes, one slip, up to three
//!    characters more at an end, or one spreadsheet's rounding.

use std::collections::{BTreeSet, HashMap};

use scrutineer::cases::duplicate::{Item, NumberLevel};

use super::DuplicateOptions;

/// Name of the baseline.
pub(super) const NAME: &str = "six auditor rules";

type Ids = (String, String);

/// Every pair that a rule raises, each once.
pub(super) fn pairs(items: &[Item], options: &DuplicateOptions) -> Vec<Ids> {
    let items: Vec<&Item> = items
        .iter()
        .filter(|item| options.least_minor.is_none_or(|least| item.minor >= least))
        .collect();
    let mut raised = BTreeSet::new();
    let number = |item: &Item| item.number.as_ref().map(|number| number.normalised.clone());
    let party = |item: &Item| item.party.clone();
    gather(
        &mut raised,
        &items,
        options,
        |item| Some((party(item)?, item.minor)),
        |a, b| {
            let level = a
                .number
                .as_ref()
                .zip(b.number.as_ref())
                .map(|(one, other)| one.compared(other));
            // Rules 1, 2 and 6.
            a.date == b.date || level.is_some_and(|level| level <= NumberLevel::Rounded)
        },
    );
    gather(
        &mut raised,
        &items,
        options,
        |item| Some((number(item)?, item.minor)),
        |_, _| true,
    );
    gather(
        &mut raised,
        &items,
        options,
        |item| Some((party(item)?, number(item)?)),
        |a, b| {
            // Rules 3 and 5.
            a.date == b.date || a.minor.abs_diff(b.minor) * 10 <= a.minor.unsigned_abs()
        },
    );
    raised.into_iter().collect()
}

fn gather<K: std::hash::Hash + Eq>(
    raised: &mut BTreeSet<Ids>,
    items: &[&Item],
    options: &DuplicateOptions,
    key: impl Fn(&Item) -> Option<K>,
    rule: impl Fn(&Item, &Item) -> bool,
) {
    let mut groups: HashMap<K, Vec<&Item>> = HashMap::new();
    for item in items {
        if let Some(key) = key(item) {
            groups.entry(key).or_default().push(item);
        }
    }
    for group in groups.values() {
        for (place, a) in group.iter().enumerate() {
            for b in group.iter().skip(place + 1) {
                let days = a
                    .date
                    .signed_duration_since(b.date)
                    .num_days()
                    .unsigned_abs();
                if options.window_days.is_none_or(|window| days <= window) && rule(a, b) {
                    let (a, b) = super::unordered(&a.id, &b.id);
                    raised.insert((a.to_owned(), b.to_owned()));
                }
            }
        }
    }
}
