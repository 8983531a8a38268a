//! Moments at which what is found over all records is found again.
//!
//! What is usual changes slowly, and finding it takes a walk through everything: it holds until a
//! hundredth more is known. Which moments these are follows from the records alone, so that neither
//! the start of the service nor the order of questions changes an answer.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

/// Fewer records are walked through in a moment, so everything is found anew with each change.
const LEAST: usize = 20_000;
/// One record more of so many is a milestone.
const GROWTH: usize = 100;

/// How many versions of records became known on each day.
#[derive(Debug, Clone, Default)]
pub(super) struct Milestones {
    by_day: BTreeMap<NaiveDate, usize>,
}

impl Milestones {
    /// Counts a version.
    pub(super) fn count(&mut self, known_at: DateTime<Utc>) {
        *self.by_day.entry(known_at.date_naive()).or_default() += 1;
    }

    /// The last moment of the day after which what is asked at `as_of` was found last; none while
    /// there is little. It is of a day before.
    pub(super) fn before(&self, as_of: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let (mut known, mut least) = (0, LEAST);
        let mut last = None;
        for (day, count) in self.by_day.range(..as_of.date_naive()) {
            known += count;
            if known >= least {
                last = Some(*day);
                least = known + known / GROWTH;
            }
        }
        let midnight = last?.succ_opt()?.and_time(NaiveTime::MIN).and_utc();
        Some(midnight - TimeDelta::nanoseconds(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn counted(days: &[(&str, usize)]) -> Milestones {
        let mut milestones = Milestones::default();
        for (day, count) in days {
            let known_at = at(&format!("{day}T12:00:00Z"));
            (0..*count).for_each(|_| milestones.count(known_at));
        }
        milestones
    }

    #[test]
    fn a_hundredth_more_is_a_milestone_and_only_of_days_that_are_over() {
        let milestones = counted(&[
            ("2026-03-01", LEAST),
            ("2026-03-02", LEAST / GROWTH - 1),
            ("2026-03-03", 1),
            ("2026-03-04", 9 * LEAST),
        ]);
        let before = |moment: &str| milestones.before(at(moment));
        let end_of = |day: &str| Some(at(&format!("{day}T23:59:59.999999999Z")));
        assert_eq!(before("2026-03-01T23:59:59Z"), None);
        assert_eq!(before("2026-03-02T00:00:00Z"), end_of("2026-03-01"));
        assert_eq!(before("2026-03-03T23:00:00Z"), end_of("2026-03-01"));
        assert_eq!(before("2026-03-04T23:00:00Z"), end_of("2026-03-03"));
        assert_eq!(before("2026-09-01T00:00:00Z"), end_of("2026-03-04"));
        assert_eq!(
            counted(&[("2026-03-01", LEAST - 1)]).before(at("2027-01-01T00:00:00Z")),
            None
        );
    }
}
