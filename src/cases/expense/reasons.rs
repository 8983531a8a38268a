//! Why a claim, a use of a card or an invoice is unusual, in words that speak of it.

use super::features::{RARE, usual};
use super::peers::{Coded, PAIRS, PeerState, Side};
use super::scale::Judged;
use super::terms::Terms;
use crate::history::Lines;
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
pub fn reasons(
    lines: Lines,
    state: &PeerState,
    asked: &Coded,
    judged: &Judged,
) -> Vec<ClaimReason> {
    let terms = Terms::of(lines);
    let texts = texts(terms, state, asked);
    let mut reasons: Vec<ClaimReason> = terms
        .names
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

fn texts(terms: &Terms, state: &PeerState, asked: &Coded) -> Vec<String> {
    let one = terms.one;
    let amounts = usual(state, asked)
        .into_iter()
        .zip(terms.amount_of)
        .map(|(usual, whose)| {
            let times = usual.zip(asked.log_amount());
            times.map_or_else(String::new, |(usual, amount)| {
                let times = (f64::from(amount) - usual.location).exp();
                let among = match usual.count {
                    0 => " (none known yet: taken from wider groups)".to_owned(),
                    1 => format!(" (of 1 {one})"),
                    count => format!(" (of {count} {one}s)"),
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
            "{} of this {one} is on {} of {} other {one}s",
            what(terms, asked, side),
            seen.with,
            seen.of
        )
    });
    let pairs = PAIRS.map(|(group, side)| {
        let within = state.seen_in(asked, group, side).unwrap_or_default();
        pair(terms, (group, what(terms, asked, side)), within)
    });
    amounts.chain(rare).chain(pairs).collect()
}

fn multiple(times: f64) -> String {
    if times >= 9.5 {
        format!("{times:.0} times")
    } else {
        format!("{times:.1} times")
    }
}

/// What the claim says of a side is called.
fn what(terms: &Terms, asked: &Coded, side: Side) -> &'static str {
    if side == Side::Weekday && asked.is_of_holiday() {
        "public holiday"
    } else {
        terms.name(side)
    }
}

fn pair(terms: &Terms, (group, what): (Side, &str), within: Seen) -> String {
    let (with, one) = (terms.name(group), terms.one);
    let of = within.of;
    match within.with {
        0 => format!("{what} of this {one} is new among {of} other {one}s of this {with}"),
        seen => format!("{what} of this {one} is on {seen} of {of} other {one}s of this {with}"),
    }
}
