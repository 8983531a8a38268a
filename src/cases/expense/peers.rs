//! What is known of the firm's claims: amounts by group, and how often values go together.
//!
//! It grows by one claim at a time, in any order, and is asked of one claim at a time: live,
//! what came before the claim is in it; over a whole past, the claim itself, or what it said before it
//! was changed, is in it too and is taken out of every group that the claim is compared with. All ways
//! are this one code.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use chrono::Datelike;

use super::claim::Claim;
use crate::learn::anomaly::pairs::Seen;
use crate::learn::anomaly::sample::{OrderedSample, Robust};

/// What claims are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Side {
    /// Who claims.
    Employee,
    /// Team charged.
    Team,
    /// Who was paid.
    Merchant,
    /// Kind of expense.
    Category,
    /// City.
    Place,
    /// State, province or country.
    Region,
    /// Project or cost centre charged.
    Project,
    /// Day of the week, or a public holiday.
    Weekday,
    /// Role of who claims.
    Role,
}

/// How many sides.
pub(super) const SIDES: usize = 9;

impl Side {
    /// All sides.
    pub const ALL: [Self; SIDES] = [
        Self::Employee,
        Self::Team,
        Self::Merchant,
        Self::Category,
        Self::Place,
        Self::Region,
        Self::Project,
        Self::Weekday,
        Self::Role,
    ];
}

/// Groups whose amounts are kept: of one side, or of two at once.
pub(super) const AMOUNT_GROUPS: [(Side, Option<Side>); 9] = [
    (Side::Team, None),
    (Side::Category, None),
    (Side::Merchant, None),
    (Side::Project, None),
    (Side::Employee, None),
    (Side::Employee, Some(Side::Merchant)),
    (Side::Employee, Some(Side::Category)),
    (Side::Category, Some(Side::Place)),
    (Side::Category, Some(Side::Role)),
];

/// Pairs that are counted: the group, and what is rare within it.
pub(super) const PAIRS: [(Side, Side); 12] = [
    (Side::Employee, Side::Merchant),
    (Side::Employee, Side::Category),
    (Side::Employee, Side::Place),
    (Side::Employee, Side::Region),
    (Side::Merchant, Side::Place),
    (Side::Employee, Side::Project),
    (Side::Employee, Side::Weekday),
    (Side::Team, Side::Category),
    (Side::Role, Side::Category),
    (Side::Merchant, Side::Category),
    (Side::Merchant, Side::Weekday),
    (Side::Category, Side::Weekday),
];

/// Two sides and a value of each, packed: 4 bits a side, 28 a value.
type Key = u64;
type ByKey<T> = HashMap<Key, T, BuildHasherDefault<Scatter>>;

/// A claim's values as numbers of their own, 0 where there is none or none like it was seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Values {
    codes: [u32; SIDES],
    log_amount: Option<f32>,
}

/// A claim that is asked about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coded {
    values: Values,
    /// What of it is among the known claims, and does not count.
    own: Option<Values>,
}

impl Values {
    fn known(&self, side: Side) -> Option<u32> {
        let code = self.codes.get(side as usize).copied();
        code.filter(|code| *code != ABSENT)
    }
}

impl Coded {
    /// A claim that is among the known ones.
    #[must_use]
    pub const fn known(values: Values) -> Self {
        Self {
            values,
            own: Some(values),
        }
    }

    /// Whether the claim says anything of a side.
    #[must_use]
    pub fn says(&self, side: Side) -> bool {
        self.values.known(side).is_some()
    }

    /// Whether the claim is of a public holiday.
    #[must_use]
    pub fn is_of_holiday(&self) -> bool {
        self.values.known(Side::Weekday) == Some(HOLIDAY)
    }

    /// The logarithm of the amount.
    #[must_use]
    pub const fn log_amount(&self) -> Option<f32> {
        self.values.log_amount
    }

    /// Whether what is among the known claims has this key too.
    fn own_has(&self, key: Key, side: Side, other: Option<Side>) -> bool {
        let own = self.own.as_ref();
        own.and_then(|own| self::key(own, side, other)) == Some(key)
    }
}

/// A side that the claim does not say.
const ABSENT: u32 = 0;
/// A value no earlier claim has.
const UNSEEN: u32 = (1 << 28) - 1;
/// A public holiday, after the days of the week.
const HOLIDAY: u32 = 8;
/// In place of a second side.
const ALONE: u64 = 15;

/// What is known of the firm's claims.
#[derive(Debug, Clone, Default)]
pub struct PeerState {
    names: [HashMap<String, u32>; SIDES],
    all: OrderedSample,
    amounts: ByKey<OrderedSample>,
    counts: ByKey<u32>,
    kinds: ByKey<u32>,
    stated: [u32; SIDES],
}

impl PeerState {
    /// Of many claims at once: the same as one by one, and quicker.
    #[must_use]
    pub fn of<'a>(claims: impl Iterator<Item = &'a Claim>) -> (Self, Vec<Values>) {
        let mut state = Self::default();
        let mut all = Vec::new();
        let mut amounts: ByKey<Vec<f32>> = ByKey::default();
        let mut known = Vec::new();
        for claim in claims {
            let values = state.enter(claim);
            state.count(&values);
            if let Some(amount) = values.log_amount {
                all.push(amount);
                for key in amount_keys(&values) {
                    amounts.entry(key).or_default().push(amount);
                }
            }
            known.push(values);
        }
        state.all = OrderedSample::of(all);
        let ordered = amounts.into_iter();
        state.amounts = ordered
            .map(|(key, values)| (key, OrderedSample::of(values)))
            .collect();
        (state, known)
    }

    /// Adds a claim that became known.
    pub fn insert(&mut self, claim: &Claim) {
        let values = self.enter(claim);
        self.count(&values);
        if let Some(amount) = values.log_amount {
            self.all.insert(amount);
            for key in amount_keys(&values) {
                self.amounts.entry(key).or_default().insert(amount);
            }
        }
    }

    /// A claim that is not in the state.
    #[must_use]
    pub fn outside(&self, claim: &Claim) -> Coded {
        Coded {
            values: self.values(claim),
            own: None,
        }
    }

    /// A claim that is in the state: it is compared with the others.
    #[must_use]
    pub fn inside(&self, claim: &Claim) -> Coded {
        Coded::known(self.values(claim))
    }

    /// A claim that was changed since: what it said `then` is in the state.
    #[must_use]
    pub fn changed(&self, claim: &Claim, then: &Claim) -> Coded {
        Coded {
            values: self.values(claim),
            own: Some(self.values(then)),
        }
    }

    /// Claims with an amount.
    #[must_use]
    pub const fn amounts(&self) -> usize {
        self.all.len()
    }

    /// Whether amounts differ at all.
    #[must_use]
    pub fn amounts_differ(&self) -> bool {
        self.all.quantile(0.0) < self.all.quantile(1.0)
    }

    /// Amounts of all other claims.
    #[must_use]
    pub fn firm(&self, asked: &Coded) -> Option<Robust> {
        let own = asked.own.and_then(|own| own.log_amount);
        self.all.robust(own)
    }

    /// Amounts of the other claims that share a side, or two, with the asked one. `None` where
    /// there are none or the claim does not say.
    #[must_use]
    pub fn group(&self, asked: &Coded, side: Side, other: Option<Side>) -> Option<Robust> {
        let key = key(&asked.values, side, other)?;
        let own = asked.own.filter(|_| asked.own_has(key, side, other));
        let amounts = self.amounts.get(&key)?;
        amounts.robust(own.and_then(|own| own.log_amount))
    }

    /// How often the claim's value of a side was seen among the others that state one.
    #[must_use]
    pub fn seen(&self, asked: &Coded, side: Side) -> Option<Seen> {
        let key = key(&asked.values, side, None)?;
        let of = self.stated.get(side as usize).copied()?;
        let own_states = asked.own.is_some_and(|own| own.known(side).is_some());
        Some(Seen {
            with: less(self.count_of(key), asked.own_has(key, side, None)),
            of: less(of, own_states),
            kinds: 0,
        })
    }

    /// How often the claim's value of `side` was seen among the others that share `group`.
    #[must_use]
    pub fn seen_in(&self, asked: &Coded, group: Side, side: Side) -> Option<Seen> {
        let within = key(&asked.values, group, None)?;
        let pair = key(&asked.values, group, Some(side))?;
        let kinds = kinds_key(&asked.values, group, side)?;
        let own_is_within = asked.own_has(within, group, None);
        // A value that only it has there is none without it.
        let own_pair = asked.own.and_then(|own| key(&own, group, Some(side)));
        let own_kind = own_pair.filter(|own| own_is_within && self.count_of(*own) == 1);
        Some(Seen {
            with: less(self.count_of(pair), own_pair == Some(pair)),
            of: less(self.count_of(within), own_is_within),
            kinds: less(
                self.kinds.get(&kinds).copied().unwrap_or(0),
                own_kind.is_some(),
            ),
        })
    }

    fn count_of(&self, key: Key) -> u32 {
        self.counts.get(&key).copied().unwrap_or(0)
    }

    fn values(&self, claim: &Claim) -> Values {
        let mut text = String::new();
        let codes = Side::ALL.map(|side| {
            let Some(said) = said(claim, side) else {
                return weekday(claim);
            };
            write_key(&mut text, said);
            if text.is_empty() {
                return ABSENT;
            }
            let names = self.names.get(side as usize);
            let known = names.and_then(|names| names.get(&text).copied());
            known.unwrap_or(UNSEEN)
        });
        Values {
            codes,
            log_amount: claim.log_amount(),
        }
    }

    /// Gives new values numbers of their own.
    fn enter(&mut self, claim: &Claim) -> Values {
        let mut values = self.values(claim);
        for (side, code) in Side::ALL.into_iter().zip(&mut values.codes) {
            let names = self
                .names
                .get_mut(side as usize)
                .filter(|_| *code == UNSEEN);
            if let (Some(names), Some(said)) = (names, said(claim, side)) {
                let mut text = String::new();
                write_key(&mut text, said);
                // Past 2^28 values the rest would count as one.
                *code = u32::try_from(names.len() + 1).map_or(UNSEEN, |next| next.min(UNSEEN));
                names.insert(text, *code);
            }
        }
        values
    }

    fn count(&mut self, code: &Values) {
        for (side, stated) in Side::ALL.into_iter().zip(&mut self.stated) {
            if let Some(key) = key(code, side, None) {
                *stated += 1;
                *self.counts.entry(key).or_default() += 1;
            }
        }
        for (group, side) in PAIRS {
            if let Some(key) = key(code, group, Some(side)) {
                let seen = self.counts.entry(key).or_default();
                *seen += 1;
                if let Some(kinds) = kinds_key(code, group, side).filter(|_| *seen == 1) {
                    *self.kinds.entry(kinds).or_default() += 1;
                }
            }
        }
    }
}

/// A count without the claim itself.
fn less(count: u32, own: bool) -> u32 {
    count.saturating_sub(u32::from(own))
}

fn key(code: &Values, side: Side, other: Option<Side>) -> Option<Key> {
    let second = match other {
        Some(other) => pack(other as u64, code.known(other)?),
        None => pack(ALONE, ABSENT),
    };
    Some(pack(side as u64, code.known(side)?) << 32 | second)
}

/// Which values of `side` a group of `group` has seen.
fn kinds_key(code: &Values, group: Side, side: Side) -> Option<Key> {
    Some(pack(group as u64, code.known(group)?) << 32 | pack(side as u64, ABSENT))
}

const fn pack(side: u64, code: u32) -> u64 {
    side << 28 | code as u64
}

/// Spreads keys, which are numbers of our own making, over a map: a multiplication does.
#[derive(Debug, Clone, Copy, Default)]
struct Scatter(u64);

impl Hasher for Scatter {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, key: u64) {
        let mixed = (self.0 ^ key).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ (mixed >> 32);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

fn amount_keys(code: &Values) -> impl Iterator<Item = Key> + '_ {
    AMOUNT_GROUPS
        .iter()
        .filter_map(|(side, other)| key(code, *side, *other))
}

/// What a claim says of a side; `None` of weekdays, which are numbers.
fn said(claim: &Claim, side: Side) -> Option<&str> {
    let said = match side {
        Side::Employee => &claim.employee,
        Side::Team => &claim.team,
        Side::Merchant => &claim.merchant,
        Side::Category => &claim.category,
        Side::Place => &claim.place,
        Side::Region => &claim.region,
        Side::Project => &claim.project,
        Side::Role => &claim.role,
        Side::Weekday => return None,
    };
    Some(said.as_deref().unwrap_or_default())
}

fn weekday(claim: &Claim) -> u32 {
    if claim.is_holiday {
        HOLIDAY
    } else {
        claim.day.weekday().number_from_monday()
    }
}

/// Names are compared in capitals, with single spaces.
fn write_key(key: &mut String, said: &str) {
    key.clear();
    for word in said.split_whitespace() {
        if !key.is_empty() {
            key.push(' ');
        }
        if word.is_ascii() {
            key.extend(
                word.bytes()
                    .map(|byte| char::from(byte.to_ascii_uppercase())),
            );
        } else {
            key.extend(word.chars().flat_map(char::to_uppercase));
        }
    }
}
