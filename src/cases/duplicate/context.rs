//! What is usual where a pair lies: the chance that two things merely look like copies.
//!
//! Everything is counted among what was known at the moment of judging, without the two items
//! themselves, so that a copy does not vouch for itself.

use super::index::{Counted, DuplicateIndex, Slot};
use super::keys::Key;
use super::{Comparison, Item, NumberLevel};

/// Items of a party looked at: those that became known nearest to the pair.
const NEIGHBOURS: usize = 240;
/// What a hundred ordered without tax are billed at with it, at most: no tax on sales is higher in Europe
/// than Hungary's 27, and goods are weighed.
const WITH_TAX: i128 = 130;
/// Fewest dates that make a series.
const SHORTEST_SERIES: usize = 3;

/// What is usual with the party and in the firm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Context {
    /// Items known.
    pub known: usize,
    /// Items of the amount.
    pub of_amount: usize,
    /// Items of the number.
    pub of_number: usize,
    /// Items of the party.
    pub of_party: usize,
    /// Items of the party looked at, up to 240.
    pub neighbours: usize,
    /// Of those, how many have the amount.
    pub with_amount: usize,
    /// Of those, how many have a number at least as near; not counted where the pair's numbers are
    /// not near each other.
    pub with_number: usize,
    /// Of those, how many have the amount and lie on the pair's days.
    pub same_days: usize,
    /// Whether the party bills the amount at even intervals.
    pub regular: bool,
    /// Whether a credit of the amount by the party lies between the two.
    pub credited: bool,
    /// Whether the larger is the sum of the others of its report and merchant, or of its receipt.
    pub adds_up: bool,
    /// Whether what was billed on the pair's order, both included, is more than was ordered.
    pub over_ordered: bool,
}

impl Context {
    /// Of the pair. Symmetric, and the same whether or not the later of the two is filed itself.
    #[must_use]
    pub fn of(
        index: &DuplicateIndex,
        a: &Item,
        b: &Item,
        compared: &Comparison,
        counted: Counted,
    ) -> Self {
        // One order, so that it does not matter from which side a pair is asked about.
        let (a, b) = if a.order_key() <= b.order_key() {
            (a, b)
        } else {
            (b, a)
        };
        let pair = Pair::of(index, a, b);
        let others = |key: fn(&Item) -> Option<Key>, item: &Item| {
            key(item).map_or(0, |asked| {
                let slots = index.counted(&asked, b, counted);
                let is_counted =
                    |item: &Item| counted == Counted::Whole || item.order_key() < b.order_key();
                let own = pair
                    .filed()
                    .filter(|item| is_counted(item) && key(item).as_ref() == Some(&asked));
                slots.len().saturating_sub(own.count())
            })
        };
        let either = |key: fn(&Item) -> Option<Key>| others(key, a).max(others(key, b));
        let mut context = Self {
            known: index.count(b, counted),
            of_amount: either(|item| Some(Key::amount(item))),
            of_number: either(Key::skeleton),
            of_party: either(Key::party),
            ..Self::default()
        };
        if a.party.is_some() && a.party == b.party {
            context.count_neighbours(index, &pair, compared, counted);
        }
        context.adds_up = adds_up(index, &pair, counted);
        context.over_ordered = over_ordered(index, &pair, counted);
        context
    }

    fn count_neighbours(
        &mut self,
        index: &DuplicateIndex,
        pair: &Pair<'_>,
        compared: &Comparison,
        counted: Counted,
    ) {
        let (a, b) = (pair.earlier, pair.later);
        let Some(key) = Key::party(a) else { return };
        let slots = index.counted(&key, b, counted);
        // The smallest units of two currencies may be as many: 12.00 euro and 1200 yen.
        let same_money =
            |one: &Item, other: &Item| one.minor == other.minor && one.currency == other.currency;
        for other in pair.others(index, around(index, slots, a)) {
            self.neighbours += 1;
            let amount = same_money(other, a) || same_money(other, b);
            self.with_amount += usize::from(amount);
            self.with_number += usize::from(as_near_a_number(other, a, b, compared.number));
            let days = |item: &Item| {
                other
                    .date
                    .signed_duration_since(item.date)
                    .num_days()
                    .unsigned_abs()
            };
            let apart = days(a).min(days(b));
            self.same_days += usize::from(amount && apart == 0);
        }
        let of_key = |key: Option<Key>| {
            key.map(|key| index.counted(&key, b, counted))
                .unwrap_or_default()
        };
        let amounts = of_key(Key::amount_party(a));
        // Where bills of one amount are many, credits of it are few.
        let opposite = if a.minor > 0 {
            of_key(Key::credit_party(a))
        } else {
            amounts
        };
        self.credited = pair.others(index, opposite).any(|other| {
            let within = a.date.min(b.date) <= other.date && other.date <= a.date.max(b.date);
            let takes_back = other.minor == -a.minor && other.currency == a.currency;
            // It is for the one that it names, or for any where it names none.
            let may_be_for = other.corrects.is_none() || other.names(a);
            // Of nothing nothing is taken back.
            a.minor != 0 && takes_back && within && may_be_for
        });
        let mut dates: Vec<i64> = around(index, amounts, a)
            .iter()
            .filter_map(|slot| index.get(*slot))
            .filter(|item| same_money(item, a))
            .chain([a, b])
            .map(|item| i64::from(chrono::Datelike::num_days_from_ce(&item.date)))
            .collect();
        dates.sort_unstable();
        dates.dedup();
        self.regular = even(&dates) && compared.days >= 5;
    }
}

/// Two items with their places.
struct Pair<'a> {
    earlier: &'a Item,
    later: &'a Item,
    /// Where their records are filed.
    slots: [Option<Slot>; 2],
}

impl<'a> Pair<'a> {
    fn of(index: &DuplicateIndex, earlier: &'a Item, later: &'a Item) -> Self {
        Self {
            earlier,
            later,
            slots: [earlier, later].map(|item| index.slot(item)),
        }
    }

    /// Those of the two that are filed.
    fn filed(&self) -> impl Iterator<Item = &'a Item> {
        let both = [self.earlier, self.later].into_iter().zip(self.slots);
        both.filter_map(|(item, slot)| slot.map(|_| item))
    }

    /// The items of some places but for the two. Told by their places: what they hold lies apart
    /// in memory.
    fn others<'b>(
        &self,
        index: &'b DuplicateIndex,
        slots: &'b [Slot],
    ) -> impl Iterator<Item = &'b Item> + use<'b> {
        let own = self.slots;
        let others = slots
            .iter()
            .filter(move |slot| !own.contains(&Some(**slot)));
        others.filter_map(|slot| index.get(*slot))
    }
}

/// Whether the larger of two lines is what the other lines of its report and merchant, or of its
/// receipt, come to.
fn adds_up(index: &DuplicateIndex, pair: &Pair<'_>, counted: Counted) -> bool {
    let (a, b) = (pair.earlier, pair.later);
    let (whole, part) = if a.minor > b.minor { (a, b) } else { (b, a) };
    let together = |key: Option<Key>| {
        let slots = key
            .map(|key| index.counted(&key, b, counted))
            .unwrap_or_default();
        let parts = pair.others(index, slots);
        let parts = parts.filter(|other| other.currency == whole.currency);
        let mut sum = part.minor;
        let mut count = 1;
        for other in parts.take(super::CAP) {
            sum += other.minor;
            count += 1;
        }
        count >= 2 && sum == whole.minor
    };
    let shared = |one: Option<Key>, other: Option<Key>| one.filter(|_| one == other);
    // A credit makes a sum smaller; nothing is the sum of what was paid and paid back.
    part.minor > 0
        && whole.currency == part.currency
        && whole.minor != part.minor
        && (together(shared(Key::document(whole), Key::document(part)))
            || together(shared(Key::report(whole), Key::report(part))))
}

/// Whether the bills on an order come to more than it, both known to be of it.
fn over_ordered(index: &DuplicateIndex, pair: &Pair<'_>, counted: Counted) -> bool {
    let (a, b) = (pair.earlier, pair.later);
    let (Some(ordered), Some(key)) = (b.ordered.or(a.ordered), Key::order(b)) else {
        return false;
    };
    let slots = index.counted(&key, b, counted);
    let others = pair.others(index, slots);
    let others = others.filter(|other| other.currency == b.currency);
    let billed: i128 = others.chain([a, b]).map(|item| item.minor).sum();
    Key::order(a) == Some(key)
        && a.currency == b.currency
        && billed.saturating_mul(100) > ordered.saturating_mul(WITH_TAX)
}

fn as_near_a_number(other: &Item, a: &Item, b: &Item, level: NumberLevel) -> bool {
    // Numbers that are not near each other weigh the same wherever they occur.
    if level >= NumberLevel::Different {
        return false;
    }
    let nearest = [a, b]
        .iter()
        .filter_map(|item| Some(item.number.as_ref()?.compared(other.number.as_ref()?)))
        .min();
    nearest.is_some_and(|nearest| nearest <= level)
}

/// Up to [`NEIGHBOURS`] places about that of an item.
fn around<'a>(index: &DuplicateIndex, slots: &'a [Slot], item: &Item) -> &'a [Slot] {
    let at = slots.partition_point(|slot| {
        index
            .get(*slot)
            .is_some_and(|other| other.order_key() < item.order_key())
    });
    let from = at
        .saturating_sub(NEIGHBOURS / 2)
        .min(slots.len().saturating_sub(NEIGHBOURS));
    let to = (from + NEIGHBOURS).min(slots.len());
    slots.get(from..to).unwrap_or_default()
}

/// Whether days follow each other at intervals that vary by less than a fifth.
fn even(days: &[i64]) -> bool {
    let gaps: Vec<i64> = days
        .iter()
        .zip(days.iter().skip(1))
        .map(|(from, to)| to - from)
        .collect();
    let (Some(least), Some(most)) = (gaps.iter().min(), gaps.iter().max()) else {
        return false;
    };
    days.len() >= SHORTEST_SERIES && *least >= 5 && (most - least) * 5 <= *most
}
