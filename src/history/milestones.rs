//! Moments at which what is found over all records is found again.
//!
//! What is usual changes slowly, and finding it takes a walk through everything: it holds until a
//! hundredth more is known. Which moments these are follows from the records alone, so that neither
//! the start of the service nor the order of questions changes an answer.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::moments::end_of;
use crate::domain::RecordKind;

/// Fewer records are walked through in a moment, so everything is found anew with each change.
const LEAST: usize = 20_000;
/// One record more of so many of a kind is a milestone.
const GROWTH: usize = 100;
/// Of a kind of which little is known, so many more.
const OF_FEW: usize = 30;

/// Kinds of which something is worked out over all records: spending, and who spends or bills.
pub(super) const SPENDING: [RecordKind; 5] = [
    RecordKind::VendorInvoice,
    RecordKind::ExpenseClaim,
    RecordKind::CardTransaction,
    RecordKind::Vendor,
    RecordKind::Employee,
];

/// How many versions of records of [`SPENDING`] became known on each day.
#[derive(Debug, Clone, Default)]
pub(super) struct Milestones {
    /// Side by side for each kind: every question walks through all days.
    by_day: BTreeMap<NaiveDate, [usize; SPENDING.len()]>,
}

impl Milestones {
    /// Counts a version.
    pub(super) fn count(&mut self, kind: RecordKind, known_at: DateTime<Utc>) {
        let day = self.by_day.entry(known_at.date_naive()).or_default();
        let counts = SPENDING.iter().zip(day);
        for (_, count) in counts.filter(|(known, _)| **known == kind) {
            *count += 1;
        }
    }

    /// The last moment of the day after which what rests on these kinds and is asked at `as_of` was
    /// found last: one by which any of them had grown, so that the few are not lost among the many.
    /// None while there is little. It is of a day before.
    pub(super) fn before(
        &self,
        as_of: DateTime<Utc>,
        kinds: &[RecordKind],
    ) -> Option<DateTime<Utc>> {
        // How many are known of each kind, and how many make it a milestone. A kind that is not
        // asked about never does.
        let mut known = [0_usize; SPENDING.len()];
        let asked = SPENDING.map(|kind| kinds.contains(&kind));
        let mut least = asked.map(|asked| if asked { 0 } else { usize::MAX });
        let mut last = None;
        for (day, counts) in self.by_day.range(..as_of.date_naive()) {
            let mut all = 0;
            for ((known, count), asked) in known.iter_mut().zip(counts).zip(asked) {
                *known += if asked { *count } else { 0 };
                all += *known;
            }
            let grown = known
                .iter()
                .zip(&least)
                .any(|(known, least)| known >= least);
            if all >= LEAST && grown {
                last = Some(*day);
                for ((least, known), asked) in least.iter_mut().zip(known).zip(asked) {
                    if asked {
                        *least = known + (known / GROWTH).max(OF_FEW);
                    }
                }
            }
        }
        last.map(end_of)
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
            (0..*count).for_each(|_| milestones.count(RecordKind::ExpenseClaim, known_at));
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
        let before = |moment: &str| milestones.before(at(moment), &[RecordKind::ExpenseClaim]);
        let end_of = |day: &str| Some(at(&format!("{day}T23:59:59.999999999Z")));
        assert_eq!(before("2026-03-01T23:59:59Z"), None);
        assert_eq!(before("2026-03-02T00:00:00Z"), end_of("2026-03-01"));
        assert_eq!(before("2026-03-03T23:00:00Z"), end_of("2026-03-01"));
        assert_eq!(before("2026-03-04T23:00:00Z"), end_of("2026-03-03"));
        assert_eq!(before("2026-09-01T00:00:00Z"), end_of("2026-03-04"));
        let few = counted(&[("2026-03-01", LEAST - 1)]);
        let kinds = [RecordKind::ExpenseClaim];
        assert_eq!(few.before(at("2027-01-01T00:00:00Z"), &kinds), None);
    }

    #[test]
    fn a_few_of_one_kind_are_not_lost_among_many_of_another() {
        let mut milestones = counted(&[("2026-03-01", LEAST)]);
        let (claim, card) = (RecordKind::ExpenseClaim, RecordKind::CardTransaction);
        (1..OF_FEW).for_each(|_| milestones.count(card, at("2026-03-02T12:00:00Z")));
        let before = |milestones: &Milestones, kinds: &[RecordKind]| {
            milestones.before(at("2026-03-09T00:00:00Z"), kinds)
        };
        let first = before(&milestones, &[claim, card]);
        assert_eq!(first, Some(at("2026-03-01T23:59:59.999999999Z")));
        milestones.count(card, at("2026-03-03T12:00:00Z"));
        let second = before(&milestones, &[claim, card]);
        assert_eq!(second, Some(at("2026-03-03T23:59:59.999999999Z")));
        assert_eq!(before(&milestones, &[claim]), first);
        assert_eq!(
            before(&milestones, &[card]),
            None,
            "of them alone there is little"
        );
    }
}
