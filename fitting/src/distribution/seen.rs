//! What became of the cases fitted on, whatever their features.

use scrutineer::learn::distribution::{Seen, Waited};

use super::Outcome;
use super::told::Told;

/// How soon a row's own curve gives way to them once much is ruled out: where one case in a
/// thousand was foretold to come so far, both count the same. It keeps answers from being
/// certain. More was tried, chosen on held-back cases of HighRadius at all thresholds alike: it
/// told invoices overdue by 8 and 15 days worse, for the row's own curve tells them apart well.
const DOUBT: f64 = 0.001;

/// Shares and counts above each threshold.
pub(super) fn of(told: &Told<'_>, thresholds: &[f64]) -> Seen {
    let mut share = 1.0;
    let mut open: Vec<Outcome> = told.iter().map(|(_, outcome)| outcome).collect();
    let cases = open.len() as f64;
    let mut above = Vec::with_capacity(thresholds.len());
    for threshold in thresholds {
        open.retain(|outcome| outcome.above(*threshold).is_some());
        let before = open.len() as f64;
        open.retain(|outcome| outcome.above(*threshold) == Some(true));
        let after = open.len() as f64;
        if before > 0.0 {
            share *= after / before;
        }
        above.push((share, after));
    }
    Seen {
        doubt: DOUBT,
        cases,
        above,
        waited: Waited::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distribution::Example;

    #[test]
    fn who_was_not_watched_so_far_is_neither_above_nor_below() {
        let outcomes = [
            Outcome::known(1.0),
            Outcome::known(5.0),
            Outcome::watched(None, 3.0),
            Outcome::known(9.0),
        ];
        let examples = outcomes.map(|outcome| Example::new(Vec::new(), outcome, 0.0));
        let seen = of(&Told::now(&examples), &[2.0, 4.0, 8.0, 10.0]);
        assert_eq!(seen.cases, 4.0);
        // Three of four, then both of the two still watched, then one of them, then none.
        let shares = [(0.75, 3.0), (0.75, 2.0), (0.375, 1.0), (0.0, 0.0)];
        assert_eq!(seen.above, shares);
        let mut told = seen.above.iter().flat_map(|(share, count)| [share, count]);
        assert!(
            told.all(|one| one.is_sign_positive()),
            "none is no negative nought"
        );
    }
}
