//! Why a claim is unusual, in words that speak of the claim.

use super::features::{AMOUNT_OF, NAMES, RARE, usual};
use super::peers::{Coded, PAIRS, PeerState, Side};
use super::scale::Judged;
use crate::learn::anomaly::pairs::Seen;

/// A part of a claim's score.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimReason {
    /// The feature.
    pub feature: &'static str,
    /// What it adds to the score.
    pub points: f64,
    /// In words.
    pub text: String,
}

/// Every feature that adds to a claim's score, most first. Points add up to the score.
#[must_use]
pub fn reasons(state: &PeerState, asked: &Coded, judged: &Judged) -> Vec<ClaimReason> {
    let texts = texts(state, asked);
    let mut reasons: Vec<ClaimReason> = NAMES
        .into_iter()
        .zip(judged.points)
        .zip(texts)
        .filter(|((_, points), _)| *points > 0.0)
        .map(|((feature, points), text)| ClaimReason {
            feature,
            points,
            text,
        })
        .collect();
    reasons.sort_by(|one, other| other.points.total_cmp(&one.points));
    reasons
}

fn texts(state: &PeerState, asked: &Coded) -> impl Iterator<Item = String> {
    let amounts = usual(state, asked)
        .into_iter()
        .zip(AMOUNT_OF)
        .map(|(usual, whose)| {
            let times = usual.zip(asked.log_amount());
            times.map_or_else(String::new, |(usual, amount)| {
                let times = (f64::from(amount) - usual.location).exp();
                let among = match usual.count {
                    0 => " (none known yet: taken from wider groups)".to_owned(),
                    1 => " (of 1 expense)".to_owned(),
                    count => format!(" (of {count} expenses)"),
                };
                format!(
                    "amount is {} what {whose} usually are{among}",
                    multiple(times)
                )
            })
        });
    let rare = RARE.map(|side| {
        let seen = state.seen(asked, side).unwrap_or_default();
        format!(
            "{} of this expense is on {} of {} other expenses",
            name(side),
            seen.with,
            seen.of
        )
    });
    let pairs = PAIRS.map(|(group, side)| {
        let within = state.seen_in(asked, group, side).unwrap_or_default();
        pair(group, side, within)
    });
    amounts
        .chain(rare)
        .chain(pairs)
        .collect::<Vec<_>>()
        .into_iter()
}

fn multiple(times: f64) -> String {
    if times >= 9.5 {
        format!("{times:.0} times")
    } else {
        format!("{times:.1} times")
    }
}

fn pair(group: Side, side: Side, within: Seen) -> String {
    let (what, of) = (name(side), within.of);
    let with = match group {
        Side::Employee => "this employee",
        Side::Team => "this team",
        Side::Merchant => "this merchant",
        _ => "this category",
    };
    match within.with {
        0 => format!("{what} of this expense is new among {of} other expenses of {with}"),
        seen => format!("{what} of this expense is on {seen} of {of} other expenses of {with}"),
    }
}

const fn name(side: Side) -> &'static str {
    match side {
        Side::Employee => "employee",
        Side::Team => "team",
        Side::Merchant => "merchant",
        Side::Category => "category",
        Side::Place => "city",
        Side::Region => "region",
        Side::Project => "project",
        Side::Weekday => "weekday",
    }
}
