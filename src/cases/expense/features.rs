//! The features of a claim: how far its amount lies above what its peers claim, and how rare its
//! values and combinations are. The higher, the odder; NaN where the claim or the firm does not
//! say. None of them speaks of how often a person's claims were odd.

use super::peers::{AMOUNT_GROUPS, Coded, PAIRS, PeerState, Side};
use crate::learn::anomaly::pairs::Seen;
use crate::learn::anomaly::peers::Usual;

/// How many features.
pub const WIDTH: usize = 28;

/// How many of them are of the amount: the firm and each of the groups kept.
pub const GROUPS: usize = AMOUNT_GROUPS.len() + 1;

/// Names, in order.
pub const NAMES: [&str; WIDTH] = [
    "amount_in_firm",
    "amount_in_team",
    "amount_in_category",
    "amount_at_merchant",
    "amount_in_project",
    "amount_of_employee",
    "amount_of_employee_at_merchant",
    "amount_of_employee_in_category",
    "amount_in_category_and_place",
    "amount_in_category_and_role",
    "rare_merchant",
    "rare_category",
    "rare_place",
    "rare_region",
    "rare_project",
    "rare_weekday",
    "pair_employee_merchant",
    "pair_employee_category",
    "pair_employee_place",
    "pair_employee_region",
    "pair_merchant_place",
    "pair_employee_project",
    "pair_employee_weekday",
    "pair_team_category",
    "pair_role_category",
    "pair_merchant_category",
    "pair_merchant_weekday",
    "pair_category_weekday",
];

/// A claim's features, in the order of [`NAMES`].
pub type Row = [f64; WIDTH];

/// Sides whose rare values count.
pub const RARE: [Side; 6] = [
    Side::Merchant,
    Side::Category,
    Side::Place,
    Side::Region,
    Side::Project,
    Side::Weekday,
];

/// A claim's features, in the order of [`NAMES`].
pub fn row(state: &PeerState, asked: &Coded) -> Row {
    let mut row = [f64::NAN; WIDTH];
    let mut places = row.iter_mut();
    let mut put = |value: f64| {
        if let Some(place) = places.next() {
            *place = value;
        }
    };
    let usual = usual(state, asked);
    let amount = asked.log_amount().map_or(f64::NAN, f64::from);
    for group in usual {
        put(group.map_or(f64::NAN, |usual| usual.above(amount)));
    }
    let seen = Side::ALL.map(|side| state.seen(asked, side));
    let over_all = |side: Side| seen.get(side as usize).copied().flatten();
    for side in RARE {
        put(over_all(side).map_or(f64::NAN, Seen::surprise));
    }
    for (group, side) in PAIRS {
        let rarer = over_all(side)
            .zip(state.seen_in(asked, group, side))
            .map(|(over_all, within)| over_all.rarer_in(within));
        put(rarer.unwrap_or(f64::NAN));
    }
    row
}

/// What is usual in the firm, then in each of the groups kept.
pub fn usual(state: &PeerState, asked: &Coded) -> [Option<Usual>; GROUPS] {
    let mut all = [None; GROUPS];
    let Some(firm) = state.firm(asked).map(Usual::of) else {
        return all;
    };
    let singles = Side::ALL.map(|side| {
        let kept = AMOUNT_GROUPS.contains(&(side, None)) && asked.says(side);
        kept.then(|| firm.within(state.group(asked, side, None)))
    });
    let single = |side: Side| singles.get(side as usize).copied().flatten();
    let mut places = all.iter_mut();
    if let Some(place) = places.next() {
        *place = Some(firm);
    }
    for ((side, other), place) in AMOUNT_GROUPS.into_iter().zip(places) {
        let one = single(side);
        *place = match other {
            None => one,
            Some(other) if !asked.says(other) => None,
            Some(other) => one.map(|one| {
                // A side without a group of its own, as places and roles are, shifts nothing by itself.
                let wider = single(other).map_or(one, |two| firm.crossed(&one, &two));
                wider.within(state.group(asked, side, Some(other)))
            }),
        };
    }
    all
}
