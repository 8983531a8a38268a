//! One row to one row: what rivals take from a pair, and who gets whom.

use super::run::Link;

/// Rounds in which the share of rows without a partner settles, at most.
const ROUNDS: usize = 50;

/// Weighs each pair against the others of its rows, and keeps those whose rows are still free, the
/// likeliest first.
///
/// Where a row has one partner at most, the odds of a pair are not against its being none alone,
/// but against every other partner its rows might have, and against their having none. How many
/// have none is learned: it is what the pairs leave over. A pair is as likely as the more
/// contested of its two rows says.
///
/// `links` are all pairs that are not hopeless; `rows` counts the rows of either table.
pub(super) fn one_to_one(mut links: Vec<Link>, rows: [usize; 2], least_bits: f64) -> Vec<Link> {
    let odds: Vec<f64> = links.iter().map(|link| link.bits.exp2()).collect();
    let of_side = [
        weighed(&links, &odds, rows[0], |link| link.left),
        weighed(&links, &odds, rows[1], |link| link.right),
    ];
    for (at, link) in links.iter_mut().enumerate() {
        let odds = of_side.iter().filter_map(|odds| odds.get(at).copied());
        let bits = odds.fold(f64::INFINITY, f64::min).log2();
        link.rivals = bits - link.bits;
        link.bits = bits;
    }
    links.retain(|link| link.bits >= least_bits);
    links.sort_by(Link::likeliest_first);
    let [mut left, mut right] = rows.map(|rows| vec![true; rows]);
    links.retain(|link| {
        let free = left
            .get_mut(link.left as usize)
            .zip(right.get_mut(link.right as usize))
            .filter(|(left, right)| **left && **right);
        free.is_some_and(|(left, right)| {
            *left = false;
            *right = false;
            true
        })
    });
    links
}

/// Odds of each pair against all else that one of its rows may be.
fn weighed(links: &[Link], odds: &[f64], rows: usize, row: impl Fn(&Link) -> u32) -> Vec<f64> {
    let mut sums = vec![0.0; rows];
    for (link, odds) in links.iter().zip(odds) {
        if let Some(sum) = sums.get_mut(row(link) as usize) {
            *sum += odds;
        }
    }
    let count = rows.max(1) as f64;
    let mut alone = 1.0_f64;
    for _ in 0..ROUNDS {
        let paired: f64 = sums.iter().map(|sum| sum / (alone + sum)).sum();
        // One row may always be alone.
        alone = (1.0 - paired / count).max(count.recip());
    }
    links
        .iter()
        .zip(odds)
        .map(|(link, odds)| {
            let sum = sums.get(row(link) as usize).copied().unwrap_or(0.0);
            odds / (alone + (sum - odds).max(0.0))
        })
        .collect()
}
