//! The keys under which copies meet.

use std::hash::{DefaultHasher, Hasher as _};

use chrono::Datelike as _;

use super::{Item, Number};

/// Characters of a number's beginning that a copy with a slip further on still has.
const NUMBER_PREFIX: usize = 3;
/// Days of one span of dates.
const SPAN_DAYS: i32 = 7;

/// What a key is made of. Items meet where they share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// Number in capitals without spaces.
    Number,
    /// Number with look-alikes folded.
    Skeleton,
    /// Digits of the number.
    Digits,
    /// Party and the number's skeleton: how often a vendor uses a number.
    PartyNumber,
    /// Party and the number's characters in order, which exchanged ones leave as they were.
    PartyShuffled,
    /// Party alone; not for meeting but for what is usual with it.
    Party,
    /// Party, day and all of the number but its last character: parts of one purchase, counted on.
    PartySeries,
    /// Amount alone; for how common it is.
    Amount,
    /// Amount and party.
    AmountParty,
    /// Amount and party of a credit; not for meeting but for what was taken back.
    CreditParty,
    /// Amount and employee.
    AmountEmployee,
    /// Amount and a week.
    AmountWeek,
    /// Amount and the number's beginning.
    AmountPrefix,
    /// Document or receipt.
    Document,
    /// Card transaction, by itself or as explained by a claim.
    Card,
    /// Order and party.
    Order,
    /// Expense report and merchant.
    Report,
}

/// A key: its kind and a hash of what it is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// Made of what.
    pub kind: KeyKind,
    hash: u64,
}

impl Key {
    /// Of parts.
    #[must_use]
    pub fn new(kind: KeyKind, parts: impl std::hash::Hash) -> Self {
        let mut hasher = DefaultHasher::new();
        parts.hash(&mut hasher);
        Self {
            kind,
            hash: hasher.finish(),
        }
    }

    /// Of the items of a party with an amount, whatever its sign.
    #[must_use]
    pub fn amount_party(item: &Item) -> Option<Self> {
        let party = item.party.as_deref()?;
        Some(Self::new(
            KeyKind::AmountParty,
            (item.minor.unsigned_abs(), party),
        ))
    }

    /// Of the credits of a party of as much as an item.
    #[must_use]
    pub fn credit_party(item: &Item) -> Option<Self> {
        let party = item.party.as_deref()?;
        Some(Self::new(
            KeyKind::CreditParty,
            (item.minor.unsigned_abs(), party),
        ))
    }

    /// Of the items of a party.
    #[must_use]
    pub fn party(item: &Item) -> Option<Self> {
        Some(Self::new(KeyKind::Party, item.party.as_deref()?))
    }

    /// Of the items of an amount.
    #[must_use]
    pub fn amount(item: &Item) -> Self {
        Self::new(KeyKind::Amount, item.minor.unsigned_abs())
    }

    /// Of the items of a document.
    #[must_use]
    pub fn document(item: &Item) -> Option<Self> {
        Some(Self::of_document(item.document.as_deref()?))
    }

    /// Of the items of the document with this digest.
    #[must_use]
    pub fn of_document(sha256: &str) -> Self {
        Self::new(KeyKind::Document, sha256)
    }

    /// Of a party's items on an order.
    #[must_use]
    pub fn order(item: &Item) -> Option<Self> {
        let order = item.order_key.as_deref()?;
        Some(Self::new(KeyKind::Order, (order, item.party.as_deref())))
    }

    /// Of the lines of a report that name one merchant.
    #[must_use]
    pub fn report(item: &Item) -> Option<Self> {
        Some(Self::new(
            KeyKind::Report,
            (item.report.as_deref()?, item.party.as_deref()),
        ))
    }

    /// Of the items of a number.
    #[must_use]
    pub fn skeleton(item: &Item) -> Option<Self> {
        Some(Self::new(
            KeyKind::Skeleton,
            item.number.as_ref()?.skeleton.as_str(),
        ))
    }
}

/// Keys an item is filed under.
#[must_use]
pub(super) fn filed_under(item: &Item) -> Vec<Key> {
    let mut keys = shared(item);
    keys.extend(Key::party(item));
    keys.extend(Key::credit_party(item).filter(|_| item.minor < 0));
    keys.push(Key::amount(item));
    keys.extend(amounts(item).map(|amount| Key::new(KeyKind::AmountWeek, (amount, week(item)))));
    keys
}

/// Keys under which an item's copies are looked for.
#[must_use]
pub(super) fn asked_under(item: &Item) -> Vec<Key> {
    let mut keys = shared(item);
    let weeks = [week(item) - 1, week(item), week(item) + 1];
    keys.extend(
        amounts(item)
            .flat_map(|amount| weeks.map(|week| Key::new(KeyKind::AmountWeek, (amount, week)))),
    );
    let pictures = item.same_pictures.iter();
    keys.extend(pictures.map(|digest| Key::of_document(digest)));
    if let Some(corrected) = &item.corrects {
        keys.push(Key::new(KeyKind::Skeleton, corrected.skeleton.as_str()));
    }
    keys
}

/// Keys that are the same for filing and asking.
fn shared(item: &Item) -> Vec<Key> {
    let mut keys = Vec::with_capacity(16);
    keys.extend(Key::amount_party(item));
    if let Some(number) = item.number.as_ref().filter(|number| !number.rounded) {
        of_number(&mut keys, item, number);
    }
    if let Some(employee) = &item.employee {
        keys.extend(
            amounts(item).map(|amount| Key::new(KeyKind::AmountEmployee, (amount, employee))),
        );
    }
    keys.extend(Key::document(item));
    let card = if item.kind == crate::domain::RecordKind::CardTransaction {
        Some(&item.id)
    } else {
        item.explains.as_ref()
    };
    keys.extend(card.map(|card| Key::new(KeyKind::Card, card)));
    keys.extend(Key::order(item));
    keys.extend(Key::report(item));
    keys
}

fn of_number(keys: &mut Vec<Key>, item: &Item, number: &Number) {
    let party = item.party.as_deref();
    let skeleton = number.skeleton.as_str();
    keys.push(Key::new(KeyKind::Number, number.normalised.as_str()));
    keys.push(Key::new(KeyKind::Skeleton, skeleton));
    if number.digits.len() >= 3 && number.digits != skeleton {
        keys.push(Key::new(KeyKind::Digits, number.digits.as_str()));
    }
    keys.push(Key::new(KeyKind::PartyNumber, (party, skeleton)));
    let mut characters: Vec<char> = skeleton.chars().collect();
    characters.sort_unstable();
    keys.push(Key::new(KeyKind::PartyShuffled, (party, characters)));
    if let Some((last, _)) = skeleton.char_indices().next_back() {
        let series = (party, item.date, &skeleton[..last]);
        keys.push(Key::new(KeyKind::PartySeries, series));
    }
    let prefix: String = skeleton.chars().take(NUMBER_PREFIX).collect();
    keys.push(Key::new(
        KeyKind::AmountPrefix,
        (item.minor.unsigned_abs(), prefix),
    ));
}

/// The amount as written, and in the firm's currency or in hundredths where those are other figures.
fn amounts(item: &Item) -> impl Iterator<Item = u128> {
    let written = item.minor.unsigned_abs();
    let home = item.home_minor.unwrap_or_else(|| item.hundredths());
    let home = Some(home.unsigned_abs()).filter(|home| *home != written);
    std::iter::once(written).chain(home)
}

fn week(item: &Item) -> i32 {
    item.date.num_days_from_ce().div_euclid(SPAN_DAYS)
}
